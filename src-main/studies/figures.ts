import { standingsOf } from '../display/front.js';
import { mean } from '../statistics/moments.js';
import type { AccuracyGroup, SampledSearch, StudyFigures, TrainedPoint } from '../vocabulary/study-figures.js';
import type { StudyRecord, StudyResults } from './results.js';

/** Architectures that are drawn from the final probabilities of each search. */
export const DRAWS = 200;
/** Of the draws, the same for every search. */
export const DRAW_SEED = 1;

/** What a finished search of a study keeps to be drawn from; null: its method has no probabilities. */
export type DrawnParameters = ReadonlyMap<number, readonly number[] | null>;

/**
 * The data of all figures of a study.
 * @param drawn parameters of the architectures drawn from each finished search, by its run
 */
export function studyFigures(
  records: readonly StudyRecord[],
  { groups }: Pick<StudyResults, 'groups'>,
  drawn: DrawnParameters,
): StudyFigures {
  const each = (of: 'dataset' | 'budget' | 'method'): string[] => [...new Set(records.map((record) => record[of]))];
  const searches = records.filter(({ trainingSeed, standing }) => trainingSeed === null && standing === 'finished');
  const samples = searches.flatMap(({ dataset, method, budget, seed, run }): SampledSearch[] => {
    const parameters = run === null ? null : (drawn.get(run) ?? null);
    return run === null || parameters === null ? [] : [{ dataset, method, budget, seed, run, parameters }];
  });
  const sampled = new Set(samples.map(({ method }) => method));
  const isUnsampled = ({ run, method }: StudyRecord): boolean =>
    run !== null && drawn.get(run) === null && !sampled.has(method);
  const points = trainedPoints(records, searches);
  return {
    ...{ datasets: each('dataset'), budgets: each('budget'), methods: each('method') },
    points,
    groups: each('dataset').flatMap((dataset) =>
      accuracyGroups(
        groups.filter((group) => group.dataset === dataset),
        points,
      ),
    ),
    samples,
    unsampled: [...new Set(searches.filter(isUnsampled).map(({ method }) => method))],
  };
}

const searchOf = ({ dataset, method, budget, seed }: Pick<StudyRecord, 'dataset' | 'method' | 'budget' | 'seed'>) =>
  JSON.stringify([dataset, method, budget, seed]);

/** Every finished retraining with the parameters of what its search found. */
function trainedPoints(records: readonly StudyRecord[], searches: readonly StudyRecord[]): TrainedPoint[] {
  const found = new Map(searches.map((search) => [searchOf(search), search.parameters]));
  return records.flatMap((record): TrainedPoint[] => {
    const { dataset, method, budget, seed, trainingSeed, run, accuracy } = record;
    const parameters = found.get(searchOf(record)) ?? null;
    if (trainingSeed === null || run === null || accuracy === null || parameters === null) return [];
    return [{ dataset, method, budget, seed, trainingSeed, run, parameters, accuracy }];
  });
}

/** Groups of one dataset. Parameters are those of the searches whose networks were measured. */
function accuracyGroups(groups: StudyResults['groups'], points: readonly TrainedPoint[]): AccuracyGroup[] {
  const measured = groups.flatMap(({ dataset, method, budget, measures: { accuracy } }) => {
    const own = points.filter(
      (point) => point.dataset === dataset && point.method === method && point.budget === budget,
    );
    if (own.length === 0 || Number.isNaN(accuracy.mean)) return [];
    const parameters = mean([...new Map(own.map((point) => [point.seed, point.parameters])).values()]);
    const { searches, mean: value, interval } = accuracy;
    return [{ dataset, method, budget, searches, parameters, accuracy: value, interval }];
  });
  const standings = standingsOf(
    measured.map(({ parameters, accuracy: value, interval }) => ({ cost: parameters, figure: { value, interval } })),
  );
  return measured.map((group, i) => ({ ...group, standing: standings[i]! }));
}
