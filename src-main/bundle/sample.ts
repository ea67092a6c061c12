import { createRandom } from '../compute/random.js';
import type { ImageShape } from './onnx-session.js';

/** Images in sample/input.npy. */
export const SAMPLE_COUNT = 4;

/**
 * Drawn images to try a bundle with: smooth patterns between 0 and 1, N × C × H × W. No image of the dataset leaves with a
 * bundle; these exercise the same arithmetic. The same shape gives the same images.
 */
export function drawSample(shape: ImageShape): Float32Array {
  const { channels, size } = shape;
  const random = createRandom(1, 'bundle/sample');
  const images = new Float32Array(SAMPLE_COUNT * channels * size * size);
  let at = 0;
  for (let plane = 0; plane < SAMPLE_COUNT * channels; plane++) {
    const waves = Array.from({ length: 5 }, () => ({
      x: (random.uniform() - 0.5) * 12,
      y: (random.uniform() - 0.5) * 12,
      phase: 2 * Math.PI * random.uniform(),
      height: random.uniform() / 5,
    }));
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) {
        const sum = waves.reduce((s, w) => s + w.height * Math.sin((w.x * x + w.y * y) / size + w.phase), 0.5);
        images[at++] = Math.min(1, Math.max(0, sum + 0.05 * (random.uniform() - 0.5)));
      }
    }
  }
  return images;
}
