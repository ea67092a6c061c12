import type { Shader } from '../program.js';
import type { ImageShape } from './arrays.js';
import { read, shader, write } from './buffers.js';
import { elementwise } from './normalisation.js';
import { normalised } from './network-values.js';

const THREADS = 64;

/**
 * Batch norm, ReLU, mean over the image, linear layer: a workgroup an image. `arguments[0]`: where the numbers of the norm begin, or
 * its scale, and its shift; where kernel and bias of the classifier begin.
 * Buffers: numbers where the norm takes the statistics of the batch, weights, x, means [images][channels], logits.
 */
export function networkHead(shape: ImageShape, classes: number, training: boolean): Shader {
  const { height, width, channels } = shape;
  const pixels = height * width;
  const value = training
    ? normalised('statistics', 'raw', 'given.x', channels)
    : 'raw * weights[given.x + channel] + weights[given.y + channel]';
  return shader(
    [...(training ? [read('numbers')] : []), read('weights'), read('x'), write('pooled'), write('logits')],
    `@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  let given = arguments[0];
  let own = group.x * ${channels}u;
  for (var channel = thread; channel < ${channels}u; channel += ${THREADS}u) {
    var sum = 0.0;
    for (var pixel = 0u; pixel < ${pixels}u; pixel++) {
      let raw = x[(group.x * ${pixels}u + pixel) * ${channels}u + channel];
      sum += max(${value}, 0.0);
    }
    pooled[own + channel] = sum / ${pixels}.0;
  }
  storageBarrier();
  for (var k = thread; k < ${classes}u; k += ${THREADS}u) {
    var sum = 0.0;
    for (var c = 0u; c < ${channels}u; c++) { sum = fma(pooled[own + c], weights[given.z + c * ${classes}u + k], sum); }
    logits[group.x * ${classes}u + k] = sum + weights[given.w + k];
  }
}`,
  );
}

/** Threads of `networkHeadGradient`. */
export const headGradientSize = ({ images, channels }: ImageShape, classes: number): number =>
  channels * classes + classes + images * channels;

/**
 * Gradients of the classifier, and by each number of what was averaged. `arguments[0]`: where kernel and bias begin.
 * Buffers: weights, means, gradient of the logits, gradients of the weights, gradient by what was averaged [images][channels].
 */
export function networkHeadGradient(shape: ImageShape, classes: number): Shader {
  const { images, height, width, channels } = shape;
  const kernel = channels * classes;
  return shader(
    [read('weights'), read('pooled'), read('dLogits'), write('gradients'), write('pooledGradient')],
    `${elementwise(headGradientSize(shape, classes))}
  let given = arguments[0];
  var sum = 0.0;
  if (i < ${kernel}u) {
    let c = i / ${classes}u;
    let k = i % ${classes}u;
    for (var image = 0u; image < ${images}u; image++) {
      sum = fma(pooled[image * ${channels}u + c], dLogits[image * ${classes}u + k], sum);
    }
    gradients[given.x + i] = sum;
  } else if (i < ${kernel + classes}u) {
    let k = i - ${kernel}u;
    for (var image = 0u; image < ${images}u; image++) { sum += dLogits[image * ${classes}u + k]; }
    gradients[given.y + k] = sum;
  } else {
    let at = i - ${kernel + classes}u;
    let image = at / ${channels}u;
    let c = at % ${channels}u;
    for (var k = 0u; k < ${classes}u; k++) {
      sum = fma(dLogits[image * ${classes}u + k], weights[given.x + c * ${classes}u + k], sum);
    }
    pooledGradient[at] = sum / ${height * width}.0;
  }
}`,
  );
}
