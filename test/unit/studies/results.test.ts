import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { recordsCsv, tablesLatex, tablesMarkdown } from '../../../src-main/studies/results-formats.js';
import { studyResults, type StudyRecord } from '../../../src-main/studies/results.js';
import { resultTables } from '../../../src-main/studies/results-tables.js';

const EMPTY = { reason: null, run: null, parameters: null, seconds: null, accuracy: null, auc: null };
const place = { dataset: 'breast', budget: '..222000' };

/** A finished search and its retrainings. */
function found(method: string, seed: number, accuracies: readonly number[], more: Partial<StudyRecord> = {}) {
  const one = { ...EMPTY, ...place, method, seed, standing: 'finished' as const, ...more };
  const search: StudyRecord = { ...one, trainingSeed: null, run: seed, parameters: 1000 * seed, seconds: 10 };
  return [
    search,
    ...accuracies.map((accuracy, i): StudyRecord => ({ ...one, trainingSeed: i + 1, accuracy, auc: accuracy + 0.1 })),
  ];
}

// Means over trainings .80, .84, .88 and .78, .80, .85; pairs .02, .04, .03.
const records = [
  ...found('one', 1, [0.79, 0.81]),
  ...found('other', 1, [0.78]),
  ...found('one', 2, [0.84]),
  ...found('other', 2, [0.8]),
  ...found('one', 3, [0.87, 0.89]),
  ...found('other', 3, [0.85]),
];
const close = (values: readonly unknown[]): unknown[] =>
  values.map((value) => (typeof value === 'number' ? (expect.closeTo(value, 6) as unknown) : value));

describe('results of a study, worked by hand', () => {
  const { groups, differences, missing } = studyResults(records);

  it('have the mean over searches, its standard error and its t interval', () => {
    const [one, other] = groups;
    expect(one).toMatchObject({ method: 'one', finished: { searches: 3, retrainings: 5 }, ...place });
    // s = .04; .04 / √3; t(.975, 2) = 4.302653
    const { searches, mean, standardError, interval } = one!.measures.accuracy;
    expect([searches, mean, standardError, ...interval!]).toEqual(close([3, 0.84, 0.023094, 0.7406341, 0.9393659]));
    expect(one!.measures.auc.mean).toBeCloseTo(0.94, 12);
    expect(one!.measures.parameters).toMatchObject({
      searches: 3,
      mean: 2000,
      standardError: expect.closeTo(577.35027, 4) as number,
    });
    expect(one!.measures.seconds).toEqual({ searches: 3, mean: 10, standardError: 0, interval: [10, 10] });
    expect(other!.measures.accuracy.mean).toBeCloseTo(0.81, 12);
  });

  it('have paired differences, with the exact p of exchanging pairs', () => {
    expect(differences.map(({ measure, methods }) => [measure, ...methods])).toEqual([
      ['accuracy', 'one', 'other'],
      ['auc', 'one', 'other'],
    ]);
    const { pairs, pValue, corrected, exact } = differences[0]!;
    // s = .01; .01 / √3; two of the eight ways to exchange reach .09
    expect([pairs.searches, pairs.mean, pairs.standardError, ...pairs.interval!]).toEqual(
      close([3, 0.03, 0.0057735, 0.0051586, 0.0548414]),
    );
    expect([pValue, corrected, exact]).toEqual([0.25, 0.25, true]);
  });

  it('correct p for the number of datasets', () => {
    const second = records.map((record) => ({ ...record, dataset: 'chest' }));
    const all = studyResults([...records, ...second]).differences;
    expect(all.map(({ dataset, pValue, corrected }) => [dataset, pValue, corrected])).toEqual([
      ['breast', 0.25, 0.5],
      ['breast', 0.25, 0.5],
      ['chest', 0.25, 0.5],
      ['chest', 0.25, 0.5],
    ]);
  });

  it('miss nothing', () => expect(missing).toEqual([]));
});

