import type { Random } from '../../compute/random.js';
import { isMultiLabel } from '../../datasets/dataset.js';
import { differenceOf } from '../../statistics/difference.js';
import { exactMcNemar } from '../../statistics/mcnemar.js';
import { mean, variance } from '../../statistics/moments.js';
import type { ModelComparison, PairedFigure } from '../../vocabulary/model-comparison.js';
import type { Turn } from '../turn.js';
import { rightAnswers } from './accuracy.js';
import { meanAuc, rankings } from './auc.js';
import { balancedAccuracy } from './balanced-accuracy.js';
import { hasEnough, resample, weightedMean, withWidth, type Statistic } from './bootstrap.js';
import { absent, FEWEST_FOR_BOOTSTRAP, nothingElse } from './estimate.js';
import { percentileInterval } from './interval.js';
import { isPositive, isPredicted, type ScoredPart } from './scores.js';
import { countUnits, unitsOf } from './units.js';
import { aucMissing } from './auc-estimate.js';

export interface PairedChoices {
  /** In class order. */
  readonly labels: readonly string[];
  /** Class number; null: none is named. */
  readonly finding: number | null;
  /** This figure alone; default: all. Its interval is the same. */
  readonly only?: PairedFigure['figure'];
  readonly resamples?: number;
  readonly turn?: Turn;
}

/** A figure of one network as a function of how often each image counts. */
interface Measure {
  readonly figure: PairedFigure['figure'];
  readonly of: Statistic;
  /** Why it is not defined on these images, else null. */
  readonly missing: string | null;
  /** Whether there are images enough for an interval. */
  readonly enough: boolean;
}

function measuresOf(part: ScoredPart, { labels, finding, only }: PairedChoices): Measure[] {
  const { count } = part.scores;
  const units = unitsOf(part.truth);
  const balanced = balancedAccuracy(part, labels, 'test');
  const columns = rankings(part);
  const right = rightAnswers(part);
  const auc = meanAuc(columns);
  const share = (of: readonly number[], isRight: (i: number) => boolean): Statistic => {
    const rights = of.map((i) => (isRight(i) ? 1 : 0));
    return (weights) => {
      let [all, hits] = [0, 0];
      for (let n = 0; n < of.length; n++) {
        const weight = weights[of[n]!]!;
        all += weight;
        hits += weight * rights[n]!;
      }
      return hits / all;
    };
  };
  const ofFinding = (): Measure[] => {
    if (finding === null) return [];
    const label = labels[finding] ?? String(finding);
    const images = Array.from({ length: count }, (_, i) => i);
    const positives = images.filter((i) => isPositive(part, i, finding));
    const negatives = images.filter((i) => !isPositive(part, i, finding));
    return [
      {
        figure: 'sensitivity',
        of: share(positives, (i) => isPredicted(part, i, finding)),
        missing: positives.length === 0 ? absent(label, 'test') : null,
        enough: countUnits(units, (i) => isPositive(part, i, finding)) >= FEWEST_FOR_BOOTSTRAP,
      },
      {
        figure: 'specificity',
        of: share(negatives, (i) => !isPredicted(part, i, finding)),
        missing: negatives.length === 0 ? nothingElse(label, 'test') : null,
        enough: countUnits(units, (i) => !isPositive(part, i, finding)) >= FEWEST_FOR_BOOTSTRAP,
      },
    ];
  };
  const all: Measure[] = [
    { figure: 'balancedAccuracy', of: balanced.statistic, missing: balanced.missing, enough: balanced.enough },
    ...ofFinding(),
    {
      figure: 'auc',
      of: (weights) => meanAuc(columns, weights),
      missing: Number.isNaN(auc) ? aucMissing(part, labels, 'test') : null,
      enough: columns.every((column) => hasEnough(column, units)),
    },
    {
      figure: 'accuracy',
      of: (weights) => weightedMean(right, weights),
      missing: null,
      enough: countUnits(units, () => true) >= FEWEST_FOR_BOOTSTRAP,
    },
  ];
  return all.filter(({ figure }) => only === undefined || figure === only);
}

/** Values of each figure: of every network as it is, and of the difference of the means over resampled images. */
interface Resampled {
  readonly measure: Measure;
  readonly first: readonly number[];
  readonly second: readonly number[];
  readonly differences: readonly number[];
}

