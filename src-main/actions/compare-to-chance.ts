import { UserError } from '../errors.js';
import type { ReadableHistory } from '../history/interface.js';
import { runComparison, type ComparisonContext, type ComparisonPlan } from '../jobs/comparison.js';
import { RECIPE_DEFAULTS } from '../vocabulary/recipe.js';
import type { Comparison } from '../vocabulary/comparison.js';
import type { SearchConfig } from '../vocabulary/run-config.js';
import type { Genotype } from '../vocabulary/space.js';

export interface ComparisonChoices {
  /** Random networks of the budget, at least 2. */
  readonly random: number;
  /** Trainings of each network. */
  readonly seeds: number;
  /** Default: those of a retraining. */
  readonly epochs?: number | undefined;
  /** Of everything drawn. */
  readonly seed: number;
}

/**
 * Whether what some searches found is better than chance inside their budget (`jobs/comparison.ts`).
 * @param runs finished searches of one dataset, space and budget; the comparison is kept in the first one's folder
 * @returns null when it was stopped
 * @throws UserError `run-unknown`, `comparison-runs`, `dataset-changed`, and what `runComparison` refuses
 */
export async function compareToChance(
  history: ReadableHistory,
  runs: readonly number[],
  choices: ComparisonChoices,
  context: Omit<ComparisonContext, 'folder'>,
): Promise<Comparison | null> {
  const searches = runs.map((run) => finishedSearch(history, run));
  const [first, ...others] = searches;
  if (new Set(runs).size !== runs.length) throw refused('the same run is named twice: name each run once');
  for (const { run, config } of others) {
    const differs = difference(first!.config, config);
    if (differs !== null) {
      throw refused(
        `run ${run} has a different ${differs} from run ${first!.run}: compare runs with the same ${differs}`,
      );
    }
  }
  const { space, budget } = first!.config;
  const plan: ComparisonPlan = {
    ...{ dataset: history.getRun(first!.run).dataset, space, budget },
    found: searches.map(({ run, genotype }) => ({ run, genotype })),
    random: choices.random,
    seeds: choices.seeds,
    epochs: choices.epochs ?? RECIPE_DEFAULTS.epochs,
    seed: choices.seed,
  };
  return await runComparison(plan, { ...context, folder: history.runFolder(first!.run) });
}

function finishedSearch(
  history: ReadableHistory,
  run: number,
): { readonly run: number; readonly config: SearchConfig; readonly genotype: Genotype } {
  const { config, genotype, summary } = history.getRun(run);
  if (config.kind === 'search' && genotype !== null) return { run, config, genotype };
  throw refused(`run ${run} (${summary.name}) is not a finished search: name finished searches`);
}

/** What two searches do not have in common, null when they can be compared. */
function difference(a: SearchConfig, b: SearchConfig): string | null {
  if (a.dataset.sha256 !== b.dataset.sha256) return 'dataset';
  if (a.budget.lower !== b.budget.lower || a.budget.upper !== b.budget.upper) return 'budget';
  const names = ['channels', 'cells', 'inputChannels', 'classes', 'stemHalvings'] as const;
  return names.some((name) => a.space[name] !== b.space[name]) ? 'search space' : null;
}

function refused(problem: string): UserError {
  return new UserError('comparison-runs', problem);
}
