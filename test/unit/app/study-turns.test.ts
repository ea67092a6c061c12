import { describe, expect, it } from 'vitest';
import { StudyTurns, type TurnHost } from '../../../src-main/app/study-turns.js';
import type { WritableHistory } from '../../../src-main/history/interface.js';
import { RunQueue } from '../../../src-main/jobs/run-queue.js';
import type { WorkerRun } from '../../../src-main/jobs/worker-run.js';

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A program around studies, each of which goes on until it is ended, paused or fails. */
function program() {
  const log: string[] = [];
  const ends = new Map<string, { end(): void; fail(error: Error): void }>();
  const state = { busy: false };
  const host: TurnHost = {
    queueIsBusy: () => state.busy,
    goOn: (study, { signal, reason }) =>
      new Promise((resolve, reject) => {
        log.push(`${study} goes on`);
        ends.set(study, { end: resolve, fail: reject });
        signal.addEventListener('abort', () => {
          log.push(`${study} pauses: ${reason()}`);
          setImmediate(resolve);
        });
      }),
    failed: (study, error) => void log.push(`${study} failed: ${(error as Error).message}`),
    changed: () => undefined,
    free: () => void log.push('free'),
  };
  return { turns: new StudyTurns(host), log, state, of: (study: string) => ends.get(study)! };
}

describe('studies take turns', () => {
  it('one after the other, in the order of their start', async () => {
    const { turns, log, of } = program();
    turns.start('a');
    turns.start('b');
    turns.start('a');
    await settled();
    expect([turns.going, turns.wanted]).toEqual(['a', ['a', 'b']]);
    of('a').end();
    await settled();
    expect([turns.going, turns.wanted]).toEqual(['b', ['b']]);
    expect(log).toEqual(['a goes on', 'free', 'b goes on']);
  });

  it('give way to the queue and go on after it', async () => {
    const { turns, log, state } = program();
    turns.start('a');
    await settled();
    state.busy = true;
    turns.queueChanged();
    expect(turns.going).toBe('a');
    await settled();
    await settled();
    expect([turns.going, turns.wanted]).toEqual([null, ['a']]);
    turns.queueChanged();
    expect(turns.going).toBeNull();
    state.busy = false;
    turns.queueChanged();
    await settled();
    expect(log).toEqual([
      'a goes on',
      'a pauses: The queue goes first; the study goes on after it.',
      'free',
      'a goes on',
    ]);
  });

  it.each<[string, (turns: StudyTurns) => Promise<void>, string, readonly string[]]>([
    ['the user', (turns) => turns.pause('a'), 'Paused by the user.', []],
    ['sleep', (turns) => turns.suspend(), 'The machine went to sleep.', ['a']],
    ['the end of the program', (turns) => turns.shutDown(), 'MedForge was closed.', ['a']],
  ])('are paused by %s, which waits for their checkpoints', async (_, pause, reason, wanted) => {
    const { turns, log } = program();
    turns.start('a');
    await settled();
    await pause(turns);
    expect([turns.going, turns.wanted]).toEqual([null, wanted]);
    turns.queueChanged();
    await settled();
    expect(log).toEqual(['a goes on', `a pauses: ${reason}`, 'free']);
    turns.wake();
    await settled();
    expect(turns.going).toBe(reason.includes('sleep') ? 'a' : null);
  });

  it('end with what is wrong, and the next goes on', async () => {
    const { turns, log, of } = program();
    turns.start('a');
    turns.start('b');
    await settled();
    of('a').fail(new Error('the disk is full'));
    await settled();
    expect(log).toEqual(['a goes on', 'a failed: the disk is full', 'free', 'b goes on']);
    expect(turns.wanted).toEqual(['b']);
  });
});

describe('the queue', () => {
  it('starts nothing beside what has to stop first, and says that it wants to', () => {
    let free = false;
    const started: number[] = [];
    const history = { queue: () => (started.length === 0 ? [7] : []) } as unknown as WritableHistory;
    const events = { changed: () => undefined, ended: () => undefined, problem: () => undefined };
    const start = (run: number): WorkerRun => {
      started.push(run);
      return { run, ended: new Promise(() => undefined), stop: () => undefined, kill: () => undefined };
    };
    const queue = new RunQueue(history, start, events, 1000, () => free);
    queue.pump();
    expect([queue.busy, started]).toEqual([true, []]);
    free = true;
    queue.pump();
    expect([queue.busy, started]).toEqual([true, [7]]);
  });

  it('that is held, or empty, wants nothing', () => {
    const waiting = { queue: () => [7] } as unknown as WritableHistory;
    const events = { changed: () => undefined, ended: () => undefined, problem: () => undefined };
    const never = (): never => {
      throw new Error('nothing is started');
    };
    const held = new RunQueue(waiting, never, events);
    held.hold('safe start');
    const empty = new RunQueue({ queue: () => [] } as unknown as WritableHistory, never, events);
    expect([held.busy, empty.busy]).toEqual([false, false]);
  });
});
