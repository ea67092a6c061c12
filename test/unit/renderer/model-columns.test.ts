import { expect, it } from 'vitest';
import { MODEL_COLUMNS as TERMINAL } from '../../../src-main/cli/model-columns.js';
import type { ModelSummary } from '../../../src-main/ipc/contract.js';
import { RECIPE_DEFAULTS } from '../../../src-main/vocabulary/recipe.js';
import { MODEL_COLUMNS as WINDOW } from '../../../src-renderer/logic/model-columns.js';
import { exampleModel } from './example-model.js';

const inWindow = (model: ModelSummary): Record<string, string> =>
  Object.fromEntries(WINDOW.map(({ name, text }) => [name, text(model).replaceAll('\u202f', ' ')]));
const inTerminal = (model: ModelSummary): Record<string, string> =>
  Object.fromEntries(TERMINAL.map(({ name, text }) => [name, text(model)]));

it('window and command line have the same columns; the command line names the dataset too', () => {
  expect(TERMINAL.map(({ name }) => name).filter((name) => name !== 'Dataset')).toEqual(WINDOW.map(({ name }) => name));
  expect(TERMINAL.filter(({ name }) => name !== 'Dataset').map(({ number }) => number)).toEqual(
    WINDOW.map(({ number }) => number),
  );
});

it.each<[string, Partial<ModelSummary>, Record<string, string>]>([
  [
    'a model',
    {},
    {
      '#': '7',
      Name: 'small',
      Seed: '2',
      'Balanced accuracy [95 %]': '61.2 % [55.0, 67.5]',
      'Sensitivity [95 %]': '26.2 % [13.9, 42.0]',
      'Specificity [95 %]': '96.5 % [91.3, 99.0]',
      'AUC [95 %]': '0.821 [0.740, 0.890]',
      'Accuracy [95 %]': '78.8 % [72.1, 84.6]',
      Parameters: '83,730',
      MACs: '11,352,448',
      'Weights, kB': '333.6',
      'ms per image': '0.27',
      Recipe: '500 epochs, batch 32',
      Method: 'zo-darts++',
      Budget: '0..222,000',
      Retraining: '5',
      Tags: 'paper small',
    },
  ],
  [
    'a model of an earlier version, written by hand, without a finding',
    {
      searchRun: null,
      origin: null,
      multiplyAccumulates: null,
      weightBytes: null,
      timing: null,
      tags: [],
      test: {
        ...exampleModel().test,
        balancedAccuracy: { value: 0.5, interval: null },
        finding: null,
        auc: { value: NaN, interval: null },
      },
    },
    {
      'Balanced accuracy [95 %]': '50.0 %',
      'Sensitivity [95 %]': '—',
      'Specificity [95 %]': '—',
      'AUC [95 %]': 'not defined',
      MACs: '—',
      'Weights, kB': '—',
      'ms per image': '—',
      Method: 'by hand',
      Budget: '—',
      Tags: '',
    },
  ],
  ['a model whose search was deleted', { origin: null }, { Method: '—', Budget: '—' }],
  [
    'a recipe with changes; a short one warms up shortly by default',
    {
      recipe: {
        ...RECIPE_DEFAULTS,
        ...{ epochs: 40, batch: 16, warmupEpochs: 4, mixup: 0, movingAverage: null, classWeighting: true },
        selection: 'best-validation',
      },
    },
    { Recipe: '40 epochs, batch 16, mixup 0, moving average off, class weighting on, epoch best validation' },
  ],
  ['a recipe that cannot be read', { recipe: null }, { Recipe: '—' }],
])('and say the same of %s', (_, changes, texts) => {
  const model = exampleModel(changes);
  expect(inWindow(model)).toMatchObject(texts);
  expect(inTerminal(model)).toEqual({ ...inWindow(model), Dataset: 'BreastMNIST' });
});

it('the majority class has the same texts', () => {
  const vote = { label: 'benign', accuracy: 0.731, balancedAccuracy: 0.5, sensitivity: 0, specificity: 1 };
  const texts = (columns: readonly { name: string; majority?: (of: typeof vote) => string }[]): string[] =>
    columns.flatMap(({ name, majority }) =>
      majority && name !== 'Name' ? [`${name} ${majority(vote).replaceAll('\u202f', ' ')}`] : [],
    );
  expect(texts(WINDOW)).toEqual([
    'Balanced accuracy [95 %] 50.0 %',
    'Sensitivity [95 %] 0.0 %',
    'Specificity [95 %] 100.0 %',
    'AUC [95 %] 0.500',
    'Accuracy [95 %] 73.1 %',
    'Parameters 0',
  ]);
  expect(texts(TERMINAL)).toEqual(texts(WINDOW));
});

it('of a test part without one of the classes the majority vote has neither balanced accuracy nor AUC', () => {
  const vote = { label: '0', accuracy: 0.7, balancedAccuracy: null, sensitivity: null, specificity: 1 };
  for (const columns of [TERMINAL, WINDOW]) {
    expect(Object.fromEntries(columns.map(({ name, majority }) => [name, majority?.(vote)]))).toMatchObject({
      Name: 'Majority class: always “0”',
      'Balanced accuracy [95 %]': '—',
      'Sensitivity [95 %]': '—',
      'AUC [95 %]': '—',
    });
  }
});
