import type { Component } from '../../statistics/difference.js';
import { mean, pooledVariance, variance } from '../../statistics/moments.js';
import type { Units } from '../../training/metrics/units.js';
import type { FinalEvidence, Repeat } from './evidence.js';

/** Mean over the repeats, image by image. */
export function meanRight(repeats: readonly Pick<Repeat, 'right'>[]): Float64Array {
  return Float64Array.from({ length: repeats[0]!.right.length }, (_, i) => mean(repeats.map(({ right }) => right[i]!)));
}

/**
 * The images' part in the variance of a mean over them: that of independent images, or of the sums over patients where they are
 * known, whose images resemble each other (linearised, as for clusters of any size; Cochran 1977, chapter 6).
 */
export function imageComponent(values: ArrayLike<number>, { patients }: Units): Component {
  if (!patients) return { variance: variance(values) / values.length, degreesOfFreedom: values.length - 1 };
  // One patient says nothing of how much others differ: as much as a share can.
  if (patients.length < 2) return { variance: 1, degreesOfFreedom: 1 };
  const centre = mean(values);
  const squares = patients.reduce(
    (sum, images) => sum + images.reduce((total, image) => total + values[image]! - centre, 0) ** 2,
    0,
  );
  const spread = (squares * patients.length) / (patients.length - 1);
  return { variance: spread / values.length ** 2, degreesOfFreedom: patients.length - 1 };
}

/**
 * Variance of an accuracy from one training to the next of the same architecture, pooled over the entrants of the final. In a
 * cross-validation a fold's training differs by its images too: what is left after the means of entrants and of folds.
 */
export function trainingNoise(final: FinalEvidence): Component {
  const rows = [...final.repeats.values()];
  if (!final.crossValidated) return pooledVariance(rows.map((repeats) => repeats.map(({ right }) => mean(right))));
  const table = rows.map((repeats) => foldMeans(meanRight(repeats), final.folds));
  const [entrants, folds] = [table.length, table[0]?.length ?? 0];
  const degreesOfFreedom = (entrants - 1) * (folds - 1);
  if (degreesOfFreedom <= 0) return { variance: 0, degreesOfFreedom: 0 };
  const ofFold = Array.from({ length: folds }, (_, fold) => mean(table.map((row) => row[fold]!)));
  const overall = mean(ofFold);
  const residuals = table.map((row) => row.map((value, fold) => (value - mean(row) - ofFold[fold]! + overall) ** 2));
  return { variance: residuals.flat().reduce((sum, square) => sum + square, 0) / degreesOfFreedom, degreesOfFreedom };
}

/** Trainings whose noise averages out in the accuracy of an entrant. */
export function trainingsOf(final: FinalEvidence, entrant: number): number {
  return final.crossValidated ? 1 + Math.max(...final.folds) : (final.repeats.get(entrant)?.length ?? 0);
}

export function averaged({ variance, degreesOfFreedom }: Component, over: number): Component {
  return { variance: variance / over, degreesOfFreedom };
}

function foldMeans(values: Float64Array, folds: Uint8Array): number[] {
  const sums = new Float64Array(1 + Math.max(...folds));
  const counts = new Float64Array(sums.length);
  values.forEach((value, i) => {
    sums[folds[i]!]! += value;
    counts[folds[i]!]!++;
  });
  return Array.from(sums, (sum, fold) => sum / counts[fold]!);
}
