import { expect, it } from 'vitest';
import type { EpochRecord } from '../../../src-main/ipc/contract.js';
import { curvesOf, type ComparedRun } from '../../../src-renderer/logic/compare-curves.js';

const record = (seed: number, epoch: number, validation: number | null): EpochRecord => ({
  seed,
  epoch,
  loss: 1 / epoch,
  accuracy: 0.5,
  validationLoss: null,
  validationAccuracy: validation,
  validationAuc: null,
  learningRate: 0.1,
  imagesPerSecond: 1,
  seconds: 1,
});

const run = (name: string, epochs: readonly EpochRecord[], trace: ComparedRun['details']['trace'] = null) =>
  ({ details: { summary: { name }, trace }, epochs: { epochs, traces: [] } }) satisfies ComparedRun;

const retraining = run('retrained', [
  record(1, 1, 0.6),
  record(1, 2, 0.7),
  record(2, 1, 0.5),
  record(2, 2, 0.8),
  record(2, 3, null),
]);
const search = run('search', [record(9, 1, null), record(9, 2, null)]);

const linesOf = (runs: readonly ComparedRun[], name: string) => {
  const curve = curvesOf(runs).find((each) => each.name === name);
  return runs.map((each) => curve?.lines(each));
};

it('draws one line per seed, none of which goes back to epoch 1', () => {
  const [lines] = linesOf([retraining], 'Validation accuracy');
  expect(lines).toEqual([
    { label: 'retrained, seed 1', points: [0.6, 0.7].map((y, i) => ({ x: i + 1, y })) },
    { label: 'retrained, seed 2', points: [0.5, 0.8].map((y, i) => ({ x: i + 1, y })) },
  ]);
  for (const { points } of lines ?? []) {
    expect(points.every(({ x }, i) => i === 0 || x > (points[i - 1]?.x ?? 0))).toBe(true);
  }
});

it('names the part of the images, and lets no training figure stand in for a validation', () => {
  expect(curvesOf([search]).map(({ name }) => name)).toEqual(['Training accuracy', 'Training loss']);
  expect(curvesOf([search, retraining]).map(({ name }) => name)).toEqual([
    'Validation accuracy',
    'Training accuracy',
    'Training loss',
  ]);
  expect(linesOf([search], 'Training accuracy')).toEqual([
    [{ label: 'search', points: [1, 2].map((x) => ({ x, y: 0.5 })) }],
  ]);
  expect(linesOf([search, retraining], 'Validation accuracy')[0]).toEqual([{ label: 'search', points: [] }]);
});
