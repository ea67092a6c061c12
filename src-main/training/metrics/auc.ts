import type { Task } from '../../datasets/dataset.js';
import { isPositive, type ScoredPart } from './scores.js';

/** Scores of one class in falling order, ready for many weighted AUCs over resampled images. */
export interface Ranking {
  /** Image numbers by falling score. */
  readonly order: Uint32Array;
  /** 1 where the next image in the order has the same score. */
  readonly tiedWithNext: Uint8Array;
  /** 1 where the image (by number) is positive. */
  readonly positive: Uint8Array;
}

/** @param score of image i  @param positive truth of image i */
export function rank(count: number, score: (i: number) => number, positive: (i: number) => boolean): Ranking {
  const scores = Float64Array.from({ length: count }, (_, i) => score(i));
  const order = Uint32Array.from({ length: count }, (_, i) => i).sort((a, b) => scores[b]! - scores[a]! || a - b);
  const tiedWithNext = Uint8Array.from(order, (image, i) =>
    i + 1 < count && scores[image] === scores[order[i + 1]!] ? 1 : 0,
  );
  return { order, tiedWithNext, positive: Uint8Array.from({ length: count }, (_, i) => (positive(i) ? 1 : 0)) };
}

/**
 * Area under the ROC curve: the chance that a positive outscores a negative, ties counting half (Mann–Whitney).
 * @param weights how often each image counts, default once
 * @returns NaN when there is no positive or no negative
 */
export function rankingAuc(ranking: Ranking, weights?: Uint32Array): number {
  const { order, tiedWithNext, positive } = ranking;
  let positives = 0;
  let negatives = 0;
  let tiedPositives = 0;
  let tiedNegatives = 0;
  let area = 0;
  for (let i = 0; i < order.length; i++) {
    const image = order[i]!;
    const weight = weights ? weights[image]! : 1;
    if (positive[image]) tiedPositives += weight;
    else tiedNegatives += weight;
    if (tiedWithNext[i]) continue;
    area += tiedNegatives * (positives + tiedPositives / 2);
    positives += tiedPositives;
    negatives += tiedNegatives;
    tiedPositives = 0;
    tiedNegatives = 0;
  }
  return area / (positives * negatives);
}

/** Columns whose AUC is averaged: the last one alone for a binary task, all of them otherwise. */
export function aucColumns(task: Task, outputs: number): readonly number[] {
  return task === 'binary-class' ? [outputs - 1] : Array.from({ length: outputs }, (_, k) => k);
}

/** Rankings of the columns that `auc` averages. */
export function rankings(part: ScoredPart): readonly Ranking[] {
  const { count, outputs, values } = part.scores;
  return aucColumns(part.task, outputs).map((column) =>
    rank(
      count,
      (i) => values[i * outputs + column]!,
      (i) => isPositive(part, i, part.task === 'binary-class' ? 1 : column),
    ),
  );
}

/** Mean of the columns' AUCs. @param weights how often each image counts, default once */
export function meanAuc(columns: readonly Ranking[], weights?: Uint32Array): number {
  return columns.reduce((sum, ranking) => sum + rankingAuc(ranking, weights), 0) / columns.length;
}

/**
 * AUC as the MedMNIST evaluator defines it (Yang et al., Scientific Data 2023): of the last score for a binary task,
 * the mean one-against-rest AUC for multi-class and ordinal tasks, the mean over labels for multi-label tasks.
 * @returns NaN when a class has no positive or no negative image, where the evaluator has no answer either
 */
export function auc(part: ScoredPart): number {
  return meanAuc(rankings(part));
}
