import { writeFileSync } from 'node:fs';
import { createRandom } from '../../../../src-main/compute/random.js';
import type { Dataset, LabelledImages, Task } from '../../../../src-main/datasets/dataset.js';
import { sourcesHead, sourcesLine } from '../../../../src-main/datasets/image-sources.js';
import type { NpyArray } from '../../../../src-main/datasets/npy.js';
import { encodeNpz } from '../../../../src-main/datasets/npz-writer.js';

export const SIDE = 12;
const PARTS = ['train', 'val', 'test'] as const;
const random = createRandom(7, 'health');

/** A picture like no other: a coarse pattern of random grey. */
export function picture(): Uint8Array {
  const coarse = Array.from({ length: 16 }, () => 30 + random.integer(180));
  return Uint8Array.from({ length: SIDE * SIDE }, (_, p) => {
    const [row, column] = [Math.floor(p / SIDE), p % SIDE];
    return coarse[Math.floor(row / 3) * 4 + Math.floor(column / 3)]! + random.integer(12);
  });
}

export const brighter = (image: Uint8Array): Uint8Array => image.map((value) => Math.round(0.8 * value + 40));
export const mirrored = (image: Uint8Array): Uint8Array =>
  image.map((_, p) => image[Math.floor(p / SIDE) * SIDE + (SIDE - 1 - (p % SIDE))]!);
export const grey = (value: number): Uint8Array => new Uint8Array(SIDE * SIDE).fill(value);

export type Shown = readonly [image: Uint8Array, label: number | readonly number[], patient?: number];

export function part(shown: readonly Shown[]): LabelledImages {
  const labels = shown.map(([, label]) => (typeof label === 'number' ? [label] : label));
  const patients = shown.map(([, , patient]) => patient);
  const known = patients.every((patient) => patient !== undefined);
  return {
    images: {
      ...{ count: shown.length, height: SIDE, width: SIDE, channels: 1 },
      pixels: Uint8Array.from(shown.flatMap(([image]) => Array.from(image))),
    },
    labels: {
      count: shown.length,
      labelsPerImage: labels[0]!.length,
      values: Uint8Array.from(labels.flat()),
      ...(known && { subjects: { patients: Int32Array.from(patients), groupings: [] } }),
    },
  };
}

export function dataset(
  { train, val, test }: { train: readonly Shown[]; val: readonly Shown[]; test: readonly Shown[] },
  labels: readonly string[] = ['calm', 'wild'],
  task: Task = 'binary-class',
): Dataset {
  return {
    ...{ name: 'Made', path: '/made.npz', sha256: 'f0'.repeat(32), bytes: 1, task, labels, classes: labels.length },
    ...{
      size: SIDE,
      channels: 1,
      horizontalFlip: true,
      catalogueId: null,
      identity: 'not-official',
      licence: null,
      synthetic: false,
    },
    parts: { train: part(train), val: part(val), test: part(test) },
  };
}

/** Ten images a class and part, all different. */
export function sound(): { train: Shown[]; val: Shown[]; test: Shown[] } {
  const images = (): Shown[] => Array.from({ length: 20 }, (_, i) => [picture(), i % 2] as const);
  return { train: images(), val: images(), test: images() };
}

/**
 * Writes a file whose first test image is the brighter first training image, and whose second one contradicts the second validation image.
 * It knows patients and files, and has a field that a later version wrote.
 */
export function writePlanted(path: string): string {
  const p = sound();
  const test: Shown[] = [[brighter(p.train[0]![0]), 0], [p.val[1]![0], 0], ...p.test.slice(2)];
  const { parts } = dataset({ ...p, test });
  const arrays: Record<string, NpyArray> = {};
  let sources = sourcesHead();
  for (const name of PARTS) {
    const { images, labels } = parts[name];
    arrays[`${name}_images`] = { dtype: 'uint8', shape: [images.count, SIDE, SIDE], data: images.pixels };
    arrays[`${name}_labels`] = { dtype: 'uint8', shape: [labels.count, 1], data: labels.values };
    const numbers = Array.from({ length: images.count }, (_, i) => i);
    arrays[`${name}_patients`] = { dtype: 'int32', shape: [images.count], data: Int32Array.from(numbers) };
    for (const number of numbers) {
      sources += sourcesLine({
        ...{ part: name, number, file: `${name}-${String(number)}.png`, image: 0, sha256: 'ab', row: '', patient: '' },
        ...{ preparation: 'PNG 40×30', original: { format: 'PNG', width: 40, height: 30, bits: 8 } },
      });
    }
  }
  const said = {
    ...{ format: 'medforge-dataset-1', name: 'Made', task: 'binary-class', labels: ['calm', 'wild'] },
    ...{ horizontalFlip: false, licence: 'of the hospital alone', groupings: [], later: 'what a later version wrote' },
  };
  const text = (content: string): NpyArray => {
    const data = new TextEncoder().encode(content);
    return { dtype: 'uint8', shape: [data.length], data };
  };
  arrays['medforge_dataset'] = text(JSON.stringify(said));
  arrays['medforge_sources'] = text(sources);
  writeFileSync(path, Buffer.concat(encodeNpz(arrays)));
  return path;
}
