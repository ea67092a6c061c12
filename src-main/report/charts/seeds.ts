import type { Block, Chart } from '../document.js';
import type { ModelFacts } from '../facts.js';
import { areaWithInterval, shareWithInterval } from '../text.js';
import { niceAxis } from './axis.js';

/** Networks of one retraining, each with its interval. */
export function seedCharts(siblings: ModelFacts['siblings'], shown: number): Block {
  const chart = (of: 'accuracy' | 'auc'): Chart => {
    const rows = siblings.map(({ model, seed, test }) => ({
      name: `seed ${seed}`,
      value: Number.isFinite(test[of]) ? test[of] : null,
      interval: of === 'accuracy' ? test.accuracyInterval : test.aucInterval,
      strong: model === shown,
    }));
    const ends = rows.flatMap(({ value, interval }) => [...(interval ?? []), ...(value === null ? [] : [value])]);
    const [title, format] = of === 'accuracy' ? (['Test accuracy', 'share'] as const) : (['Test AUC', 'area'] as const);
    return { type: 'intervals', axis: niceAxis(title, ends, format), rows, reference: null };
  };
  return {
    kind: 'charts',
    charts: [
      {
        kind: 'chart',
        title: 'Test accuracy of each seed',
        summary: told(
          siblings.map(({ seed, test }) => [seed, shareWithInterval(test.accuracy, test.accuracyInterval)]),
        ),
        chart: chart('accuracy'),
      },
      {
        kind: 'chart',
        title: 'Test AUC of each seed',
        summary: told(siblings.map(({ seed, test }) => [seed, areaWithInterval(test.auc, test.aucInterval)])),
        chart: chart('auc'),
      },
    ],
  };
}

const told = (figures: readonly (readonly [seed: number, text: string])[]): string =>
  figures.map(([seed, text]) => `Seed ${seed}: ${text}.`).join(' ');
