import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { connect } from '../../../src-main/history/database.js';
import type { WritableHistory } from '../../../src-main/history/interface.js';
import { MIGRATIONS, schemaVersion } from '../../../src-main/history/migrations/index.js';
import { openHistory } from '../../../src-main/history/open.js';
import { addMissingRuns } from '../../../src-main/history/rebuild.js';
import { settleRunFolder } from '../../../src-main/history/settle-run.js';
import type { StudyTask } from '../../../src-main/vocabulary/study.js';
import { epochRecord, searchConfig, searchResult, temporaryFolder } from './fixtures.js';

let home: ReturnType<typeof temporaryFolder>;
let history: WritableHistory;
beforeEach(async () => {
  home = temporaryFolder();
  ({ history } = await openHistory(home.folder));
});
afterEach(() => {
  history.close();
  home.remove();
});

const search: StudyTask = {
  ...{ key: 's', dataset: 'breast', method: 'random', budget: '..222000', seed: 3 },
  ...{ trainingSeed: null, search: null },
};
const retraining: StudyTask = { ...search, key: 'r', trainingSeed: 7, search: 's' };
const fresh = { run: null, attempts: 0, fruitless: 0, epoch: 0, state: 'waiting', reason: null };
const task = { study: 'mine', key: 's' };
const tasks = (): unknown[] => history.studyTasks('mine') ?? [];

describe('a study', () => {
  test('keeps its tasks in the order of the plan', () => {
    expect(history.studyTasks('mine')).toBeNull();
    history.planStudy('mine', [search, retraining]);
    expect(tasks()).toEqual([
      { ...search, ...fresh },
      { ...retraining, ...fresh },
    ]);
    expect(history.studyTasks('other')).toBeNull();
  });

  test('keeps what tasks have when it is planned again; those no longer planned come back with their runs', () => {
    history.planStudy('mine', [search, retraining]);
    const run = history.createRun(searchConfig, { task });
    const submitted = { ...search, ...fresh, run, state: 'submitted' };
    history.planStudy('mine', [retraining]);
    expect(tasks()).toEqual([{ ...retraining, ...fresh }]);
    history.planStudy('mine', [retraining, search]);
    expect(tasks()).toEqual([{ ...retraining, ...fresh }, submitted]);
  });

  test('is gone on with by one living process', () => {
    history.planStudy('mine', [search]);
    history.claimStudy('mine');
    expect(history.studyOwner('mine')?.pid).toBe(process.pid);
    expect(() => history.claimStudy('mine')).toThrow(
      `Study mine is going on in process ${process.pid}: follow it with 'medforge study watch', or stop that process first.`,
    );
    history.releaseStudy('mine');
    expect(history.studyOwner('mine')).toBeNull();
    const database = connect(history.file);
    const dead = JSON.stringify({ pid: 2 ** 30, started: '1', boot: '' });
    database.prepare(`UPDATE studies SET owner = ? WHERE name = 'mine'`).run(dead);
    database.close();
    expect(history.studyOwner('mine')).toBeNull();
    history.claimStudy('mine');
  });
});

describe('a task', () => {
  beforeEach(() => history.planStudy('mine', [search, retraining]));

  test('gets its run in the transaction that creates it, and no second one', () => {
    const run = history.createRun(searchConfig, { task });
    expect(tasks()[0]).toEqual({ ...search, ...fresh, run, state: 'submitted' });
    expect(() => history.createRun(searchConfig, { task })).toThrow('the task s of study mine does not wait for a run');
    expect(() => history.createRun(searchConfig, { task: { ...task, key: 'x' } })).toThrow('the task x of study mine');
    expect(history.listRuns()).toHaveLength(1);
    expect(existsSync(history.runFolder(run + 1))).toBe(false);
  });

  test('gets the number that its run has in the end, when a folder is in the way', () => {
    mkdirSync(history.runFolder(1), { recursive: true });
    const run = history.createRun(searchConfig, { task });
    expect(run).toBe(2);
    expect(tasks()[0]).toMatchObject({ run });
  });

  test('counts attempts, and forgets them when it is moved or gets another run', () => {
    const first = history.createRun(searchConfig, { task });
    history.countStudyAttempt(task, { attempts: 2, fruitless: 1, epoch: 5 });
    expect(tasks()[0]).toMatchObject({ run: first, attempts: 2, fruitless: 1, epoch: 5, state: 'submitted' });
    history.moveStudyTask(task, { state: 'given-up', reason: 'why' });
    expect(tasks()[0]).toMatchObject({ run: first, attempts: 2, fruitless: 0, state: 'given-up', reason: 'why' });
    history.moveStudyTask(task, { state: 'waiting', releasesRun: true });
    expect(tasks()).toEqual([
      { ...search, ...fresh },
      { ...retraining, ...fresh },
    ]);
    const second = history.createRun(searchConfig, { task });
    expect(tasks()[0]).toMatchObject({ run: second, attempts: 0 });
  });

  test('waits again when its run is deleted, and the study stays', () => {
    const run = history.createRun(searchConfig, { task });
    history.moveRun(run, 'cancelled');
    history.deleteRun(run);
    expect(tasks()[0]).toEqual({ ...search, ...fresh, reason: `its run ${run} was deleted` });
    expect(history.createRun(searchConfig, { task })).toBeGreaterThan(run);
  });

  test('keeps its run when the history reads the run again from its folder', () => {
    const run = history.createRun(searchConfig, { task });
    history.claimRun(run);
    history.appendEpoch(run, epochRecord(1), null, { checkpoint: 'c', seconds: 1, secondsLeft: null });
    history.finishRun(run, searchResult, 2);
    settleRunFolder(history, run);
    const database = connect(history.file);
    database.exec(`UPDATE runs SET state = 'interrupted', result = NULL, owner = NULL`);
    expect(addMissingRuns(database, home.folder).whole).toEqual([run]);
    database.close();
    expect(history.getRun(run).summary.state).toBe('finished');
    expect(tasks()[0]).toMatchObject({ run, state: 'submitted' });
  });
});

test('a history of before studies is opened with its runs, and keeps studies from then on', async () => {
  const other = temporaryFolder();
  const before = await openHistory(other.folder, { migrations: MIGRATIONS.slice(0, 7) });
  const run = before.history.createRun(searchConfig);
  before.history.close();
  const opened = await openHistory(other.folder);
  expect(opened.history.listRuns().map((one) => one.run)).toEqual([run]);
  opened.history.planStudy('mine', [search, retraining]);
  expect(opened.history.studyTasks('mine')).toHaveLength(2);
  opened.history.close();
  const database = connect(join(other.folder, 'medforge.db'));
  expect(schemaVersion(database)).toBe(MIGRATIONS.length);
  for (const [change, message] of [
    [`state = 'flying'`, 'CHECK constraint failed'],
    [`state = 'finished'`, 'CHECK constraint failed: run IS NOT NULL'],
    [`training_seed = 1`, 'CHECK constraint failed: (training_seed IS NULL)'],
    [`seed = 'one'`, 'cannot store TEXT value in INTEGER column'],
  ] as const) {
    expect(() => database.exec(`UPDATE study_tasks SET ${change} WHERE key = 's'`)).toThrow(message);
  }
  database.close();
  other.remove();
});
