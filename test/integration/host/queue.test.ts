import { readFileSync, writeFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { DatasetDescription } from '../../../src-main/datasets/medmnist.js';
import { UserError } from '../../../src-main/errors.js';
import type { WritableHistory } from '../../../src-main/history/interface.js';
import { openHistory } from '../../../src-main/history/open.js';
import { RunQueue } from '../../../src-main/jobs/run-queue.js';
import { startWorkerRun } from '../../../src-main/jobs/worker-run.js';
import type { JobEvent } from '../../../src-main/vocabulary/events.js';
import { searchConfig } from '../../../src-main/jobs/search-config.js';
import { temporaryFolder } from '../../unit/history/fixtures.js';
import { forks, isRunning, type Forks } from './fork.js';
import { writeTinyDataset } from './tiny-dataset.js';

/** Milliseconds to write a checkpoint, where a test waits until they are over. */
const GRACE = 2000;

let folder: ReturnType<typeof temporaryFolder>;
let home: string;
let dataset: DatasetDescription;
let history: WritableHistory;
let workers: Forks;
let queue: RunQueue;
let events: { run: number; event: JobEvent }[];
const problem = vi.fn();

beforeEach(async () => {
  folder = temporaryFolder();
  home = folder.folder;
  dataset = await writeTinyDataset(home);
  ({ history } = await openHistory(home));
  events = [];
  problem.mockClear();
  useWorkers(forks());
});

afterEach(async () => {
  await queue.shutDown();
  history.close();
  folder.remove();
});

function useWorkers(started: Forks, { silence, grace }: { silence?: number; grace?: number } = {}): void {
  workers = started;
  const options = {
    history,
    launch: workers.launch,
    listener: (run: number, event: JobEvent) => events.push({ run, event }),
    report: () => undefined,
    ...(silence === undefined ? {} : { silence }),
  };
  const nothing = (): void => undefined;
  const heard = { changed: nothing, ended: nothing, problem };
  queue = new RunQueue(history, (run) => startWorkerRun(run, options), heard, grace);
}

function newRun(epochs: number): number {
  const config = searchConfig(dataset, {
    epochs,
    batch: 16,
    channels: 4,
    cells: 1,
    seed: 3,
    backend: 'native',
    threads: 1,
    race: null,
  });
  return history.createRun(config, { queue: true });
}

/** A run that goes on for long, in the middle of its way. */
async function goingRun(): Promise<number> {
  const run = newRun(5000);
  queue.pump();
  await until(() => epochOf(run) >= 1);
  return run;
}

const stateOf = (run: number): string => history.getRun(run).summary.state;
const reasonOf = (run: number): string | null => history.getRun(run).reason;
const epochOf = (run: number): number => history.getRun(run).summary.epoch;
const until = (what: () => boolean): Promise<void> =>
  vi.waitFor(() => expect(what()).toBe(true), { timeout: 60_000, interval: 20 });
const typesOf = (run: number): string[] => events.filter((said) => said.run === run).map(({ event }) => event.type);

/** Everything that a run leaves behind, for comparison. */
function traceOf(run: number): unknown {
  const { result } = history.getRun(run);
  const { seconds: _, ...rest } = result as { seconds: number };
  return {
    rest,
    epochs: history.epochs(run).map(({ loss, accuracy }) => [loss, accuracy]),
    traces: history.traces(run),
  };
}

describe('the queue', () => {
  test('runs one after the other, in the assignment that it was given', async () => {
    const runs = [newRun(2), newRun(2), newRun(2)] as const;
    queue.reorder([runs[2], runs[1], runs[0]]);
    queue.pump();
    expect(queue.running).toBe(runs[2]);
    expect(stateOf(runs[0])).toBe('queued');
    await until(() => runs.every((run) => stateOf(run) === 'finished'));
    expect([...new Set(events.map(({ run }) => run))]).toEqual([runs[2], runs[1], runs[0]]);
    expect(workers.pids).toHaveLength(3);
    for (const run of runs) {
      const said = typesOf(run).filter((type) => type !== 'progress' && type !== 'log');
      expect(said).toEqual(['started', 'epoch', 'epoch', 'finished']);
    }
    await until(() => !workers.pids.some(isRunning));
  });

  test('pauses with a checkpoint, resumes, and ends as if it had never paused', async () => {
    const straight = newRun(12);
    const paused = newRun(12);
    queue.pump();
    await until(() => stateOf(straight) === 'finished');
    await until(() => epochOf(paused) >= 3);
    queue.pause(paused);
    await until(() => stateOf(paused) === 'paused' && queue.running === null);
    expect(reasonOf(paused)).toBe('Paused by the user.');
    expect(epochOf(paused)).toBeLessThan(12);
    queue.resume(paused);
    expect(stateOf(paused)).toBe('running');
    await until(() => stateOf(paused) === 'finished');
    expect(traceOf(paused)).toEqual(traceOf(straight));
  });

  test('cancels a run that is going and one that waits', async () => {
    const going = newRun(5000);
    const waiting = newRun(2);
    queue.pump();
    await until(() => epochOf(going) >= 1);
    queue.cancel(waiting);
    expect(stateOf(waiting)).toBe('cancelled');
    queue.cancel(going);
    await until(() => stateOf(going) === 'cancelled');
    await until(() => queue.running === null);
    expect(() => queue.resume(going)).toThrow(`Run ${going} is cancelled and cannot become queued: start a new one.`);
  });

  test('obeys a request that another process left in the history', async () => {
    const run = await goingRun();
    const other = await openHistory(home);
    expect(other.history.requestControl(run, 'pause')).toBe('requested');
    other.history.close();
    await until(() => stateOf(run) === 'paused');
  });

  test('goes on with the same run when the machine wakes up', async () => {
    const run = newRun(5000);
    const next = newRun(2);
    queue.pump();
    await until(() => epochOf(run) >= 1);
    await queue.suspend();
    expect([stateOf(run), reasonOf(run)]).toEqual(['paused', 'The machine went to sleep.']);
    expect(queue.running).toBeNull();
    queue.wake();
    expect(queue.running).toBe(run);
    expect(stateOf(next)).toBe('queued');
    queue.cancel(run);
    await until(() => stateOf(next) === 'finished');
  });

  test('goes on when the machine wakes up before the run has stopped, and when it had to be killed', async () => {
    useWorkers(forks(), { grace: GRACE });
    const run = await goingRun();
    process.kill(workers.pids[0] ?? 0, 'SIGSTOP');
    const asleep = queue.suspend();
    queue.wake();
    void queue.suspend();
    queue.wake();
    await asleep;
    await until(() => workers.pids.length === 2);
    expect(queue.running).toBe(run);
    expect(isRunning(workers.pids[0] ?? 0)).toBe(false);
  });

  test('leaves a run paused that the user paused before the machine went to sleep', async () => {
    const run = await goingRun();
    queue.pause(run);
    await queue.suspend();
    queue.wake();
    expect([stateOf(run), reasonOf(run)]).toEqual(['paused', 'Paused by the user.']);
    expect(queue.running).toBeNull();
  });

  test('leaves a run paused that the user pauses after waking, before it has stopped', async () => {
    const run = await goingRun();
    const asleep = queue.suspend();
    queue.wake();
    queue.pause(run);
    await asleep;
    await until(() => queue.running === null);
    expect(stateOf(run)).toBe('paused');
    expect(workers.pids).toHaveLength(1);
  });

  test('leaves a run that cannot be started, with the reason, and takes the next', async () => {
    const broken = newRun(2);
    const good = newRun(2);
    history.moveDataset(broken, join(home, 'gone.npz'));
    queue.pump();
    await until(() => stateOf(good) === 'finished');
    expect(stateOf(broken)).toBe('failed');
    expect(history.getRun(broken).error?.message).toContain('gone.npz');
  });
});

describe('a worker', () => {
  test('that is killed leaves an interrupted run, which resumes to the same end', async () => {
    const straight = newRun(10);
    const killed = newRun(10);
    queue.pump();
    await until(() => stateOf(straight) === 'finished');
    await until(() => epochOf(killed) >= 2);
    process.kill(workers.pids.at(-1) ?? 0, 'SIGKILL');
    await until(() => stateOf(killed) === 'interrupted');
    expect(reasonOf(killed)).toMatch(
      /^The process of the run was stopped from outside: by a user, or by the system when memory ran short\.( It had \d+\.\d GB\.)?( If memory was the cause, start one with .*\.)? Resume to continue from the last checkpoint\.$/,
    );
    const epochs = history.epochs(killed);
    expect(epochs.length).toBeGreaterThanOrEqual(2);
    queue.resume(killed);
    await until(() => stateOf(killed) === 'finished');
    expect(history.epochs(killed).slice(0, epochs.length)).toEqual(epochs);
    expect(traceOf(killed)).toEqual(traceOf(straight));
  });

  test('that hangs is ended, and its run is interrupted', async () => {
    useWorkers(forks(), { silence: 5 });
    const run = await goingRun();
    process.kill(workers.pids[0] ?? 0, 'SIGSTOP');
    await until(() => stateOf(run) === 'interrupted');
    expect(reasonOf(run)).toMatch(/^The process was stopped: it did not respond for \d+ s\. Resume/);
    expect(isRunning(workers.pids[0] ?? 0)).toBe(false);
  });

  test('that crashes at every start stops the queue after the third, and the user can go on', async () => {
    const file = join(home, 'broken-worker.mjs');
    writeFileSync(file, "process.on('message', () => { throw new TypeError('no such kernel'); });");
    useWorkers(forks(file));
    const runs = [newRun(2), newRun(2), newRun(2), newRun(2)];
    queue.pump();
    await until(() => queue.held !== null);
    expect(runs.map(stateOf)).toEqual(['interrupted', 'interrupted', 'interrupted', 'queued']);
    expect(reasonOf(runs[0] ?? 0)).toBe(
      'The process of the run crashed (exit code 1): TypeError: no such kernel. Resume to continue from the last checkpoint.',
    );
    expect(problem).toHaveBeenCalledWith(
      'The queue was stopped',
      '3 runs crashed within ten minutes. Look at their logs; starting or resuming a run restarts the queue.',
    );
    const started = workers.pids.length;
    queue.pump();
    expect(workers.pids).toHaveLength(started);
    queue.added(runs[3] ?? 0);
    expect(workers.pids).toHaveLength(started + 1);
  });

  test('that does not stop in time is ended at the end of the program', async () => {
    useWorkers(forks(), { grace: GRACE });
    const run = await goingRun();
    process.kill(workers.pids[0] ?? 0, 'SIGSTOP');
    const begin = performance.now();
    await queue.shutDown();
    expect(performance.now() - begin).toBeLessThan(GRACE + 2000);
    expect(stateOf(run)).toBe('interrupted');
    expect(isRunning(workers.pids[0] ?? 0)).toBe(false);
  });

  test('does not hold up the end of the program when the history cannot be written', async () => {
    useWorkers(forks(), { grace: GRACE });
    const run = await goingRun();
    const full = new UserError('history-full', 'The disk is full.');
    const refused = vi.fn(() => {
      throw full;
    });
    const { moveRun, heartbeat, takeEvents } = history;
    Object.assign(history, { moveRun: refused, heartbeat: refused, takeEvents: refused });
    const begin = performance.now();
    await queue.shutDown();
    expect(performance.now() - begin).toBeLessThan(GRACE + 5000);
    expect(refused).toHaveBeenCalled();
    await until(() => !workers.pids.some(isRunning));
    // Nobody wrote how it ended: the next start finds that out.
    expect(stateOf(run)).toBe('running');
    Object.assign(history, { moveRun, heartbeat, takeEvents });
  });

  test('writes its checkpoint when the program is closed', async () => {
    const run = await goingRun();
    await queue.shutDown();
    expect([stateOf(run), reasonOf(run)]).toEqual(['paused', 'MedForge was closed.']);
    expect(readFileSync(join(history.runFolder(run), 'log'), 'utf8')).toContain('MedForge was closed.');
    queue.pump();
    expect(queue.running).toBeNull();
  });

  test('works below the priority of the window', async () => {
    await goingRun();
    const nice = Number(
      readFileSync(`/proc/${workers.pids[0] ?? 0}/stat`, 'utf8')
        .split(') ')[1]
        ?.split(' ')[16],
    );
    expect(nice).toBeGreaterThan(getPriority());
  });
});
