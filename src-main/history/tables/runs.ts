import { UserError } from '../../errors.js';
import type { JobConfig } from '../../vocabulary/run-config.js';
import type { JobError } from '../../vocabulary/events.js';
import type { JobResult } from '../../vocabulary/results.js';
import type { RunState, RunSummary } from '../../vocabulary/run.js';
import type { ProcessIdentity } from '../../process-identity.js';
import type { Genotype } from '../../vocabulary/space.js';
import { RUN_STATES } from '../states.js';
import { all, first, write } from '../database.js';
import type { Parameters, ReadableDatabase, Row, WritableDatabase } from '../database.js';
import type { ControlRequest, DecidedEngine, RunFilter, RunRecord } from '../interface.js';
import { NO_FINDING, type FindingReader } from './class-figures.js';
import { recipeToText } from './recipes.js';
import { FIGURE_COLUMNS, SEARCH_FIGURES, searchValidationOf, testFiguresOf, updateTestFigures } from './run-figures.js';
import {
  count,
  fromJson,
  fromNumber,
  processOf,
  stored,
  storedOrNull,
  text,
  textOrNull,
  texts,
  toNumber,
  toNumberAlways,
  word,
} from '../values.js';

const KINDS: readonly RunSummary['kind'][] = ['search', 'retrain'];
const CONTROLS: readonly ControlRequest[] = ['pause', 'cancel'];

export interface NewRun {
  /** Null: the next free number. */
  readonly run: number | null;
  readonly name: string;
  readonly synthetic: boolean;
  readonly createdAt: string;
  readonly queuePosition: number | null;
  readonly secondsLeft: number | null;
  readonly config: JobConfig;
}

const SUMMARY_COLUMNS = `
  run, kind, name, state, dataset, synthetic, created_at, finished_at, epoch, epochs, seed, budget_lower, budget_upper,
  expected_parameters, parameters, ${FIGURE_COLUMNS}, seconds, seconds_left, note, reason, queue_position,
  CASE WHEN json_valid(error) THEN error ->> '$.message' ELSE error END AS error_message,
  (SELECT json_group_array(tag) FROM tags WHERE tags.run = runs.run) AS tags`;

/** Total of epochs that a run goes through: each seed of a retraining is trained once. */
export function totalEpochs(config: JobConfig): number {
  return config.kind === 'retrain' ? config.epochs * config.seeds.length : config.epochs;
}

function toRow(run: NewRun): Parameters {
  const { config } = run;
  return {
    run: run.run,
    kind: config.kind,
    name: run.name,
    dataset: config.dataset.name,
    sha256: config.dataset.sha256,
    synthetic: Number(run.synthetic),
    createdAt: run.createdAt,
    epochs: totalEpochs(config),
    seed: config.kind === 'search' ? config.seed : (config.seeds[0] ?? 0),
    lower: config.kind === 'search' ? config.budget.lower : null,
    upper: config.kind === 'search' ? config.budget.upper : null,
    queuePosition: run.queuePosition,
    secondsLeft: run.secondsLeft,
    config: fromJson(config),
    ...(config.kind === 'retrain'
      ? { searchRun: config.searchRun, recipe: recipeToText(config) }
      : { searchRun: null, recipe: null }),
  };
}

function fromRow(row: Row, finding: FindingReader): RunSummary {
  return {
    run: count(row, 'run'),
    kind: word(row, 'kind', KINDS),
    name: text(row, 'name'),
    state: word(row, 'state', RUN_STATES),
    dataset: text(row, 'dataset'),
    synthetic: count(row, 'synthetic') === 1,
    createdAt: text(row, 'created_at'),
    finishedAt: textOrNull(row, 'finished_at'),
    epoch: count(row, 'epoch'),
    epochs: count(row, 'epochs'),
    seed: count(row, 'seed'),
    budget:
      row['budget_lower'] === null ? null : { lower: count(row, 'budget_lower'), upper: count(row, 'budget_upper') },
    expectedParameters: toNumber(row['expected_parameters']),
    parameters: toNumber(row['parameters']),
    searchValidation: searchValidationOf(row),
    test: testFiguresOf(row, finding),
    seconds: toNumberAlways(row['seconds']),
    secondsLeft: toNumber(row['seconds_left']),
    tags: row['tags'] === '[]' ? [] : texts(row, 'tags'),
    note: text(row, 'note'),
    error: textOrNull(row, 'error_message') ?? textOrNull(row, 'reason'),
    queuePosition: toNumber(row['queue_position']),
  };
}

function detailsFromRow(row: Row, folder: string, finding: FindingReader): RunRecord {
  const config = stored(row, 'config', 'config');
  const result = storedOrNull(row, 'result', 'result');
  return {
    summary: fromRow(row, finding),
    config,
    dataset: config.dataset,
    result,
    genotype: genotypeOf(config, result),
    folder,
    trace: storedOrNull(row, 'trace', 'traceDescription'),
    startedAt: textOrNull(row, 'started_at'),
    reason: textOrNull(row, 'reason'),
    error: storedOrNull(row, 'error', 'error'),
    checkpoint: textOrNull(row, 'checkpoint'),
    owner: processOf(row, 'owner'),
  };
}

