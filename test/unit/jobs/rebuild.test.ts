import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openAttempt } from '../../../src-main/attempts/attempt-log.js';
import { UserError } from '../../../src-main/errors.js';
import { connect } from '../../../src-main/history/database.js';
import type { WritableHistory } from '../../../src-main/history/interface.js';
import { MIGRATIONS } from '../../../src-main/history/migrations/index.js';
import { openHistory } from '../../../src-main/history/open.js';
import { RunRecorder } from '../../../src-main/jobs/recorder.js';
import { runJob } from '../../../src-main/jobs/runner.js';
import type { JobControl, JobEvent } from '../../../src-main/vocabulary/events.js';
import type { SearchConfig } from '../../../src-main/vocabulary/run-config.js';
import {
  epochRecord,
  exampleDescription,
  exampleTrace,
  retrainConfig,
  retrainResult,
  searchResult,
  temporaryFolder,
} from '../history/fixtures.js';
import { countingRun, tablesOf } from './attempts-home.js';
import { STEPS, countingJobs } from './counting-job.js';

const EPOCHS = 3;
const TASK = {
  key: 'a',
  dataset: 'd',
  method: 'm',
  budget: '0..1',
  seed: 1,
  trainingSeed: null,
  search: null,
} as const;

let home: ReturnType<typeof temporaryFolder>;
let history: WritableHistory;
let config: SearchConfig;

beforeEach(async () => {
  home = temporaryFolder();
  ({ history } = await openHistory(home.folder));
  config = countingRun(home.folder, EPOCHS);
});
afterEach(() => {
  history.close();
  home.remove();
});

const after = (steps: number, request: JobControl): (() => JobControl) => {
  let asked = 0;
  return () => (++asked > steps ? request : 'continue');
};
const go = (run: number, control: () => JobControl = () => 'continue', error?: Error): Promise<unknown> => {
  const beforeStep = (epoch: number): void => {
    if (error && epoch === 3) throw error;
  };
  return runJob({ history, home: home.folder, run, jobs: countingJobs({ beforeStep }), signals: false, control });
};

/** A run that says these events through its log, each recorded at once. */
function saying(run: number, events: readonly JobEvent[]): void {
  const recorder = new RunRecorder(history, run);
  recorder.begin();
  const log = openAttempt(history.runFolder(run));
  for (const event of events) {
    log.append(event);
    recorder.apply(event, true);
  }
  log.close();
}

/** One run of every fate; their numbers from 1. */
async function everyFate(): Promise<void> {
  history.planStudy('study', [TASK]);
  const straight = history.createRun(config, { name: 'straight', task: { study: 'study', key: TASK.key } });
  history.setTags(straight, ['tag']);
  history.setNote(straight, 'note');
  await go(straight);
  const resumed = history.createRun(config);
  await go(resumed, after(STEPS + 3, 'pause'));
  await go(resumed);
  await go(history.createRun(config), after(2 * STEPS + 3, 'pause'));
  await go(history.createRun(config), after(STEPS + 3, 'cancel'));
  const error = new UserError('loss-not-finite', 'The loss is NaN.');
  const failed = history.createRun(config);
  await expect(go(failed, undefined, error)).rejects.toThrow();
  const mended = history.createRun(config);
  await expect(go(mended, undefined, error)).rejects.toThrow();
  await go(mended, after(1, 'pause'));
  const epochs = retrainConfig.seeds.flatMap((seed) =>
    Array.from({ length: retrainConfig.epochs }, (_, index): JobEvent => ({
      type: 'epoch',
      record: epochRecord(index + 1, { seed, validationAuc: NaN, loss: -0 }),
      trace: null,
      checkpoint: `c${index}`,
    })),
  );
  const started = {
    type: 'started',
    backend: 'native',
    device: 'd',
    threads: 1,
    epochs: 3,
    stepsPerEpoch: 1,
    epoch: 1,
  } as const;
  saying(history.createRun(retrainConfig), [
    { ...started, trace: null },
    ...epochs,
    { type: 'finished', result: retrainResult },
  ]);
  const race = { type: 'race', done: 1, total: 2, candidates: [] } as const;
  const traced = [1, 2, 3].map((epoch): JobEvent => ({
    type: 'epoch',
    record: epochRecord(epoch),
    trace: exampleTrace(epoch),
    checkpoint: `c${epoch}`,
  }));
  saying(history.createRun(config), [
    { ...started, trace: exampleDescription },
    { type: 'log', level: 'warning', text: 'no card' },
    { type: 'backend', backend: 'native' },
    ...traced,
    race,
    { type: 'finished', result: searchResult },
  ]);
}

