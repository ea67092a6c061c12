import { tf } from '../compute/tensorflow.js';
import { normaliseBatch } from '../datasets/augmentation.js';
import type { Images, Task } from '../datasets/dataset.js';
import { mean } from '../statistics/moments.js';
import { probabilities, type InferenceNetwork } from './inference-network.js';
import type { Scores } from './metrics/scores.js';
import { NO_TURN, type Turn } from './turn.js';

/** A probability of 0 counts as this, so that a loss stays finite. */
export const LEAST_PROBABILITY = 1e-12;

/** Images in one pass of the network: as many of 28 pixels, and of larger ones what has as many pixels. */
const MOST_AT_ONCE = { images: 256, size: 28 } as const;
const FEWEST_AT_ONCE = 16;

/** Images in one pass of the network, so that larger images need hardly more memory. A whole number of the kernels' groups of eight. */
export function classifiedAtOnce({ height, width }: Pick<Images, 'height' | 'width'>): number {
  const { images, size } = MOST_AT_ONCE;
  const fitting = 8 * Math.floor((images * size ** 2) / (height * width) / 8);
  return Math.min(images, Math.max(FEWEST_AT_ONCE, fitting));
}

/** Probabilities of all images. @param turn before each batch */
export async function classify(
  network: InferenceNetwork,
  images: Images,
  task: Task,
  turn: Turn = NO_TURN,
): Promise<Scores> {
  const outputs = network.plan.space.classes;
  const values = new Float32Array(images.count * outputs);
  const atOnce = classifiedAtOnce(images);
  for (let start = 0; start < images.count; start += atOnce) {
    await turn();
    const count = Math.min(atOnce, images.count - start);
    const indices = Uint32Array.from({ length: count }, (_, i) => start + i);
    values.set(await classifyBatch(network, images, indices, task), start * outputs);
  }
  return { count: images.count, outputs, values };
}

/** Probabilities of some images in one pass, row-major indices × outputs. */
export async function classifyBatch(
  network: InferenceNetwork,
  images: Images,
  indices: Uint32Array,
  task: Task,
): Promise<Float32Array> {
  const pixels = normaliseBatch(images, indices);
  const scores = tf.tidy(() => {
    const x = tf.tensor4d(pixels, [indices.length, images.height, images.width, images.channels], 'float32');
    return probabilities(network.forward(x), task);
  });
  try {
    return await scores.data<'float32'>();
  } finally {
    scores.dispose();
  }
}

/** Mean cross-entropy of scores: of the true class, or over all labels. */
export function crossEntropy(scores: Scores, labels: Uint8Array, multiLabel: boolean): number {
  return mean(imageLosses(scores, labels, multiLabel));
}

/** Cross-entropy of each image: of the true class, or the mean over its labels. */
export function imageLosses(scores: Scores, labels: Uint8Array | Int32Array, multiLabel: boolean): Float64Array {
  const { count, outputs, values } = scores;
  const log = (p: number): number => Math.log(Math.max(p, LEAST_PROBABILITY));
  return Float64Array.from({ length: count }, (_, i) => {
    const row = i * outputs;
    if (!multiLabel) return -log(values[row + labels[i]!]!);
    let sum = 0;
    for (let k = row; k < row + outputs; k++) sum -= labels[k] === 1 ? log(values[k]!) : log(1 - values[k]!);
    return sum / outputs;
  });
}
