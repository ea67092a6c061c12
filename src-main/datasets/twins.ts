import type { Images, Part } from './dataset.js';
import { likenessOf, outlinesOf, type Likeness, type Outlines } from './health/outlines.js';

/** Images between two turns of the event loop. */
const AT_ONCE = 2048;

/** A place in a dataset. */
export interface ImagePlace {
  readonly part: Part;
  readonly index: number;
}

export interface FoundTwin extends ImagePlace, Likeness {}

/**
 * Twins of images in the other parts of their dataset: identical ones, whose bytes are the same, and near-identical ones, whose
 * pixel values correlate by at least 0.99 (`NEAR_IDENTICAL`) whatever their brightness and contrast. An image of one grey
 * throughout has identical twins only. Shifted, turned or mirrored copies are not found.
 *
 * Every image is compared, and none is lost on the way: standardised to mean 0 and length 1, two images a, b lie
 * ‖a − b‖² = 2 (1 − correlation) apart, and an orthogonal projection, here on 7 × 7 blocks, brings nothing further apart. So what
 * is further apart there than 0.02 is no twin, and the pixels of the others are compared until they are. 100,000 images of 28 × 28 take
 * less than a second, most of it for the projections.
 * @param turn between two pieces of the work
 * @returns for each wanted image its twins, the most alike first
 */
export async function findTwins(
  parts: { readonly [part in Part]: { readonly images: Images } },
  wanted: readonly ImagePlace[],
  turn: () => Promise<void> = () => Promise.resolve(),
): Promise<readonly (readonly FoundTwin[])[]> {
  const outlines: { [part in Part]?: Outlines } = {};
  for (const part of ['train', 'val', 'test'] as const) outlines[part] = await outlinesOf(parts[part].images, turn);
  const found = wanted.map((): FoundTwin[] => []);
  for (const other of ['train', 'val', 'test'] as const) {
    const others = outlines[other]!;
    for (let i = 0; i < others.images.count; i++) {
      wanted.forEach(({ part, index }, n) => {
        const twin = part === other ? null : likenessOf(outlines[part]!, index, others, i);
        if (twin) found[n]!.push({ part: other, index: i, ...twin });
      });
      if (i % AT_ONCE === AT_ONCE - 1) await turn();
    }
  }
  for (const twins of found) twins.sort((a, b) => b.correlation - a.correlation);
  return found;
}
