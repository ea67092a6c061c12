import type { FrontQuestion, ModelFront, ModelSummary } from '../../src-main/ipc/contract.js';
import { standingsOf, type Standing } from '../../src-main/display/front.js';
import { MODEL_COLUMNS, type ModelColumnKey } from './model-columns.js';
import type { TestFigure } from './test-figures.js';

/** Models that were measured on the same file, by its contents. */
export interface Leaderboard {
  readonly sha256: string;
  /** Name of the dataset, and what tells it from others of that name. */
  readonly label: string;
  readonly models: readonly ModelSummary[];
}

/** That of the newest model first. */
export function leaderboards(models: readonly ModelSummary[]): Leaderboard[] {
  const groups = new Map<string, ModelSummary[]>();
  for (const model of models) {
    const others = groups.get(model.sha256);
    if (others) others.push(model);
    else groups.set(model.sha256, [model]);
  }
  const names = [...groups.values()].map(([first]) => first!.dataset);
  return [...groups].map(([sha256, of]) => {
    const name = of[0]!.dataset;
    const alone = names.filter((other) => other === name).length === 1;
    return { sha256, label: alone ? name : `${name} (SHA-256 ${sha256.slice(0, 8)})`, models: of };
  });
}

export interface ModelOrder {
  readonly column: ModelColumnKey;
  readonly descending: boolean;
}

/** Stable; unknown values last in either direction; ties by number, newest first. */
export function sortModels(models: readonly ModelSummary[], order: ModelOrder): ModelSummary[] {
  const sign = order.descending ? -1 : 1;
  const value = MODEL_COLUMNS.find(({ key }) => key === order.column)?.value ?? (({ model }) => model);
  return models
    .map((model) => ({ model, key: known(value(model)) }))
    .sort((a, b) => {
      if (a.key === undefined || b.key === undefined) {
        return a.key === b.key ? b.model.model - a.model.model : a.key === undefined ? 1 : -1;
      }
      if (a.key !== b.key) return (a.key < b.key ? -1 : 1) * sign;
      return b.model.model - a.model.model;
    })
    .map(({ model }) => model);
}

/** A number that is none is unknown. */
const known = (value: number | string | undefined): number | string | undefined =>
  Number.isNaN(value) ? undefined : value;

/** What is better small is first sorted so, and texts A to Z. */
const ASCENDING: readonly ModelColumnKey[] = [
  'name',
  'method',
  'tags',
  'parameters',
  'macs',
  'weights',
  'time',
  'budget',
];

export function nextModelOrder(order: ModelOrder, column: ModelColumnKey): ModelOrder {
  if (order.column === column) return { column, descending: !order.descending };
  return { column, descending: !ASCENDING.includes(column) };
}

const texts = new WeakMap<ModelSummary, string>();

/** Words that must all occur in name, method, tags, recipe or #number. */
export function filterModels(models: readonly ModelSummary[], filter: string): ModelSummary[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [...models];
  const columns = MODEL_COLUMNS.filter(({ key }) => ['name', 'recipe', 'method', 'tags'].includes(key));
  const haystack = (model: ModelSummary): string => {
    let text = texts.get(model);
    if (text === undefined) {
      const parts = columns.map((column) => column.text(model));
      texts.set(model, (text = `#${model.model} ${parts.join(' ')} seed ${model.seed}`.toLowerCase()));
    }
    return text;
  };
  return models.filter((model) => words.every((word) => haystack(model).includes(word)));
}

/** What a model costs, the less the better. */
export interface Cost {
  readonly key: 'parameters' | 'macs' | 'time';
  readonly name: string;
  readonly of: (model: ModelSummary) => number | null;
}

export const COSTS: readonly [Cost, ...Cost[]] = [
  { key: 'parameters', name: 'parameters', of: ({ parameters }) => parameters },
  { key: 'macs', name: 'MACs', of: ({ multiplyAccumulates }) => multiplyAccumulates },
  { key: 'time', name: 'ms per image', of: ({ timing }) => timing?.milliseconds ?? null },
];

/** What is asked of the front of some models by a figure and a cost; models that lack one of them stand nowhere. */
export function frontQuestion(models: readonly ModelSummary[], figure: TestFigure, cost: Cost): FrontQuestion {
  const networks = models.flatMap((model) => {
    const [estimated, spent] = [figure.of(model.test), cost.of(model)];
    return estimated && !Number.isNaN(estimated.value) && spent !== null
      ? [{ model: model.model, cost: spent, figure: { value: estimated.value, interval: estimated.interval } }]
      : [];
  });
  return { figure: figure.key, networks };
}

/** Where each model stands by the intervals of each by itself, until they are compared image by image. */
export function frontOf({ networks }: FrontQuestion): StandingsByModel {
  const standings = standingsOf(networks);
  return byModel({ standings: networks.map(({ model }, i) => ({ model, standing: standings[i]! })), unpaired: [] });
}

/** What is known of a front, by model. */
export interface StandingsByModel {
  readonly standings: ReadonlyMap<number, Standing>;
  /** Judged by the intervals of each by itself, because one of the two has kept no predictions. */
  readonly unpaired: ReadonlySet<number>;
}

export function byModel({ standings, unpaired }: ModelFront): StandingsByModel {
  return {
    standings: new Map(standings.map(({ model, standing }) => [model, standing])),
    unpaired: new Set(unpaired),
  };
}
