import { tf } from '../compute/tensorflow.js';

/** What a forward pass gives: the loss, and tensors that are wanted after it. */
interface Forward<Kept extends { readonly [name: string]: tf.Tensor }> {
  readonly loss: tf.Scalar;
  readonly kept: Kept;
}

/** A forward pass with its gradients. Dispose after use. */
export interface Pass<Kept extends { readonly [name: string]: tf.Tensor }> extends Forward<Kept> {
  /** ∂loss/∂x in the order of the tensors asked for; null = exactly zero. */
  readonly gradients: readonly (tf.Tensor | null)[];
  dispose(): void;
}

/** Runs `forward` under the tape and differentiates its loss by each tensor of `by`. Nothing changes. */
export function differentiate<Kept extends { readonly [name: string]: tf.Tensor }>(
  forward: () => Forward<Kept>,
  by: readonly tf.Tensor[],
): Pass<Kept> {
  let kept!: Kept;
  const { value, grads } = tf.engine().gradients(
    () => {
      const result = forward();
      for (const tensor of Object.values(result.kept)) tf.keep(tensor);
      ({ kept } = result);
      return result.loss;
    },
    by as tf.Tensor[],
    null as unknown as tf.Tensor,
    true,
  );
  const gradients = grads.map((gradient) => (gradient as tf.Tensor | undefined) ?? null);
  return {
    loss: value as tf.Scalar,
    kept,
    gradients,
    dispose: () => tf.dispose([value, ...Object.values(kept), ...gradients.filter((gradient) => gradient !== null)]),
  };
}
