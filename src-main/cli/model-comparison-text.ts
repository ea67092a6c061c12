import type { ModelSummary } from '../vocabulary/model.js';
import type { ModelComparison, PairedFigure } from '../vocabulary/model-comparison.js';
import { NONE } from './figure-text.js';
import { percent, table } from './output.js';

const NAMES: { readonly [figure in PairedFigure['figure']]: string } = {
  balancedAccuracy: 'balanced accuracy',
  sensitivity: 'sensitivity',
  specificity: 'specificity',
  auc: 'AUC',
  accuracy: 'accuracy',
};

/** The paired difference of two models for people. */
export function comparisonLines(first: ModelSummary, second: ModelSummary, comparison: ModelComparison): string[] {
  const { images, finding, networks, accuracyTest, retrainings, withoutRetrainings } = comparison;
  const lines = [
    `${first.dataset}, ${images} test images, the same for both models` +
      (finding === null ? '' : `; sensitivity and specificity for "${finding}"`),
    ...figureTable(named(first), named(second), networks),
  ];
  if (accuracyTest) {
    const { onlyFirst, onlySecond, pValue } = accuracyTest;
    lines.push(
      `different predictions: ${onlyFirst} correct only by ${named(first)}, ${onlySecond} only by ${named(second)}; ` +
        `p ${pValueText(pValue)} (McNemar's exact test)`,
    );
  }
  if (retrainings) {
    const side = ({ run, networks: count }: { readonly run: number; readonly networks: number }): string =>
      `retraining ${run}, mean of ${count}`;
    lines.push(
      '',
      'means over all seeds of both retrainings; intervals account for images and seeds',
      ...figureTable(side(retrainings.first), side(retrainings.second), retrainings.figures),
    );
  } else lines.push(`Not averaged over seeds: ${withoutRetrainings}.`);
  lines.push('Intervals: 95 %, of the difference (paired bootstrap of the test images, most probable class).');
  return lines;
}

const named = ({ model, seed }: ModelSummary): string => `model ${model} (seed ${seed})`;

function figureTable(first: string, second: string, figures: readonly PairedFigure[]): string[] {
  return table([
    ['', first, second, 'difference [95 %]'],
    ...figures.map((figure) => [
      NAMES[figure.figure],
      valueText(figure, figure.first),
      valueText(figure, figure.second),
      differenceText(figure),
    ]),
  ]);
}

function valueText({ figure }: PairedFigure, value: number | null): string {
  if (value === null) return NONE;
  return figure === 'auc' ? value.toFixed(3) : percent(value);
}

/** "+3.2 [-1.3, +7.7] points", of an AUC "+0.032 [-0.013, +0.077]"; or why there is none. */
function differenceText({ figure, difference, interval, missing }: PairedFigure): string {
  if (difference === null) return `not defined: ${missing}`;
  const text = (value: number): string => signed(figure === 'auc' ? value : 100 * value, figure === 'auc' ? 3 : 1);
  const unit = figure === 'auc' ? '' : ' points';
  if (interval === null) return `${text(difference)}${unit}, ${missing}`;
  return `${text(difference)} [${interval.map(text).join(', ')}]${unit}`;
}

const signed = (value: number, places: number): string => {
  const text = value.toFixed(places);
  return Number(text) > 0 ? `+${text}` : Number(text) === 0 ? text.replace('-', '') : text;
};

const pValueText = (value: number): string => (value < 0.001 ? '< 0.001' : `= ${value.toFixed(3)}`);
