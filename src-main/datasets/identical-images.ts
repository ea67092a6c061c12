import { createHash } from 'node:crypto';
import type { IdenticalImages } from '../vocabulary/evidence.js';
import type { Dataset, LabelledImages } from './dataset.js';

/** What an image shows, to the last pixel, and how it is labelled. */
interface Known {
  readonly labels: Set<string>;
}

/**
 * Counts images that are alike to the last pixel in different parts, where they make figures of the test part too good, and
 * within the test part. Alike and cropped or recompressed is not found.
 */
export function identicalImages({ parts }: Pick<Dataset, 'parts'>): IdenticalImages {
  const [train, val] = [imagesOf(parts.train), imagesOf(parts.val)];
  const seen = new Set<string>();
  const counts = { testInTraining: 0, testInValidation: 0, testOtherLabel: 0, testRepeated: 0 };
  forEachImage(parts.test, (pixels, label) => {
    const others = [train.get(pixels), val.get(pixels)];
    if (others[0]) counts.testInTraining++;
    if (others[1]) counts.testInValidation++;
    if (others.some((known) => known !== undefined && !known.labels.has(label))) counts.testOtherLabel++;
    if (seen.has(pixels)) counts.testRepeated++;
    seen.add(pixels);
  });
  let validationInTraining = 0;
  forEachImage(parts.val, (pixels) => {
    if (train.has(pixels)) validationInTraining++;
  });
  return { ...counts, validationInTraining };
}

function imagesOf(part: LabelledImages): ReadonlyMap<string, Known> {
  const known = new Map<string, Known>();
  forEachImage(part, (pixels, label) => {
    const labels = known.get(pixels)?.labels ?? new Set<string>();
    known.set(pixels, { labels: labels.add(label) });
  });
  return known;
}

function forEachImage({ images, labels }: LabelledImages, visit: (pixels: string, label: string) => void): void {
  const bytes = images.height * images.width * images.channels;
  const { values, labelsPerImage } = labels;
  for (let i = 0; i < images.count; i++) {
    const pixels = images.pixels.subarray(i * bytes, (i + 1) * bytes);
    const label = values.subarray(i * labelsPerImage, (i + 1) * labelsPerImage).join();
    visit(createHash('sha1').update(pixels).digest('base64'), label);
  }
}
