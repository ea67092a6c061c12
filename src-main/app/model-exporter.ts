import { setTimeout as sleep } from 'node:timers/promises';
import { exportModel } from '../actions/export-model.js';
import { UserError } from '../errors.js';
import type { WritableHistory } from '../history/interface.js';
import type { BundleRequest, WrittenBundle } from '../jobs/bundle-writer.js';
import type { TaskRunner } from '../jobs/task-runner.js';
import type { BundleSummary } from '../ipc/contract.js';
import type { Exporter } from '../ipc/handler-context.js';
import type { Push } from '../ipc/push.js';

/** What a cancelled export may take to remove what it has written. */
const CLEAN_UP_MILLISECONDS = 3000;
/** How long its process may take to end after that; one that waits for a disk that is gone never does. */
const KILL_MILLISECONDS = 1000;

/** Writes verified bundles, each in a process of its own that can be stopped. */
export class ModelExporter implements Exporter {
  readonly #running = new Map<number, { readonly abort: AbortController; readonly ended: Promise<void> }>();

  constructor(
    private readonly history: WritableHistory,
    private readonly tasks: TaskRunner,
    private readonly push: Push,
  ) {}

  /**
   * @param folder where the bundle's own folder is made
   * @returns the bundle, or null when the export was cancelled
   */
  async export(model: number, folder: string): Promise<BundleSummary | null> {
    if (this.#running.has(model)) throw new UserError('export-running', 'This model is already being exported.');
    const abort = new AbortController();
    let end!: () => void;
    this.#running.set(model, { abort, ended: new Promise((resolve) => (end = resolve)) });
    this.push.send('models:exporting', { model, progress: { step: 'Preparing the export', done: 0, total: 0 } });
    try {
      const write = (request: BundleRequest): Promise<WrittenBundle> =>
        this.tasks.run(
          { name: 'model:export', ...request },
          {
            signal: abort.signal,
            cleanUp: CLEAN_UP_MILLISECONDS,
            onProgress: (progress) => this.push.send('models:exporting', { model, progress }),
          },
        );
      const { bundle } = await exportModel({ history: this.history, write }, model, { folder });
      this.push.send('models:changed', this.history.listModels());
      return this.history.getModel(model).summary.bundles.find((found) => found.bundle === bundle) ?? null;
    } catch (error) {
      if (abort.signal.aborted) return null;
      throw error;
    } finally {
      this.#running.delete(model);
      this.push.send('models:exporting', { model, progress: null });
      end();
    }
  }

  cancel(model: number): void {
    this.#running.get(model)?.abort.abort();
  }

  /** Models that are being exported. */
  get running(): number[] {
    return [...this.#running.keys()];
  }

  /** Cancels every export; settles when they have removed what they had written, or have not in time. */
  async stopAll(): Promise<void> {
    const running = [...this.#running.values()];
    for (const { abort } of running) abort.abort();
    const late = sleep(CLEAN_UP_MILLISECONDS + KILL_MILLISECONDS, undefined, { ref: false });
    await Promise.race([Promise.all(running.map(({ ended }) => ended)), late]);
  }
}
