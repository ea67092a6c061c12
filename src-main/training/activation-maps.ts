import { tf } from '../compute/tensorflow.js';
import type { ActivationMaps } from '../vocabulary/prediction.js';
import type { InferenceNetwork } from './inference-network.js';

/**
 * Class activation maps of an image (`classActivationMaps`). Sees what a network adds up, not why: a place that counts much may
 * stand for something beside it, up to the receptive field.
 * @param planes C × H × W from 0 to 1
 */
export async function activationMaps(
  network: InferenceNetwork,
  planes: Float32Array,
  { size, channels }: { readonly size: number; readonly channels: number },
): Promise<ActivationMaps> {
  const pixels = new Float32Array(planes.length);
  planes.forEach((value, i) => (pixels[(i % size ** 2) * channels + Math.floor(i / size ** 2)] = 2 * value - 1));
  const maps = tf.tidy(() => network.activationMaps(tf.tensor4d(pixels, [1, size, size, channels])));
  const [, height, width, outputs] = maps.shape;
  try {
    const values = await maps.data<'float32'>();
    const ofOutput = (k: number): number[] =>
      Array.from({ length: height * width }, (_, place) => values[place * outputs + k]!);
    return { height, width, maps: Array.from({ length: outputs }, (_, k) => ofOutput(k)) };
  } finally {
    maps.dispose();
  }
}
