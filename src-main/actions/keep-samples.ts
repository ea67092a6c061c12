import type { DatasetDescription } from '../datasets/medmnist.js';
import { UserError } from '../errors.js';
import type { RunRecord, WritableHistory } from '../history/interface.js';
import { countMultiplyAccumulates } from '../space/parameter-count.js';
import { samplesOf, type Samples } from './draw-samples.js';

export interface KeepContext {
  readonly history: WritableHistory;
  /** Checks and describes a dataset file. */
  readonly inspect: (path: string) => Promise<DatasetDescription>;
}

export interface KeptSamples extends Samples {
  /** Numbers in the history, in the order of the draws; null where they could not be kept. */
  readonly architectures: readonly number[] | null;
  /** Why they were not kept; null where they were. */
  readonly problem: string | null;
}

/**
 * Draws architectures from the last probabilities of a search and keeps them with their seed, so that they can be retrained. The same
 * draws are kept once, however often they are asked for. Where the dataset cannot be read they are drawn and not kept.
 * @throws UserError as `drawSamples`; `disk-full`
 */
export async function keepSamples(
  context: KeepContext,
  run: number,
  choices: { readonly count: number; readonly seed: number },
): Promise<KeptSamples> {
  const { history } = context;
  const record = history.getRun(run);
  const samples = samplesOf(history, record, choices);
  const size = await imageSize(context, record).catch((error: unknown) => {
    if (error instanceof UserError) return error;
    throw error;
  });
  if (size instanceof UserError) return { ...samples, architectures: null, problem: size.message };
  const measured = samples.draws.map(({ genotype, parameters, logProbability }) => {
    const multiplyAccumulates = countMultiplyAccumulates(record.config.space, genotype, size);
    return { genotype, parameters, multiplyAccumulates, logProbability };
  });
  return { ...samples, architectures: history.keepSamples(run, choices.seed, measured), problem: null };
}

/** Height of the images, which a run does not contain: known of a file that was added, else read. */
async function imageSize({ history, inspect }: KeepContext, { dataset, summary }: RunRecord): Promise<number> {
  const added = history.listDatasets().find(({ sha256 }) => sha256 === dataset.sha256);
  if (added) return added.size;
  const { size, sha256 } = await inspect(dataset.path);
  if (sha256 === dataset.sha256) return size;
  throw new UserError(
    'dataset-changed',
    `${dataset.path} has changed since run ${summary.run} searched on it: put the original file back.`,
  );
}
