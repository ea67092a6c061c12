const LEARNING_RATE = { first: 0.1, last: 0.001 };

/** Learning rate of a supernet's weights: cosine from 0.1 towards 0.001. @param epoch from 0 */
export function learningRateAt(epoch: number, epochs: number): number {
  const { first, last } = LEARNING_RATE;
  return last + 0.5 * (first - last) * (1 + Math.cos((Math.PI * epoch) / epochs));
}
