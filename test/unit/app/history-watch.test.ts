import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Faults, type Problem } from '../../../src-main/app/faults.js';
import { HistoryWatch } from '../../../src-main/app/history-watch.js';
import type { WritableHistory } from '../../../src-main/history/interface.js';
import { openHistory } from '../../../src-main/history/open.js';
import type { PushChannels, RunSummary } from '../../../src-main/ipc/contract.js';
import { Push } from '../../../src-main/ipc/push.js';
import { epochRecord, searchConfig, searchResult, exampleTrace, temporaryFolder } from '../history/fixtures.js';

const RUNS = 130;
const FIRST = Array.from({ length: 100 }, (_, i) => RUNS - i);

let folder: ReturnType<typeof temporaryFolder>;
let history: WritableHistory;
let sent: { readonly channel: string; readonly runs: readonly number[] }[];
let watch: HistoryWatch;
let problems: Problem[];
let push: Push;
let written: PushChannels['epochs:written'][number][];
let here: number | null;

beforeEach(async () => {
  folder = temporaryFolder();
  ({ history } = await openHistory(folder.folder));
  for (let run = 1; run <= RUNS; run++) {
    history.createRun(searchConfig, run === 7 ? { queue: true } : {});
    if (run === 7) continue;
    history.claimRun(run);
    history.finishRun(run, searchResult, 1);
  }
  sent = [];
  const page = {
    isDestroyed: () => false,
    send: (channel: string, payload: unknown) =>
      channel === 'epochs:written'
        ? void written.push(...(payload as PushChannels['epochs:written']))
        : void sent.push({ channel, runs: (payload as readonly RunSummary[]).map(({ run }) => run) }),
  };
  problems = [];
  const faults = new Faults({ write: () => undefined });
  faults.reportTo((problem) => problems.push(problem));
  written = [];
  here = null;
  push = new Push(() => [page]);
  watch = new HistoryWatch(history, push, () => here, faults);
});
afterEach(() => {
  watch.stop();
  history.close();
  folder.remove();
});

describe('what a window is told of a long history', () => {
  const numbers = (wanted: number | null): number[] => watch.first(wanted).map(({ run }) => run);

  it.each([
    ['the newest runs and those that may move', null, [...FIRST, 7]],
    ['and the one that it last showed', 5, [...FIRST, 7, 5]],
    ['which may be among the newest', RUNS, [...FIRST, 7]],
    ['or be gone', 9999, [...FIRST, 7]],
  ] as const)('first: %s', (_, wanted, expected) => {
    expect(numbers(wanted)).toEqual(expected);
    expect(sent).toEqual([]);
  });

  it('then all others, once', () => {
    const first = numbers(5);
    watch.sendRemaining();
    expect(sent.map(({ channel }) => channel)).toEqual(['runs:changed']);
    const told = [...first, ...sent.flatMap(({ runs }) => runs)];
    expect(told.sort((a, b) => a - b)).toEqual(Array.from({ length: RUNS }, (_, i) => i + 1));
    sent = [];
    watch.start();
    watch.poll();
    expect(sent).toEqual([]);
  });

  it('again, when the page was loaded again', () => {
    for (let load = 0; load < 2; load++) {
      sent = [];
      expect(numbers(null)).toHaveLength(101);
      watch.sendRemaining();
      expect(sent.flatMap(({ runs }) => runs)).toHaveLength(RUNS - 101);
    }
  });
});

describe('a run that goes on in another process', () => {
  const context = { checkpoint: 'c', seconds: 1, secondsLeft: null };
  const told = (): unknown[] => {
    push.flush();
    return written.splice(0).map(({ run, position, again }) => [run, position, again]);
  };

  it('is told by its position, also when the window itself changes it meanwhile, and no position twice', async () => {
    const other = (await openHistory(folder.folder)).history;
    watch.first(null);
    watch.start();
    other.claimRun(7);
    other.appendEpoch(7, epochRecord(1), exampleTrace(1), context);
    watch.poll();
    expect(told()).toEqual([[7, 1, false]]);
    other.appendEpoch(7, epochRecord(2), exampleTrace(2), context);
    history.renameRun(7, 'Renamed here');
    watch.changedHere([7]);
    expect(told()).toEqual([[7, 2, false]]);
    other.appendEpoch(7, epochRecord(3), exampleTrace(3), context);
    other.finishRun(7, searchResult, 1);
    watch.poll();
    other.renameRun(7, 'Renamed there');
    watch.poll();
    expect(told()).toEqual([[7, 3, false]]);
    other.close();
  });

  it('here is told the same way, and what it writes again is said to be so', () => {
    watch.first(null);
    history.claimRun(7);
    here = 7;
    for (const epoch of [1, 2, 3, 2]) {
      history.appendEpoch(7, epochRecord(epoch), exampleTrace(epoch), context);
      watch.epochWritten(7);
      watch.changedHere([7]);
    }
    expect(told()).toEqual([[7, 2, true]]);
    history.appendEpoch(7, epochRecord(3), exampleTrace(3), context);
    watch.epochWritten(7);
    history.finishRun(7, searchResult, 1);
    here = null;
    watch.changedHere([7]);
    expect(told()).toEqual([[7, 3, false]]);
  });
});

describe('a history that cannot be read while the window is open', () => {
  it('is one message, not one for each look, and a new one when it happens again', () => {
    vi.useFakeTimers();
    const { dataVersion } = history;
    const refuse = (): never => {
      throw new Error('disk I/O error');
    };
    const problem = { title: 'The history cannot be read', message: 'disk I/O error' };
    watch.start();
    history.dataVersion = refuse;
    vi.advanceTimersByTime(5000);
    expect(problems).toEqual([problem]);
    history.dataVersion = dataVersion;
    vi.advanceTimersByTime(5000);
    history.dataVersion = refuse;
    vi.advanceTimersByTime(5000);
    expect(problems).toEqual([problem, problem]);
    history.dataVersion = dataVersion;
    vi.useRealTimers();
  });
});
