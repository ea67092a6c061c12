import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { readAttempt } from '../../../src-main/attempts/read-attempts.js';
import { RegularFile } from '../../../src-main/datasets/regular-file.js';
import { UserError } from '../../../src-main/errors.js';
import type { WritableHistory } from '../../../src-main/history/interface.js';
import { openHistory } from '../../../src-main/history/open.js';
import type { Job, JobContext } from '../../../src-main/jobs/job.js';
import type { JobControl, JobEvent } from '../../../src-main/vocabulary/events.js';
import type { RetrainConfig, SearchConfig } from '../../../src-main/vocabulary/run-config.js';
import { runJob } from '../../../src-main/jobs/runner.js';
import type { RunEnd, RunJobOptions } from '../../../src-main/jobs/runner.js';
import { medmnistArrays, npz } from '../datasets/fixtures.js';
import { epochRecord, retrainConfig, searchConfig, temporaryFolder } from '../history/fixtures.js';
import { STEPS, countingJobs } from './counting-job.js';

let home: ReturnType<typeof temporaryFolder>;
let history: WritableHistory;
let config: SearchConfig;
let events: JobEvent[];

const CONTENT = npz(medmnistArrays());
const sha256 = (text: Uint8Array): string => createHash('sha256').update(text).digest('hex');

beforeEach(async () => {
  home = temporaryFolder();
  ({ history } = await openHistory(home.folder));
  const path = join(home.folder, 'data.npz');
  writeFileSync(path, CONTENT);
  config = {
    ...searchConfig,
    epochs: 4,
    dataset: { name: 'data', path, sha256: sha256(CONTENT), bytes: CONTENT.length },
  };
  events = [];
});
afterEach(() => {
  vi.useRealTimers();
  history.close();
  home.remove();
});

function start(run: number, options: Partial<RunJobOptions> = {}): Promise<RunEnd> {
  events = [];
  const listener = (event: JobEvent): void => void events.push(event);
  return runJob({ history, home: home.folder, run, jobs: countingJobs(), listener, signals: false, ...options });
}

/** A control that asks for something once the job has asked so many times. */
function after(steps: number, control: JobControl): () => JobControl {
  let asked = 0;
  return () => (++asked > steps ? control : 'continue');
}

const trace = (run: number): unknown => ({
  epochs: history.epochs(run),
  traces: history.traces(run),
  result: history.getRun(run).result,
});
const types = (): string[] => events.map(({ type }) => type);
const state = (run: number): string => history.getRun(run).summary.state;

/** What a run leaves that nothing disturbed. */
async function undisturbed(): Promise<unknown> {
  const run = history.createRun(config);
  await start(run);
  return trace(run);
}

test('a run goes from queued to finished, and what it said is in the history, its log and its folder', async () => {
  const run = history.createRun(config);
  expect(await start(run)).toMatchObject({ state: 'finished', result: { kind: 'search' } });
  expect(types()).toEqual(['started', 'epoch', 'epoch', 'epoch', 'epoch', 'finished']);
  expect(history.getRun(run)).toMatchObject({ summary: { state: 'finished', epoch: 4 }, owner: null });
  expect(history.epochs(run)).toEqual(events.flatMap((event) => (event.type === 'epoch' ? [event.record] : [])));
  expect(readdirSync(history.runFolder(run)).sort()).toEqual(['attempts', 'config.json', 'log', 'result.json']);
  const log = readFileSync(join(history.runFolder(run), 'log'), 'utf8')
    .trimEnd()
    .split('\n');
  expect(log.map((line) => line.slice(25, 50))).toEqual([
    'info    started at epoch ',
    ...[1, 2, 3, 4].map((epoch) => `info    epoch ${epoch} (seed 3):`),
    'info    finished',
  ]);
});

