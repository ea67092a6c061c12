import { UserError } from '../errors.js';
import { accuracy } from '../training/metrics/accuracy.js';
import { auc } from '../training/metrics/auc.js';
import type { ScoredPart } from '../training/metrics/scores.js';
import { largestDifference } from './onnx-session.js';

/** Largest difference of a probability between two runtimes. */
export const TOLERANCE = 1e-4;
/** The same network and runtime, an image alone against the same image in a batch. */
export const BATCH_TOLERANCE = 1e-5;
const AUC_TOLERANCE = 1e-5;

/**
 * Demands that two runtimes say the same of a whole part: each probability to 1e-4, the same accuracy (an image whose
 * decision hangs on less than the runtimes' rounding may fall either way), the same AUC to 1e-5.
 * @param what names both sides in the error, for example `onnxruntime and the engine`
 * @returns the largest difference of a probability
 * @throws UserError `bundle-disagreement`
 */
export function demandAgreement(first: ScoredPart, second: ScoredPart, what: string): number {
  const fail = (how: string): never => {
    throw new UserError(
      'bundle-disagreement',
      `${what} disagree ${how}: nothing is exported; report this as a fault of MedForge`,
    );
  };
  const difference = largestDifference(first.scores.values, second.scores.values);
  if (difference > TOLERANCE)
    fail(`by ${difference.toExponential(1)} in a probability (at most ${String(TOLERANCE)} is allowed)`);
  const accuracies = [accuracy(first), accuracy(second)] as const;
  const open = undecided(first, 2 * difference) / first.scores.count;
  if (Math.abs(accuracies[0] - accuracies[1]) > open + 1e-12)
    fail(`in ACC, ${String(accuracies[0])} and ${String(accuracies[1])}`);
  const aucs = [auc(first), auc(second)] as const;
  const bothUndefined = Number.isNaN(aucs[0]) && Number.isNaN(aucs[1]);
  if (!bothUndefined && !(Math.abs(aucs[0] - aucs[1]) <= AUC_TOLERANCE))
    fail(`in AUC, ${String(aucs[0])} and ${String(aucs[1])}`);
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
