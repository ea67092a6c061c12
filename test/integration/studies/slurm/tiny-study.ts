import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ReadableHistory } from '../../../../src-main/history/interface.js';
import { withHistory } from '../../faults/home.js';
import { writeTinyDataset } from '../../host/tiny-dataset.js';

/** Two methods, two budgets, two seeds, each retrained. */
export const TINY = {
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

/** Folders of a test, removed together. */
export class Folders {
  readonly #made: string[] = [];

  make(name: string): string {
    this.#made.push(mkdtempSync(join(tmpdir(), `medforge-${name}-`)));
    return this.#made.at(-1)!;
  }

  remove(): void {
    for (const folder of this.#made) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Writes the dataset and the file of a study. @returns its path */
export async function writeStudy(folder: string, study: object): Promise<string> {
  await writeTinyDataset(folder);
  const file = join(folder, 'study.json');
  writeFileSync(file, JSON.stringify(study));
  return file;
}

const untimed = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (name, part: unknown) => (/^(seconds|imagesPerSecond)$/.test(name) ? 0 : part)));

/** All that the history knows of each task but times and the numbers of runs, and the bits of its network. */
export function leftBy(home: string, name = 'tiny'): Promise<ReadonlyMap<string, unknown>> {
  return withHistory(home, (history) => {
    const tasks = history.studyTasks(name) ?? [];
    return new Map(
      tasks.map(({ key, run, state }) => [key, { state, ...(run === null ? {} : leftByRun(history, run)) }]),
    );
  });
}

export function leftByRun(history: ReadableHistory, run: number): object {
  const { result, folder } = history.getRun(run);
  const files = result?.kind === 'retrain' ? result.models.map((model) => model.file) : [];
  const bits = files.map((name) => readFileSync(join(folder, name)).toString('base64'));
  return { result: untimed(result), epochs: untimed(history.epochs(run)), traces: history.traces(run), bits };
}