describe('pausing', () => {
  test.each([0, 1, STEPS - 1, STEPS, 2 * STEPS + 7])(
    'after %i steps, resuming ends bit for bit as if nothing had happened',
    async (steps) => {
      const expected = await undisturbed();
      const run = history.createRun(config);
      const end = await start(run, { control: after(steps, 'pause') });
      expect(end).toEqual({ state: 'paused', epoch: Math.floor(steps / STEPS), reason: 'Asked to pause.' });
      expect([state(run), types().at(-1)]).toEqual(['paused', 'paused']);
      expect(await start(run)).toMatchObject({ state: 'finished' });
      expect(trace(run)).toEqual(expected);
    },
  );

  test('asked through the history is answered within a step', async () => {
    const run = history.createRun(config);
    let steps = 0;
    const beforeStep = async (): Promise<void> => {
      steps += 1;
      if (steps === 3) history.requestControl(run, 'pause');
      // The request is looked for ten times a second.
      if (steps >= 3) await new Promise((resolve) => setTimeout(resolve, 110));
    };
    expect(await start(run, { jobs: countingJobs({ beforeStep }) })).toMatchObject({ state: 'paused', epoch: 0 });
    expect(steps).toBe(3);
    expect(history.controlRequest(run)).toBeNull();
  });

  test('adds up the running time, whatever the clock of the machine does', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-05-01T12:00:00Z') });
    const first = history.createRun(config);
    const beforeStep = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 2));
    await start(first, { jobs: countingJobs({ beforeStep }), control: after(30, 'pause') });
    const { seconds } = history.getRun(first).summary;
    expect(seconds).toBeGreaterThan(0.05);
    vi.setSystemTime(new Date('1970-01-01T00:00:00Z'));
    await start(first, { jobs: countingJobs({ beforeStep }) });
    const total = history.getRun(first).summary.seconds;
    expect(total).toBeGreaterThan(seconds + 0.05);
    expect(total).toBeLessThan(60);
    const second = history.createRun(config);
    expect(history.listRuns().map(({ run }) => run)).toEqual([second, first]);
  });
});

test('cancelling ends a run for good and frees the space of its checkpoints', async () => {
  const run = history.createRun(config);
  expect(await start(run, { control: after(STEPS + 3, 'cancel') })).toEqual({ state: 'cancelled', epoch: 1 });
  expect([state(run), history.epochs(run).length]).toEqual(['cancelled', 1]);
  expect(existsSync(join(history.runFolder(run), 'checkpoints'))).toBe(false);
  await expect(start(run)).rejects.toMatchObject({
    kind: 'run-ended',
    message: `Run ${run} is cancelled and cannot become running: start a new one.`,
  });
});

describe('a request that comes while a checkpoint is being written', () => {
  /** The file is at its place; the history does not know the epoch yet. */
  const between = (run: number, request: 'pause' | 'cancel'): WritableHistory => ({
    ...history,
    takeEvents: (...args) => {
      const { event } = readAttempt(history.runFolder(run), 1, 0).lines.at(-1)!;
      if (event.type === 'epoch' && event.record.epoch === 2) history.requestControl(run, request);
      return history.takeEvents(...args);
    },
  });
  // The request is looked for ten times a second.
  const jobs = () => countingJobs({ beforeStep: () => new Promise((resolve) => setTimeout(resolve, 20)) });

  test('to pause: the epoch is kept, and the resume ends the same', async () => {
    const expected = await undisturbed();
    const run = history.createRun(config);
    const end = await start(run, { history: between(run, 'pause'), jobs: jobs() });
    expect(end).toMatchObject({ state: 'paused', epoch: 2 });
    expect(history.epochs(run)).toHaveLength(2);
    await start(run);
    expect(trace(run)).toEqual(expected);
  });

  test('to cancel: the epoch is kept, and nothing of the checkpoints is left', async () => {
    const run = history.createRun(config);
    const end = await start(run, { history: between(run, 'cancel'), jobs: jobs() });
    expect(end).toEqual({ state: 'cancelled', epoch: 2 });
    expect(history.epochs(run)).toHaveLength(2);
    expect(readdirSync(history.runFolder(run)).sort()).toEqual(['attempts', 'config.json', 'log', 'result.json']);
  });
});

