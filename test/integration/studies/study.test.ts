import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ReadableHistory } from '../../../src-main/history/interface.js';
import { withHistory } from '../faults/home.js';
import { medforge, newHome, start, type Answer } from '../cli/medforge.js';
import { writeTinyDataset } from '../host/tiny-dataset.js';

let folder: string;
let file: string;
/** What a study leaves that nobody stopped. */
let expected: ReadonlyMap<string, unknown>;
const homes: string[] = [];
const home = (): string => {
  homes.push(newHome());
  return homes.at(-1)!;
};

const study = {
  format: 'medforge-study',
  version: 1,
  name: 'tiny',
  datasets: ['tiny.npz'],
  searches: {
    methods: ['zo-darts', { method: 'random', settings: { networks: 2 } }],
    ...{ budgets: ['5k..20k', '..9k'], seeds: [1, 2], epochs: 1, batch: 16, channels: 4, cells: 1 },
  },
  retrainings: { seeds: [7], epochs: 2, batch: 16, warmupEpochs: 0 },
};
const TASKS = 16;

const command = (at: string, ...more: string[]): string[] => ['study', ...more, file, '--home', at, '--json'];
const last = ({ events }: Answer): unknown => events.at(-1);

beforeAll(async () => {
  folder = home();
  await writeTinyDataset(folder);
  file = join(folder, 'study.json');
  writeFileSync(file, JSON.stringify(study));
  const whole = home();
  const answer = await medforge(...command(whole, 'run'));
  expect(answer.stderr).not.toMatch(/bug in MedForge/);
  expect(last(answer)).toMatchObject({ event: 'study', tasks: TASKS, finished: TASKS });
  expected = await left(whole);
}, 300_000);
afterAll(() => {
  for (const path of homes) rmSync(path, { recursive: true, force: true });
});

const untimed = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (name, part: unknown) => (/^(seconds|imagesPerSecond)$/.test(name) ? 0 : part)));

/** All that the history knows of each task but times and the numbers of runs, and the bits of its network. */
function left(at: string): Promise<ReadonlyMap<string, unknown>> {
  return withHistory(at, (history) => {
    const tasks = history.studyTasks('tiny') ?? [];
    // Nothing twice: every run belongs to a task.
    expect(new Set(tasks.map(({ run }) => run)).size).toBe(history.listRuns().length);
    return new Map(tasks.map(({ key, run, state }) => [key, { state, ...leftByRun(history, run!) }]));
  });
}

function leftByRun(history: ReadableHistory, run: number): object {
  const { result, folder: at } = history.getRun(run);
  const files = result?.kind === 'retrain' ? result.models.map((model) => model.file) : [];
  const bits = files.map((name) => readFileSync(join(at, name)).toString('base64'));
  return { result: untimed(result), epochs: untimed(history.epochs(run)), traces: history.traces(run), bits };
}

/** Worker processes of a process. */
function children(pid: number): number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
    const all = text.trim().split(' ').filter(Boolean).map(Number);
    return all.filter((child) => readFileSync(`/proc/${child}/cmdline`, 'utf8').includes('jobs/worker.js'));
  } catch {
    return [];
  }
}

describe('a study', () => {
  it('is counted before anything starts', async () => {
    const answer = await medforge(...command(home(), 'check', '--no-estimate'));
    expect(last(answer)).toMatchObject({ event: 'plan', tasks: 16, searches: 8, retrainings: 8, problems: [] });
  });

  it('killed at random moments and started again leaves what one leaves that was never stopped, to the last bit', async () => {
    const at = home();
    let random = 20261126;
    const below = (limit: number): number => (random = (random * 48271) % 0x7fffffff) % limit;
    let kills = 0;
    for (let attempt = 0; attempt < 5; attempt++) {
      // After so many words of tasks, and a moment.
      const words = 1 + below(4);
      const moment = below(700);
      let heard = 0;
      const { child, answer } = start(command(at, 'run'), ({ event }) => {
        if (event !== 'task' || ++heard !== words) return;
        void sleep(moment).then(() => {
          const [worker] = children(child.pid!);
          if (attempt % 2 === 0 && worker !== undefined) process.kill(worker, 'SIGKILL');
          return sleep(attempt % 2 === 0 ? below(500) : 0).then(() => child.kill('SIGKILL'));
        });
      });
      const { signal } = await answer;
      if (signal === 'SIGKILL') kills++;
      await withHistory(at, (history) => {
        expect(history.listRuns().length).toBeLessThanOrEqual(TASKS);
      });
    }
    expect(kills).toBeGreaterThanOrEqual(3);
    const answer = await medforge(...command(at, 'run'));
    expect(answer.stderr).not.toMatch(/bug in MedForge/);
    expect(last(answer)).toMatchObject({ event: 'study', tasks: TASKS, finished: TASKS });
    expect(await left(at)).toEqual(expected);
    const again = await medforge(...command(at, 'run'));
    expect(again.events.map(({ event }) => event)).toEqual(['plan', 'study']);
  });

  it('stops with checkpoints on Ctrl-C, is watched, cancelled, and tries again', async () => {
    const at = home();
    let asked = false;
    const stopped = await start(command(at, 'run'), ({ event }, child) => {
      if (event === 'task' && !asked) asked = child.kill('SIGINT');
    }).answer;
    expect(stopped.code).toBe(0);
    expect(last(stopped)).toMatchObject({ event: 'study', running: 0, lost: 0 });
    const watched = await medforge(...command(at, 'watch', '--once'));
    expect(last(watched)).toMatchObject({ event: 'study', study: 'tiny', process: null, tasks: TASKS, running: 0 });
    const cancelled = await medforge(...command(at, 'cancel'));
    expect(last(cancelled)).toMatchObject({ event: 'cancel', changed: TASKS, ending: 0 });
    const none = await medforge(...command(at, 'run'));
    expect(none.code).toBe(1);
    expect(last(none)).toMatchObject({ event: 'study', finished: 0, lost: TASKS });
    const retried = await medforge(...command(at, 'retry'));
    expect(last(retried)).toMatchObject({ event: 'retry', changed: TASKS });
  });
});

it.each([
  [
    { searches: { ...study.searches, methods: ['bayes'] } },
    /tiny\.npz, bayes, 5000\.\.20000: there is no search method bayes: choose/,
  ],
  [
    { searches: { ...study.searches, budgets: ['1..2'] } },
    /no network of this space .* has 1 to 2 parameters; .*Nothing was started/,
  ],
  [{ retrainings: { epochs: 2, warmupEpochs: 2 } }, /warm-up epochs must be fewer than the 2 epochs, saw 2/],
  [{ datasets: ['nothing'] }, /datasets\.0: there is no file or dataset named nothing: give the path/],
  [{ on: { executor: 'pbs' } }, /other\.json: on\.executor: must be local or slurm/],
])('medforge study run refuses %j', async (changes, message) => {
  const other = join(folder, 'other.json');
  writeFileSync(other, JSON.stringify({ ...study, ...changes }));
  const at = home();
  const { code, stderr } = await medforge('study', 'run', other, '--home', at);
  expect(stderr).toMatch(message);
  expect(code).toBe(1);
  await withHistory(at, (history) => expect(history.listRuns()).toEqual([]));
});