function genotypeOf(config: JobConfig, result: JobResult | null): Genotype | null {
  if (config.kind === 'retrain') return config.genotype;
  return result?.kind === 'search' ? result.genotype : null;
}

export function selectRuns(
  database: ReadableDatabase,
  filter: RunFilter = {},
  finding: FindingReader = NO_FINDING,
): RunSummary[] {
  const conditions: string[] = [];
  const parameters: Record<string, string | number> = {};
  if (filter.runs) {
    conditions.push('run IN (SELECT value FROM json_each(@runs))');
    parameters['runs'] = JSON.stringify(filter.runs);
  }
  if (filter.states) {
    conditions.push('state IN (SELECT value FROM json_each(@states))');
    parameters['states'] = JSON.stringify(filter.states);
  }
  if (filter.kind !== undefined) {
    conditions.push('kind = @kind');
    parameters['kind'] = filter.kind;
  }
  if (filter.dataset !== undefined) {
    conditions.push('dataset = @dataset');
    parameters['dataset'] = filter.dataset;
  }
  if (filter.tag !== undefined) {
    conditions.push('run IN (SELECT run FROM tags WHERE tag = @tag)');
    parameters['tag'] = filter.tag;
  }
  if (filter.text !== undefined && filter.text !== '') {
    conditions.push(`instr(lower(name || char(10) || note || char(10) || dataset), lower(@text)) > 0`);
    parameters['text'] = filter.text;
  }
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
  const limit = filter.limit === undefined ? '' : 'LIMIT @limit';
  if (filter.limit !== undefined) parameters['limit'] = filter.limit;
  return all(database, `SELECT ${SUMMARY_COLUMNS} FROM runs ${where} ORDER BY run DESC ${limit}`, parameters).map(
    (row) => fromRow(row, finding),
  );
}

export function selectRun(
  database: ReadableDatabase,
  run: number,
  folder: string,
  finding: FindingReader = NO_FINDING,
): RunRecord | null {
  const row = first(
    database,
    `SELECT ${SUMMARY_COLUMNS}, config, result, error, trace, started_at, checkpoint, owner FROM runs WHERE run = @run`,
    { run },
  );
  return row ? detailsFromRow(row, folder, finding) : null;
}

/** The state of a run and who owns it, for decisions inside a transaction. @throws UserError `run-unknown` */
export function selectState(
  database: ReadableDatabase,
  run: number,
): { readonly state: RunState; readonly processes: readonly ProcessIdentity[] } {
  const row = first(database, 'SELECT run, state, owner, worker FROM runs WHERE run = @run', { run });
  if (!row) throw unknownRun(run);
  const processes = ['owner', 'worker'].map((column) => processOf(row, column)).filter((found) => found !== null);
  return { state: word(row, 'state', RUN_STATES), processes };
}

export function unknownRun(run: number): UserError {
  const text = `There is no run ${run} in the history`;
  return new UserError('run-unknown', `${text}: "medforge runs list" shows the runs.`, {
    inWindow: `${text}: it may have been deleted.`,
  });
}

export function insertRun(database: WritableDatabase, run: NewRun): number {
  return write(
    database,
    `INSERT INTO runs (run, kind, name, state, dataset, synthetic, created_at, epochs, seed, budget_lower, budget_upper,
       queue_position, seconds_left, config, dataset_sha256, search_run, recipe)
     VALUES (@run, @kind, @name, 'queued', @dataset, @synthetic, @createdAt, @epochs, @seed, @lower, @upper,
       @queuePosition, @secondsLeft, @config, @sha256, @searchRun, @recipe)`,
    toRow(run),
  ).key;
}

export type RunColumn = 'name' | 'note' | 'config' | 'trace';

export function updateText(database: WritableDatabase, run: number, column: RunColumn, value: string): void {
  if (write(database, `UPDATE runs SET ${column} = @value WHERE run = @run`, { run, value }).changes === 0) {
    throw unknownRun(run);
  }
}

/** What is not given stays. */
export function updateConfig(database: WritableDatabase, run: number, change: DecidedEngine): void {
  const details = selectRun(database, run, '');
  if (!details) throw unknownRun(run);
  updateText(database, run, 'config', fromJson({ ...details.config, ...change }));
}

export interface StateChange {
  readonly state: RunState;
  readonly reason: string | null;
  readonly error: JobError | null;
  readonly owner: ProcessIdentity | null;
  readonly now: string;
}

