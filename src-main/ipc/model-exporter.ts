import { UserError } from '../errors.js';
import type { WritableHistory } from '../history/interface.js';
import type { TaskRunner } from '../jobs/host-task.js';
import type { BundleSummary } from './contract.js';
import type { Push } from './push.js';

/** Milliseconds between two reports of an export. */
const REPORT_MILLISECONDS = 100;

/** Writes verified bundles, each in a process of its own that can be stopped. */
export class ModelExporter {
  readonly #running = new Map<number, AbortController>();

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
    if (this.#running.has(model)) throw new UserError('export-running', 'This model is being exported already.');
    const abort = new AbortController();
    this.#running.set(model, abort);
    try {
      const { file, summary } = this.history.getModel(model);
      const { dataset } = this.history.getRun(summary.run);
      const request = { name: 'model:export', model: file, dataset, folder, bundle: summary.name } as const;
      let told = 0;
      const { written } = await this.tasks.run(request, {
        signal: abort.signal,
        onProgress: (progress) => {
          if (performance.now() - told < REPORT_MILLISECONDS) return;
          told = performance.now();
          this.push.send('models:exporting', { model, ...progress });
        },
      });
      const bundle = this.history.addBundle(model, written, true);
      this.push.send('models:changed', this.history.listModels());
      return (
        this.history
          .listModels(summary.run)
          .flatMap(bundlesOf)
          .find((found) => found.bundle === bundle) ?? null
      );
    } catch (error) {
      if (abort.signal.aborted) return null;
      throw error;
    } finally {
      this.#running.delete(model);
    }
  }

  cancel(model: number): void {
    this.#running.get(model)?.abort();
  }
}

function bundlesOf({ bundles }: { readonly bundles: readonly BundleSummary[] }): readonly BundleSummary[] {
  return bundles;
}
