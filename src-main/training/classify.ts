import { tf } from '../compute/tensorflow.js';
import { normaliseBatch } from '../datasets/augmentation.js';
import type { Images, Task } from '../datasets/dataset.js';
import { probabilities, type InferenceNetwork } from './inference-network.js';
import type { Scores } from './metrics/scores.js';
import { NO_TURN, type Turn } from './turn.js';

/** Images in one pass of the network. */
const BATCH = 256;

/** Probabilities of all images. @param turn before each batch */
export async function classify(
  network: InferenceNetwork,
  images: Images,
  task: Task,
  turn: Turn = NO_TURN,
): Promise<Scores> {
  const outputs = network.plan.space.classes;
  const values = new Float32Array(images.count * outputs);
  for (let start = 0; start < images.count; start += BATCH) {
    await turn();
    const count = Math.min(BATCH, images.count - start);
    const pixels = normaliseBatch(
      images,
      Uint32Array.from({ length: count }, (_, i) => start + i),
    );
    const scores = tf.tidy(() => {
      const x = tf.tensor4d(pixels, [count, images.height, images.width, images.channels], 'float32');
      return probabilities(network.forward(x), task);
    });
    values.set(await scores.data<'float32'>(), start * outputs);
    scores.dispose();
  }
  return { count: images.count, outputs, values };
}

/** Mean cross-entropy of scores: of the true class, or over all labels. */
export function crossEntropy(scores: Scores, labels: Uint8Array, multiLabel: boolean): number {
  const { count, outputs, values } = scores;
  const log = (p: number): number => Math.log(Math.max(p, 1e-12));
  let sum = 0;
  if (multiLabel) {
    values.forEach((p, i) => (sum -= labels[i] === 1 ? log(p) : log(1 - p)));
    return sum / values.length;
  }
  for (let i = 0; i < count; i++) sum -= log(values[i * outputs + labels[i]!]!);
  return sum / count;
}
