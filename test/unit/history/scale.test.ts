import type Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { connect, inTransaction } from '../../../src-main/history/database.js';
import type { WritableHistory } from '../../../src-main/history/interface.js';
import { openHistory } from '../../../src-main/history/open.js';
import { insertTrace } from '../../../src-main/history/tables/traces.js';
import { insertEpoch } from '../../../src-main/history/tables/epochs.js';
import { insertRun, updateResult } from '../../../src-main/history/tables/runs.js';
import { replaceTags } from '../../../src-main/history/tables/tags.js';
import { epochRecord, searchConfig, searchResult, exampleTrace, temporaryFolder } from './fixtures.js';

let home: ReturnType<typeof temporaryFolder>;
let history: WritableHistory;
const RUNS = 5000;

beforeAll(async () => {
  home = temporaryFolder();
  ({ history } = await openHistory(home.folder));
  const connection = connect(history.file);
  inTransaction(connection, (database) => {
    for (let index = 1; index <= RUNS; index++) {
      const row = { run: null, name: `run ${index}`, synthetic: false, createdAt: '2026-01-01T00:00:00.000Z' };
      const run = insertRun(database, { ...row, queuePosition: null, secondsLeft: null, config: searchConfig });
      for (const epoch of [1, 2, 3]) {
        insertEpoch(database, run, epochRecord(epoch));
        insertTrace(database, run, exampleTrace(epoch));
      }
      updateResult(database, run, searchResult, 60);
      if (index % 2 === 0) replaceTags(database, run, ['even', `tag ${index}`]);
    }
  });
  connection.close();
});
afterAll(() => {
  history.close();
  home.remove();
});

/** SQL of the statements that SQLite runs meanwhile, in order. */
async function statementsOf(action: () => unknown): Promise<string[]> {
  const connection = connect(history.file);
  const statement = Object.getPrototypeOf(connection.prepare('SELECT 1')) as Database.Statement;
  connection.close();
  const run: string[] = [];
  for (const method of ['all', 'get', 'run', 'iterate'] as const) {
    const original = statement[method];
    vi.spyOn(statement, method).mockImplementation(function (this: Database.Statement, ...args: unknown[]) {
      run.push(this.source);
      return original.apply(this, args);
    });
  }
  try {
    await action();
  } finally {
    vi.restoreAllMocks();
  }
  return run;
}

/** How SQLite finds the rows of a statement, a line for each table. */
function plansOf(statements: readonly string[]): string[] {
  const connection = connect(history.file);
  try {
    return statements.flatMap((sql) =>
      // numbers stand for the parameters
      connection
        .prepare(`EXPLAIN QUERY PLAN ${sql.replace(/@\w+/g, '1')}`)
        .all()
        .map((row) => (row as { detail: string }).detail),
    );
  } finally {
    connection.close();
  }
}

test('5,000 runs with tags are listed with as many statements as one', async () => {
  expect(history.listRuns()).toHaveLength(RUNS);
  expect(history.listRuns()[0]).toMatchObject({ run: RUNS, tags: ['even', `tag ${RUNS}`], parameters: 200001 });
  const one = await statementsOf(() => history.listRuns({ limit: 1 }));
  expect(one.length).toBeGreaterThan(0);
  expect(await statementsOf(() => history.listRuns())).toHaveLength(one.length);
  expect(await statementsOf(() => history.listRuns({ tag: 'even', text: 'run 4' }))).toHaveLength(one.length);
});

test('one run of 5,000 is read without a look at the rows of the others', async () => {
  const statements = await statementsOf(() => [history.getRun(2500), history.epochs(2500), history.traces(2500)]);
  const plans = plansOf(statements).filter((line) => /^(SCAN|SEARCH) /.test(line));
  expect(plans.length).toBeGreaterThan(3);
  // findings has a row for each dataset, not for each run
  const small = /CONSTANT ROW|SCAN findings/;
  expect(plans.filter((line) => line.startsWith('SCAN') && !small.test(line))).toEqual([]);
});

test('another process opens that history without a look at epochs and traces, of which it has most', async () => {
  const empty = temporaryFolder();
  (await openHistory(empty.folder)).history.close();
  const open = (folder: string) => statementsOf(async () => (await openHistory(folder)).history.close());
  const isCheck = (sql: string): boolean => /quick_check|sqlite_schema/.test(sql);
  const [small, large] = [await open(empty.folder), await open(home.folder)];
  expect(large.filter((sql) => !isCheck(sql))).toEqual(small.filter((sql) => !isCheck(sql)));
  const checked = large.filter(isCheck).join();
  expect(checked).toContain("quick_check('runs')");
  expect(checked).not.toMatch(/'epochs'|'traces'|quick_check\(1\)/);
  empty.remove();
});
