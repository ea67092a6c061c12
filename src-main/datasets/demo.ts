import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createRandom } from '../compute/random.js';
import { UserError } from '../errors.js';
import type { Part } from './dataset.js';
import { DEMO_SIZE, drawDemoImage } from './demo-drawing.js';
import { DEMO_CLASSES, DEMO_VERSION, SYNTHETIC_MARKER } from './demo-format.js';
import { writeDurably } from '../durable-file.js';
import type { NpyArray } from './npy.js';
import { encodeNpz } from './npz-writer.js';
import { readNpz } from './npz.js';

export { DEMO_CLASSES } from './demo-format.js';

export const DEMO_FILE_NAME = 'demo.npz';
export const DEMO_SEED = 1;
export const DEMO_SAMPLES: { readonly [part in Part]: number } = { train: 2400, val: 400, test: 600 };

/**
 * Draws the procedural demo dataset as the arrays of a MedMNIST file: 28×28 grey, four classes of equal size, and a
 * marker array that says it is synthetic. Same seed, same bytes, on every machine.
 * @param seed 0 .. 2³²−1, default 1
 */
export function drawDemoDataset(seed: number = DEMO_SEED): Record<string, NpyArray> {
  if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32) {
    throw new UserError(
      'demo-seed',
      `The seed of the demo dataset must be an integer from 0 to 4294967295, saw ${String(seed)}.`,
    );
  }
  const arrays: Record<string, NpyArray> = {};
  for (const part of ['train', 'val', 'test'] as const) {
    const random = createRandom(seed, `demo/${part}`);
    const count = DEMO_SAMPLES[part];
    const labels = random.shuffle(Uint8Array.from({ length: count }, (_, i) => i % DEMO_CLASSES.length));
    const pixels = new Uint8Array(count * DEMO_SIZE * DEMO_SIZE);
    for (let i = 0; i < count; i++) {
      drawDemoImage(labels[i]!, random, pixels.subarray(i * DEMO_SIZE * DEMO_SIZE, (i + 1) * DEMO_SIZE * DEMO_SIZE));
    }
    arrays[`${part}_images`] = { dtype: 'uint8', shape: [count, DEMO_SIZE, DEMO_SIZE], data: pixels };
    arrays[`${part}_labels`] = { dtype: 'uint8', shape: [count, 1], data: labels };
  }
  arrays[SYNTHETIC_MARKER] = { dtype: 'uint32', shape: [2], data: Uint32Array.of(DEMO_VERSION, seed) };
  return arrays;
}

/**
 * Makes sure that `<folder>/demo.npz` is the demo dataset of this seed, drawing it where it is missing, of another seed or
 * damaged.
 * @returns the path
 */
export async function ensureDemoDataset(folder: string, seed: number = DEMO_SEED): Promise<string> {
  const path = join(folder, DEMO_FILE_NAME);
  if (await isDemo(path, seed)) return path;
  await mkdir(folder, { recursive: true });
  writeDurably(path, encodeNpz(drawDemoDataset(seed)));
  return path;
}

async function isDemo(path: string, seed: number): Promise<boolean> {
  try {
    const marker = (await readNpz(path)).get(SYNTHETIC_MARKER);
    return marker?.data[0] === DEMO_VERSION && marker.data[1] === seed;
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}
