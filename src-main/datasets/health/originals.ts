import { describePixelRule } from '../../vocabulary/pixel-rule.js';
import type { OriginalKind, OriginalsSummary } from '../../vocabulary/dataset-health.js';
import type { Dataset } from '../dataset.js';
import type { Originals } from '../image-sources.js';
import { PARTS } from '../medmnist-structure.js';

/** Kinds of files that are told one by one. */
const MOST_KINDS = 12;

/** Whether originals are those of a dataset: one for each of its images. */
export function belongTo({ kindOf }: Originals, { parts }: Pick<Dataset, 'parts'>): boolean {
  return PARTS.every((part) => kindOf[part].length === parts[part].images.count);
}

/** What a report keeps of the files that the images were made of. */
export function summaryOfOriginals(
  { kinds, kindOf }: Originals,
  { size, pixelRule }: Pick<Dataset, 'size' | 'pixelRule'>,
): OriginalsSummary {
  const counts = kinds.map((kind) => ({ kind, images: { train: 0, val: 0, test: 0 } }));
  for (const part of PARTS) kindOf[part].forEach((number) => counts[number]!.images[part]++);
  const allOf = ({ images: { train, val, test } }: (typeof counts)[0]): number => train + val + test;
  const depths = new Map<number | null, number>();
  for (const one of counts) depths.set(one.kind.bits, (depths.get(one.kind.bits) ?? 0) + allOf(one));
  const shortest = ({ width, height }: OriginalKind): number => Math.min(width, height);
  const longest = ({ width, height }: OriginalKind): number => Math.max(width, height);
  // side of the square that became the image
  const squareOf = pixelRule?.fit === 'pad' ? longest : shortest;
  return {
    kinds: counts.toSorted((a, b) => allOf(b) - allOf(a)).slice(0, MOST_KINDS),
    kindCount: kinds.length,
    depths: [...depths].map(([bits, images]) => ({ bits, images })).sort((a, b) => b.images - a.images),
    smallest: Math.min(...kinds.map(shortest)),
    largest: Math.max(...kinds.map(longest)),
    enlarged: counts.reduce((sum, one) => sum + (squareOf(one.kind) < size ? allOf(one) : 0), 0),
    rule: pixelRule ? describePixelRule(pixelRule) : null,
  };
}
