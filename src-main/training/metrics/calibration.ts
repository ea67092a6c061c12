import { isMultiLabel } from '../../datasets/dataset.js';
import { clusteredInterval } from '../../statistics/proportion.js';
import type { Calibration, Diagnostics } from '../../vocabulary/diagnostics.js';
import { withWidth, type Statistic } from './bootstrap.js';
import { estimate, FEWEST_FOR_BOOTSTRAP } from './estimate.js';
import { basicInterval, percentileInterval, type Interval } from './interval.js';
import { isPositive, predictedClass, type ScoredPart } from './scores.js';
import { countUnits, unitsOf, type Units } from './units.js';

export const CALIBRATION_BINS = 10;

/** A probability with whether what it was said of was there, for each image; of labels, several for each. */
interface Claims {
  readonly image: Uint32Array;
  /** Class (or label) that the probability is of. */
  readonly subject: Uint32Array;
  readonly probability: Float64Array;
  readonly there: Uint8Array;
  /** Squared error of each claim, or of all classes of its image. */
  readonly squaredError: Float64Array;
}

export type CalibrationSubject = Diagnostics['calibrationOf'];

/** Whose probability the calibration of a task is about. */
export function calibrationSubject(part: ScoredPart, finding: number | null): CalibrationSubject {
  return finding !== null ? 'finding' : isMultiLabel(part.task) ? 'all labels' : 'most probable class';
}

/** What the calibration of a task is about, image by image. */
export function claimsOf(part: ScoredPart, finding: number | null): Claims {
  const { count, outputs, values } = part.scores;
  const each = finding === null && isMultiLabel(part.task) ? outputs : 1;
  const claims: Claims = {
    image: Uint32Array.from({ length: count * each }, (_, n) => Math.floor(n / each)),
    subject: new Uint32Array(count * each),
    probability: new Float64Array(count * each),
    there: new Uint8Array(count * each),
    squaredError: new Float64Array(count * each),
  };
  for (let n = 0; n < count * each; n++) {
    const i = claims.image[n]!;
    const subject = finding ?? (each > 1 ? n % outputs : predictedClass(part, i));
    const p = values[i * outputs + subject]!;
    claims.subject[n] = subject;
    claims.probability[n] = p;
    claims.there[n] = isPositive(part, i, subject) ? 1 : 0;
    claims.squaredError[n] =
      finding !== null || each > 1 ? (p - claims.there[n]!) ** 2 : squaredErrorOfClasses(part, i);
  }
  return claims;
}

/** Brier's own score of several classes: the sum over them (Brier 1950). */
function squaredErrorOfClasses(part: ScoredPart, i: number): number {
  const { outputs, values } = part.scores;
  let sum = 0;
  for (let k = 0; k < outputs; k++) sum += (values[i * outputs + k]! - (isPositive(part, i, k) ? 1 : 0)) ** 2;
  return sum;
}

/** Number of the bin that a probability falls into. */
export const binOf = (p: number): number => Math.min(CALIBRATION_BINS - 1, Math.floor(p * CALIBRATION_BINS));

/** Sums of each bin, with how often each image counts. */
function binned({ image, probability, there }: Claims, weights: Uint32Array | null) {
  const bins = Array.from({ length: CALIBRATION_BINS }, () => ({ images: 0, probability: 0, there: 0 }));
  for (let n = 0; n < image.length; n++) {
    const weight = weights ? weights[image[n]!]! : 1;
    const bin = bins[binOf(probability[n]!)]!;
    bin.images += weight;
    bin.probability += weight * probability[n]!;
    bin.there += weight * there[n]!;
  }
  return bins;
}

/** Σ |mean probability − share there| · images / all images (Naeini et al. 2015). */
function calibrationError(claims: Claims, weights: Uint32Array | null): number {
  let [distance, images] = [0, 0];
  for (const bin of binned(claims, weights)) {
    distance += Math.abs(bin.probability - bin.there);
    images += bin.images;
  }
  return distance / images;
}

function brierScore({ image, squaredError }: Claims, weights: Uint32Array | null): number {
  let [sum, images] = [0, 0];
  for (let n = 0; n < image.length; n++) {
    const weight = weights ? weights[image[n]!]! : 1;
    sum += weight * squaredError[n]!;
    images += weight;
  }
  return sum / images;
}

/** Of the share of a bin in which what was said is there; each claim counts, those of one patient together. */
function binInterval({ image, probability, there }: Claims, { images, patients }: Units, bin: number): Interval {
  const patientOf = new Uint32Array(images);
  patients?.forEach((list, patient) => list.forEach((i) => (patientOf[i] = patient)));
  const clusters = new Map<number, { successes: number; trials: number }>();
  for (let n = 0; n < image.length; n++) {
    if (binOf(probability[n]!) !== bin) continue;
    const key = patients ? patientOf[image[n]!]! : n;
    const cluster = clusters.get(key) ?? { successes: 0, trials: 0 };
    cluster.successes += there[n]!;
    cluster.trials++;
    clusters.set(key, cluster);
  }
  return clusteredInterval([...clusters.values()]);
}

/** Calibration of one part, in two steps: what to resample, and what becomes of the resampled values. */
export function calibrationOf(
  part: ScoredPart,
  finding: number | null,
): {
  readonly statistics: readonly Statistic[];
  readonly finish: (resampled: readonly (readonly number[])[]) => Calibration;
} {
  const claims = claimsOf(part, finding);
  const units = unitsOf(part.truth);
  const unitsWith = (there: number): number => countUnits(units, (i) => claims.there[i] === there);
  const few =
    finding === null
      ? countUnits(units, () => true) < FEWEST_FOR_BOOTSTRAP
      : Math.min(unitsWith(0), unitsWith(1)) < FEWEST_FOR_BOOTSTRAP;
  return {
    statistics: [(weights) => calibrationError(claims, weights), (weights) => brierScore(claims, weights)],
    finish: ([errors = [], scores = []]) => {
      const error = calibrationError(claims, null);
      return {
        bins: binned(claims, null).map((bin, b) => ({
          from: b / CALIBRATION_BINS,
          to: (b + 1) / CALIBRATION_BINS,
          images: bin.images,
          probability: bin.images === 0 ? null : bin.probability / bin.images,
          observed: bin.images === 0 ? null : bin.there / bin.images,
          interval: bin.images === 0 ? null : binInterval(claims, units, b),
        })),
        expectedCalibrationError: estimate(error, few ? null : withWidth(basicInterval(error, errors))),
        brierScore: estimate(brierScore(claims, null), few ? null : withWidth(percentileInterval(scores))),
      };
    },
  };
}
