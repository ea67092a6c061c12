import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cancelStudy, retryStudy } from '../../../src-main/actions/control-study.js';
import { UserError } from '../../../src-main/errors.js';
import type { Executor } from '../../../src-main/executors/executor.js';
import type { WritableHistory } from '../../../src-main/history/interface.js';
import { openHistory } from '../../../src-main/history/open.js';
import { studyStanding } from '../../../src-main/studies/standing.js';
import { runStudy, StudyWork, type StudyContext } from '../../../src-main/studies/study.js';
import type { StudyTask } from '../../../src-main/vocabulary/study.js';
import {
  epochRecord,
  retrainConfig,
  retrainResult,
  searchConfig,
  searchResult,
  temporaryFolder,
} from '../history/fixtures.js';

let home: ReturnType<typeof temporaryFolder>;
let history: WritableHistory;
let executor: HandExecutor;
let context: StudyContext;
let work: StudyWork;

const a: StudyTask = {
  ...{ key: 'a', dataset: 'breast', method: 'random', budget: '..222000', seed: 1 },
  ...{ trainingSeed: null, search: null },
};
const b = { ...a, key: 'b', seed: 2 };
const trainA = { ...a, key: 'a1', trainingSeed: 1, search: 'a' };

/** Runs go on in the history as the test says, and nothing is computed. */
class HandExecutor implements Executor {
  readonly going = new Set<number>();
  readonly submitted: number[] = [];
  refuses: UserError | null = null;
  places = 2;

  check = async () => [];
  room = () => this.places - this.going.size;
  submit = async (run: number) => {
    if (this.refuses) throw this.refuses;
    history.claimRun(run);
    this.going.add(run);
    this.submitted.push(run);
  };
  poll = async () => new Set(this.going);
  cancel = async () => undefined;
  leave = async (reason: string) => {
    for (const run of this.going) this.end(run, 'paused', reason);
  };

  end(run: number, how: 'finished' | 'failed' | 'paused' | 'interrupted' | 'cancelled', reason = 'why'): void {
    this.going.delete(run);
    const result = history.getRun(run).config.kind === 'search' ? searchResult : retrainResult;
    if (how === 'finished') history.finishRun(run, result, 1);
    else if (how === 'failed') history.moveRun(run, how, { error: { name: 'E', message: reason, kind: 'k' } });
    else history.moveRun(run, how, { reason });
  }
}

beforeEach(async () => {
  home = temporaryFolder();
  ({ history } = await openHistory(home.folder));
  history.planStudy('mine', [a, trainA, b]);
  executor = new HandExecutor();
  context = {
    ...{ history, study: 'mine', executor },
    createRun: async ({ key, search }, searchRun) =>
      history.createRun(search === null ? searchConfig : { ...retrainConfig, searchRun }, {
        task: { study: 'mine', key },
      }),
  };
  work = new StudyWork(context);
});
afterEach(() => {
  history.close();
  home.remove();
});

const standings = (): unknown[] =>
  (studyStanding(history, 'mine') ?? []).map(({ task, standing, reason }) =>
    [task.key, standing, ...(reason === null ? [] : [reason])].join(' '),
  );
const epoch = (run: number, number: number): void =>
  history.appendEpoch(run, epochRecord(number), null, { checkpoint: 'c', seconds: 1, secondsLeft: null });