describe('failing', () => {
  const failing = (error: unknown) =>
    countingJobs({
      beforeStep: (epoch, step) => {
        if (epoch === 3 && step === 5) throw error;
      },
    });

  test('with a message keeps it and the checkpoints; the run can be resumed', async () => {
    const expected = await undisturbed();
    const run = history.createRun(config);
    const error = new UserError('loss-not-finite', 'The loss became NaN in epoch 3: choose another seed.');
    await expect(start(run, { jobs: failing(error) })).rejects.toEqual(error);
    expect(history.getRun(run)).toMatchObject({
      summary: { state: 'failed', epoch: 2, error: error.message },
      error: { name: 'UserError', kind: 'loss-not-finite' },
    });
    expect(readdirSync(join(history.runFolder(run), 'checkpoints'))).toHaveLength(2);
    await start(run);
    expect(trace(run)).toEqual(expected);
  });

  test('by a fault of the program keeps where it happened in the log', async () => {
    const run = history.createRun(config);
    await expect(start(run, { jobs: failing(new TypeError('x is undefined')) })).rejects.toThrow('x is undefined');
    expect(history.getRun(run).error).toMatchObject({ name: 'TypeError', kind: 'internal' });
    expect(readFileSync(join(history.runFolder(run), 'log'), 'utf8')).toMatch(
      /error {3}TypeError: x is undefined\n +at /,
    );
  });

  test('for want of memory says so', async () => {
    const run = history.createRun(config);
    const error = new RangeError('Array buffer allocation failed');
    await expect(start(run, { jobs: failing(error) })).rejects.toMatchObject({
      kind: 'out-of-memory',
      message: expect.stringMatching(
        /^This search ran out of memory with batches of 16 images\. Its last checkpoint is kept: .* a batch of 8 or less/,
      ) as string,
    });
    expect(readdirSync(join(history.runFolder(run), 'checkpoints'))).not.toEqual([]);
    expect(await start(run)).toMatchObject({ state: 'finished' });
  });

  test('for want of disk space is a pause with its reason', async () => {
    const expected = await undisturbed();
    const run = history.createRun(config);
    const error = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    const reason = `The disk that holds ${history.runFolder(run)} is full. Free some space, then resume the run.`;
    expect(await start(run, { jobs: failing(error) })).toEqual({ state: 'paused', epoch: 2, reason });
    expect(history.getRun(run)).toMatchObject({ reason, summary: { state: 'paused', error: reason } });
    await start(run);
    expect(trace(run)).toEqual(expected);
  });
});

describe('a history that cannot be written for a while', () => {
  /** The history, whose disk is full from the second epoch on, as long as it is. */
  function fullHistory(isFull: () => boolean = () => true): WritableHistory {
    const error = new UserError('history-full', 'The disk is full: free some space, then continue.');
    const refuse = <K extends 'takeEvents' | 'heartbeat' | 'moveRun'>(name: K) =>
      ((...args: Parameters<WritableHistory[K]>) => {
        const run = args[0];
        if (history.epochs(run).length >= 1 && isFull()) throw error;
        return (history[name] as (...all: unknown[]) => unknown)(...args);
      }) as WritableHistory[K];
    return {
      ...history,
      takeEvents: refuse('takeEvents'),
      heartbeat: refuse('heartbeat'),
      moveRun: refuse('moveRun'),
    };
  }

  test('pauses the run; no epoch is lost when space comes in time', async () => {
    const expected = await undisturbed();
    const run = history.createRun(config);
    let refusals = 1;
    const end = await start(run, { history: fullHistory(() => refusals-- > 0) });
    expect(end).toEqual({ state: 'paused', epoch: 2, reason: 'The disk is full: free some space, then continue.' });
    expect(history.epochs(run)).toHaveLength(2);
    // The one that had to wait is told when it is written.
    expect(types().filter((type) => type === 'epoch')).toHaveLength(2);
    await start(run);
    expect(trace(run)).toEqual(expected);
  });

  test('because another process is busy: no reason for a pause that somebody asked for', async () => {
    const run = history.createRun(config);
    let refused = 0;
    const heartbeat: WritableHistory['heartbeat'] = (...args) => {
      if (refused++ === 0) throw new UserError('history-busy', 'Another process is writing.');
      history.heartbeat(...args);
    };
    vi.useFakeTimers({ toFake: ['performance'] });
    let steps = 0;
    const control = (): JobControl => {
      vi.advanceTimersByTime(3000);
      return ++steps > 3 ? 'pause' : 'continue';
    };
    const end = await start(run, { history: { ...history, heartbeat }, control });
    expect(refused).toBeGreaterThan(1);
    expect(end).toMatchObject({ state: 'paused', reason: 'Asked to pause.' });
  });

  test('that has its reserve: the end is written with it, and the epoch that waited', async () => {
    const run = history.createRun(config);
    const full = fullHistory(() => existsSync(join(home.folder, 'reserve')));
    const end = await start(run, { history: full });
    expect(end).toEqual({ state: 'paused', epoch: 2, reason: 'The disk is full: free some space, then continue.' });
    expect([state(run), history.epochs(run).length]).toEqual(['paused', 2]);
  });

  test('that stays so: the run is told as interrupted later, and its resume tells the epoch that was lost', async () => {
    const expected = await undisturbed();
    const run = history.createRun(config);
    await expect(start(run, { history: fullHistory() })).rejects.toMatchObject({ kind: 'history-full' });
    expect([state(run), history.epochs(run).length]).toEqual(['running', 1]);
    // The process ends now; the next one finds a run that nobody runs.
    history.moveRun(run, 'interrupted');
    await start(run);
    expect(types().slice(0, 2)).toEqual(['epoch', 'started']);
    expect(trace(run)).toEqual(expected);
  });
});

