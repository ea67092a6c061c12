import { UserError } from '../errors.js';
import type { ReadableHistory } from '../history/interface.js';
import type { ModelSummary } from '../vocabulary/model.js';

/** Models that were measured on the same file, by its contents. */
export interface Leaderboard {
  readonly sha256: string;
  /** Name of the dataset; files of one name and different contents are different leaderboards. */
  readonly dataset: string;
  readonly models: readonly ModelSummary[];
}

/** Shortest part of a SHA-256 that names a file. */
const SHORTEST_HASH = 8;

/**
 * The retrained networks of every dataset file, or of those that `wanted` names; that with the newest model first.
 * @param wanted name of a dataset, whatever its case, or the beginning of the SHA-256 of its file
 * @throws UserError `leaderboard-empty` when it names none
 */
export function leaderboards(history: ReadableHistory, wanted?: string): Leaderboard[] {
  const all = groups(history.listModels());
  if (wanted === undefined) return all;
  const text = wanted.toLowerCase();
  const isHash = text.length >= SHORTEST_HASH && /^[0-9a-f]+$/.test(text);
  const sha256OfId = history.listDatasets().find(({ id }) => id === text)?.sha256;
  const found = all.filter(
    ({ dataset, sha256 }) =>
      dataset.toLowerCase() === text || sha256 === sha256OfId || (isHash && sha256.startsWith(text)),
  );
  if (found.length > 0) return found;
  const known = [...new Set(all.map(({ dataset }) => dataset))].join(', ');
  throw new UserError(
    'leaderboard-empty',
    `No model was trained on ${wanted}: ${known === '' ? "train the first one with 'medforge retrain RUN'" : `there are models for ${known}`}.`,
  );
}

function groups(models: readonly ModelSummary[]): Leaderboard[] {
  const found = new Map<string, ModelSummary[]>();
  for (const model of models) {
    const others = found.get(model.sha256);
    if (others) others.push(model);
    else found.set(model.sha256, [model]);
  }
  return [...found].map(([sha256, of]) => ({ sha256, dataset: of[0]!.dataset, models: of }));
}

/** By what models can be sorted; what is more of is better, but for the last four. */
export const SORT_KEYS = {
  'balanced-accuracy': ({ test }) => test.balancedAccuracy.value,
  sensitivity: ({ test }) => test.finding?.sensitivity.value,
  specificity: ({ test }) => test.finding?.specificity.value,
  auc: ({ test }) => test.auc.value,
  accuracy: ({ test }) => test.accuracy.value,
  newest: ({ model }) => model,
  parameters: ({ parameters }) => -parameters,
  macs: ({ multiplyAccumulates }) => negative(multiplyAccumulates),
  weights: ({ weightBytes }) => negative(weightBytes),
  time: ({ timing }) => negative(timing?.milliseconds),
} as const satisfies { readonly [key: string]: (model: ModelSummary) => number | undefined };
export type SortKey = keyof typeof SORT_KEYS;

const negative = (value: number | null | undefined): number | undefined =>
  typeof value === 'number' ? -value : undefined;

/** The best first; what is not known last; ties by number, newest first. */
export function sortedModels(models: readonly ModelSummary[], key: SortKey): ModelSummary[] {
  const value = (model: ModelSummary): number => {
    const found = SORT_KEYS[key](model);
    return found === undefined || Number.isNaN(found) ? -Infinity : found;
  };
  return [...models].sort((a, b) => {
    const [x, y] = [value(a), value(b)];
    return x === y ? b.model - a.model : y > x ? 1 : -1;
  });
}
