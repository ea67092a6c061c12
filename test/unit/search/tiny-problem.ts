import { createHash } from 'node:crypto';
import { createRandom } from '../../../src-main/compute/random.js';
import type { Snapshot } from '../../../src-main/compute/snapshot.js';
import type { LabelledImages, TrainingDataset } from '../../../src-main/datasets/dataset.js';
import type { Search, SearchProblem } from '../../../src-main/search/method.js';

/** Steps of an epoch of `tinyProblem`. */
export const STEPS = 4;

/** Bright against dark squares with noise: 68 images, so that an epoch has four steps and a round ends inside epochs. */
export function tinyImages(labelsPerImage = 1): TrainingDataset {
  const random = createRandom(5, 'tiny dataset');
  const part = (count: number): LabelledImages => {
    const values = Uint8Array.from({ length: count * labelsPerImage }, () => random.integer(2));
    const pixels = Uint8Array.from(
      { length: count * 64 },
      (_, i) => 80 + 60 * values[Math.floor(i / 64) * labelsPerImage]! + random.integer(60),
    );
    return {
      images: { count, height: 8, width: 8, channels: 1, pixels },
      labels: { count, labelsPerImage, values },
    };
  };
  return {
    name: 'tiny',
    path: 'tiny.npz',
    sha256: '',
    bytes: 0,
    task: labelsPerImage > 1 ? 'multi-label, binary-class' : 'binary-class',
    labels: ['dark', 'bright'],
    classes: 2,
    size: 8,
    channels: 1,
    horizontalFlip: true,
    identity: 'not-official',
    catalogueId: null,
    licence: null,
    synthetic: true,
    parts: { train: part(48), val: part(20) },
  };
}

export function tinyProblem(changes: Partial<SearchProblem> = {}): SearchProblem {
  return {
    dataset: tinyImages(),
    space: { channels: 4, cells: 2, inputChannels: 1, classes: 2 },
    budget: { lower: 0, upper: 12_000 },
    epochs: 5,
    batch: 8,
    seed: 7,
    sparse: true,
    ...changes,
  };
}

export async function advance<S extends Search>(search: S, steps: number): Promise<S> {
  for (let i = 0; i < steps; i++) await search.advance();
  return search;
}

/** The snapshot as a file would give it back: nothing of it is shared with the search. */
export async function keptSnapshot(search: Search): Promise<Snapshot> {
  const { values, arrays } = structuredClone(await search.snapshot());
  return { values: JSON.parse(JSON.stringify(values)) as Snapshot['values'], arrays };
}

/** The bits of a whole search: its values, and a digest of each array. */
export async function bits(search: Search): Promise<object> {
  const { values, arrays } = await search.snapshot();
  const digest = ({ buffer, byteOffset, byteLength }: Snapshot['arrays'][string]): string =>
    createHash('sha256')
      .update(new Uint8Array(buffer, byteOffset, byteLength))
      .digest('hex');
  return { values, arrays: Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, digest(array)])) };
}