async function rebuilt(): Promise<string | undefined> {
  history.close();
  for (const name of ['medforge.db', 'backups']) rmSync(join(home.folder, name), { recursive: true });
  const opened = await openHistory(home.folder);
  ({ history } = opened);
  return opened.recovery?.message;
}

test('a history that is built again from the folders has every row that it had', async () => {
  await everyFate();
  const before = tablesOf(home.folder);
  expect(before['epochs']!.length).toBeGreaterThan(20);
  const message = await rebuilt();
  expect(message).toContain('Restored from their folders: runs 1, 2, 3, 4, 5, 6, 7, 8.');
  expect(message).not.toMatch(/curves|resume/);
  const after = tablesOf(home.folder);
  // A plan of the study gives the task its place again.
  expect(after['study_tasks']).toEqual([
    expect.objectContaining({ key: 'a', run: 1, state: 'submitted', position: null }),
  ]);
  history.planStudy('study', [TASK]);
  const { studies, ...tables } = tablesOf(home.folder);
  const { studies: formerStudies, ...formerTables } = before;
  expect(tables).toEqual(formerTables);
  expect([studies!.length, formerStudies!.length]).toEqual([1, 1]);
});

test('without the file of its end, its logs tell all but what people said of it', async () => {
  await everyFate();
  const before = tablesOf(home.folder);
  for (const { run } of history.listRuns()) rmSync(join(history.runFolder(run), 'result.json'), { force: true });
  await rebuilt();
  const { runs, epochs, traces, models, architectures, attempts } = tablesOf(home.folder);
  expect([epochs, traces, models, architectures, attempts]).toEqual(
    ['epochs', 'traces', 'models', 'architectures', 'attempts'].map((table) => before[table]),
  );
  const unsaid = (rows: unknown[]): unknown[] => rows.map((row) => ({ ...(row as object), note: '' }));
  expect(unsaid(runs!)).toEqual(unsaid(before['runs']!));
});

test('a run that is rebuilt goes on where it was, and nothing is taken twice', async () => {
  const undisturbed = history.createRun(config);
  await go(undisturbed);
  const run = history.createRun(config);
  await go(run, after(STEPS + 3, 'pause'));
  await rebuilt();
  expect(history.getRun(run)).toMatchObject({ summary: { state: 'paused', epoch: 1 } });
  expect(history.takeEvents(run)).toEqual([]);
  await go(run);
  expect([history.epochs(run), history.traces(run)]).toEqual([
    history.epochs(undisturbed),
    history.traces(undisturbed),
  ]);
});

test('a backup is brought up to date by the logs, and keeps what people said', async () => {
  const run = history.createRun(config);
  await go(run, after(STEPS + 3, 'pause'));
  history.setNote(run, 'note');
  await history.backup(true);
  await go(run);
  const before = history.epochs(run);
  const { seconds } = history.getRun(run).summary;
  history.close();
  writeFileSync(join(home.folder, 'medforge.db'), readFileSync(join(home.folder, 'medforge.db')).fill(0, 0, 4096));
  const opened = await openHistory(home.folder);
  ({ history } = opened);
  expect(opened.recovery?.message).toContain(`Brought up to date from their folders: run ${run}.`);
  expect(history.getRun(run).summary).toMatchObject({ state: 'finished', note: 'note', seconds });
  expect(history.epochs(run)).toEqual(before);
});

test('a history of before the logs keeps its running times, and adds to them', async () => {
  const other = temporaryFolder();
  const before = await openHistory(other.folder, { migrations: MIGRATIONS.slice(0, 8) });
  before.history.close();
  const database = connect(join(other.folder, 'medforge.db'));
  const [row] = tablesOf(home.folder)['runs'] as [Record<string, unknown>?];
  expect(row).toBeUndefined();
  const created = history.createRun(config);
  await go(created, after(STEPS + 3, 'pause'));
  history.close();
  const source = join(home.folder, 'medforge.db');
  database.exec(
    `ATTACH '${source}' AS newer; INSERT INTO main.runs SELECT * FROM newer.runs; UPDATE main.runs SET seconds = 100; DETACH newer`,
  );
  database.close();
  rmSync(source);
  rmSync(join(home.folder, 'runs', String(created), 'attempts'), { recursive: true });
  writeFileSync(source, readFileSync(join(other.folder, 'medforge.db')));
  other.remove();
  ({ history } = await openHistory(home.folder));
  expect(history.getRun(created).summary).toMatchObject({ state: 'paused', seconds: 100 });
  await go(created);
  expect(history.getRun(created).summary.seconds).toBeGreaterThan(100);
  expect(history.getRun(created).summary.seconds).toBeLessThan(160);
});
