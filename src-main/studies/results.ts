import { createRandom } from '../compute/random.js';
import { mean, variance } from '../statistics/moments.js';
import { pairedPermutationTest } from '../statistics/permutation-test.js';
import { upperQuantile } from '../statistics/student-t.js';
import type { StudyTask } from '../vocabulary/study.js';
import type { Standing } from './standing.js';

/** What a task has come to: all that the tables are computed from. */
export interface StudyRecord extends Pick<StudyTask, 'dataset' | 'method' | 'budget' | 'seed' | 'trainingSeed'> {
  readonly standing: Standing;
  /** Why it is not finished, where that is not plain. */
  readonly reason: string | null;
  readonly run: number | null;
  /** Trainable parameters of what a search found; null before its end, and for a retraining. */
  readonly parameters: number | null;
  /** Running time of a search over all resumes; null as above. */
  readonly seconds: number | null;
  /** Of a retraining, on the test part; null before its end, and for a search. */
  readonly accuracy: number | null;
  /** NaN where it is not defined. */
  readonly auc: number | null;
}

export const MEASURES = ['accuracy', 'auc', 'parameters', 'seconds'] as const;
export type Measure = (typeof MEASURES)[number];

/** A mean over searches; without any it is NaN, and below two there is no error. */
export interface MeanOverSearches {
  readonly searches: number;
  readonly mean: number;
  readonly standardError: number | null;
  /** 95 %, of Student's t. */
  readonly interval: readonly [number, number] | null;
}

export interface GroupResult extends Pick<StudyTask, 'dataset' | 'method' | 'budget'> {
  /** Searches and retrainings that are finished, and those that are planned. */
  readonly finished: { readonly searches: number; readonly retrainings: number };
  readonly planned: { readonly searches: number; readonly retrainings: number };
  readonly measures: { readonly [measure in Measure]: MeanOverSearches };
}

/** First method minus second, over the searches with the same seed. */
export interface PairedDifference extends Pick<StudyTask, 'dataset' | 'budget'> {
  readonly methods: readonly [string, string];
  readonly measure: 'accuracy' | 'auc';
  readonly pairs: MeanOverSearches;
  /** Two-sided, by exchanging the two of each pair; null without a pair, or where a figure is not defined. */
  readonly pValue: number | null;
  /** As above, times the number of datasets (Bonferroni), at most 1. */
  readonly corrected: number | null;
  readonly exact: boolean;
}

export interface StudyResults {
  readonly groups: readonly GroupResult[];
  readonly differences: readonly PairedDifference[];
  /** Tasks that are not finished. */
  readonly missing: readonly StudyRecord[];
}

/**
 * The tables of a study. The unit is a search: what several retrainings of one network reach is one figure, their mean. Searches of
 * two methods with the same seed, dataset and budget divide the images in the same way and are a pair.
 */
export function studyResults(records: readonly StudyRecord[]): StudyResults {
  const datasets = [...new Set(records.map(({ dataset }) => dataset))];
  const groups = [...grouped(records, ({ dataset, budget, method }) => [dataset, budget, method])];
  const differences = [...grouped(records, ({ dataset, budget }) => [dataset, budget])].flatMap((ofBudget) =>
    differencesOf(ofBudget, datasets.length),
  );
  return {
    groups: groups.map(groupResult),
    differences,
    missing: records.filter(({ standing }) => standing !== 'finished'),
  };
}

/** In the order in which each is met first. */
function grouped<T>(values: readonly T[], by: (value: T) => readonly unknown[]): Iterable<T[]> {
  const groups = new Map<string, T[]>();
  for (const value of values) {
    const key = JSON.stringify(by(value));
    groups.set(key, [...(groups.get(key) ?? []), value]);
  }
  return groups.values();
}

const isFinished = ({ standing }: StudyRecord): boolean => standing === 'finished';
const isSearch = ({ trainingSeed }: StudyRecord): boolean => trainingSeed === null;

function groupResult(records: readonly StudyRecord[]): GroupResult {
  const { dataset, method, budget } = records[0]!;
  const countOf = (all: readonly StudyRecord[]) => {
    const searches = all.filter(isSearch).length;
    return { searches, retrainings: all.length - searches };
  };
  const of = (measure: Measure): MeanOverSearches => meanOverSearches([...bySeed(records, measure).values()]);
  return {
    ...{ dataset, method, budget },
    finished: countOf(records.filter(isFinished)),
    planned: countOf(records),
    measures: { accuracy: of('accuracy'), auc: of('auc'), parameters: of('parameters'), seconds: of('seconds') },
  };
}

/** One figure for each search: of itself, or the mean over its retrainings. */
function bySeed(records: readonly StudyRecord[], measure: Measure): Map<number, number> {
  const values = new Map<number, number[]>();
  for (const record of records) {
    const value = isFinished(record) ? record[measure] : null;
    if (value !== null) values.set(record.seed, [...(values.get(record.seed) ?? []), value]);
  }
  return new Map([...values].map(([seed, own]) => [seed, mean(own)]));
}

function meanOverSearches(values: readonly number[]): MeanOverSearches {
  const searches = values.length;
  const centre = mean(values);
  if (searches < 2 || Number.isNaN(centre)) return { searches, mean: centre, standardError: null, interval: null };
  const standardError = Math.sqrt(variance(values) / searches);
  const reach = upperQuantile(0.025, searches - 1) * standardError;
  return { searches, mean: centre, standardError, interval: [centre - reach, centre + reach] };
}

function differencesOf(records: readonly StudyRecord[], datasets: number): PairedDifference[] {
  const { dataset, budget } = records[0]!;
  const methods = [...grouped(records, ({ method }) => [method])];
  return methods.flatMap((first, i) =>
    methods.slice(i + 1).flatMap((second) =>
      (['accuracy', 'auc'] as const).map((measure) => {
        const [one, other] = [bySeed(first, measure), bySeed(second, measure)];
        const pairs = [...one].flatMap(([seed, value]) => (other.has(seed) ? [value - other.get(seed)!] : []));
        const isDefined = pairs.length > 0 && !pairs.some(Number.isNaN);
        const test = isDefined ? pairedPermutationTest(pairs, createRandom(1, 'study/permutations')) : null;
        return {
          ...{ dataset, budget, measure, methods: [first[0]!.method, second[0]!.method] as const },
          pairs: meanOverSearches(pairs),
          pValue: test?.pValue ?? null,
          corrected: test && Math.min(1, test.pValue * datasets),
          exact: test?.exact ?? true,
        };
      }),
    ),
  );
}
