import { mean, variance } from './moments.js';
import { upperQuantile } from './student-t.js';

/** A share or an AUC, 0..1, and its 95 % interval; null where it has none. */
export interface Estimated {
  readonly value: number;
  readonly interval: readonly [number, number] | null;
}

/** The 97.5 % point of the normal distribution. */
const NORMAL = 1.959963984540054;
/** From so many degrees of freedom on Student's t is the normal distribution, to four digits. */
const NORMAL_FROM = 100_000;

/**
 * Mean over trainings of one architecture that were measured on the same images, and the 95 % interval of the mean that further
 * trainings would have on further images. The images count with the mean of the trainings' own intervals, as if all erred on the
 * same images, which is never too narrow; the trainings with their variance over their number; degrees of freedom after
 * Satterthwaite (1946), with the images as known. One training keeps its own interval.
 * @param trainings at least one
 */
export function meanOfTrainings(trainings: readonly Estimated[]): Estimated {
  const values = trainings.map(({ value }) => value);
  const value = mean(values);
  const intervals = trainings.map(({ interval }) => usable(interval));
  const whole = intervals.filter((interval) => interval !== null);
  if (whole.length < trainings.length || Number.isNaN(value)) return { value, interval: null };
  if (trainings.length === 1) return { value, interval: whole[0]! };
  const ofTrainings = variance(values) / trainings.length;
  const reach = (images: number): number => {
    const half = images / NORMAL;
    const total = half ** 2 + ofTrainings;
    const degrees = ofTrainings === 0 ? Infinity : total ** 2 / (ofTrainings ** 2 / (trainings.length - 1));
    return (degrees > NORMAL_FROM ? NORMAL : upperQuantile(0.025, degrees)) * Math.sqrt(total);
  };
  const below = mean(whole.map(([low], i) => values[i]! - low));
  const above = mean(whole.map(([, high], i) => high - values[i]!));
  return { value, interval: [Math.max(0, value - reach(below)), Math.min(1, value + reach(above))] };
}

/** Ends that are no numbers, or both the same, say nothing. */
function usable(interval: Estimated['interval']): Estimated['interval'] {
  return interval?.every(Number.isFinite) && interval[0] < interval[1] ? interval : null;
}
