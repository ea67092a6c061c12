import type { ProcessIdentity } from '../../process-identity.js';
import { UserError } from '../../errors.js';
import { all, first, write } from '../database.js';
import type { ReadableDatabase, Row, WritableDatabase } from '../database.js';
import type { StoredStudyTask, StudyTaskChange, TaskOfRun } from '../interface.js';
import type { StudyTask, StudyTaskState } from '../../vocabulary/study.js';
import { count, processOf, text, textOrNull, toNumber, word } from '../values.js';

const STATES: readonly StudyTaskState[] = ['waiting', 'submitted', 'finished', 'given-up', 'cancelled'];

export function studyExists(database: ReadableDatabase, study: string): boolean {
  return first(database, 'SELECT 1 AS one FROM studies WHERE name = @study', { study }) !== undefined;
}

/** All studies, the newest first, with the process that goes on with each, dead or alive. */
export function selectStudies(
  database: ReadableDatabase,
): { readonly name: string; readonly createdAt: string; readonly owner: ProcessIdentity | null }[] {
  return all(database, 'SELECT name, created_at, owner FROM studies ORDER BY study DESC', {}).map((row) => ({
    name: text(row, 'name'),
    createdAt: text(row, 'created_at'),
    owner: processOf(row, 'owner'),
  }));
}

/** The process that goes on with the study, dead or alive; null when it was left in order. */
export function selectStudyOwner(database: ReadableDatabase, study: string): ProcessIdentity | null {
  const row = first(database, 'SELECT owner FROM studies WHERE name = @study', { study });
  return row ? processOf(row, 'owner') : null;
}

export function updateStudyOwner(database: WritableDatabase, study: string, owner: ProcessIdentity | null): void {
  write(database, 'UPDATE studies SET owner = @owner WHERE name = @study', {
    study,
    owner: owner && JSON.stringify(owner),
  });
}

/** Tasks of the last plan, in its order. */
export function selectStudyTasks(database: ReadableDatabase, study: string): StoredStudyTask[] {
  return all(
    database,
    `SELECT key, dataset, method, budget, seed, training_seed, search, run, attempts, fruitless, epoch, state, reason
     FROM study_tasks WHERE position IS NOT NULL AND study = (SELECT study FROM studies WHERE name = @study)
     ORDER BY position`,
    { study },
  ).map((row) => ({
    ...taskFromRow(row),
    run: toNumber(row['run']),
    attempts: count(row, 'attempts'),
    fruitless: count(row, 'fruitless'),
    epoch: count(row, 'epoch'),
    state: word(row, 'state', STATES),
    reason: textOrNull(row, 'reason'),
  }));
}

function taskFromRow(row: Row): StudyTask {
  return {
    key: text(row, 'key'),
    dataset: text(row, 'dataset'),
    method: text(row, 'method'),
    budget: text(row, 'budget'),
    seed: count(row, 'seed'),
    trainingSeed: toNumber(row['training_seed']),
    search: textOrNull(row, 'search'),
  };
}

/** The task that a run is for, with the name of its study; null for another run. */
export function selectTaskOfRun(
  database: ReadableDatabase,
  run: number,
): (StudyTask & { readonly study: string }) | null {
  const row = first(
    database,
    `SELECT studies.name, key, dataset, method, budget, seed, training_seed, search
     FROM study_tasks JOIN studies USING (study) WHERE run = @run`,
    { run },
  );
  return row ? { study: text(row, 'name'), ...taskFromRow(row) } : null;
}

