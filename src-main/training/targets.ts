import type { Labels, Task } from '../datasets/dataset.js';
import { isMultiLabel } from './metrics/scores.js';

/**
 * Soft targets of a batch, row-major N × outputs: one class a row for single-label tasks, 0 and 1 a label otherwise.
 * Label smoothing ε: t·(1−ε) + ε/outputs, or t·(1−ε) + ε/2 a label.
 */
export function softTargets(task: Task, labels: Uint8Array, outputs: number, smoothing: number): Float32Array {
  if (isMultiLabel(task)) return Float32Array.from(labels, (label) => label * (1 - smoothing) + smoothing / 2);
  const targets = new Float32Array(labels.length * outputs).fill(smoothing / outputs);
  labels.forEach((label, i) => (targets[i * outputs + label]! += 1 - smoothing));
  return targets;
}

/**
 * Weights against class imbalance. Single-label: images / (classes · images of the class), which average to 1 over the
 * images. Multi-label: negatives / positives of each label, the weight of its positives, at most 20.
 */
export function classWeights(task: Task, train: Labels, outputs: number): Float32Array {
  const counts = new Float64Array(outputs);
  if (isMultiLabel(task)) train.values.forEach((value, i) => (counts[i % outputs]! += value));
  else train.values.forEach((label) => counts[label]!++);
  return Float32Array.from(counts, (count) =>
    isMultiLabel(task)
      ? Math.min(20, (train.count - count) / Math.max(1, count))
      : train.count / (outputs * Math.max(1, count)),
  );
}