describe('advance', () => {
  test('submits as many as there are places for, each once, and a retraining after its search', async () => {
    executor.places = 1;
    for (const _ of [1, 2, 3]) await work.advance();
    expect(executor.submitted).toEqual([1]);
    expect(standings()).toEqual(['a running', 'a1 waiting', 'b waiting']);
    executor.end(1, 'finished');
    await work.advance();
    expect(history.getRun(2).config).toMatchObject({ kind: 'retrain', searchRun: 1 });
    executor.end(2, 'finished');
    await work.advance();
    executor.end(3, 'finished');
    expect(work.isAtRest(await work.advance())).toBe(true);
    expect(standings()).toEqual(['a finished', 'a1 finished', 'b finished']);
    expect(history.listRuns()).toHaveLength(3);
  });

  test('gives up what failed, and says so of its retraining', async () => {
    await work.advance();
    executor.end(1, 'failed', 'the loss is not a number');
    executor.end(2, 'finished');
    const all = await work.advance();
    expect(standings()).toEqual([
      'a given-up the loss is not a number',
      'a1 blocked its search failed: the loss is not a number',
      'b finished',
    ]);
    expect(work.isAtRest(all)).toBe(true);
  });

  test('goes on with what was interrupted, and gives up after three attempts without a new epoch', async () => {
    await work.advance();
    executor.end(1, 'interrupted');
    await work.advance();
    executor.end(1, 'interrupted');
    await work.advance();
    epoch(1, 1);
    executor.end(1, 'interrupted');
    for (const _ of [1, 2]) {
      await work.advance();
      executor.end(1, 'interrupted', 'The process crashed.');
    }
    expect(standings()[0]).toBe('a interrupted The process crashed.');
    await work.advance();
    expect(standings()[0]).toBe('a running');
    expect(history.studyTasks('mine')![0]).toMatchObject({ attempts: 6, fruitless: 2, epoch: 1 });
    executor.end(1, 'interrupted', 'The process crashed.');
    await work.advance();
    expect(standings()[0]).toBe('a given-up 3 attempts ended without a new epoch. The process crashed.');
    expect(standings()[1]).toMatch(/^a1 blocked its search failed: 3 attempts/);
  });

  test('is not at rest before it took note of an end that is in the history', async () => {
    executor.places = 3;
    await work.advance();
    executor.end(1, 'finished');
    executor.end(2, 'finished');
    await work.advance();
    history.finishRun(3, retrainResult, 1);
    expect(standings()).toEqual(['a finished', 'a1 finished', 'b finished']);
    expect(work.isAtRest(await work.advance())).toBe(false);
    executor.going.clear();
    expect(work.isAtRest(await work.advance())).toBe(true);
    expect(history.studyTasks('mine')!.map(({ state }) => state)).toEqual(['finished', 'finished', 'finished']);
  });

  test('does not count what was interrupted while nobody looked', async () => {
    for (let power = 0; power < 5; power++) {
      work = new StudyWork(context);
      await work.advance();
      expect(standings()[0]).toBe('a running');
      executor.end(1, 'interrupted');
    }
  });

  test('leaves paused what was paused while it looked, and another process goes on with it', async () => {
    await work.advance();
    executor.end(1, 'paused', 'Asked to pause.');
    executor.end(2, 'finished');
    await work.advance();
    expect(work.isAtRest(await work.advance())).toBe(true);
    expect(standings()).toEqual(['a paused Asked to pause.', 'a1 waiting', 'b finished']);
    await new StudyWork(context).advance();
    expect(standings()[0]).toBe('a running');
  });

  test('follows a run that somebody else resumed, and does not submit it', async () => {
    await work.advance();
    executor.end(1, 'interrupted');
    history.claimRun(1);
    const all = await work.advance();
    expect(executor.submitted).toEqual([1, 2]);
    expect(work.isAtRest(all)).toBe(false);
    history.finishRun(1, searchResult, 1);
    executor.end(2, 'finished');
    await work.advance();
    expect(standings()).toEqual(['a finished', 'a1 running', 'b finished']);
  });

  test('makes another run for one that was deleted', async () => {
    await work.advance();
    executor.end(1, 'finished');
    await work.advance();
    history.deleteRun(1);
    expect(standings()[0]).toBe('a waiting its run 1 was deleted');
    executor.end(2, 'finished');
    await work.advance();
    expect(history.studyTasks('mine')!.map(({ run }) => run)).toEqual([4, 3, 2]);
  });

  test.each([
    ['run-busy', 'an earlier process is ending', 'a queued', null],
    ['checkpoint-missing', 'no checkpoint', 'a given-up no checkpoint', null],
    ['disk-full', 'the disk is full', 'a queued', 'the disk is full'],
  ])('when a run is refused as %s', async (kind, message, standing, thrown) => {
    executor.refuses = new UserError(kind, message);
    const advanced = work.advance();
    if (thrown === null) await advanced;
    else await expect(advanced).rejects.toThrow(thrown);
    expect(standings()[0]).toBe(standing);
  });
});

describe('a study', () => {
  const options = { signal: new AbortController().signal, reason: () => 'stopped', pause: 1 };

  test('pauses all tasks when it is asked to stop, and goes on later', async () => {
    const stop = new AbortController();
    const running = runStudy(context, { ...options, signal: stop.signal, listener: () => stop.abort() });
    await running;
    expect(standings()).toEqual(['a paused stopped', 'a1 waiting', 'b paused stopped']);
    expect(history.studyOwner('mine')).toBeNull();
    const going = runStudy(context, {
      ...options,
      listener: () => executor.going.forEach((run) => executor.end(run, 'finished')),
    });
    expect((await going).every(({ standing }) => standing === 'finished')).toBe(true);
  });

  test('is not gone on with twice', async () => {
    history.claimStudy('mine');
    await expect(runStudy(context, options)).rejects.toMatchObject({ kind: 'study-busy' });
  });

  test('is cancelled, also from another process, and tries again', async () => {
    await work.advance();
    executor.end(1, 'finished');
    executor.end(2, 'paused');
    expect(cancelStudy(history, 'mine')).toEqual({ changed: 2, ending: 0 });
    expect(standings()).toEqual(['a finished', 'a1 cancelled cancelled', 'b cancelled its run 2 was cancelled']);
    expect(work.isAtRest(await work.advance())).toBe(true);
    expect(cancelStudy(history, 'mine')).toEqual({ changed: 0, ending: 0 });
    expect(retryStudy(history, 'mine')).toEqual({ changed: 2, ending: 0 });
    await work.advance();
    expect(standings()).toEqual(['a finished', 'a1 running', 'b running']);
    expect(history.studyTasks('mine')!.map(({ run }) => run)).toEqual([1, 3, 4]);
  });

  test('retries a failed run from where it stopped', async () => {
    await work.advance();
    executor.end(1, 'failed');
    await work.advance();
    retryStudy(history, 'mine');
    expect(history.queue()).toEqual([]);
    await work.advance();
    expect(executor.submitted).toEqual([1, 2, 1]);
    expect(standings()[0]).toBe('a running');
  });

  test('that nobody started is unknown', () => {
    expect(() => cancelStudy(history, 'other')).toThrow(
      "There is no study other in the history: start it with 'medforge study run FILE'.",
    );
  });
});
