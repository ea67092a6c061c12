import { hasKernel, runKernel } from '../fused.js';
import { tf } from '../tensorflow.js';

/** Mean softmax cross-entropy. @param logits [N, K] @param targets [N, K], rows sum to 1 (one-hot, smoothed or mixed). */
export function softmaxCrossEntropy(logits: tf.Tensor2D, targets: tf.Tensor2D): tf.Scalar {
  return hasKernel('SoftmaxCrossEntropy')
    ? fusedLoss('SoftmaxCrossEntropy', logits, targets)
    : softmaxCrossEntropyComposition(logits, targets);
}

/** Defines `softmaxCrossEntropy`. */
export function softmaxCrossEntropyComposition(logits: tf.Tensor2D, targets: tf.Tensor2D): tf.Scalar {
  return tf.neg(tf.mean(tf.sum(tf.mul(targets, tf.logSoftmax(logits)), 1)));
}

/** Mean over images and labels of the sigmoid cross-entropy. @param logits [N, K] @param targets [N, K] in 0..1 */
export function sigmoidCrossEntropy(logits: tf.Tensor2D, targets: tf.Tensor2D): tf.Scalar {
  return hasKernel('SigmoidCrossEntropy')
    ? fusedLoss('SigmoidCrossEntropy', logits, targets)
    : sigmoidCrossEntropyComposition(logits, targets);
}

/** Defines `sigmoidCrossEntropy`. */
export function sigmoidCrossEntropyComposition(logits: tf.Tensor2D, targets: tf.Tensor2D): tf.Scalar {
  // max(z, 0) − z·t + log(1 + exp(−|z|)), which overflows for no z
  const tail = tf.log1p(tf.exp(tf.neg(tf.abs(logits))));
  return tf.mean(tf.add(tf.sub(tf.relu(logits), tf.mul(logits, targets)), tail));
}

/** The kernels return the loss and its gradient by the logits; the targets are data and have none. */
function fusedLoss(
  kernel: 'SoftmaxCrossEntropy' | 'SigmoidCrossEntropy',
  logits: tf.Tensor2D,
  targets: tf.Tensor2D,
): tf.Scalar {
  const [loss, gradient] = runKernel<[tf.Scalar, tf.Tensor2D]>(kernel, { logits, targets });
  gradient.dispose();
  return loss;
}
