import type { PartDiagnostics } from '../vocabulary/diagnostics.js';
import type { ModelSummary } from '../vocabulary/model.js';
import { aucText, NONE, shareText } from './figure-text.js';
import type { Notation } from './notation.js';

export type ModelColumnKey =
  | 'model'
  | 'name'
  | 'seed'
  | 'balancedAccuracy'
  | 'sensitivity'
  | 'specificity'
  | 'auc'
  | 'accuracy'
  | 'parameters'
  | 'macs'
  | 'weights'
  | 'time'
  | 'recipe'
  | 'method'
  | 'budget'
  | 'run'
  | 'createdAt'
  | 'tags';

type MajorityVote = PartDiagnostics['majority'];

export interface ModelColumn {
  readonly key: ModelColumnKey;
  readonly name: string;
  /** Numbers stand to the right. */
  readonly number?: boolean;
  readonly text: (model: ModelSummary, notation: Notation) => string;
  /** What always saying the most frequent class reaches. */
  readonly majority?: (vote: MajorityVote, notation: Notation) => string;
}

/** Columns of the leaderboard in the window and of `models list`. */
export const MODEL_COLUMNS: readonly ModelColumn[] = [
  { key: 'model', name: '#', number: true, text: ({ model }) => String(model) },
  {
    key: 'name',
    name: 'Name',
    text: ({ name }) => name,
    majority: ({ label }) => (label === null ? 'Majority class of each label' : `Majority class: always “${label}”`),
  },
  { key: 'seed', name: 'Seed', number: true, text: ({ seed }) => String(seed) },
  {
    key: 'balancedAccuracy',
    name: 'Balanced accuracy [95 %]',
    number: true,
    text: ({ test }, notation) => shareText(test.balancedAccuracy, notation),
    majority: ({ balancedAccuracy }, notation) => plainShare(balancedAccuracy, notation),
  },
  {
    key: 'sensitivity',
    name: 'Sensitivity [95 %]',
    number: true,
    text: ({ test }, notation) => shareText(test.finding?.sensitivity, notation),
    majority: ({ sensitivity }, notation) => plainShare(sensitivity, notation),
  },
  {
    key: 'specificity',
    name: 'Specificity [95 %]',
    number: true,
    text: ({ test }, notation) => shareText(test.finding?.specificity, notation),
    majority: ({ specificity }, notation) => plainShare(specificity, notation),
  },
  {
    key: 'auc',
    name: 'AUC [95 %]',
    number: true,
    text: ({ test }, notation) => aucText(test.auc, notation),
    // Where a class is absent neither of them is defined.
    majority: ({ balancedAccuracy }, { decimal }) => (balancedAccuracy === null ? NONE : decimal(0.5, 3)),
  },
  {
    key: 'accuracy',
    name: 'Accuracy [95 %]',
    number: true,
    text: ({ test }, notation) => shareText(test.accuracy, notation),
    majority: ({ accuracy }, notation) => plainShare(accuracy, notation),
  },
  {
    key: 'parameters',
    name: 'Parameters',
    number: true,
    text: ({ parameters }, { integer }) => integer(parameters),
    majority: () => '0',
  },
  {
    key: 'macs',
    name: 'MACs',
    number: true,
    text: ({ multiplyAccumulates }, { integer }) =>
      multiplyAccumulates === null ? NONE : integer(multiplyAccumulates),
  },
  {
    key: 'weights',
    name: 'Weights, kB',
    number: true,
    text: ({ weightBytes }, { decimal }) => (weightBytes === null ? NONE : decimal(weightBytes / 1000, 1)),
  },
  {
    key: 'time',
    name: 'ms per image',
    number: true,
    text: ({ timing }, { decimal }) => (timing === null ? NONE : decimal(timing.milliseconds, 2)),
  },
  { key: 'recipe', name: 'Recipe', text: ({ recipeText }) => recipeText ?? NONE },
  { key: 'method', name: 'Method', text: methodText },
  {
    key: 'budget',
    name: 'Budget',
    number: true,
    text: ({ origin }, { integer }) =>
      origin ? `${integer(origin.budget.lower)}..${integer(origin.budget.upper)}` : NONE,
  },
  { key: 'run', name: 'Retraining', number: true, text: ({ run }) => String(run) },
  { key: 'createdAt', name: 'Trained', text: ({ createdAt }, { date }) => date(createdAt) },
  { key: 'tags', name: 'Tags', text: ({ tags }) => tags.join(' ') },
];

/** Of the search that found the architecture. */
export function methodText({ origin, searchRun }: ModelSummary): string {
  return origin?.method ?? (searchRun === null ? 'by hand' : NONE);
}

const plainShare = (value: number | null, notation: Notation): string =>
  value === null ? NONE : shareText({ value, interval: null }, notation);
