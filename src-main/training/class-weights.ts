import { isMultiLabel, type Task } from '../datasets/dataset.js';

/**
 * Weights against class imbalance. Single-label: images / (classes · images of the class), which average to 1 over the
 * images. Multi-label: negatives / positives of each label, the weight of its positives, at most 20.
 */
export function classWeights(
  task: Task,
  train: { readonly count: number; readonly values: Uint8Array | Int32Array },
  outputs: number,
): Float32Array {
  const counts = new Float64Array(outputs);
  if (isMultiLabel(task)) train.values.forEach((value, i) => (counts[i % outputs]! += value));
  else train.values.forEach((label) => counts[label]!++);
  return Float32Array.from(counts, (count) =>
    isMultiLabel(task)
      ? Math.min(20, (train.count - count) / Math.max(1, count))
      : train.count / (outputs * Math.max(1, count)),
  );
}
