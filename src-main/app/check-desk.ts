import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkDataset, cleanDataset } from '../actions/check-dataset.js';
import { ownFile } from '../datasets/own-file.js';
import { UserError } from '../errors.js';
import type { WritableHistory } from '../history/interface.js';
import type { CleanedDataset, DatasetHealthState, PairPicture, WantedCopy } from '../ipc/contract.js';
import type { DatasetChecks, DatasetList } from '../ipc/handler-context.js';
import type { Push } from '../ipc/push.js';
import type { TaskProgress } from '../jobs/task-progress.js';
import type { TaskRunner } from '../jobs/task-runner.js';

/** What a copy that was cancelled may take to remove what it has written. */
const CLEAN_UP_MILLISECONDS = 800;
/** What the end of the program waits for that. */
const STOP_MILLISECONDS = 3000;

interface Work {
  readonly abort: AbortController;
  readonly ended: Promise<unknown>;
  /** Name of the copy; null: a check, which writes no file. */
  readonly copy: string | null;
}

/** Checks datasets for the window, shows the pairs of a report and makes cleaned copies. */
export class CheckDesk implements DatasetChecks {
  readonly #work = new Map<string, Work>();

  constructor(
    private readonly history: WritableHistory,
    private readonly tasks: Pick<TaskRunner, 'run'>,
    private readonly datasets: Pick<DatasetList, 'file' | 'added'>,
    private readonly push: Pick<Push, 'send'>,
  ) {}

  health(id: string): DatasetHealthState {
    const { path, sha256 } = this.datasets.file(id);
    const former = this.history
      .listDatasets()
      .filter((other) => other.path === path && other.sha256 !== sha256)
      .flatMap((other) => this.history.datasetHealth(other.sha256)?.checkedAt ?? []);
    return { kept: this.history.datasetHealth(sha256), formerlyCheckedAt: former.sort().at(-1) ?? null };
  }

  /** @throws UserError `dataset-busy`, and as `checkDataset` */
  async check(id: string): Promise<DatasetHealthState | null> {
    const file = this.datasets.file(id);
    return this.#run(id, null, async (signal, onProgress) => {
      const check = ({ path, sha256 }: typeof file) =>
        this.tasks.run({ name: 'dataset:check', path, sha256 }, { signal, onProgress });
      await checkDataset({ history: this.history, check: () => check(file) }, file, true);
      return this.health(id);
    });
  }

  async pairs(id: string, from: number, count: number): Promise<readonly PairPicture[]> {
    const { name, path, sha256 } = this.datasets.file(id);
    const kept = this.history.datasetHealth(sha256);
    if (kept) {
      const pairs = kept.report.twins.pairs.slice(from, from + count);
      return this.tasks.run({ name: 'dataset:pairs', dataset: { path, sha256 }, pairs });
    }
    throw new UserError('health-unchecked', `${name} was not checked yet: check it first.`);
  }

  /** @throws UserError `dataset-busy`, `clean-name-taken`, and as `cleanDataset` */
  async clean(id: string, { name, ...choice }: WantedCopy): Promise<CleanedDataset | null> {
    const source = this.datasets.file(id);
    const wanted = name.trim();
    const out = ownFile(this.history.home, wanted);
    if (existsSync(out)) {
      throw new UserError(
        'clean-name-taken',
        `The data folder has a dataset named “${wanted}” already (${out}): give the copy another name.`,
      );
    }
    return this.#run(id, wanted, async (signal, onProgress) => {
      await mkdir(dirname(out), { recursive: true });
      const { entry, cleaned } = await cleanDataset(
        {
          history: this.history,
          clean: (request) =>
            this.tasks.run(
              { name: 'dataset:clean', ...request },
              { signal, onProgress, cleanUp: CLEAN_UP_MILLISECONDS },
            ),
        },
        source,
        { out, choice, name: wanted },
      );
      return { entry: this.datasets.added(entry.id), cleaned };
    });
  }

  stop(id: string): void {
    this.#work.get(id)?.abort.abort(stopped());
  }

  /** Names of the copies that are being made. */
  get writing(): readonly string[] {
    return [...this.#work.values()].flatMap(({ copy }) => copy ?? []);
  }

  /** Ends everything, and settles when what was written is removed, or was not in time. */
  async stopAll(): Promise<void> {
    const work = [...this.#work.values()];
    for (const { abort } of work) abort.abort(stopped());
    const ended = Promise.allSettled(work.map((one) => one.ended));
    if (work.length > 0) await Promise.race([ended, sleep(STOP_MILLISECONDS, undefined, { ref: false })]);
  }

  async #run<T>(
    dataset: string,
    copy: string | null,
    work: (signal: AbortSignal, onProgress: (progress: TaskProgress) => void) => Promise<T>,
  ): Promise<T | null> {
    if (this.#work.has(dataset)) {
      throw new UserError(
        'dataset-busy',
        `${this.datasets.file(dataset).name} is being checked or copied already: wait, or cancel that.`,
      );
    }
    const abort = new AbortController();
    const ended = work(abort.signal, (progress) => {
      // what a process that is being ended still says is of nobody's interest
      if (!abort.signal.aborted) this.push.send('datasets:working', { dataset, progress });
    });
    this.#work.set(dataset, { abort, ended, copy });
    try {
      return await ended;
    } catch (error) {
      if (abort.signal.aborted) return null;
      throw error;
    } finally {
      this.#work.delete(dataset);
      this.push.send('datasets:working', { dataset, progress: null });
    }
  }
}

const stopped = (): UserError => new UserError('check-stopped', 'It was stopped; nothing of it was kept.');
