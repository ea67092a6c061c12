import type { DatasetDescription } from '../datasets/medmnist.js';
import { UserError } from '../errors.js';
import type { RunOptions, WritableHistory } from '../history/interface.js';

export interface RepeatContext {
  readonly history: WritableHistory;
  /** Checks and describes a dataset file; the window does it in another process. */
  readonly inspect: (path: string) => Promise<DatasetDescription>;
}

/**
 * Creates a run with every setting of another, the seed too, on the same images. The caller runs it.
 * @returns its number
 * @throws UserError `run-unknown`; `dataset-changed` when the file is another one today; what `inspect` refuses; `disk-full`,
 *   `home-unwritable`
 */
export async function repeatRun(
  { history, inspect }: RepeatContext,
  run: number,
  options: Pick<RunOptions, 'queue'> = {},
): Promise<number> {
  const { config, dataset, summary } = history.getRun(run);
  const { sha256 } = await inspect(dataset.path);
  if (sha256 !== dataset.sha256) {
    throw new UserError(
      'dataset-changed',
      `${dataset.path} has changed since run ${run} (${summary.name}): put the original file back, or start a new run with the current file.`,
    );
  }
  const { decidedBackend: _, ...chosen } = config;
  return history.createRun(chosen, { ...options, name: nameOfRepetition(summary.name), synthetic: summary.synthetic });
}

/** "Small, again", "Small, again 2", "Small, again 3". */
function nameOfRepetition(name: string): string {
  const [, first = name, count] = /^(.*), again(?: (\d+))?$/su.exec(name) ?? [];
  const again = first === name ? 'again' : `again ${Number(count ?? 1) + 1}`;
  return `${first}, ${again}`;
}
