import { afterAll, beforeAll, expect, test } from 'vitest';
import { exportParts, type ExportFormat } from '../../../src-main/history/export.js';
import type { WritableHistory } from '../../../src-main/history/interface.js';
import { openHistory } from '../../../src-main/history/open.js';
import {
  epochRecord,
  retrainConfig,
  retrainResult,
  searchConfig,
  searchResult,
  exampleDescription,
  exampleTrace,
  temporaryFolder,
} from './fixtures.js';

let home: ReturnType<typeof temporaryFolder>;
let history: WritableHistory;
beforeAll(async () => {
  home = temporaryFolder();
  ({ history } = await openHistory(home.folder));
  const search = history.createRun(searchConfig, { name: 'quoted "name", with comma' });
  history.claimRun(search);
  history.describeTraces(search, exampleDescription);
  const context = { checkpoint: 'c', seconds: 0.5, secondsLeft: null };
  history.appendEpoch(search, epochRecord(1, { loss: NaN, validationLoss: Infinity }), exampleTrace(1), context);
  history.appendEpoch(search, epochRecord(2, { loss: 0.1 + 0.2, validationLoss: null }), exampleTrace(2), context);
  history.finishRun(search, searchResult, 1234567.891);
  history.setNote(search, '=HYPERLINK("x")\nsecond line');
  history.setTags(search, ['b', 'a']);
  const retrain = history.createRun(retrainConfig, { name: 'ümläut' });
  history.claimRun(retrain);
  history.finishRun(retrain, retrainResult, 2);
});
afterAll(() => {
  history.close();
  home.remove();
});

const exportRuns = (from: WritableHistory, runs: readonly number[], format: ExportFormat): string =>
  [...exportParts(from, runs, format)].map(({ text }) => text).join('');

/** Fields of CSV text as a strict reader sees them. */
function parse(text: string): string[][] {
  const rows: string[][] = [[]];
  const pattern = /("(?:[^"]|"")*"|[^,\r\n"]*)(,|\r\n)/gy;
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    const [, field = '', end] = match;
    rows.at(-1)?.push(field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field);
    if (end === '\r\n') rows.push([]);
    if (pattern.lastIndex === text.length) break;
  }
  expect(rows.pop()).toEqual([]);
  return rows;
}

test('CSV: one line an epoch, exact numbers, quoted text, no formulas', () => {
  const [head = [], first = [], second = [], third = [], ...more] = parse(exportRuns(history, [1, 2], 'csv'));
  expect(more).toEqual([]);
  const field = (row: string[], name: string): string | undefined => row[head.indexOf(name)];
  expect(head).toHaveLength(49);
  expect([first, second, third].map((row) => row.length)).toEqual([49, 49, 49]);
  expect(field(first, 'name')).toBe('quoted "name", with comma');
  expect(field(first, 'note')).toBe(`'=HYPERLINK("x")\nsecond line`);
  expect(field(first, 'tags')).toBe('a b');
  expect([field(first, 'loss'), field(second, 'loss')]).toEqual(['NaN', '0.30000000000000004']);
  expect([field(first, 'validationLoss'), field(second, 'validationLoss')]).toEqual(['Infinity', '']);
  expect(field(second, 'runSeconds')).toBe('1234567.891');
  expect([first, third].map((row) => [field(row, 'phase'), field(row, 'expectedParameters')])).toEqual([
    ['1', '1000000'],
    ['', ''],
  ]);
  expect([field(third, 'name'), field(third, 'epoch'), field(third, 'testAuc')]).toEqual(['ümläut', '', 'NaN']);
});

test('JSON: everything of the runs, readable by any parser', () => {
  const { format, runs } = JSON.parse(exportRuns(history, [2, 1], 'json')) as {
    format: string;
    runs: Record<string, unknown>[];
  };
  expect(format).toBe('medforge-runs');
  expect(runs.map(({ run }) => run)).toEqual([2, 1]);
  expect(runs[0]).toMatchObject({
    test: { auc: { value: 'NaN' } },
    models: [{ seed: 8 }, { seed: 7 }],
    config: retrainConfig,
  });
  expect(runs[1]).toMatchObject({
    result: searchResult,
    epochs: [
      { epoch: 1, loss: 'NaN', validationLoss: 'Infinity' },
      { epoch: 2, loss: 0.1 + 0.2 },
    ],
    traces: [exampleTrace(1), exampleTrace(2)].map((trace) => JSON.parse(JSON.stringify(trace)) as unknown),
    trace: exampleDescription,
    tags: ['a', 'b'],
  });
});

test('a run that is not there is named', () => {
  expect(() => exportRuns(history, [1, 77], 'json')).toThrow('There is no run 77 in the history');
});