/** As the folder of its newest run tells of it; a task that no study has any more comes back with the next plan. */
export function restoreTask(
  database: WritableDatabase,
  { study, ...task }: StudyTask & { readonly study: string },
  run: number,
  now: string,
): void {
  write(database, 'INSERT OR IGNORE INTO studies (name, created_at) VALUES (@study, @now)', { study, now });
  write(
    database,
    `INSERT INTO study_tasks (study, key, dataset, method, budget, seed, training_seed, search, run, state)
     VALUES ((SELECT study FROM studies WHERE name = @study), @key, @dataset, @method, @budget, @seed, @trainingSeed, @search,
       @run, 'submitted')
     ON CONFLICT (study, key) DO UPDATE SET run = @run, state = 'submitted', reason = NULL
       WHERE run < @run OR (run IS NULL AND state = 'waiting')`,
    { study, ...task, run },
  );
}

/** The tasks are what is given; others that the study had keep their runs and come back with a plan that has them again. */
export function replaceStudyPlan(
  database: WritableDatabase,
  study: string,
  tasks: readonly StudyTask[],
  now: string,
): void {
  write(database, 'INSERT OR IGNORE INTO studies (name, created_at) VALUES (@study, @now)', { study, now });
  const number = count(first(database, 'SELECT study FROM studies WHERE name = @study', { study })!, 'study');
  write(database, 'UPDATE study_tasks SET position = NULL WHERE study = @number', { number });
  tasks.forEach(({ key, dataset, method, budget, seed, trainingSeed, search }, position) =>
    write(
      database,
      `INSERT INTO study_tasks (study, key, position, dataset, method, budget, seed, training_seed, search)
       VALUES (@number, @key, @position, @dataset, @method, @budget, @seed, @trainingSeed, @search)
       ON CONFLICT (study, key) DO UPDATE SET position = @position`,
      { number, key, position, dataset, method, budget, seed, trainingSeed, search },
    ),
  );
}

export function updateStudyTask(database: WritableDatabase, { study, key }: TaskOfRun, change: StudyTaskChange): void {
  const { state, reason = null, releasesRun = false } = change;
  write(
    database,
    `UPDATE study_tasks SET state = @state, reason = @reason, run = CASE WHEN @releases THEN NULL ELSE run END,
       attempts = CASE WHEN @releases THEN 0 ELSE attempts END, epoch = CASE WHEN @releases THEN 0 ELSE epoch END, fruitless = 0
     WHERE key = @key AND study = (SELECT study FROM studies WHERE name = @study)`,
    { study, key, state, reason, releases: Number(releasesRun) },
  );
}

/** @param fruitless attempts in a row that ended by themselves without a new epoch */
export function updateStudyAttempt(
  database: WritableDatabase,
  { study, key }: TaskOfRun,
  { attempts, fruitless, epoch }: Pick<StoredStudyTask, 'attempts' | 'fruitless' | 'epoch'>,
): void {
  write(
    database,
    `UPDATE study_tasks SET attempts = @attempts, fruitless = @fruitless, epoch = @epoch
     WHERE key = @key AND study = (SELECT study FROM studies WHERE name = @study)`,
    { study, key, attempts, fruitless, epoch },
  );
}

/** @throws UserError `study-task` when the task is not one that waits for a run */
export function giveRunToTask(database: WritableDatabase, { study, key }: TaskOfRun, run: number): void {
  const { changes } = write(
    database,
    `UPDATE study_tasks SET run = @run, state = 'submitted', reason = NULL, attempts = 0, fruitless = 0, epoch = 0
     WHERE key = @key AND run IS NULL AND state = 'waiting' AND study = (SELECT study FROM studies WHERE name = @study)`,
    { study, key, run },
  );
  if (changes === 1) return;
  throw new UserError(
    'study-task',
    `the task ${key} of study ${study} does not wait for a run: see 'medforge study watch', and start the study again`,
  );
}

/** The run is deleted: its task waits for another one. */
export function releaseTaskOfRun(database: WritableDatabase, run: number): void {
  write(
    database,
    `UPDATE study_tasks SET run = NULL, state = 'waiting', attempts = 0, fruitless = 0, epoch = 0, reason = @reason
     WHERE run = @run`,
    { run, reason: `its run ${run} was deleted` },
  );
}
