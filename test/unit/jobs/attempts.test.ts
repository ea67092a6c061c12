import nodeFs, { appendFileSync, readFileSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openAttempt } from '../../../src-main/attempts/attempt-log.js';
import { readAttempt } from '../../../src-main/attempts/read-attempts.js';
import type { WritableHistory } from '../../../src-main/history/interface.js';
import { openHistory } from '../../../src-main/history/open.js';
import { executeAttempt } from '../../../src-main/jobs/attempt.js';
import { RunRecorder } from '../../../src-main/jobs/recorder.js';
import { runJob, type RunEnd } from '../../../src-main/jobs/runner.js';
import type { JobControl, JobEvent } from '../../../src-main/vocabulary/events.js';
import type { SearchConfig } from '../../../src-main/vocabulary/run-config.js';
import { genotype, temporaryFolder } from '../history/fixtures.js';
import { copyAsKilled, countingRun } from './attempts-home.js';
import { STEPS, countingJobs } from './counting-job.js';

const EPOCHS = 3;

let home: ReturnType<typeof temporaryFolder>;
let copies: ReturnType<typeof temporaryFolder>;
let history: WritableHistory;
let config: SearchConfig;

beforeEach(async () => {
  home = temporaryFolder();
  copies = temporaryFolder();
  ({ history } = await openHistory(home.folder));
  config = countingRun(home.folder, EPOCHS);
});
afterEach(() => {
  history.close();
  home.remove();
  copies.remove();
});

const go = (
  run: number,
  options: { history?: WritableHistory; control?: () => JobControl; listener?: (event: JobEvent) => void } = {},
): Promise<RunEnd> => runJob({ history, home: home.folder, run, jobs: countingJobs(), signals: false, ...options });

const kept = (run: number, of = history): unknown => ({
  epochs: of.epochs(run),
  traces: of.traces(run),
  result: of.getRun(run).result,
});
const linesOf = (run: number, attempt: number) => readAttempt(history.runFolder(run), attempt, 0).lines;
const typesOf = (run: number, attempt: number): string[] => linesOf(run, attempt).map(({ event }) => event.type);
const logFile = (folder: string, run: number, attempt = 1): string =>
  join(folder, 'runs', String(run), 'attempts', `${attempt}.jsonl`);

async function opened<T>(folder: string, use: (history: WritableHistory) => T | Promise<T>): Promise<T> {
  const { history: other } = await openHistory(folder);
  try {
    return await use(other);
  } finally {
    other.close();
  }
}

test('the log of a run says what the history has, and the running time', async () => {
  const run = history.createRun(config);
  await go(run);
  const lines = linesOf(run, 1);
  expect(typesOf(run, 1)).toEqual(['started', 'epoch', 'epoch', 'epoch', 'finished']);
  const epochs = lines.flatMap(({ event }) => (event.type === 'epoch' ? [event] : []));
  expect(kept(run)).toEqual({
    epochs: epochs.map(({ record }) => record),
    traces: epochs.map(({ trace }) => trace),
    result: expect.objectContaining({ kind: 'search' }) as unknown,
  });
  const { seconds, finishedAt } = history.getRun(run).summary;
  expect([seconds, finishedAt]).toEqual([lines.at(-1)!.seconds, lines.at(-1)!.at]);
});

test('the candidates of a race are told, each time once', async () => {
  const run = history.createRun(config);
  const place = { candidate: 1, source: 'random', label: 'random 1', insideBudget: true } as const;
  const candidate = { ...place, genotype, parameters: 1, epochs: 1, seeds: 1, rung: 1, validation: null };
  const said: JobEvent = { type: 'race', done: 1, total: 2, candidates: [candidate] };
  const jobs = countingJobs();
  const racing: typeof jobs.search = (settings, context) => {
    context.emit(said);
    return jobs.search(settings, context);
  };
  const told: JobEvent[] = [];
  await runJob({ history, home: home.folder, run, jobs: { ...jobs, search: racing }, signals: false, listener: (event) => told.push(event) }); // prettier-ignore
  expect(told.filter(({ type }) => type === 'race')).toEqual([said]);
  expect(readFileSync(join(history.runFolder(run), 'log'), 'utf8')).toContain('race: 1 of 2 trainings');
});

test('an event is in its log before anybody is told, and progress is told alone', async () => {
  const run = history.createRun(config);
  const folder = history.runFolder(run);
  const jobs = countingJobs();
  const saying: typeof jobs.search = (settings, context) => {
    context.emit({
      type: 'progress',
      epoch: 1,
      step: 1,
      stepsPerEpoch: 1,
      loss: 1,
      imagesPerSecond: 1,
      secondsLeft: 1,
    });
    return jobs.search(settings, context);
  };
  const told: [string, boolean, string | undefined][] = [];
  await executeAttempt({
    ...{ run, folder, config, jobs: { ...jobs, search: saying }, control: () => 'continue', reason: () => '' },
    tell: (event, logged) => told.push([event.type, logged, linesOf(run, 1).at(-1)?.event.type]),
  });
  expect(told).toEqual([
    ['progress', false, undefined],
    ...['started', 'epoch', 'epoch', 'epoch', 'finished'].map((type) => [type, true, type]),
  ]);
});

