import { describe, expect, it, vi } from 'vitest';
import { describeEnd } from '../../../src-main/jobs/process-end.js';
import { Liveness } from '../../../src-main/jobs/liveness.js';
import type { WindowEvent } from '../../../src-main/ipc/contract.js';
import { BATCH_MILLISECONDS, Push } from '../../../src-main/ipc/push.js';

describe('how a process ended', () => {
  const memory = 'The process ran out of memory: use a smaller batch or fewer channels, or close other programs.';
  const outside = 'The process was stopped from outside: by a user, or by the system when memory ran short.';
  it.each([
    [{ code: 9, reason: 'killed', lastOutput: '' }, outside],
    [{ code: 137, reason: null, lastOutput: 'last line' }, outside],
    [{ code: 5, reason: 'oom', lastOutput: '' }, memory],
    [
      {
        code: 133,
        reason: 'crashed',
        lastOutput: 'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory',
      },
      memory,
    ],
    [{ code: 1, reason: null, lastOutput: "terminate called after throwing an instance of 'std::bad_alloc'" }, memory],
    [{ code: 1, reason: 'launch-failed', lastOutput: '' }, 'The process could not be started: start MedForge again.'],
    [{ code: 11, reason: 'crashed', lastOutput: '' }, 'The process crashed (a memory fault).'],
    [{ code: 132, reason: null, lastOutput: '' }, 'The process crashed (an illegal instruction).'],
    [{ code: 3, reason: null, lastOutput: '' }, 'The process crashed (exit code 3).'],
    [
      {
        code: 1,
        reason: null,
        lastOutput: 'file.js:1\n  throw x\n\nTypeError: no such kernel\n    at x (file.js:1)\n\nNode.js v20\n',
      },
      'The process crashed (exit code 1): TypeError: no such kernel.',
    ],
  ])('%j', (end, text) => expect(describeEnd('The process', end)).toBe(text));

  it.each([
    [
      { code: 5, reason: 'oom', lastOutput: '' },
      'The process ran out of memory; it needs more than the 3.2 GB that it had: use a smaller batch or fewer channels, or close other programs.',
    ],
    [{ code: 9, reason: 'killed', lastOutput: '' }, `${outside} It had 3.2 GB.`],
    [{ code: 11, reason: 'crashed', lastOutput: '' }, 'The process crashed (a memory fault).'],
  ])('with the memory that it had: %j', (end, text) => {
    expect(describeEnd('The process', end, 3.21e9)).toBe(text);
  });

  it.each([
    [
      { code: 5, reason: 'oom', lastOutput: '' },
      'The process ran out of memory; it needs more than the 3.2 GB that it had: start one with a batch of 8 or less.',
    ],
    [
      { code: 137, reason: null, lastOutput: '' },
      `${outside} It had 3.2 GB. If memory was the cause, start one with a batch of 8 or less.`,
    ],
    [{ code: 11, reason: 'crashed', lastOutput: '' }, 'The process crashed (a memory fault).'],
  ])('with what would have fitted: %j', (end, text) => {
    expect(describeEnd('The process', end, 3.21e9, 'start one with a batch of 8 or less.')).toBe(text);
  });
});

describe('a sign of life', () => {
  const silence = (liveness: Liveness, seconds: number): boolean =>
    Array.from({ length: seconds }, () => liveness.tick()).some(Boolean);

  it('may take five minutes at the start, when data and modules are loaded', () => {
    expect(silence(new Liveness(), 300)).toBe(false);
    expect(silence(new Liveness(), 301)).toBe(true);
  });

  it('is missed after a minute, once steps are short', () => {
    const liveness = new Liveness();
    liveness.beat(true);
    for (let i = 0; i < 10; i++) {
      expect(silence(liveness, 2)).toBe(false);
      liveness.beat(true);
    }
    expect(silence(liveness, 60)).toBe(false);
    expect(liveness.tick()).toBe(true);
  });

  it('is awaited longer when steps are long', () => {
    const liveness = new Liveness();
    silence(liveness, 100);
    liveness.beat(false);
    silence(liveness, 30);
    liveness.beat(true);
    expect(silence(liveness, 600)).toBe(false);
    expect(liveness.tick()).toBe(true);
  });

  it('may take five minutes until the first step has ended, whatever was said before it', () => {
    const liveness = new Liveness();
    for (let i = 0; i < 5; i++) {
      silence(liveness, 1);
      liveness.beat(false);
    }
    expect(silence(liveness, 290)).toBe(false);
    liveness.beat(true);
    expect(liveness.limit).toBe(20 * 290);
  });

  it('is not missed while the whole program stood still: only its own ticks count', () => {
    vi.useFakeTimers();
    const liveness = new Liveness(5);
    liveness.beat(true);
    liveness.tick();
    vi.setSystemTime(Date.now() + 8 * 3600_000);
    expect(liveness.tick()).toBe(false);
    vi.useRealTimers();
  });
});

describe('what is pushed to the windows', () => {
  const progress = (step: number): WindowEvent => ({
    type: 'progress',
    epoch: 1,
    step,
    stepsPerEpoch: 10,
    loss: 1,
    imagesPerSecond: 1,
    secondsLeft: null,
  });
  const log: WindowEvent = { type: 'log', level: 'info', text: 'hello' };

  it('comes in batches, in order, with only the newest of consecutive progress reports', () => {
    vi.useFakeTimers();
    const sent: [string, unknown][] = [];
    const window = {
      isDestroyed: () => false,
      send: (channel: string, payload: unknown) => sent.push([channel, payload]),
    };
    const gone = { isDestroyed: () => true, send: () => expect.unreachable() };
    const push = new Push(() => [window, gone]);
    for (let step = 1; step <= 5; step++) push.jobEvent(1, progress(step));
    push.jobEvent(1, log);
    push.jobEvent(2, progress(1));
    push.jobEvent(1, progress(6));
    expect(sent).toEqual([]);
    vi.advanceTimersByTime(BATCH_MILLISECONDS);
    expect(sent).toEqual([
      [
        'jobs:events',
        [
          { run: 1, event: progress(5) },
          { run: 1, event: log },
          { run: 2, event: progress(1) },
          { run: 1, event: progress(6) },
        ],
      ],
    ]);
    vi.advanceTimersByTime(10 * BATCH_MILLISECONDS);
    expect(sent).toHaveLength(1);
    vi.useRealTimers();
  });

  it('and what went wrong before the page listened is told once, when it does', () => {
    const sent: unknown[] = [];
    const push = new Push(() => [{ isDestroyed: () => false, send: (...said: unknown[]) => sent.push(said) }]);
    push.problemAtStart('The history was repaired', 'from a backup');
    expect(sent).toEqual([]);
    push.sendStartupProblems();
    push.sendStartupProblems();
    expect(sent).toEqual([['app:problem', { title: 'The history was repaired', message: 'from a backup' }]]);
  });
});
