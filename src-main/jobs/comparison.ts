import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { useBackend } from '../compute/index.js';
import { officialView } from '../datasets/judging-views.js';
import { loadReferenced } from '../datasets/library.js';
import { writeDurably } from '../durable-file.js';
import { UserError } from '../errors.js';
import { fromJsonText, toJsonText } from '../json-numbers.js';
import { CHECKPOINTS_FOLDER, COMPARISONS_FOLDER } from '../run-folder.js';
import { sayIssue } from '../schema-issue.js';
import { comparedNetworks, comparedRuns, comparedTrainings, type FoundNetwork } from '../search/comparison/networks.js';
import { summarise } from '../search/comparison/summary.js';
import { mean } from '../statistics/moments.js';
import { TrainingSeries, type TrainingResult } from '../training/training-series.js';
import type { BackendChoice } from '../vocabulary/backend.js';
import type { Budget } from '../vocabulary/budget.js';
import { comparisonSchema, type ComparedTraining, type Comparison } from '../vocabulary/comparison.js';
import type { DatasetReference } from '../vocabulary/dataset-reference.js';
import type { SpaceSettings } from '../vocabulary/space.js';
import { FolderCheckpoints } from './checkpoint.js';

export interface ComparisonPlan {
  readonly dataset: DatasetReference;
  readonly space: SpaceSettings;
  readonly budget: Budget;
  readonly found: readonly FoundNetwork[];
  /** Random networks. */
  readonly random: number;
  /** Trainings of each network. */
  readonly seeds: number;
  readonly epochs: number;
  /** Of everything drawn. */
  readonly seed: number;
}

export interface ComparisonProgress {
  /** Trainings that have ended, of all. */
  readonly done: number;
  readonly total: number;
  readonly label: string;
  /** Finished epochs of the training under way. */
  readonly epoch: number;
  readonly secondsLeft: number | null;
}

export interface ComparisonContext {
  /** The first run's: the comparison is kept in `comparisons/<key>` there. */
  readonly folder: string;
  readonly backend: BackendChoice;
  readonly threads: number;
  /** Asked between two steps: a checkpoint is written and the comparison ends when it says so. */
  readonly stop: () => boolean;
  readonly progress: (progress: ComparisonProgress) => void;
}

/**
 * Trains what searches found, random networks and baselines with the same recipe on the training part, and measures each on
 * validation and test part; nothing is chosen on the test part. Its state is kept after every epoch: called again with the
 * same plan it goes on, bit for bit as if it had never stopped, and once finished it answers from its file.
 * @returns null when it was stopped
 * @throws UserError `dataset-changed`, `comparison-unreadable`, `search-budget`, `checkpoint-…`, `disk-full`
 */
export async function runComparison(plan: ComparisonPlan, context: ComparisonContext): Promise<Comparison | null> {
  const key = keyOf(plan);
  const folder = join(context.folder, COMPARISONS_FOLDER, key.slice(0, 12));
  const file = join(folder, 'result.json');
  if (existsSync(file)) return readComparison(file);
  mkdirSync(folder, { recursive: true });
  const dataset = await loadReferenced(plan.dataset);
  const checkpoints = new FolderCheckpoints({
    folder: join(folder, CHECKPOINTS_FOLDER),
    identity: { run: plan.found[0]!.run, configSha256: key, datasetSha256: plan.dataset.sha256 },
  });
  const { space, budget, seed, epochs } = plan;
  const networks = comparedNetworks(space, budget, plan.found, { count: plan.random, seed });
  const runs = comparedRuns(networks, plan.seeds, seed);
  const images = dataset.parts.train.images.count;
  const problem = {
    space,
    views: [officialView(dataset)],
    next: comparedTrainings(networks, runs, { images, epochs }),
  };
  await useBackend(context.backend, { threads: context.threads });
  const saved = await checkpoints.latest();
  const series = saved ? TrainingSeries.restore(problem, saved.snapshot) : TrainingSeries.create(problem);
  const epochsDone = (): number => series.results.length * epochs + series.epoch;
  const begun = { at: performance.now(), epochs: epochsDone() };
  const save = async (): Promise<void> => {
    await checkpoints.save(epochsDone(), await series.snapshot());
  };
  try {
    while (!series.finished) {
      await setImmediate();
      if (context.stop()) {
        await save();
        return null;
      }
      const { endsEpoch, result } = await series.advance();
      if (!endsEpoch && result === null) continue;
      await save();
      const current = runs[series.results.length];
      if (!current) continue;
      const finished = epochsDone() - begun.epochs;
      const each = (performance.now() - begun.at) / 1000 / finished;
      context.progress({
        done: series.results.length,
        total: runs.length,
        label: networks[current.network]!.label,
        epoch: series.epoch,
        secondsLeft: finished === 0 ? null : (runs.length * epochs - epochsDone()) * each,
      });
    }
    const trainings = series.results.map((result, i): ComparedTraining => ({ ...runs[i]!, ...figuresOf(result) }));
    const comparison: Comparison = {
      runs: plan.found.map(({ run }) => run),
      dataset: { name: plan.dataset.name, sha256: plan.dataset.sha256 },
      ...{ budget, epochs, seeds: plan.seeds, seed, networks, trainings },
      ...summarise(networks, trainings, seed),
    };
    writeDurably(file, [Buffer.from(toJsonText(comparison))]);
    checkpoints.clear();
    return comparison;
  } finally {
    series.dispose();
  }
}

function figuresOf(result: TrainingResult): Pick<ComparedTraining, 'validation' | 'test'> {
  const [validation, test] = result.map(({ right, auc }) => ({ accuracy: mean(right), auc }));
  return { validation: validation!, test: test! };
}

/** SHA-256 of all that decides the outcome. */
function keyOf(plan: ComparisonPlan): string {
  const { dataset, space, budget, found, random, seeds, epochs, seed } = plan;
  const content = [dataset.sha256, space, budget, found, random, seeds, epochs, seed];
  return createHash('sha256').update(JSON.stringify(content)).digest('hex');
}

function readComparison(file: string): Comparison {
  let content: unknown;
  try {
    content = fromJsonText(readFileSync(file, 'utf8'));
  } catch (error) {
    throw unreadable(file, error instanceof Error ? error.message : String(error));
  }
  const { success, data, error } = comparisonSchema.safeParse(content);
  if (success) return data;
  throw unreadable(file, sayIssue(error.issues[0]!));
}

function unreadable(file: string, reason: string): UserError {
  return new UserError(
    'comparison-unreadable',
    `${file} is not a comparison of this version of MedForge (${reason}): delete it to make the comparison again`,
  );
}
