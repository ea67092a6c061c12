import { appendMissingEvents } from '../attempts/run-log.js';
import { UserError } from '../errors.js';
import { fileErrorCode, isOutOfSpace } from '../file-errors.js';
import type { JobConfig } from '../vocabulary/run-config.js';
import type { JobError } from '../vocabulary/events.js';
import type { RunState } from '../vocabulary/run.js';
import { isAlive, ownIdentity } from '../process-identity.js';
import type { ProcessIdentity } from '../process-identity.js';
import { asReadable, inTransaction } from './database.js';
import type { Connection, WritableDatabase } from './database.js';
import { fullDisk, isFullDisk } from './errors.js';
import {
  makeRunFolder,
  removeResultManifest,
  removeRunFolder,
  runFolder,
  runFolders,
  writeConfigManifest,
} from './files.js';
import type { ControlRequest, RunOptions, WritableHistory } from './interface.js';
import { OTHER_FOLDER, OTHER_FOLDER_IN_WINDOW } from './other-folder.js';
import { keepReserve, spendReserve } from './reserve.js';
import { mayFollow } from './states.js';
import { takeEvents } from './take-events.js';
import { selectSeconds } from './tables/attempts.js';
import { isSynthetic } from './tables/datasets.js';
import * as runs from './tables/runs.js';
import { requireNotPlaced, selectClusterJob, selectClusterJobs } from './tables/cluster-jobs.js';
import { giveRunToTask, releaseTaskOfRun, selectTaskOfRun } from './tables/studies.js';
import { fromJson } from './values.js';

type RunFunctions = Pick<
  WritableHistory,
  | 'createRun'
  | 'deleteRun'
  | 'moveDataset'
  | 'setEngine'
  | 'claimRun'
  | 'setWorker'
  | 'moveRun'
  | 'queueRun'
  | 'reorderQueue'
  | 'interruptDeadRuns'
  | 'requestControl'
  | 'takeControl'
>;

export function now(): string {
  return new Date().toISOString();
}

