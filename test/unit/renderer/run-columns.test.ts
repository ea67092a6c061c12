import { expect, it } from 'vitest';
import { RUN_COLUMNS as TERMINAL } from '../../../src-main/cli/run-columns.js';
import type { RunSummary } from '../../../src-main/ipc/contract.js';
import { RUN_COLUMNS as WINDOW } from '../../../src-renderer/logic/run-columns.js';

const base: RunSummary = {
  run: 12,
  kind: 'search',
  name: 'small',
  state: 'running',
  dataset: 'BreastMNIST',
  synthetic: false,
  createdAt: '2026-11-02T10:03:00Z',
  finishedAt: null,
  epoch: 1050,
  epochs: 2000,
  seed: 1,
  budget: null,
  expectedParameters: null,
  parameters: null,
  searchValidation: null,
  test: null,
  seconds: 75,
  secondsLeft: null,
  tags: [],
  note: '',
  error: null,
  queuePosition: null,
};
const texts = (columns: readonly { text: (run: RunSummary) => string }[], run: RunSummary): string[] =>
  columns.map(({ text }) => text(run).replaceAll('\u202f', ' '));

it('window and command line have the same columns', () => {
  expect(TERMINAL.map(({ name }) => name)).toEqual([...WINDOW.map(({ name }) => name), 'Tags']);
  expect(TERMINAL.map(({ number }) => number)).toEqual([...WINDOW.map(({ number }) => number), undefined]);
});

it.each<[string, Partial<RunSummary>, readonly string[]]>([
  ['a search that has measured nothing', {}, ['—', '—', '—', '—', '—', '—', '—']],
  [
    'a search under way',
    { expectedParameters: 54_321.4, searchValidation: { accuracy: 0.8123, auc: null } },
    ['~54,321', '81.2 %', '—', '—', '—', '—', '—'],
  ],
  [
    'a search whose figures are no numbers',
    { expectedParameters: NaN, searchValidation: { accuracy: NaN, auc: NaN } },
    ['—', '—', '—', '—', '—', '—', '—'],
  ],
  [
    'a finished retraining',
    {
      kind: 'retrain',
      state: 'finished',
      parameters: 20_486,
      seconds: 4000,
      test: {
        networks: 3,
        balancedAccuracy: { value: 0.6123, interval: [0.55, 0.6749] },
        finding: {
          label: 'malignant',
          sensitivity: { value: 0.262, interval: [0.139, 0.42] },
          specificity: { value: NaN, interval: null },
        },
        accuracy: { value: 0.788, interval: [0.7211, 0.8463] },
        auc: { value: 0.8214, interval: [0.74, 0.89] },
      },
    },
    [
      '20,486',
      '—',
      '61.2 % [55.0, 67.5]',
      '26.2 % [13.9, 42.0]',
      'not defined',
      '0.821 [0.740, 0.890]',
      '78.8 % [72.1, 84.6]',
    ],
  ],
  [
    'a test set without an AUC, an accuracy without an interval',
    {
      kind: 'retrain',
      test: {
        networks: 1,
        balancedAccuracy: { value: 1, interval: null },
        finding: null,
        accuracy: { value: 1, interval: null },
        auc: { value: NaN, interval: null },
      },
    },
    ['—', '—', '100.0 %', '—', '—', 'not defined', '100.0 %'],
  ],
])('and say the same of %s', (_, changes, figures) => {
  const run = { ...base, ...changes };
  expect(texts(WINDOW, run).slice(6, 13)).toEqual(figures);
  expect(texts(TERMINAL, run)).toEqual([...texts(WINDOW, run), '']);
});
