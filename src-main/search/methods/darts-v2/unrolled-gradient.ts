import { tf } from '../../../compute/tensorflow.js';
import { gradientOn, TEMPERATURE, type ArchitectureGradient, type GradientInputs } from '../../gradient-search.js';
import type { Learner } from '../../learner.js';

/** Length of the step of the finite difference: ε = 0.01 / ‖∂L_val/∂w′‖. */
const STEP_LENGTH = 0.01;

type WeightGradients = readonly (tf.Tensor | null)[];

/**
 * The gradient of L_val(w′, a) with w′ = w − ξ·∂L_train(w, a)/∂w (arXiv 1806.09055, eq. 7):
 * ∂L_val(w′, a)/∂a − ξ·(∂L_train(w⁺, a)/∂a − ∂L_train(w⁻, a)/∂a)/2ε with w± = w ± ε·∂L_val/∂w′ (eq. 8).
 */
export async function unrolledGradient(inputs: GradientInputs): Promise<ArchitectureGradient> {
  const { net, training, validation, architecture, relaxation, learningRate, sparse } = inputs;
  const probabilities = architecture.probabilities(TEMPERATURE, relaxation);
  const own = await net.gradients(training, probabilities, sparse);
  const unrolled = await moved(net, own.weights, -learningRate);
  release(own.weights);
  const {
    weights: ahead,
    probabilities: table,
    ...outcome
  } = await unrolled.gradients(validation, probabilities, sparse);
  unrolled.dispose();
  const direct = architecture.gradient(probabilities, table, TEMPERATURE, relaxation);
  const length = await lengthOf(ahead);
  const epsilon = STEP_LENGTH / length;
  const sides: Float64Array[] = [];
  for (const distance of length > 0 ? [epsilon, -epsilon] : []) {
    const side = await moved(net, ahead, distance);
    sides.push((await gradientOn(inputs, side, training)).gradient);
    side.dispose();
  }
  release(ahead);
  const [plus, minus] = sides;
  const product = (i: number): number => (plus && minus ? (plus[i]! - minus[i]!) / (2 * epsilon) : 0);
  return { ...outcome, gradient: direct.map((g, i) => g - learningRate * product(i)) };
}

/** A copy of the net with its weights moved along a direction; the net itself keeps its bits. Dispose after use. */
async function moved(net: Learner, direction: WeightGradients, distance: number): Promise<Learner> {
  const copy = await net.clone();
  tf.tidy(() => {
    [...copy.net.weights.values()].forEach((weight, i) => {
      const along = direction[i];
      if (along) weight.assign(tf.add(weight, tf.mul(along, distance)));
    });
  });
  return copy;
}

async function lengthOf(gradients: WeightGradients): Promise<number> {
  let squares = 0;
  for (const gradient of gradients) {
    if (!gradient) continue;
    const sum = tf.tidy(() => tf.sum(tf.square(gradient)));
    squares += (await sum.data())[0]!;
    sum.dispose();
  }
  return Math.sqrt(squares);
}

function release(gradients: WeightGradients): void {
  tf.dispose(gradients.filter((gradient) => gradient !== null));
}
