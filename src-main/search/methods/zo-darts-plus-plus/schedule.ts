import type { ZoDartsPlusPlusSettings } from './settings.js';

/** What changes with the epochs of a search. Epochs count from 0 here. */

export const INITIAL_TEMPERATURE = 1.5;
const TEMPERATURE_FACTOR = 0.75;
/** T of the last tenth of the epochs, as published; the smooth course ends there. */
const LAST_TEMPERATURE = INITIAL_TEMPERATURE * TEMPERATURE_FACTOR ** 9;
const PHASE_ONE_SHARE = 0.4;

/**
 * `steps`: T = 1.5, multiplied by 0.75 after every tenth of the epochs (arXiv 2503.06092). `smooth`: falling from 1.5 to the same
 * last value by equal factors, so that no difference is widened at once.
 * @param progress epochs that are done, with fraction
 */
export function temperatureAt(
  progress: number,
  epochs: number,
  course: ZoDartsPlusPlusSettings['temperature'],
): number {
  if (course === 'steps') {
    return INITIAL_TEMPERATURE * TEMPERATURE_FACTOR ** Math.floor((10 * Math.floor(progress)) / epochs);
  }
  return INITIAL_TEMPERATURE * (LAST_TEMPERATURE / INITIAL_TEMPERATURE) ** (progress / epochs);
}

/** Whole epochs in which the architecture rests. */
export function warmupEpochs(epochs: number, { warmup }: Pick<ZoDartsPlusPlusSettings, 'warmup'>): number {
  return Math.min(epochs - 1, Math.ceil(warmup * epochs - 1e-9));
}

/** The epoch at whose start the supernet grows: after the warm-up, or after the first 40 % of the epochs when there is none. */
export function growthEpoch(epochs: number, course: Pick<ZoDartsPlusPlusSettings, 'warmup'>): number {
  return course.warmup > 0 ? warmupEpochs(epochs, course) : Math.ceil(PHASE_ONE_SHARE * epochs - 1e-9);
}

/** How much of the epochs from `start` on is done: 0 at its beginning, 1 at the end. */
export function shareAfter(start: number, progress: number, epochs: number): number {
  return (progress - start) / Math.max(1, epochs - start);
}