test('an epoch whose process died between its checkpoint and its word is told by the resume', async () => {
  const expected = await undisturbed();
  const run = history.createRun(config);
  const jobs = countingJobs();
  const dying = (settings: SearchConfig, context: JobContext) =>
    jobs.search(settings, {
      ...context,
      emit(event) {
        if (event.type === 'epoch' && event.record.epoch === 2) throw new Error('died here');
        context.emit(event);
      },
    });
  await expect(start(run, { jobs: { ...jobs, search: dying } })).rejects.toThrow('died here');
  expect(history.epochs(run)).toHaveLength(1);
  await start(run);
  expect(types()).toEqual(['epoch', 'started', 'epoch', 'epoch', 'finished']);
  expect(trace(run)).toEqual(expected);
});

test('a disk that fills up in the second network of a retraining pauses it after the last epoch that was kept', async () => {
  const run = history.createRun({ ...retrainConfig, dataset: config.dataset });
  const retrain: Job<RetrainConfig> = async ({ seeds, epochs }, context) => {
    for (let epoch = 1; epoch <= epochs + 1; epoch++) {
      const seed = seeds[Math.floor((epoch - 1) / epochs)]!;
      const record = epochRecord(((epoch - 1) % epochs) + 1, { seed });
      const finished = { record, trace: null };
      const checkpoint = await context.checkpoints.save(epoch, { values: { epoch }, arrays: {} }, finished);
      context.emit({ type: 'epoch', ...finished, checkpoint });
    }
    throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
  };
  const end = await start(run, { jobs: { ...countingJobs(), retrain } });
  expect(end).toMatchObject({ state: 'paused', epoch: 4, reason: expect.stringContaining('is full') as string });
  expect(events.at(-1)).toMatchObject({ type: 'paused', epoch: 4, checkpoint: 'checkpoint-000004-epoch-000004.ckpt' });
});

describe('the dataset of a run', () => {
  const other = npz({ ...medmnistArrays(), more: Buffer.from('bytes') });

  test.each([
    ['other pixels', Buffer.from(CONTENT).fill(1, 60, 61), `its SHA-256 was ${sha256(CONTENT)} and is `],
    ['another size', other, `it had ${CONTENT.length} bytes and now has ${other.length}`],
  ])('that changed before the start fails the run: %s', async (_, content, how) => {
    const run = history.createRun(config);
    const { path } = config.dataset;
    writeFileSync(path, content);
    const message = `${path}: the dataset file is not the one that the run was started with: ${how}`;
    const error: unknown = await start(run).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ kind: 'dataset-changed', message: expect.stringContaining(message) as string });
    expect(history.getRun(run)).toMatchObject({
      summary: { state: 'failed' },
      error: { message: (error as Error).message },
    });
  });

  test.each(['pause', 'cancel'] as const)('is not read to its end after a %s', async (control) => {
    const run = history.createRun(config);
    const hash = vi.spyOn(RegularFile.prototype, 'hash').mockImplementation(async (signal) => {
      for (;;) {
        signal?.throwIfAborted();
        await setImmediate();
      }
    });
    const state = control === 'pause' ? 'paused' : 'cancelled';
    expect(await start(run, { control: () => control })).toMatchObject({ state, epoch: 0 });
    expect(hash).toHaveBeenCalledTimes(1);
    hash.mockRestore();
  });

  test('that is gone refuses the resume; when it is back, the run goes on', async () => {
    const expected = await undisturbed();
    const run = history.createRun(config);
    await start(run, { control: after(STEPS + 1, 'pause') });
    const { path } = config.dataset;
    rmSync(path);
    await expect(start(run)).rejects.toMatchObject({
      kind: 'dataset-missing',
      message: expect.stringMatching(
        new RegExp(
          `^Run ${run} needs the dataset file ${path}, which cannot be read: put it back, connect its drive, or find it \\('medforge runs find-dataset ${run} FILE'\\)`,
        ),
      ) as string,
    });
    expect(history.getRun(run).summary).toMatchObject({
      state: 'paused',
      error: expect.stringContaining(path) as string,
    });
    writeFileSync(path, CONTENT);
    await start(run);
    expect(trace(run)).toEqual(expected);
  });

  test('may move, when the history is told where', async () => {
    const run = history.createRun(config);
    await start(run, { control: after(STEPS + 1, 'pause') });
    rmSync(config.dataset.path);
    const moved = join(home.folder, 'moved here.npz');
    writeFileSync(moved, CONTENT);
    history.moveDataset(run, moved);
    expect(await start(run)).toMatchObject({ state: 'finished' });
  });

  test('that changes while the run has it in memory is said at the end', async () => {
    const run = history.createRun(config);
    const beforeStep = (epoch: number): void => {
      if (epoch === 2) writeFileSync(config.dataset.path, other);
    };
    expect(await start(run, { jobs: countingJobs({ beforeStep }) })).toMatchObject({ state: 'finished' });
    expect(events).toContainEqual({
      type: 'log',
      level: 'warning',
      text: expect.stringMatching(
        /^The run used the content it read at its start\. Since then: .*: the dataset file is not the one/,
      ) as string,
    });
  });
});

