import { createHash } from 'node:crypto';
import { readBudgetText, type WrittenBudget } from '../budget-text.js';
import type { Study, StudyMethod, StudyTask } from '../vocabulary/study.js';

/** A task with what its run is created from. */
export interface PlannedTask extends StudyTask {
  readonly choices: { readonly method: StudyMethod; readonly budget: WrittenBudget };
}

/**
 * The tasks of a study, each search before the retrainings of what it finds: dataset × budget × seed × method, so that whatever is
 * finished first can be compared first.
 *
 * A key names the task and what decides its result (content of the dataset, settings, seeds), and nothing else: what was computed
 * stays valid when a seed, a method or a dataset is added or the number of threads is changed.
 * @param contents SHA-256 of the file of each dataset
 */
export function planStudy(study: Study, contents: ReadonlyMap<string, string>): PlannedTask[] {
  const { datasets, searches, retrainings, on } = study;
  const { methods, budgets, seeds, ...settings } = searches;
  const { seeds: trainingSeeds, ...recipe } = retrainings;
  return datasets.flatMap((dataset) =>
    budgets.flatMap((text) => {
      const budget = budgetOf(text);
      return seeds.flatMap((seed) =>
        methods.flatMap((method) => {
          const { name, ...decided } = method;
          const named = { dataset, method: name, budget: budgetKey(budget), seed };
          const choices = { method, budget };
          const decides = {
            content: contents.get(dataset),
            ...decided,
            ...settings,
            budget,
            seed,
            backend: on.backend,
          };
          const key = keyOf([dataset, name, named.budget, `seed ${seed}`], decides);
          return [
            { key, ...named, trainingSeed: null, search: null, choices },
            ...trainingSeeds.map((trainingSeed) => ({
              key: keyOf([dataset, name, named.budget, `seed ${seed}`, `training ${trainingSeed}`], {
                search: decides,
                recipe,
                trainingSeed,
              }),
              ...{ ...named, trainingSeed, search: key, choices },
            })),
          ];
        }),
      );
    }),
  );
}

/** @throws when a study was not checked by `checkStudy` */
export function budgetOf(text: string): WrittenBudget {
  const read = readBudgetText(text);
  if ('problem' in read) throw new RangeError(read.problem);
  return read.value;
}

const budgetKey = ({ lower, upper }: WrittenBudget): string => `${lower ?? ''}..${upper ?? ''}`;

function keyOf(names: readonly string[], decides: object): string {
  const digest = createHash('sha256').update(canonical(decides)).digest('hex').slice(0, 12);
  return `${names.join(' / ')} #${digest}`;
}

/** JSON with the fields of every object in order, and without those that are undefined. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

export interface StudyCount {
  readonly tasks: number;
  readonly searches: number;
  readonly retrainings: number;
}

export function countTasks(tasks: readonly StudyTask[]): StudyCount {
  const searches = tasks.filter(({ search }) => search === null).length;
  return { tasks: tasks.length, searches, retrainings: tasks.length - searches };
}

/**
 * Seconds until all tasks are done when `atOnce` of them run at a time, in their order, a retraining after its search.
 * @param secondsOf of a task while as many others run  @param atOnce at least 1
 */
export function secondsTogether(
  tasks: readonly StudyTask[],
  secondsOf: (task: StudyTask) => number,
  atOnce: number,
): number {
  const ends = new Map<string, number>();
  const waiting = [...tasks];
  const slots = new Array<number>(atOnce).fill(0);
  let last = 0;
  while (waiting.length > 0) {
    const slot = slots.indexOf(Math.min(...slots));
    const now = slots[slot]!;
    const readyAt = ({ search }: StudyTask): number => (search === null ? 0 : (ends.get(search) ?? Infinity));
    const next = waiting.findIndex((task) => readyAt(task) <= now);
    if (next < 0) {
      // Nothing can start yet: the slot is idle until the next search ends.
      slots[slot] = Math.min(...waiting.map(readyAt));
      if (!Number.isFinite(slots[slot])) throw new RangeError('a retraining comes before its search');
      continue;
    }
    const [task] = waiting.splice(next, 1) as [StudyTask];
    const end = now + secondsOf(task);
    ends.set(task.key, end);
    slots[slot] = end;
    last = Math.max(last, end);
  }
  return last;
}
