import type { Random } from '../compute/random.js';
import type { LabelledImages, Part, TrainingDataset } from './dataset.js';
import { halvesByPatient, patientsOf } from './patient-split.js';
import { chosenSubjects, joinedSubjects } from './subjects.js';

/** The data of a search: one pool of images and the two halves of it, as indices into the pool. */
export interface SearchSplit {
  readonly pool: LabelledImages;
  /** Trains the weights; one image more than the other half when the pool is odd. */
  readonly weights: Uint32Array;
  /** Trains the architecture. */
  readonly architecture: Uint32Array;
}

/**
 * Splits a dataset for a search: official train and validation parts together, shuffled, in halves; all images of a patient in one.
 * The test part is not in it.
 * @param random draws the shuffle; the same state gives the same split
 */
export function splitForSearch(dataset: TrainingDataset, random: Random): SearchSplit {
  const pool = poolParts(dataset, ['train', 'val']);
  const [weights, architecture] = halvesByPatient(patientsOf(pool), random);
  return { pool, weights, architecture };
}

/** The halves of a search as a dataset to train networks on: weight half as train part, architecture half as validation part. */
export function halves(dataset: TrainingDataset, random: Random): TrainingDataset {
  const { pool, weights, architecture } = splitForSearch(dataset, random);
  return { ...dataset, parts: { train: chosenOf(pool, weights), val: chosenOf(pool, architecture) } };
}

/** A copy of some images with their labels. @param indices of the images, in the order of the result */
function chosenOf({ images, labels }: LabelledImages, indices: Uint32Array): LabelledImages {
  const rows = (values: Uint8Array, width: number): Uint8Array => {
    const chosen = new Uint8Array(indices.length * width);
    indices.forEach((index, i) => chosen.set(values.subarray(index * width, (index + 1) * width), i * width));
    return chosen;
  };
  const count = indices.length;
  return {
    images: { ...images, count, pixels: rows(images.pixels, images.height * images.width * images.channels) },
    labels: {
      ...labels,
      count,
      values: rows(labels.values, labels.labelsPerImage),
      ...(labels.subjects && { subjects: chosenSubjects(labels.subjects, indices) }),
    },
  };
}

/** Puts parts one behind the other; without a copy where they already lie so in memory (train and val of `loadDataset`). */
export function poolParts<P extends Part>(
  dataset: { readonly parts: { readonly [part in P]: LabelledImages } },
  parts: readonly P[],
): LabelledImages {
  const images = parts.map((part) => dataset.parts[part].images);
  const labels = parts.map((part) => dataset.parts[part].labels);
  const count = images.reduce((sum, { count: n }) => sum + n, 0);
  const values = concatenate(labels.map((part) => part.values));
  const subjects = joinedSubjects(labels.map((part) => part.subjects));
  return {
    images: { ...images[0]!, count, pixels: concatenate(images.map(({ pixels }) => pixels)) },
    labels: { count, labelsPerImage: labels[0]!.labelsPerImage, values, ...(subjects && { subjects }) },
  };
}

function concatenate(pieces: readonly Uint8Array[]): Uint8Array {
  const first = pieces[0]!;
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  let end = first.byteOffset;
  const adjacent = pieces.every((piece) => {
    const follows = piece.buffer === first.buffer && piece.byteOffset === end;
    end += piece.length;
    return follows;
  });
  if (adjacent) return new Uint8Array(first.buffer, first.byteOffset, length);
  const joined = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
}
