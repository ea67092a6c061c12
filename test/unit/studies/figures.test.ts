import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { csvLine } from '../../../src-main/csv-line.js';
import { densityOf, quantileOf } from '../../../src-main/display/density.js';
import { accuracyTable, samplesTable, type NumberTable } from '../../../src-main/display/study-tables.js';
import { studyFigures } from '../../../src-main/studies/figures.js';
import { recordsCsv } from '../../../src-main/studies/results-formats.js';
import { studyResults, type StudyRecord } from '../../../src-main/studies/results.js';

const EMPTY = { reason: null, parameters: null, seconds: null, accuracy: null, auc: null };
let run = 0;

/** A finished search and its retrainings. */
function found(method: string, seed: number, parameters: number, accuracies: readonly number[], dataset = 'breast') {
  const one = { ...EMPTY, dataset, budget: '..222000', method, seed, standing: 'finished' as const };
  const search: StudyRecord = { ...one, trainingSeed: null, run: ++run, parameters, seconds: 10 };
  const trained = accuracies.map((accuracy, i): StudyRecord => ({
    ...one,
    trainingSeed: i + 1,
    run: ++run,
    accuracy,
    auc: 0.9,
  }));
  return [search, ...trained];
}

const records: StudyRecord[] = [
  ...found('small', 1, 1000, [0.7, 0.72]),
  ...found('small', 2, 1200, [0.71, 0.69]),
  ...found('large', 1, 5000, [0.9, 0.92]),
  ...found('large', 2, 5200, [0.91, 0.93]),
  ...found('large', 3, 5400, []),
  ...found('worse', 1, 6000, [0.701]),
  ...found('worse', 2, 6100, [0.702]),
  ...found('small', 1, 1100, [0.8], 'blood'),
  {
    ...EMPTY,
    dataset: 'breast',
    budget: '..222000',
    method: 'late',
    seed: 1,
    trainingSeed: null,
    standing: 'running',
    run: 99,
  },
];
const results = studyResults(records);
const searches = records.filter(({ trainingSeed }) => trainingSeed === null);
const drawn = new Map(
  searches.map(({ run, method }, i) => [run!, method === 'worse' ? null : [100 + i, 200 + i, 300 + i]] as const),
);
const figures = studyFigures(records, results, drawn);

const asCsv = ({ columns, rows }: NumberTable): Record<string, string>[] =>
  parse([columns, ...rows].map(csvLine).join(''), { columns: true });

describe('the figures of a study', () => {
  it('have every finished retraining once, as the CSV of all tasks has it', () => {
    const tasks: Record<string, string>[] = parse(recordsCsv(records), { columns: true });
    const sizes = new Map(
      tasks
        .filter(({ trainingSeed, standing }) => trainingSeed === '' && standing === 'finished')
        .map(({ dataset, method, seed, parameters }) => [`${dataset} ${method} ${seed}`, parameters]),
    );
    const expected = tasks
      .filter(({ trainingSeed, standing }) => trainingSeed !== '' && standing === 'finished')
      .map(({ dataset, method, budget, seed, trainingSeed, run, accuracy }) => ({
        ...{ dataset, method, budget, seed, trainingSeed, run, accuracy },
        parameters: sizes.get(`${dataset} ${method} ${seed}`),
      }));
    expect(expected).toHaveLength(11);
    expect(asCsv(accuracyTable(figures))).toEqual(expected);
  });

  it('have the mean of a method over its searches, with parameters of those that were measured', () => {
    const of = (name: string) => figures.groups.find(({ method, dataset }) => method === name && dataset === 'breast');
    // (.71 + .70) / 2; (1000 + 1200) / 2
    expect(of('small')).toMatchObject({ searches: 2, parameters: 1100, accuracy: expect.closeTo(0.705, 12) as number });
    // The third search has no retraining: its 5400 parameters are not among (5000 + 5200) / 2.
    expect(of('large')).toMatchObject({ searches: 2, parameters: 5100 });
    expect(of('late')).toBeUndefined();
  });

  it('have a Pareto front for each dataset by itself', () => {
    expect(figures.groups.map(({ dataset, method, standing }) => [dataset, method, standing])).toEqual([
      ['breast', 'small', 'front'],
      ['breast', 'large', 'front'],
      ['breast', 'worse', 'beaten'],
      ['blood', 'small', 'front'],
    ]);
  });

  it('have what was drawn from each finished search, and name methods without probabilities', () => {
    expect(figures.unsampled).toEqual(['worse']);
    expect(figures.samples.map(({ method, seed, parameters }) => [method, seed, parameters.length])).toEqual([
      ['small', 1, 3],
      ['small', 2, 3],
      ['large', 1, 3],
      ['large', 2, 3],
      ['large', 3, 3],
      ['small', 1, 3],
    ]);
    const rows = asCsv(samplesTable(figures));
    expect(rows).toHaveLength(18);
    expect(rows[1]).toMatchObject({ method: 'small', seed: '1', draw: '2', parameters: '200' });
  });
});

describe('a density', () => {
  it('is that of the kernels, worked by hand', () => {
    // s = √2 and IQR / 1.34 = 1 / 1.34, which is less: the bandwidth is .9 / 1.34 · 2^(−1/5); at 1 both kernels have e^(−.5/h²).
    const h = ((0.9 * 1) / 1.34) * 2 ** -0.2;
    const [{ value, density }] = densityOf([0, 2], { from: 1, to: 3, points: 2 }) as [
      { value: number; density: number },
    ];
    expect(value).toBe(1);
    expect(density).toBeCloseTo(Math.exp(-0.5 / h ** 2) / (h * Math.sqrt(2 * Math.PI)), 12);
  });

  it('has an area of one', () => {
    const curve = densityOf([1, 2, 2.5, 3, 7], { from: -20, to: 30, points: 2001 });
    const area = curve.reduce((sum, { density }) => sum + density * (50 / 2000), 0);
    expect(area).toBeCloseTo(1, 6);
  });

  it.each([[[]], [[3]], [[3, 3, 3]]])('of %j has no width', (values) => expect(densityOf(values)).toEqual([]));

  it.each([
    [0.25, 1.75],
    [0.5, 2.5],
    [1, 4],
  ])('quantile %d of 1 to 4 is %d', (share, value) => expect(quantileOf([1, 2, 3, 4], share)).toBe(value));
});