async function resampled(
  first: readonly ScoredPart[],
  second: readonly ScoredPart[],
  random: Random,
  choices: PairedChoices,
): Promise<Resampled[]> {
  const units = unitsOf(first[0]!.truth);
  const [ofFirst, ofSecond] = [first, second].map((parts) => parts.map((part) => measuresOf(part, choices)));
  const measures = ofFirst![0]!;
  const each = (networks: readonly (readonly Measure[])[], m: number, weights: Uint32Array): number[] =>
    networks.map((network) => network[m]!.of(weights));
  const differences = await resample(
    units,
    measures.map(
      (_, m): Statistic =>
        (weights) =>
          mean(each(ofFirst!, m, weights)) - mean(each(ofSecond!, m, weights)),
    ),
    random,
    { resamples: choices.resamples, passes: 5 * (first.length + second.length), turn: choices.turn },
  );
  const once = new Uint32Array(units.images).fill(1);
  return measures.map((measure, m) => ({
    measure,
    first: each(ofFirst!, m, once),
    second: each(ofSecond!, m, once),
    differences: differences[m]!,
  }));
}

/** An interval without width would say that nothing could ever be otherwise. */
const ALIKE = 'identical in every bootstrap sample, so there is no interval';

function figureOf({ measure, first, second }: Resampled, interval: () => PairedFigure['interval']): PairedFigure {
  const { figure, missing, enough } = measure;
  if (missing !== null) return { figure, first: null, second: null, difference: null, interval: null, missing };
  const [a, b] = [mean(first), mean(second)];
  const shared = { figure, first: a, second: b, difference: a - b };
  if (!enough) return { ...shared, interval: null, missing: 'too few images for an interval' };
  const found = interval();
  const wide = found === null ? null : withWidth(found);
  return { ...shared, interval: wide, missing: wide === null ? ALIKE : null };
}

/**
 * Differences of two networks on the same images, with 95 % percentile intervals of images drawn with replacement, the same
 * draws for both, of patients where they are known (Efron and Tibshirani 1993): what both find hard does not blur the difference, as it does between two
 * intervals. Sensitivity and specificity are of the most probable class.
 * @param first what it says of the images  @param second of the same images in the same order
 */
export async function pairedDifferences(
  first: ScoredPart,
  second: ScoredPart,
  random: Random,
  choices: PairedChoices,
): Promise<PairedFigure[]> {
  const all = await resampled([first], [second], random, choices);
  return all.map((one) => figureOf(one, () => percentileInterval(one.differences)));
}

/**
 * Differences of the means over all networks of two retrainings, on the same images. The variance of the images comes from the
 * paired draws, that of further seeds from the networks of each side; the interval is Student's t with Welch and
 * Satterthwaite's degrees of freedom.
 * @param first at least two networks  @param second at least two networks
 */
export async function pairedMeanDifferences(
  first: readonly ScoredPart[],
  second: readonly ScoredPart[],
  random: Random,
  choices: PairedChoices,
): Promise<PairedFigure[]> {
  const all = await resampled(first, second, random, choices);
  const units = countUnits(unitsOf(first[0]!.truth), () => true);
  return all.map((one) =>
    figureOf(one, () => {
      const drawn = one.differences.filter((value) => !Number.isNaN(value));
      const sides = [one.first, one.second].map((values) => ({
        variance: variance(values) / values.length,
        degreesOfFreedom: values.length - 1,
      }));
      return differenceOf(mean(one.first) - mean(one.second), [
        { variance: variance(drawn), degreesOfFreedom: units - 1 },
        ...sides,
      ]).interval;
    }),
  );
}

/** How many images only one of the two has right, and McNemar's exact p. Null for multi-label tasks. */
export function accuracyTest(first: ScoredPart, second: ScoredPart): ModelComparison['accuracyTest'] {
  if (isMultiLabel(first.task)) return null;
  const [a, b] = [rightAnswers(first), rightAnswers(second)];
  let [onlyFirst, onlySecond] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    if (a[i]! > b[i]!) onlyFirst++;
    else if (b[i]! > a[i]!) onlySecond++;
  }
  return { onlyFirst, onlySecond, pValue: exactMcNemar(onlyFirst, onlySecond) };
}