export function updateState(database: WritableDatabase, run: number, change: StateChange): void {
  const ended = ['finished', 'failed', 'cancelled'].includes(change.state);
  write(
    database,
    `UPDATE runs SET state = @state, reason = @reason, error = @error, owner = @owner,
       worker = CASE WHEN @state = 'interrupted' THEN worker END, control = NULL,
       started_at = CASE WHEN @state = 'running' THEN coalesce(started_at, @now) ELSE started_at END,
       finished_at = CASE WHEN @ended THEN @now END,
       seconds_left = CASE WHEN @state = 'running' THEN seconds_left END,
       queue_position = CASE WHEN @state = 'queued' THEN queue_position END,
       heartbeat_at = CASE WHEN @state = 'running' THEN @now ELSE heartbeat_at END
     WHERE run = @run`,
    {
      run,
      state: change.state,
      reason: change.reason,
      error: change.error === null ? null : fromJson(change.error),
      owner: change.owner === null ? null : JSON.stringify(change.owner),
      ended: Number(ended),
      now: change.now,
    },
  );
}

export function updateWorker(database: WritableDatabase, run: number, worker: ProcessIdentity): void {
  write(database, `UPDATE runs SET worker = @worker WHERE run = @run AND state = 'running'`, {
    run,
    worker: JSON.stringify(worker),
  });
}

export interface Progress {
  readonly epoch: number;
  readonly expectedParameters: number | null;
  readonly checkpoint: string;
  readonly seconds: number | null;
  readonly secondsLeft: number | null;
  readonly now: string;
}

/** Where a run is after an epoch that is in `epochs` already. */
export function updateProgress(database: WritableDatabase, run: number, progress: Progress): void {
  write(
    database,
    `UPDATE runs SET epoch = @epoch, expected_parameters = @expectedParameters, ${SEARCH_FIGURES},
       checkpoint = @checkpoint, seconds = coalesce(@seconds, seconds), seconds_left = @secondsLeft, heartbeat_at = @now
     WHERE run = @run`,
    {
      run,
      ...progress,
      expectedParameters: fromNumber(progress.expectedParameters),
    },
  );
}

export function updateHeartbeat(
  database: WritableDatabase,
  run: number,
  beat: { readonly seconds: number; readonly secondsLeft: number | null; readonly now: string },
): void {
  write(
    database,
    'UPDATE runs SET seconds = @seconds, seconds_left = @secondsLeft, heartbeat_at = @now WHERE run = @run',
    { run, ...beat },
  );
}

export function updateResult(database: WritableDatabase, run: number, result: JobResult, seconds: number): void {
  const search = result.kind === 'search';
  write(
    database,
    `UPDATE runs SET result = @result, seconds = @seconds, parameters = @parameters,
       expected_parameters = coalesce(@expectedParameters, expected_parameters)
     WHERE run = @run`,
    {
      run,
      seconds,
      result: fromJson(result),
      parameters: search ? result.parameters : (result.models[0]?.parameters ?? null),
      expectedParameters: search ? fromNumber(result.expectedParameters) : null,
    },
  );
  if (result.kind === 'retrain')
    updateTestFigures(
      database,
      run,
      result.models.map(({ metrics }) => metrics.test),
    );
}

export function updateControl(database: WritableDatabase, run: number, control: ControlRequest | null): void {
  write(database, 'UPDATE runs SET control = @control WHERE run = @run', { run, control });
}

export function selectControl(database: ReadableDatabase, run: number): ControlRequest | null {
  const row = first(database, 'SELECT control FROM runs WHERE run = @run', { run });
  return row && row['control'] !== null ? word(row, 'control', CONTROLS) : null;
}

export function deleteRunRow(database: WritableDatabase, run: number): void {
  write(database, 'DELETE FROM runs WHERE run = @run', { run });
}

export function selectQueue(database: ReadableDatabase): number[] {
  return all(
    database,
    `SELECT run FROM runs WHERE state = 'queued' AND queue_position IS NOT NULL ORDER BY queue_position, run`,
  ).map((row) => count(row, 'run'));
}

export function nextQueuePosition(database: ReadableDatabase): number {
  const row = first(database, `SELECT coalesce(max(queue_position), 0) + 1 AS next FROM runs WHERE state = 'queued'`);
  return row ? count(row, 'next') : 1;
}

export function updateQueuePosition(database: WritableDatabase, run: number, position: number | null): void {
  write(database, 'UPDATE runs SET queue_position = @position WHERE run = @run', { run, position });
}

export function selectRunning(
  database: ReadableDatabase,
): { readonly run: number; readonly owner: ProcessIdentity | null }[] {
  return all(database, `SELECT run, owner FROM runs WHERE state = 'running' ORDER BY run`).map((row) => ({
    run: count(row, 'run'),
    owner: processOf(row, 'owner'),
  }));
}

export function runExists(database: ReadableDatabase, run: number): boolean {
  return first(database, 'SELECT 1 AS one FROM runs WHERE run = @run', { run }) !== undefined;
}
