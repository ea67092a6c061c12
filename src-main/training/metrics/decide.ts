import { isMultiLabel, type Task } from '../../datasets/dataset.js';
import type { OperatingPoint } from '../../vocabulary/operating-point.js';

/**
 * The classes (or labels) that are said of one image at an operating point: the finding where its probability is at least the
 * threshold, else the most probable of the other classes. Other labels of a multi-label task are said above 0.5.
 * @param probabilities before calibration, in class order
 */
export function decideAt(
  { finding, threshold }: Pick<OperatingPoint, 'finding' | 'threshold'>,
  task: Task,
  probabilities: ArrayLike<number>,
): readonly number[] {
  const found = probabilities[finding]! >= threshold;
  if (isMultiLabel(task)) {
    return Array.from(probabilities).flatMap((p, k) => ((k === finding ? found : p > 0.5) ? [k] : []));
  }
  if (found) return [finding];
  let best = -1;
  for (let k = 0; k < probabilities.length; k++) {
    if (k !== finding && (best < 0 || probabilities[k]! > probabilities[best]!)) best = k;
  }
  return [best];
}
