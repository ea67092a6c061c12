import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WritableHistory } from '../history/interface.js';
import { GRACE_MILLISECONDS } from '../jobs/run-queue.js';
import { startWorkerRun, type WorkerRun, type WorkerRunOptions } from '../jobs/worker-run.js';
import type { Executor } from './executor.js';

export interface LocalOptions extends Pick<WorkerRunOptions, 'launch' | 'listener' | 'report' | 'door' | 'openPage'> {
  readonly history: WritableHistory;
  /** Of each run; 0: one per processor. */
  readonly threads: number;
  /** Runs at the same time. Default: as many as there are processors for their threads. */
  readonly atOnce?: number | undefined;
}

/** How many runs with so many threads each keep all processors of this computer busy. */
export function runsAtOnce(threads: number, processors = availableParallelism()): number {
  return threads === 0 ? 1 : Math.max(1, Math.floor(processors / threads));
}

/** Runs in worker processes of this computer, several at a time, as the window's queue runs one. */
export class LocalExecutor implements Executor {
  readonly #going = new Map<number, WorkerRun>();
  readonly #atOnce: number;

  constructor(private readonly options: LocalOptions) {
    this.#atOnce = options.atOnce ?? runsAtOnce(options.threads);
  }

  async check(): Promise<readonly string[]> {
    const processors = availableParallelism();
    const threads = this.#atOnce * Math.max(1, this.options.threads);
    if (threads <= processors) return [];
    return [
      `${this.#atOnce} tasks with ${Math.max(1, this.options.threads)} threads each are more than the ${processors} processors of this computer: ` +
        'each will be slower. Lower on.atOnce or on.threads.',
    ];
  }

  room(): number {
    return Math.max(0, this.#atOnce - this.#going.size);
  }

  async submit(run: number): Promise<void> {
    const workerRun = startWorkerRun(run, this.options);
    this.#going.set(run, workerRun);
    void workerRun.ended.then(() => this.#going.delete(run));
  }

  async poll(): Promise<ReadonlySet<number>> {
    return new Set(this.#going.keys());
  }

  async cancel(run: number): Promise<void> {
    this.#going.get(run)?.stop('cancel', 'Cancelled by the user.');
  }

  async leave(reason: string): Promise<void> {
    const going = [...this.#going.values()];
    for (const workerRun of going) workerRun.stop('pause', reason);
    const killing = setTimeout(() => {
      for (const workerRun of going) workerRun.kill();
    }, GRACE_MILLISECONDS);
    const givingUp = new AbortController();
    await Promise.race([
      Promise.all(going.map(({ ended }) => ended)),
      sleep(2 * GRACE_MILLISECONDS, undefined, givingUp).catch(() => undefined),
    ]);
    clearTimeout(killing);
    givingUp.abort();
  }

  /** Ends all processes at once; their runs can be resumed. */
  killAll(): void {
    for (const workerRun of this.#going.values()) workerRun.kill();
  }
}