/** The part of the history that creates runs, moves them between states and deletes them. */
export function runFunctions(connection: Connection, home: string): RunFunctions {
  const change = (
    database: WritableDatabase,
    run: number,
    state: RunState,
    why: { reason?: string | undefined; error?: JobError | undefined } = {},
  ): void => {
    runs.updateState(database, run, {
      state,
      reason: why.reason ?? null,
      error: why.error ?? null,
      owner: state === 'running' ? ownIdentity() : null,
      now: now(),
    });
    // A process that said nothing about its end: what counts is the time up to its last word.
    const seconds = state === 'interrupted' ? selectSeconds(database, run) : null;
    if (seconds !== null) runs.updateHeartbeat(database, run, { seconds, secondsLeft: null, now: now() });
  };

  return {
    createRun(config: JobConfig, options: RunOptions = {}): number {
      const made: number[] = [];
      try {
        return inTransaction(connection, (database) => createRun(database, home, config, options, made));
      } catch (error) {
        for (const run of made) removeRunFolder(home, run);
        throw folderError(error, home);
      }
    },

    deleteRun(run) {
      deleteWithoutSpace(home, run, () => inTransaction(connection, (database) => deleteRun(database, run)));
      try {
        removeRunFolder(home, run);
      } catch (error) {
        throw new UserError(
          'run-folder-held',
          `Run ${run} was deleted, but another program is using files in ${runFolder(home, run)}: delete the folder yourself.`,
          { cause: error },
        );
      }
      keepReserve(home);
    },

    moveDataset(run, path) {
      inTransaction(connection, (database) => {
        const details = runs.selectRun(database, run, '');
        if (!details) throw runs.unknownRun(run);
        const config = { ...details.config, dataset: { ...details.config.dataset, path } };
        runs.updateText(database, run, 'config', fromJson(config));
      });
    },

    setEngine: (run, engine) => inTransaction(connection, (database) => runs.updateConfig(database, run, engine)),

    claimRun(run) {
      inTransaction(connection, (database) => {
        requireNotPlaced(database, run);
        const { state, processes } = runs.selectState(database, run);
        const other = processes.find((process) => isAlive(process));
        if (other && (state === 'running' || state === 'interrupted')) {
          if (state === 'interrupted') throw stillEnding(run, other);
          throw new UserError('run-busy', `Run ${run} is running in process ${other.pid}: pause or cancel it there.`);
        }
        // A run that is `running` without a process was killed.
        requireNext(run, state === 'running' ? 'interrupted' : state, 'running');
        change(database, run, 'running');
      });
    },

    setWorker(run, worker) {
      inTransaction(connection, (database) => runs.updateWorker(database, run, worker));
    },

    moveRun(run, state, why = {}) {
      inTransaction(connection, (database) => {
        requireNext(run, runs.selectState(database, run).state, state);
        change(database, run, state, why);
      });
    },

    queueRun(run, queued = true) {
      inTransaction(connection, (database) => {
        requireNotPlaced(database, run);
        const { state, processes } = runs.selectState(database, run);
        const ending = processes.find((process) => isAlive(process));
        // Queued, it would no longer be known that somebody may still write into its folder.
        if (ending && state === 'interrupted') throw stillEnding(run, ending);
        if (state !== 'queued') {
          requireNext(run, state, 'queued');
          change(database, run, 'queued');
        }
        runs.updateQueuePosition(database, run, queued ? runs.nextQueuePosition(database) : null);
        removeResultManifest(home, run);
      });
    },

    reorderQueue(order) {
      inTransaction(connection, (database) => {
        const queue = runs.selectQueue(database);
        const named = order.filter((run, index) => queue.includes(run) && order.indexOf(run) === index);
        const rest = queue.filter((run) => !named.includes(run));
        [...named, ...rest].forEach((run, index) => runs.updateQueuePosition(database, run, index + 1));
      });
    },

    interruptDeadRuns() {
      const hasNoProcess = ({ owner }: { owner: ProcessIdentity | null }): boolean => !owner || !isAlive(owner);
      if (!runs.selectRunning(asReadable(connection)).some(hasNoProcess)) return [];
      // No process of this computer runs what is computed on a cluster.
      const placed = new Set(selectClusterJobs(asReadable(connection)).map(({ run }) => run));
      const dead = inTransaction(connection, (database) =>
        runs.selectRunning(database).flatMap(({ run, owner }) => {
          if (placed.has(run) || !hasNoProcess({ owner })) return [];
          const { taken, problem } = takeEvents(database, runFolder(home, run), run);
          if (runs.selectState(database, run).state === 'running') {
            const reason = `The process ${owner ? `${owner.pid} ` : ''}that ran it ended unexpectedly; resume to continue.`;
            change(database, run, 'interrupted', { reason: problem?.message ?? reason });
          }
          return [{ run, taken }];
        }),
      );
      for (const { run, taken } of dead) appendMissingEvents(runFolder(home, run), taken);
      return dead.map(({ run }) => run);
    },

    requestControl(run, request) {
      return inTransaction(connection, (database) => requestControl(database, run, request, change));
    },

    takeControl(run) {
      if (runs.selectControl(asReadable(connection), run) === null) return null;
      return inTransaction(connection, (database) => {
        const request = runs.selectControl(database, run);
        if (request !== null) runs.updateControl(database, run, null);
        return request;
      });
    },
  };
}

/** @throws UserError `run-busy` while a process of it lives: it may still write into the folder */
function deleteRun(database: WritableDatabase, run: number): void {
  requireNotPlaced(database, run);
  const { state, processes } = runs.selectState(database, run);
  const living = processes.find((process) => isAlive(process));
  if (living && state === 'running') {
    throw new UserError('run-busy', `Run ${run} is running: cancel it before you delete it.`);
  }
  if (living && state === 'interrupted') throw stillEnding(run, living);
  releaseTaskOfRun(database, run);
  runs.deleteRunRow(database, run);
}

