import { createRandom } from '../compute/random.js';
import { UserError } from '../errors.js';
import type { Executor } from '../executors/executor.js';
import { retrainConfig } from '../jobs/retrain-config.js';
import { searchConfig } from '../jobs/search-config.js';
import type { PaceEstimate } from '../jobs/tasks.js';
import { searchMethods } from '../search/methods/registry.js';
import { EMPTY } from '../space/baselines.js';
import { UniformSampler } from '../space/uniform-sampling.js';
import { smallestPairedP } from '../statistics/permutation-test.js';
import { countTasks, secondsTogether, type PlannedTask, type StudyCount } from '../studies/plan.js';
import type { JobConfig, RetrainConfig, SearchConfig } from '../vocabulary/run-config.js';
import { retrainChoices, searchChoices, type OpenStudy } from './study.js';

export interface CheckedStudy {
  readonly count: StudyCount;
  /** What keeps tasks from running, each with the tasks that it concerns. */
  readonly problems: readonly string[];
  /** What the answer of the study will lack. */
  readonly warnings: readonly string[];
}

/** What a study is going to do, and what is wrong with it, before anything starts. */
export async function checkStudyPlan(open: OpenStudy, executor: Executor): Promise<CheckedStudy> {
  const problems = new Map<string, string>();
  const tried = new Set<string>();
  for (const task of open.tasks) {
    // Seeds alone make no difference to what is wrong.
    const kind = JSON.stringify([task.dataset, task.method, task.budget, task.search === null]);
    if (tried.has(kind)) continue;
    tried.add(kind);
    try {
      configOf(open, task);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      const where = `${task.dataset}, ${task.method}, ${task.budget}`;
      if (!problems.has(error.message)) problems.set(error.message, `${where}: ${error.message}`);
    }
  }
  return {
    count: countTasks(open.tasks),
    problems: [...problems.values()],
    warnings: [...noBaseline(open), ...fewSeeds(open), ...(await executor.check())],
  };
}

function noBaseline({ study }: OpenStudy): string[] {
  const baselines = searchMethods().filter(({ isBaseline }) => isBaseline);
  const names = baselines.map(({ id }) => id);
  if (study.searches.methods.some(({ method }) => names.includes(method))) return [];
  return [
    `no method is ${names.join(' or ')}: the study compares methods with each other and cannot say whether any is better than ` +
      `networks drawn by chance. Add ${names.join(' or ')} to searches.methods`,
  ];
}

/** Significance that is usual. */
const LEVEL = 0.05;

function fewSeeds({ study }: OpenStudy): string[] {
  const { seeds, methods } = study.searches;
  const smallest = smallestPairedP(seeds.length);
  if (methods.length < 2 || smallest <= LEVEL) return [];
  let enough = seeds.length;
  while (smallestPairedP(enough) > LEVEL) enough++;
  return [
    `with ${seeds.length} ${seeds.length === 1 ? 'seed' : 'seeds'} no difference between methods can have a p below ${smallest}: ` +
      `for p ≤ ${LEVEL} give at least ${enough} seeds (searches.seeds)`,
  ];
}

/** The configuration of a task; of a retraining, with a network that is drawn from the budget, since its own is not known yet. */
function configOf({ study, datasets }: OpenStudy, task: PlannedTask, drawn = false): JobConfig {
  const dataset = datasets.get(task.dataset)!;
  const search = searchConfig(dataset, searchChoices(study, task));
  if (task.trainingSeed === null) return search;
  const { channels, cells, stemHalvings = 0 } = search.space;
  const genotype = drawn
    ? new UniformSampler(search.space, search.budget).draw(createRandom(1, 'study/estimate'))
    : EMPTY.genotype;
  const architecture = { genotype, channels, cells, stemHalvings, searchRun: null };
  return retrainConfig(dataset, architecture, retrainChoices(study, task.trainingSeed));
}

export interface StudyEstimate {
  /** Of all tasks that are left, `atOnce` at a time. */
  readonly seconds: number;
  /** One after the other. */
  readonly processSeconds: number;
  readonly atOnce: number;
  /** What may not suffice. */
  readonly warnings: readonly string[];
}

export interface EstimateMeasures {
  readonly search: (config: SearchConfig) => Promise<PaceEstimate>;
  readonly retraining: (config: RetrainConfig) => Promise<PaceEstimate>;
  /** Hears what is measured next, and how many kinds of tasks are measured of how many. */
  readonly listener?: (what: string, done: number, total: number) => void;
}

/**
 * How long the tasks that are left take on this computer, measured with a few steps of each kind: a search of each method on each
 * dataset, and the retraining of a network drawn from each budget.
 * @param finished keys of tasks that cost nothing any more  @param atOnce tasks at the same time
 */
export async function estimateStudy(
  open: OpenStudy,
  { finished, atOnce }: { readonly finished: ReadonlySet<string>; readonly atOnce: number },
  measures: EstimateMeasures,
): Promise<StudyEstimate> {
  const measured = new Map<string, PaceEstimate>();
  const kindOf = ({ dataset, method, budget, trainingSeed }: PlannedTask): string =>
    trainingSeed === null ? `${dataset}, search with ${method}` : `${dataset}, retraining within ${budget}`;
  const left = open.tasks.filter(({ key }) => !finished.has(key));
  const kinds = new Set(left.map(kindOf)).size;
  for (const task of left) {
    const kind = kindOf(task);
    if (measured.has(kind)) continue;
    measures.listener?.(kind, measured.size, kinds);
    const config = configOf(open, task, true);
    measured.set(kind, config.kind === 'search' ? await measures.search(config) : await measures.retraining(config));
  }
  const secondsOf = (task: PlannedTask): number => (finished.has(task.key) ? 0 : measured.get(kindOf(task))!.seconds);
  const byKey = new Map(open.tasks.map((task) => [task.key, secondsOf(task)]));
  return {
    seconds: secondsTogether(open.tasks, ({ key }) => byKey.get(key)!, atOnce),
    processSeconds: [...byKey.values()].reduce((sum, seconds) => sum + seconds, 0),
    atOnce,
    warnings: [...new Set([...measured.values()].flatMap(({ needs }) => needs.warnings))],
  };
}
