import { UserError } from '../errors.js';
import type { WritableHistory } from '../history/interface.js';
import type { TaskRunner } from '../jobs/host-task.js';
import type { ModelExportRequest } from '../jobs/model-export.js';
import type { BundleSummary } from './contract.js';
import type { Push } from './push.js';

/** What a cancelled export may take to remove what it has written. */
const CLEAN_UP_MILLISECONDS = 3000;

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
      const { written } = await this.tasks.run(
        { name: 'model:export', model: file, dataset, folder, context: this.#context(model) },
        {
          signal: abort.signal,
          cleanUp: CLEAN_UP_MILLISECONDS,
          onProgress: (progress) => this.push.send('models:exporting', { model, ...progress }),
        },
      );
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

  /** What the bundle says of where its model comes from. */
  #context(model: number): ModelExportRequest['context'] {
    const { summary } = this.history.getModel(model);
    const { result } = this.history.getRun(summary.run);
    const search = summary.searchRun === null ? null : this.history.findRun(summary.searchRun);
    return {
      name: bundleName(`${summary.dataset}-${summary.name}-seed-${summary.seed}`),
      triton: false,
      run: summary.run,
      searchRun: summary.searchRun,
      budget: search?.config.kind === 'search' ? search.config.budget : null,
      seeds:
        result?.kind === 'retrain' && result.models.length > 1
          ? { seeds: result.models.map(({ seed }) => seed), ...result.summary }
          : null,
      createdAt: new Date().toISOString(),
    };
  }

  cancel(model: number): void {
    this.#running.get(model)?.abort();
  }
}

/** Letters, digits, `-` and `_`, as the name of a folder. */
export function bundleName(text: string): string {
  const plain = text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^A-Za-z0-9_]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .toLowerCase()
    .slice(0, 60);
  return plain === '' ? 'model' : plain;
}

function bundlesOf({ bundles }: { readonly bundles: readonly BundleSummary[] }): readonly BundleSummary[] {
  return bundles;
}
