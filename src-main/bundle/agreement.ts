import { UserError } from '../errors.js';
import { accuracy } from '../training/metrics/accuracy.js';
import { aucColumns, rank, rankingAuc } from '../training/metrics/auc.js';
import { isPositive, type ScoredPart } from '../training/metrics/scores.js';
import { largestDifference } from './onnx-session.js';

/** Largest difference of a probability between two runtimes. */
export const TOLERANCE = 1e-4;
/** The same network and runtime, an image alone against the same image in a batch. */
export const BATCH_TOLERANCE = 1e-5;

/**
 * Demands that two runtimes say the same of a whole part: each probability to 1e-4, the same accuracy and the same AUC. Only
 * what hangs on less than the runtimes' rounding may differ: an image at the very edge of a decision, two images with equal
 * scores up to the largest difference.
 * @param what names both sides in the error, for example `onnxruntime and the engine`
 * @returns the largest difference of a probability
 * @throws UserError `bundle-disagreement`
 */
export function requireAgreement(first: ScoredPart, second: ScoredPart, what: string): number {
  const fail = (how: string): never => {
    throw new UserError(
      'bundle-disagreement',
      `${what} disagree ${how}: nothing was exported; report this as a bug in MedForge`,
    );
  };
  const difference = largestDifference(first.scores.values, second.scores.values);
  if (difference > TOLERANCE)
    fail(`by ${difference.toExponential(1)} in a probability (at most ${String(TOLERANCE)} is allowed)`);
  const accuracies = [accuracy(first), accuracy(second)] as const;
  const open = undecided(first, 2 * difference) / first.scores.count;
  if (Math.abs(accuracies[0] - accuracies[1]) > open + 1e-12)
    fail(`in ACC, ${String(accuracies[0])} and ${String(accuracies[1])}`);
  const [lowest, exact, highest] = [-2, 0, 2].map((times) => shiftedAuc(first, times * difference));
  const other = shiftedAuc(second, 0);
  const bothUndefined = Number.isNaN(exact) && Number.isNaN(other);
  if (!bothUndefined && !(other >= lowest! - 1e-12 && other <= highest! + 1e-12)) {
    fail(`in AUC, ${String(exact)} and ${String(other)}`);
  }
  return difference;
}

/** Images with a decision that a change of `margin` could turn. */
function undecided(part: ScoredPart, margin: number): number {
  const { count, outputs, values } = part.scores;
  let images = 0;
  for (let i = 0; i < count; i++) {
    const row = [...values.subarray(i * outputs, (i + 1) * outputs)];
    if (part.task === 'binary-class') images += Number(Math.abs(row[outputs - 1]! - 0.5) <= margin);
    else if (part.task === 'multi-label, binary-class') images += Number(row.some((p) => Math.abs(p - 0.5) <= margin));
    else {
      const [best, next] = row.sort((a, b) => b - a);
      images += Number(best! - next! <= margin);
    }
  }
  return images;
}

/** AUC with the scores of positives moved by `margin`: bounds what changes of half of it in all scores can do. */
function shiftedAuc(part: ScoredPart, margin: number): number {
  const { count, outputs, values } = part.scores;
  const columns = aucColumns(part.task, outputs);
  const areas = columns.map((column) => {
    const positive = (i: number): boolean => isPositive(part, i, part.task === 'binary-class' ? 1 : column);
    const score = (i: number): number => values[i * outputs + column]! + (positive(i) ? margin : 0);
    return rankingAuc(rank(count, score, positive));
  });
  return areas.reduce((sum, area) => sum + area, 0) / areas.length;
}