/** Snapshots of the home of a run, as if everything had been killed: between an event's being logged and recorded, and after. */
async function killedEverywhere(run: number): Promise<{ name: string; folder: string; last: JobEvent }[]> {
  const snapshots: { name: string; folder: string; last: JobEvent }[] = [];
  const recorder = new RunRecorder(history, run);
  recorder.begin();
  const snap = (event: JobEvent, when: string): void => {
    const name = `${snapshots.length} ${event.type} ${when}`;
    copyAsKilled(home.folder, join(copies.folder, name));
    snapshots.push({ name, folder: join(copies.folder, name), last: event });
  };
  await executeAttempt({
    ...{
      run,
      folder: history.runFolder(run),
      config,
      jobs: countingJobs(),
      control: () => 'continue',
      reason: () => '',
    },
    tell(event, logged) {
      snap(event, 'logged');
      recorder.apply(event, logged);
      snap(event, 'recorded');
    },
  });
  recorder.end('');
  return snapshots;
}

describe('killed at any moment', () => {
  test('nothing that was said is lost or twice, and the resume ends the same', async () => {
    const run = history.createRun(config);
    const snapshots = await killedEverywhere(run);
    const expected = kept(run);
    expect(snapshots.map(({ name }) => name.replace(/^\d+ /, ''))).toEqual(
      ['started', 'epoch', 'epoch', 'epoch', 'finished'].flatMap((type) => [`${type} logged`, `${type} recorded`]),
    );
    for (const { name, folder, last } of snapshots) {
      await opened(folder, async (other) => {
        const { summary } = other.getRun(run);
        const epochs = last.type === 'epoch' ? last.record.epoch : last.type === 'finished' ? EPOCHS : 0;
        const state = last.type === 'finished' ? 'finished' : 'interrupted';
        expect([name, summary.state, other.epochs(run).length]).toEqual([name, state, epochs]);
        const said = readAttempt(other.runFolder(run), 1, 0).lines;
        expect(summary.seconds).toBe(said.at(-1)!.seconds);
        const folderHas = readdirSync(other.runFolder(run));
        expect(folderHas.includes('result.json')).toBe(state === 'finished');
        if (state !== 'finished') await go(run, { history: other });
        expect(kept(run, other)).toEqual(expected);
        expect(other.architectures(run)).toHaveLength(1);
      });
    }
  });

  test('what is read by people has it too', async () => {
    const run = history.createRun(config);
    const snapshots = await killedEverywhere(run);
    const { folder } = snapshots.find(({ name }) => name.endsWith('finished logged'))!;
    await opened(folder, () => undefined);
    expect(readFileSync(join(folder, 'runs', String(run), 'log'), 'utf8')).toMatch(/finished\n$/);
  });

  test('a line that was cut off is not taken, and the next attempt says its epoch again', async () => {
    const run = history.createRun(config);
    const snapshots = await killedEverywhere(run);
    const expected = kept(run);
    const { folder } = snapshots.find(({ name }) => name === '4 epoch logged')!;
    truncateSync(logFile(folder, run), readFileSync(logFile(folder, run)).length - 1);
    await opened(folder, async (other) => {
      expect(other.epochs(run)).toHaveLength(1);
      const told: string[] = [];
      await go(run, { history: other, listener: ({ type }) => told.push(type) });
      expect(told).toEqual(['epoch', 'started', 'epoch', 'finished']);
      expect(kept(run, other)).toEqual(expected);
    });
  });

  test('a line that is not an event stops the resume until it is gone; what comes before it is kept', async () => {
    const run = history.createRun(config);
    const snapshots = await killedEverywhere(run);
    const { folder } = snapshots.find(({ name }) => name === '4 epoch logged')!;
    const whole = readFileSync(logFile(folder, run));
    appendFileSync(logFile(folder, run), 'hello\n');
    const message = `${logFile(folder, run)}, line 4 is not an event of the run (it is not JSON): put back a copy of the file, or delete the line, which loses what it says.`;
    await opened(folder, async (other) => {
      expect(other.getRun(run)).toMatchObject({ reason: message, summary: { state: 'interrupted', epoch: 2 } });
      await expect(go(run, { history: other })).rejects.toMatchObject({ kind: 'attempt-unreadable', message });
      writeFileSync(logFile(folder, run), whole);
      expect(await go(run, { history: other })).toMatchObject({ state: 'finished' });
    });
  });
});

