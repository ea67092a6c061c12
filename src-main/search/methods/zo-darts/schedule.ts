import type { ZoDartsSettings } from './settings.js';

/** What changes with the epochs of a search. Epochs count from 0 here. */

export const INITIAL_TEMPERATURE = 1.5;
const TEMPERATURE_FACTOR = 0.75;
const PHASE_ONE_SHARE = 0.4;

/**
 * T = 1.5, multiplied by 0.75 after every tenth of the epochs (`steps`), or falling by the same factor smoothly (`smooth`).
 * @param progress epochs that are done, with fraction
 */
export function temperatureAt(progress: number, epochs: number, course: ZoDartsSettings['temperature']): number {
  const tenths = course === 'steps' ? Math.floor((10 * Math.floor(progress)) / epochs) : (10 * progress) / epochs;
  return INITIAL_TEMPERATURE * TEMPERATURE_FACTOR ** tenths;
}

/** The epoch at whose start the supernet grows: after the first 40 % of the epochs. */
export function growthEpoch(epochs: number): number {
  return Math.ceil(PHASE_ONE_SHARE * epochs - 1e-9);
}
