import { tf } from '../tensorflow.js';

/** Mean softmax cross-entropy. @param logits [N, K] @param targets [N, K], rows sum to 1 (one-hot, smoothed or mixed). */
export function softmaxCrossEntropy(logits: tf.Tensor2D, targets: tf.Tensor2D): tf.Scalar {
  return tf.neg(tf.mean(tf.sum(tf.mul(targets, tf.logSoftmax(logits)), 1)));
}

/** Mean over images and labels of the sigmoid cross-entropy. @param logits [N, K] @param targets [N, K] in 0..1 */
export function sigmoidCrossEntropy(logits: tf.Tensor2D, targets: tf.Tensor2D): tf.Scalar {
  // max(z, 0) − z·t + log(1 + exp(−|z|)), which overflows for no z
  const tail = tf.log1p(tf.exp(tf.neg(tf.abs(logits))));
  return tf.mean(tf.add(tf.sub(tf.relu(logits), tf.mul(logits, targets)), tail));
}
