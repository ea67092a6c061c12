import type { DatasetDescription } from '../datasets/medmnist.js';
import { UserError } from '../errors.js';
import type { RunOptions, RunRecord, WritableHistory } from '../history/interface.js';
import { retrainConfig, type ArchitectureToTrain, type RetrainChoices } from '../jobs/retrain-config.js';
import { checkGenotype } from '../training/genotype-file.js';
import type { RetrainConfig } from '../vocabulary/run-config.js';
import type { Genotype } from '../vocabulary/space.js';
import { checkedRunName } from './label-run.js';
import type { MeasuredTimes } from './measured-times.js';

/** What is trained: the architecture that a search found, one that was kept of it, or one written by hand. */
export type TrainingSource =
  | ({
      /** A finished search. */
      readonly run: number;
    } & OfSearch)
  | ({
      /** Number of a kept architecture, such as one that was drawn from a search. */
      readonly architecture: number;
    } & OfSearch)
  | { readonly genotype: Genotype; readonly channels: number; readonly cells: number; readonly dataset: string };

interface OfSearch {
  /** Path of a file to train on instead of the one of the search. */
  readonly dataset?: string | undefined;
}

export interface RetrainingContext {
  readonly history: WritableHistory;
  /** Checks and describes a dataset file; the window does it in another process. */
  readonly inspect: (path: string) => Promise<DatasetDescription>;
}

/**
 * Creates the run of a retraining. The caller runs it: the command line in its own process, the window through its queue.
 * Without a dataset of its own it trains on the very file that was searched on, so that the search is its origin.
 * @param options.times what was measured of this very retraining is kept with it until it runs
 * @returns its number
 * @throws UserError `run-unknown`, `architecture-unknown`; `retrain-source` when the run found no architecture;
 *   `genotype-disconnected` when a drawn one has no path; `dataset-changed` when the file of
 *   the search is another one today, `dataset-missing` when it is not there; `retrain-setting`; `run-name`; what `inspect` refuses; `disk-full`, `home-unwritable`
 */
export async function startRetraining(
  context: RetrainingContext,
  source: TrainingSource,
  choices: RetrainChoices,
  { name, queue, task, times }: Pick<RunOptions, 'name' | 'queue' | 'task'> & { readonly times?: MeasuredTimes } = {},
): Promise<number> {
  const checkedName = checkedRunName(name);
  const { config, synthetic } = await plannedRetraining(context, source, choices);
  const secondsLeft = times?.of(config) ?? null;
  return context.history.createRun(config, { name: checkedName, queue: queue ?? false, task, synthetic, secondsLeft });
}

/**
 * The configuration that {@link startRetraining} creates a run with. Nothing is created.
 * @throws as it
 */
export async function plannedRetraining(
  { history, inspect }: RetrainingContext,
  source: TrainingSource,
  choices: RetrainChoices,
): Promise<{ readonly config: RetrainConfig; readonly synthetic: boolean }> {
  const { architecture, description } = await architectureOf({ history, inspect }, source);
  return { config: retrainConfig(description, architecture, choices), synthetic: description.synthetic };
}

interface ReadSource {
  readonly architecture: ArchitectureToTrain;
  readonly description: DatasetDescription;
}

async function architectureOf(context: RetrainingContext, source: TrainingSource): Promise<ReadSource> {
  const { history, inspect } = context;
  if ('genotype' in source) {
    return { architecture: { ...source, searchRun: null }, description: await inspect(source.dataset) };
  }
  if ('architecture' in source) {
    const { run, genotype, source: origin } = history.getArchitecture(source.architecture);
    const search = history.getRun(run);
    checkGenotype(genotype, `architecture ${source.architecture}`, search.config.space.cells);
    const read = await ofSearch(inspect, search, genotype, `architecture:${source.architecture}`, source.dataset);
    return origin === 'result' ? read : { ...read, architecture: { ...read.architecture, drawn: true } };
  }
  const search = history.getRun(source.run);
  const { config, genotype, summary } = search;
  if (config.kind !== 'search' || genotype === null) {
    throw new UserError(
      'retrain-source',
      `Run ${source.run} (${summary.name}) is not a finished search and has no architecture to train: choose a finished search.`,
    );
  }
  return ofSearch(inspect, search, genotype, String(source.run), source.dataset);
}

/** @param argument of `medforge retrain` */
async function ofSearch(
  inspect: RetrainingContext['inspect'],
  { config, dataset, summary: { run } }: RunRecord,
  genotype: Genotype,
  argument: string,
  otherDataset: string | undefined,
): Promise<ReadSource> {
  const description = await inspect(otherDataset ?? dataset.path).catch((error: unknown) => {
    if (otherDataset !== undefined || !(error instanceof UserError) || error.kind !== 'file-missing') throw error;
    const text = (find: string): string =>
      `${dataset.path}, which run ${run} searched on, is missing: put it back, connect its drive, or find it (${find}).`;
    throw new UserError('dataset-missing', text(`'medforge runs find-dataset ${run} FILE'`), {
      cause: error,
      inWindow: text(`“Find the file…” on the page of run ${run}`),
    });
  });
  if (otherDataset === undefined && description.sha256 !== dataset.sha256) {
    throw new UserError(
      'dataset-changed',
      `${dataset.path} has changed since run ${run} searched on it: put the original file back, or ` +
        `train on the new one with medforge retrain ${argument} --dataset ${dataset.path}`,
    );
  }
  const { channels, cells, stemHalvings = 0 } = config.space;
  const stem = otherDataset === undefined ? { stemHalvings } : {};
  return { architecture: { genotype, channels, cells, searchRun: run, ...stem }, description };
}
