import { PARTS } from './medmnist-structure.js';
import type { NpyData, Dtype } from './npy.js';
import type { NpzArchive } from './npz.js';
import { refusal } from './refusal.js';

/** How values of images become 0 to 255: value × factor, rounded. One rule for all parts. */
export interface PixelScale {
  readonly factor: number;
  /** The rule in words. */
  readonly sentence: string;
  /** Bits in use of integers of more than eight; else null. */
  readonly bits: number | null;
}

const LARGEST = 65_535;

/**
 * Finds the rule for the images of a file, from the values of all its parts: floats from 0 to 1 times 255, floats from 0 to 255 as they
 * are, integers of more than eight bits by the bits that are in use.
 * @throws UserError `dataset-images-range`, `dataset-parts-differ`
 */
export async function scaleOf(archive: NpzArchive, path: string, signal?: AbortSignal): Promise<PixelScale> {
  const types = new Set<Dtype>();
  let [smallest, largest] = [Infinity, -Infinity];
  for (const part of PARTS) {
    signal?.throwIfAborted();
    const { dtype, data } = await archive.read(`${part}_images`);
    types.add(dtype);
    for (let i = 0; i < data.length; i++) {
      const value = Number(data[i]!);
      if (value < smallest) smallest = value;
      if (value > largest) largest = value;
    }
  }
  if (types.size > 1) {
    const wrong = `the images of its sets have the types ${[...types].join(', ')}, so no single rule fits all of them`;
    throw refusal('dataset-parts-differ', path, wrong, 'Save the images of all three sets with one type');
  }
  const [dtype] = [...types] as [Dtype];
  return rule(dtype, smallest, largest, path);
}

/** Values as bytes. */
export function toBytes(data: NpyData, { factor }: PixelScale): Uint8Array {
  const bytes = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i++) bytes[i] = Math.min(255, Math.round(Number(data[i]!) * factor));
  return bytes;
}

function rule(dtype: Dtype, smallest: number, largest: number, path: string): PixelScale {
  const shown = `from ${short(smallest)} to ${short(largest)}`;
  const said = `Images were ${dtype} ${shown} over all parts`;
  if (dtype === 'bool') return { factor: 255, sentence: `${said}: true became 255.`, bits: null };
  if (smallest < 0 || largest > (dtype.startsWith('float') ? 255 : LARGEST)) {
    const wrong = `its images are ${dtype} ${shown}: the values of black and white are not known`;
    const remedy =
      'Scale them by one rule for the whole dataset to floats from 0 to 1 or integers from 0 to 65535, and save them again';
    throw refusal('dataset-images-range', path, wrong, remedy);
  }
  if (dtype.startsWith('float')) {
    if (largest <= 1) return { factor: 255, sentence: `${said}: times 255, rounded to uint8.`, bits: null };
    return { factor: 1, sentence: `${said}: rounded to uint8.`, bits: null };
  }
  if (largest <= 255) return { factor: 1, sentence: `${said}: taken as uint8 as they are.`, bits: null };
  const bits = 32 - Math.clz32(largest);
  const full = 2 ** bits - 1;
  return {
    factor: 255 / full,
    sentence: `${said}, ${String(bits)} bits in use: times 255/${String(full)}, rounded to uint8.`,
    bits,
  };
}

function short(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)));
}