describe('results of a study that is not complete', () => {
  const lost = [
    {
      ...found('other', 4, [])[0]!,
      standing: 'given-up' as const,
      reason: 'the loss is not a number',
      parameters: null,
      seconds: null,
    },
    {
      ...EMPTY,
      ...place,
      method: 'other',
      seed: 4,
      trainingSeed: 1,
      standing: 'blocked' as const,
      reason: 'its search failed',
    },
  ];
  const all = [...records, ...found('one', 4, [0.5]), ...lost];
  const results = studyResults(all);

  it('list what is missing with its reason, and count it', () => {
    expect(results.missing).toEqual(lost);
    const [, , third] = resultTables('mine', results);
    expect(third!.caption).toBe('Missing: 2 of the tasks');
    expect(third!.rows).toEqual([
      ['breast', '..222,000', 'other', '4', '–', 'failed', 'the loss is not a number'],
      ['breast', '..222,000', 'other', '4', '1', 'missing', 'its search failed'],
    ]);
    expect(resultTables('mine', results)[0]!.rows.map((row) => row.slice(2, 4))).toEqual([
      ['one', '4'],
      ['other', '3 of 4'],
    ]);
  });

  it('pair only what both have', () => {
    expect(results.differences[0]!.pairs).toMatchObject({ searches: 3, mean: expect.closeTo(0.03, 12) as number });
  });

  it.each([
    ['nothing', found('one', 1, []), [0, NaN, null], null],
    ['one search', found('one', 1, [0.5]), [1, 0.5, null], null],
    ['an AUC that is not defined', found('one', 1, [NaN]), [1, NaN, null], null],
    ['one pair', [...found('one', 1, [0.5]), ...found('two', 1, [0.4])], [1, 0.5, null], 1],
    ['a pair that is not defined', [...found('one', 1, [NaN]), ...found('two', 1, [0.4])], [1, NaN, null], null],
  ] as const)('say what %s says', (_, some, [searches, mean, interval], p) => {
    const { groups, differences } = studyResults(some);
    expect(groups[0]!.measures.accuracy).toMatchObject({ searches, mean, interval });
    expect(differences[0]?.pValue ?? null).toBe(p);
  });
});

describe('the CSV file', () => {
  it('suffices to compute the tables again', () => {
    const odd = { ...found('one', 9, [1 / 3]).at(-1)!, method: 'a "b", c', auc: NaN };
    const all = [...records, odd, { ...odd, trainingSeed: 2, accuracy: null, auc: null, standing: 'paused' as const }];
    const lines: Record<string, string>[] = parse(recordsCsv(all), { columns: true });
    const figure = (text: string): number | null => (text === '' ? null : Number(text));
    const read = lines.map((line) => ({
      ...{ dataset: line['dataset'], method: line['method'], budget: line['budget'], standing: line['standing'] },
      reason: line['reason'] === '' ? null : line['reason'],
      seed: Number(line['seed']),
      ...Object.fromEntries(
        ['trainingSeed', 'run', 'parameters', 'seconds', 'accuracy', 'auc'].map((name) => [name, figure(line[name]!)]),
      ),
    })) as StudyRecord[];
    expect(read).toEqual(all);
    expect(studyResults(read)).toEqual(studyResults(all));
  });
});

describe('tables', () => {
  const named = records.map((record) => ({ ...record, method: record.method === 'one' ? 'a_1|b' : '50 % & ^' }));
  const tables = resultTables('mine', studyResults(named));

  it('are Markdown', () => {
    const lines = tablesMarkdown(tables).split('\n');
    expect(lines[2]).toBe(
      '| dataset | budget | method | searches | accuracy | interval | AUC | interval | parameters | search, s |',
    );
    expect(lines[3]).toBe('| --- | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |');
    expect(lines[4]).toBe(
      '| breast | ..222,000 | a\\_1\\|b | 3 | 0.8400 ± 0.0231 | 0.7406 to 0.9394 | 0.9400 ± 0.0231 | 0.8406 to 1.0394 | 2,000 ± 577 | 10.0 ± 0.0 |',
    );
    expect(lines).toContain(
      '| breast | ..222,000 | a\\_1\\|b | 50 % &amp; ^ | accuracy | 3 | +0.0300 ± 0.0058 | +0.0052 to +0.0548 | 0.2500 | 0.2500 |',
    );
    expect(lines.at(-2)).toBe('No task is missing.');
  });

  it('are LaTeX', () => {
    const lines = tablesLatex(tables).split('\n');
    expect(lines).toContain('  \\begin{tabular}{lllrrrrrrr}');
    expect(lines).toContain(
      '    breast & ..222,000 & a\\_1|b & 50 \\% \\& \\textasciicircum{} & accuracy & 3 & +0.0300 $\\pm$ 0.0058 & +0.0052 to +0.0548 & 0.2500 & 0.2500 \\\\',
    );
    expect(lines.at(-2)).toBe('% No task is missing.');
  });
});
