import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { readAttempt } from '../../../src-main/attempts/read-attempts.js';
import type { DatasetDescription } from '../../../src-main/datasets/medmnist.js';
import type { WritableHistory } from '../../../src-main/history/interface.js';
import { searchConfig } from '../../../src-main/jobs/search-config.js';
import type { JobEvent } from '../../../src-main/vocabulary/events.js';
import { temporaryFolder } from '../../unit/history/fixtures.js';
import { WORKER, isRunning } from '../host/fork.js';
import { writeTinyDataset } from '../host/tiny-dataset.js';
import { withHistory } from './home.js';
import { Program, buildProgram, run as runProgram } from './program.js';

let program: Awaited<ReturnType<typeof buildProgram>>;
let home: ReturnType<typeof temporaryFolder>;
let dataset: DatasetDescription;

beforeAll(async () => {
  program = await buildProgram('recording-program');
});
afterAll(() => program.remove());
beforeEach(async () => {
  home = temporaryFolder();
  dataset = await writeTinyDataset(home.folder);
});
afterEach(() => home.remove());

const newRun = (epochs: number): Promise<number> =>
  withHistory(home.folder, (history) =>
    history.createRun(
      searchConfig(dataset, {
        epochs,
        batch: 16,
        channels: 4,
        cells: 1,
        seed: 3,
        backend: 'native',
        threads: 1,
        race: null,
      }),
    ),
  );
const command = (run: number): string[] => [process.execPath, program.file, home.folder, String(run), WORKER];

/** What the log of the run's first attempt says, whoever has recorded it. */
const said = (run: number): readonly JobEvent[] =>
  readAttempt(`${home.folder}/runs/${run}`, 1, 0).lines.map(({ event }) => event);
const epochsSaid = (run: number): number => said(run).filter(({ type }) => type === 'epoch').length;

/** Everything that a run leaves behind but the time that it took. */
function numbers(history: WritableHistory, run: number): unknown {
  const { result } = history.getRun(run);
  return {
    epochs: history.epochs(run).map((record) => ({ ...record, seconds: 0, imagesPerSecond: 0 })),
    traces: history.traces(run),
    result: result && { ...result, seconds: 0 },
    architectures: history.architectures(run).length,
  };
}

/** Starts a run, and stops its recorder after the second epoch; the worker goes on until `enough`, then the recorder is killed. */
async function recorderKilled(run: number, enough: () => boolean): Promise<void> {
  const recorder = new Program(command(run));
  await recorder.printed('epoch 2.');
  recorder.kill('SIGSTOP');
  await vi.waitFor(() => expect(enough()).toBe(true), { timeout: 120_000, interval: 20 });
  recorder.kill('SIGKILL');
  const { stdout } = await recorder.ended;
  const worker = Number(/worker (\d+)/.exec(stdout)?.[1]);
  await vi.waitFor(() => expect(isRunning(worker)).toBe(false), { timeout: 20_000, interval: 50 });
}

describe('the process that records is killed while the worker goes on', () => {
  test('to the end of the run: the next start finds it finished, with every epoch', async () => {
    const straight = await newRun(6);
    const run = await newRun(6);
    await runProgram(command(straight));
    await recorderKilled(run, () => said(run).at(-1)?.type === 'finished');
    await withHistory(home.folder, (history, recovery) => {
      expect(recovery).toBeNull();
      expect(history.getRun(run).summary).toMatchObject({ state: 'finished', epoch: 6 });
      expect(history.epochs(run)).toEqual(said(run).flatMap((event) => (event.type === 'epoch' ? [event.record] : [])));
      expect(numbers(history, run)).toEqual(numbers(history, straight));
    });
  });

  test('for a few epochs: they are in the history, and the resume ends like a run that was never killed', async () => {
    const straight = await newRun(30);
    const run = await newRun(30);
    await runProgram(command(straight));
    await recorderKilled(run, () => epochsSaid(run) >= 5);
    await withHistory(home.folder, (history) => {
      expect(history.getRun(run).summary.state).toBe('interrupted');
      expect(history.epochs(run)).toHaveLength(epochsSaid(run));
    });
    expect((await runProgram(command(run))).stdout).toContain('finished');
    await withHistory(home.folder, (history) => expect(numbers(history, run)).toEqual(numbers(history, straight)));
  });
});
