import { UserError } from '../../errors.js';
import { all, first, write } from '../database.js';
import type { ReadableDatabase, Row, WritableDatabase } from '../database.js';
import type { ClusterJob, ClusterJobChange } from '../interface.js';
import { count, text, textOrNull } from '../values.js';

const COLUMNS = 'run, folder, token, job, said, unknown_since, submissions, fruitless, checkpoint';

function fromRow(row: Row): ClusterJob {
  return {
    run: count(row, 'run'),
    folder: text(row, 'folder'),
    token: text(row, 'token'),
    job: textOrNull(row, 'job'),
    said: textOrNull(row, 'said'),
    unknownSince: textOrNull(row, 'unknown_since'),
    submissions: count(row, 'submissions'),
    fruitless: count(row, 'fruitless'),
    checkpoint: count(row, 'checkpoint'),
  };
}

export function selectClusterJobs(database: ReadableDatabase): ClusterJob[] {
  return all(database, `SELECT ${COLUMNS} FROM cluster_jobs ORDER BY run`).map(fromRow);
}

export function selectClusterJob(database: ReadableDatabase, run: number): ClusterJob | null {
  const row = first(database, `SELECT ${COLUMNS} FROM cluster_jobs WHERE run = @run`, { run });
  return row ? fromRow(row) : null;
}

export function insertClusterJob(
  database: WritableDatabase,
  { run, folder, token, checkpoint }: Pick<ClusterJob, 'run' | 'folder' | 'token' | 'checkpoint'>,
): void {
  write(
    database,
    'INSERT INTO cluster_jobs (run, folder, token, checkpoint) VALUES (@run, @folder, @token, @checkpoint)',
    { run, folder, token, checkpoint },
  );
}

export function updateClusterJob(database: WritableDatabase, run: number, change: ClusterJobChange): void {
  const before = selectClusterJob(database, run);
  if (before === null) return;
  const { token, job, said, unknownSince, submissions, fruitless, checkpoint } = { ...before, ...change };
  write(
    database,
    `UPDATE cluster_jobs SET token = @token, job = @job, said = @said, unknown_since = @unknownSince,
       submissions = @submissions, fruitless = @fruitless, checkpoint = @checkpoint WHERE run = @run`,
    { run, token, job, said, unknownSince, submissions, fruitless, checkpoint },
  );
}

export function deleteClusterJob(database: WritableDatabase, run: number): void {
  write(database, 'DELETE FROM cluster_jobs WHERE run = @run', { run });
}

/** @throws UserError `run-busy` for a run that is computed on a cluster */
export function requireNotPlaced(database: ReadableDatabase, run: number): void {
  const placed = selectClusterJob(database, run);
  if (placed === null) return;
  throw new UserError('run-busy', `Run ${run} is ${placeText(placed)}: pause or cancel it first.`);
}

const placeText = ({ job, folder }: ClusterJob): string =>
  job === null ? `to be computed on a cluster (${folder})` : `computed on a cluster (Slurm's job ${job}, ${folder})`;