describe('checkpoints of a resume', () => {
  const paused = async (): Promise<[run: number, folder: string]> => {
    const run = history.createRun(config);
    await start(run, { control: after(2 * STEPS + 3, 'pause') });
    return [run, join(history.runFolder(run), 'checkpoints')];
  };

  test('the newest is damaged: the one before is used, the user is told, the end is the same', async () => {
    const expected = await undisturbed();
    const [run, folder] = await paused();
    const newest = readdirSync(folder).sort().at(-1) ?? '';
    truncateSync(join(folder, newest), 100);
    await start(run);
    expect(events[0]).toMatchObject({ type: 'log', level: 'warning', text: expect.stringContaining(newest) as string });
    expect(trace(run)).toEqual(expected);
  });

  test('all are damaged: the resume is refused, the history is kept', async () => {
    const [run, folder] = await paused();
    for (const file of readdirSync(folder)) truncateSync(join(folder, file), 10);
    await expect(start(run)).rejects.toMatchObject({ kind: 'checkpoint-corrupt' });
    expect([state(run), history.epochs(run).length]).toEqual(['paused', 2]);
  });

  test('all are gone: the resume is refused rather than started from nothing', async () => {
    const [run, folder] = await paused();
    rmSync(folder, { recursive: true });
    await expect(start(run)).rejects.toMatchObject({
      kind: 'checkpoint-missing',
      message: `Run ${run} has 2 epochs but no checkpoint in ${folder}: put the folder back, or start a new run. Its history is kept.`,
    });
    expect(state(run)).toBe('paused');
  });
});

test('a run that runs is not started a second time', async () => {
  const run = history.createRun(config);
  let second: unknown;
  const beforeStep = async (epoch: number, step: number): Promise<void> => {
    if (epoch === 1 && step === 0)
      second = await runJob({ history, home: home.folder, run, jobs: countingJobs() }).catch((e: unknown) => e);
  };
  expect(await start(run, { jobs: countingJobs({ beforeStep }) })).toMatchObject({ state: 'finished' });
  expect(second).toMatchObject({ kind: 'run-busy' });
});

test('a finished run is in its folder as a whole: a history built from the folders has all of it', async () => {
  const run = history.createRun(config, { name: 'kept' });
  history.setTags(run, ['tag']);
  await start(run);
  const before = [history.getRun(run), trace(run), history.architectures(run).length];
  history.close();
  for (const name of ['medforge.db', 'backups']) rmSync(join(home.folder, name), { recursive: true });
  const opened = await openHistory(home.folder);
  ({ history } = opened);
  expect(opened.recovery).toMatchObject({ rebuilt: [run] });
  expect(opened.recovery?.message).toContain('Restored from their folders: run 1.');
  const after = [history.getRun(run), trace(run), history.architectures(run).length];
  const timeless = ([details, ...rest]: unknown[]): unknown => [
    { ...(details as object), startedAt: null, checkpoint: null },
    ...rest,
  ];
  expect(timeless(after)).toEqual(timeless(before));
});
