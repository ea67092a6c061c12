/** What changes with the epochs of a search. Epochs count from 0 here. */

export const INITIAL_TEMPERATURE = 1.5;
const TEMPERATURE_FACTOR = 0.75;
const PHASE_ONE_SHARE = 0.4;
const LEARNING_RATE = { first: 0.1, last: 0.001 };

/** T = 1.5, multiplied by 0.75 after every tenth of the epochs. */
export function temperatureAt(epoch: number, epochs: number): number {
  return INITIAL_TEMPERATURE * TEMPERATURE_FACTOR ** Math.floor((10 * epoch) / epochs);
}

/** Cosine from 0.1 towards 0.001. */
export function learningRateAt(epoch: number, epochs: number): number {
  const { first, last } = LEARNING_RATE;
  return last + 0.5 * (first - last) * (1 + Math.cos((Math.PI * epoch) / epochs));
}

/** The epoch at whose start the supernet grows: after the first 40 % of the epochs. */
export function growthEpoch(epochs: number): number {
  return Math.ceil(PHASE_ONE_SHARE * epochs - 1e-9);
}