/** On a full disk the reserves go first, then the folder of the run, which goes anyway: a row needs space to be deleted. */
function deleteWithoutSpace(home: string, run: number, deleteRow: () => void): void {
  const ways = [
    (): unknown => spendReserve(home, 'deletion'),
    (): unknown => spendReserve(home, 'end'),
    (): void => removeRunFolder(home, run),
  ];
  for (const freeSpace of ways) {
    try {
      deleteRow();
      return;
    } catch (error) {
      if (!isFullDisk(error)) throw error;
      freeSpace();
    }
  }
  deleteRow();
}

/** @param made gets the number of the run whose folder was made, for the caller to remove when this fails. */
function createRun(
  database: WritableDatabase,
  home: string,
  config: JobConfig,
  options: RunOptions,
  made: number[],
): number {
  const row = {
    name: options.name ?? '',
    synthetic: options.synthetic ?? isSynthetic(database, config.dataset.sha256),
    createdAt: now(),
    queuePosition: options.queue === true ? runs.nextQueuePosition(database) : null,
    secondsLeft: options.secondsLeft ?? null,
    config,
  };
  let run = runs.insertRun(database, { ...row, run: null });
  if (!makeRunFolder(home, run)) {
    // A folder that the history does not know of, left by a history that was replaced: its number is taken.
    runs.deleteRunRow(database, run);
    run = Math.max(run, ...runFolders(home)) + 1;
    runs.insertRun(database, { ...row, run });
    makeRunFolder(home, run);
  }
  made.push(run);
  if (options.task) giveRunToTask(database, options.task, run);
  const name = row.name.trim() === '' ? `${config.kind} ${config.dataset.name} ${run}` : row.name.trim();
  runs.updateText(database, run, 'name', name);
  const { synthetic, createdAt } = row;
  const task = options.task ? selectTaskOfRun(database, run) : null;
  writeConfigManifest(home, { run, name, synthetic, createdAt, config, task });
  return run;
}

function stillEnding(run: number, { pid }: ProcessIdentity): UserError {
  return new UserError(
    'run-busy',
    `The last process of run ${run} (${pid}) is still ending: try again in a few seconds.`,
  );
}

function folderError(error: unknown, home: string): unknown {
  if (isOutOfSpace(error)) return fullDisk(home, error);
  const code = fileErrorCode(error) ?? '';
  if (['EACCES', 'EPERM', 'EROFS'].includes(code)) {
    const text = (folder: string): string =>
      `You do not have permission to write to ${home}: change its permissions, or ${folder}.`;
    return new UserError('home-unwritable', text(OTHER_FOLDER), {
      cause: error,
      inWindow: text(OTHER_FOLDER_IN_WINDOW),
    });
  }
  return error;
}

function requestControl(
  database: WritableDatabase,
  run: number,
  request: ControlRequest,
  change: (database: WritableDatabase, run: number, state: RunState, why?: { reason?: string }) => void,
): 'requested' | 'done' {
  const { state, processes } = runs.selectState(database, run);
  if (selectClusterJob(database, run) !== null || (state === 'running' && processes.some(isAlive))) {
    // Cancelling is final: a pause that comes later does not undo it.
    if (runs.selectControl(database, run) !== 'cancel') runs.updateControl(database, run, request);
    return 'requested';
  }
  if (request === 'cancel') {
    const ending = processes.find((process) => isAlive(process));
    if (ending && state === 'interrupted') throw stillEnding(run, ending);
    requireNext(run, state, 'cancelled');
    change(database, run, 'cancelled');
    return 'done';
  }
  if (state === 'running') {
    change(database, run, 'interrupted', { reason: 'The process that ran it ended unexpectedly; resume to continue.' });
    return 'done';
  }
  throw new UserError('run-state', `Run ${run} is ${state}: only a running one can be paused.`);
}

function requireNext(run: number, from: RunState, to: RunState): void {
  if (mayFollow(from, to)) return;
  const ended = from === 'finished' || from === 'cancelled';
  throw new UserError(
    ended ? 'run-ended' : 'run-state',
    ended
      ? `Run ${run} is ${from} and cannot become ${to}: start a new one.`
      : `Run ${run} is ${from} and cannot become ${to}.`,
  );
}
