import { sigmoidCrossEntropy, softmaxCrossEntropy } from '../compute/operations/losses.js';
import { tf } from '../compute/tensorflow.js';
import type { Batch } from './learner.js';

/** What is classified: shapes of images and labels, and with them the loss. */
export interface SearchTask {
  readonly size: number;
  readonly channels: number;
  readonly classes: number;
  /** Several labels an image (sigmoid cross-entropy per label) instead of one class (softmax cross-entropy). */
  readonly multiLabel: boolean;
}

/** A batch before it goes to the backend. */
export interface RawBatch {
  readonly count: number;
  /** Normalised, count × size × size × channels. */
  readonly pixels: Float32Array;
  /** count × labels per image: class numbers, or 0/1 per label. */
  readonly labels: Int32Array;
}

/** The batch on the backend. Dispose with `disposeBatch`. */
export function toBatch(task: SearchTask, raw: RawBatch): Batch {
  const targets = new Float32Array(raw.count * task.classes);
  if (task.multiLabel) targets.set(raw.labels);
  else raw.labels.forEach((label, i) => (targets[i * task.classes + label] = 1));
  return {
    x: tf.tensor4d(raw.pixels, [raw.count, task.size, task.size, task.channels], 'float32'),
    targets: tf.tensor2d(targets, [raw.count, task.classes], 'float32'),
    loss: task.multiLabel ? sigmoidCrossEntropy : softmaxCrossEntropy,
  };
}

export function disposeBatch(batch: Batch): void {
  tf.dispose([batch.x, batch.targets]);
}

/** Right answers in a batch: images whose class is the argmax; for several labels, labels on the right side of 0. */
export function countCorrect(
  task: SearchTask,
  logits: Float32Array,
  labels: Int32Array,
): { correct: number; answers: number } {
  const { classes } = task;
  const rows = logits.length / classes;
  let correct = 0;
  if (task.multiLabel) {
    logits.forEach((logit, i) => (correct += Number(logit > 0 === (labels[i] === 1))));
    return { correct, answers: logits.length };
  }
  for (let row = 0; row < rows; row++) {
    let best = 0;
    for (let k = 1; k < classes; k++) if (logits[row * classes + k]! > logits[row * classes + best]!) best = k;
    if (best === labels[row]) correct++;
  }
  return { correct, answers: rows };
}
