import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HistoryWatch } from '../../../src-main/app/history-watch.js';
import type { WritableHistory } from '../../../src-main/history/interface.js';
import { openHistory } from '../../../src-main/history/open.js';
import type { PushChannels, RunEpochs } from '../../../src-main/ipc/contract.js';
import type { HandlerContext } from '../../../src-main/ipc/handler-context.js';
import { runHandlers } from '../../../src-main/ipc/handlers/runs.js';
import { Push } from '../../../src-main/ipc/push.js';
import { EpochReader } from '../../../src-renderer/logic/epoch-reader.js';
import { epochRecord, exampleTrace, retrainConfig, searchConfig, temporaryFolder } from '../history/fixtures.js';

type Written = PushChannels['epochs:written'][number];

let folder: ReturnType<typeof temporaryFolder>;
let history: WritableHistory;
let watch: HistoryWatch;
let push: Push;
let run: number;
/** Messages on their way to the page. */
let way: Written[];

beforeEach(async () => {
  folder = temporaryFolder();
  ({ history } = await openHistory(folder.folder));
  way = [];
  const page = {
    isDestroyed: () => false,
    send: (channel: string, payload: unknown) => {
      if (channel === 'epochs:written') way.push(...(payload as Written[]));
    },
  };
  push = new Push(() => [page]);
  watch = new HistoryWatch(history, push, () => run, { guard: (_what, action) => action });
  run = history.createRun(searchConfig);
  history.claimRun(run);
  watch.first(null);
});
afterEach(() => {
  history.close();
  folder.remove();
});

/** The run writes an epoch, and the window is told. */
function write(epoch: number, loss = epoch, seed = 1): void {
  const context = { checkpoint: 'c', seconds: 1, secondsLeft: null };
  const isSearch = history.getRun(run).config.kind === 'search';
  history.appendEpoch(run, epochRecord(epoch, { loss, seed }), isSearch ? exampleTrace(epoch) : null, context);
  watch.epochWritten(run);
  push.flush();
}

/** A page that shows the run: what it has, and what it was told as news. */
class Page {
  shown: readonly number[] = [];
  traces: readonly number[] = [];
  readonly news: number[] = [];
  questions: number[] = [];
  readonly reader = new EpochReader(
    async (after) => {
      this.questions.push(after);
      const answer = runHandlers({ history } as HandlerContext)['runs:epochs'](run, after) as RunEpochs;
      await new Promise((resolve) => setImmediate(resolve));
      return answer;
    },
    ({ records, traces }, fresh) => {
      this.shown = records.map(({ loss }) => loss);
      this.traces = traces.map(({ epoch }) => epoch);
      this.news.push(...fresh.map(({ epoch }) => epoch));
    },
  );
  async takes(messages: readonly Written[]): Promise<void> {
    await Promise.all(messages.map((message) => this.reader.written(message)));
  }
}

describe('the epochs of a run on the page', () => {
  const deliveries: [string, (messages: readonly Written[]) => readonly Written[]][] = [
    ['as they were sent', (messages) => messages],
    ['twice', (messages) => messages.flatMap((message) => [message, message])],
    ['in the opposite order', (messages) => messages.toReversed()],
    ['with every other one lost', (messages) => messages.filter((_, index) => index % 2 === 1)],
    ['only the last one', (messages) => messages.slice(-1)],
    ['the last one first', (messages) => [messages.at(-1)!, ...messages]],
  ];

  it.each(deliveries)('are those of the history when messages come: %s', async (_, deliver) => {
    const page = new Page();
    write(1);
    await page.reader.read();
    way = [];
    for (const epoch of [2, 3, 4, 5, 6]) write(epoch);
    await page.takes(deliver(way));
    expect(page.shown).toEqual([1, 2, 3, 4, 5, 6]);
    expect(page.traces).toEqual([1, 2, 3, 4, 5, 6]);
    expect(page.news).toEqual([2, 3, 4, 5, 6]);
    expect(page.questions.length).toBeLessThanOrEqual(3);
  });

  it.each(deliveries)(
    'that were written again replace the former, and what came after them: %s',
    async (_, deliver) => {
      const page = new Page();
      for (const epoch of [1, 2, 3, 4]) write(epoch);
      await page.reader.read();
      way = [];
      write(3, 30);
      write(4, 40);
      write(5, 50);
      const messages = deliver(way);
      await page.takes(messages);
      // the message that said so is lost: the run changes its state with a resume and at its end, and the page reads all then
      if (!messages.some(({ again }) => again)) await page.reader.read();
      expect(page.shown).toEqual([1, 2, 30, 40, 50]);
    },
  );

  it('that were written again and do not come as far as before', async () => {
    const page = new Page();
    for (const epoch of [1, 2, 3, 4]) write(epoch);
    await page.reader.read();
    way = [];
    write(2, 20);
    await page.takes(way);
    expect([page.shown, page.traces]).toEqual([
      [1, 20],
      [1, 2],
    ]);
  });

  it('are all there after the page was loaded again in the middle, with messages of before on their way', async () => {
    const before = new Page();
    await before.reader.read();
    for (const epoch of [1, 2, 3]) write(epoch);
    const page = new Page();
    const reading = page.reader.read();
    await page.takes(way.splice(0));
    await reading;
    write(4);
    await page.takes(way);
    expect([page.shown, page.news]).toEqual([[1, 2, 3, 4], [4]]);
  });

  it('that come while a question is under way are asked for after it, once', async () => {
    const page = new Page();
    await page.reader.read();
    write(1);
    const first = page.takes(way.splice(0));
    for (const epoch of [2, 3, 4]) write(epoch);
    await Promise.all([first, page.takes(way)]);
    expect([page.shown, page.questions]).toEqual([
      [1, 2, 3, 4],
      [0, 0, 1],
    ]);
  });

  it('that are there already are not asked for once more, however late or often they are told', async () => {
    const page = new Page();
    write(1);
    write(2);
    await page.reader.read();
    await page.takes(way);
    await page.takes(way);
    expect([page.shown, page.questions]).toEqual([[1, 2], [0]]);
  });

  it('of a retraining are counted over its seeds', async () => {
    run = history.createRun({ ...retrainConfig, seeds: [1, 2], epochs: 2 });
    history.claimRun(run);
    const page = new Page();
    await page.reader.read();
    way = [];
    const trained = [
      [1, 1, 11],
      [1, 2, 12],
      [2, 1, 21],
      [2, 2, 22],
    ] as const;
    for (const [seed, epoch, loss] of trained) {
      write(epoch, loss, seed);
      await page.takes(way.splice(0));
    }
    expect([page.shown, page.questions]).toEqual([
      [11, 12, 21, 22],
      [0, 0, 1, 2, 3],
    ]);
  });

  it('are asked for again after a question that failed', async () => {
    const page = new Page();
    await page.reader.read();
    write(1);
    const gone = new EpochReader(
      () => Promise.reject(new Error('not now')),
      () => undefined,
    );
    await expect(gone.read()).rejects.toThrow('not now');
    await expect(gone.written(way[0]!)).rejects.toThrow('not now');
    await page.takes(way);
    expect(page.shown).toEqual([1]);
  });
});