describe('a run that ended without its recorder', () => {
  const endUnrecorded = async (run: number, control: () => JobControl = () => 'continue'): Promise<void> => {
    const folder = history.runFolder(run);
    const nothing = (): void => undefined;
    await executeAttempt({ run, folder, config, jobs: countingJobs(), control, reason: () => 'why', tell: nothing });
  };

  test('finished: it is not computed again, and its end is told', async () => {
    const run = history.createRun(config);
    await endUnrecorded(run);
    const told: string[] = [];
    const end = await go(run, { listener: ({ type }) => told.push(type) });
    expect(end).toMatchObject({ state: 'finished', result: { kind: 'search' } });
    expect(told).toEqual(['epoch', 'epoch', 'epoch', 'finished']);
    expect(readdirSync(history.runFolder(run)).sort()).toEqual(['attempts', 'config.json', 'log', 'result.json']);
    expect(readdirSync(join(history.runFolder(run), 'attempts'))).toEqual(['1.jsonl']);
    await expect(go(run)).rejects.toMatchObject({ kind: 'run-ended' });
  });

  test.each([
    ['cancelled: it stays so', 'cancel', { state: 'cancelled', epoch: 1 }, 1],
    ['paused: it goes on', 'pause', { state: 'finished' }, 2],
  ] as const)('%s', async (_, request, end, attempts) => {
    const run = history.createRun(config);
    let steps = 0;
    await endUnrecorded(run, () => (++steps > STEPS + 3 ? request : 'continue'));
    expect(await go(run)).toMatchObject(end);
    expect(readdirSync(join(history.runFolder(run), 'attempts'))).toHaveLength(attempts);
  });
});

test('the running time is the sum of what the attempts say', async () => {
  const run = history.createRun(config);
  let steps = 0;
  await go(run, { control: () => (++steps > STEPS + 3 ? 'pause' : 'continue') });
  expect(history.getRun(run).summary.seconds).toBe(linesOf(run, 1).at(-1)!.seconds);
  await go(run);
  expect(history.getRun(run).summary.seconds).toBe(linesOf(run, 1).at(-1)!.seconds + linesOf(run, 2).at(-1)!.seconds);
});

test('an attempt that is replaced stops without a word and without a checkpoint', async () => {
  const expected = await (async () => {
    const run = history.createRun(config);
    await go(run);
    return kept(run);
  })();
  const run = history.createRun(config);
  const folder = history.runFolder(run);
  const told: string[] = [];
  const beforeStep = (epoch: number, step: number): void => {
    if (epoch === 2 && step === STEPS - 1) openAttempt(folder).close();
  };
  const end = await executeAttempt({
    ...{ run, folder, config, jobs: countingJobs({ beforeStep }), control: () => 'continue', reason: () => '' },
    tell: ({ type }) => told.push(type),
  });
  expect([end, told, typesOf(run, 1)]).toEqual([null, ['started', 'epoch'], ['started', 'epoch']]);
  expect(readdirSync(join(folder, 'checkpoints'))).toEqual(['checkpoint-000001-epoch-000001.ckpt']);
  // What it would still have written is not the run's, once the next one has been heard.
  await go(run);
  expect(typesOf(run, 3)).toEqual(['epoch', 'started', 'epoch', 'epoch', 'finished']);
  expect(kept(run)).toEqual(expected);
});

test('a replaced process that still writes says nothing of the run', async () => {
  const run = history.createRun(config);
  history.claimRun(run);
  const first = openAttempt(history.runFolder(run));
  first.append({ type: 'log', level: 'info', text: 'one' });
  const second = openAttempt(history.runFolder(run));
  second.append({ type: 'log', level: 'info', text: 'two' });
  expect(history.takeEvents(run)).toHaveLength(2);
  appendFileSync(logFile(home.folder, run), readFileSync(logFile(home.folder, run), 'utf8').replace('one', 'late'));
  expect(history.takeEvents(run)).toEqual([]);
  for (const log of [first, second]) log.close();
});

test('a log that cannot be written for want of space pauses the run, with its end in the history', async () => {
  const undisturbed = history.createRun(config);
  await go(undisturbed);
  const run = history.createRun(config);
  const write = nodeFs.writeSync as (descriptor: number, bytes: unknown, ...place: number[]) => number;
  const full = vi
    .spyOn(nodeFs, 'writeSync')
    .mockImplementation((descriptor: number, bytes: unknown, ...place: unknown[]) => {
      const text = bytes instanceof Uint8Array ? Buffer.from(bytes).toString() : '';
      if (text.startsWith('{"sequence":') && history.epochs(run).length > 0) {
        throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
      }
      return write(descriptor, bytes, ...(place as number[]));
    });
  const reason = `The disk that holds ${history.runFolder(run)} is full. Free some space, then resume the run.`;
  expect(await go(run)).toEqual({ state: 'paused', epoch: 2, reason });
  full.mockRestore();
  expect(typesOf(run, 1)).toEqual(['started', 'epoch']);
  expect(history.getRun(run)).toMatchObject({ reason, summary: { state: 'paused', epoch: 1 } });
  expect(await go(run)).toMatchObject({ state: 'finished' });
  expect(kept(run)).toEqual(kept(undisturbed));
});

test('a process that cannot begin a log says why, and the run can be resumed', async () => {
  const run = history.createRun(config);
  const file = join(history.runFolder(run), 'attempts');
  writeFileSync(file, 'a file where the folder should be');
  await expect(go(run)).rejects.toMatchObject({ kind: 'attempt-unreadable' });
  rmSync(file);
  expect(await go(run)).toMatchObject({ state: 'finished' });
});
