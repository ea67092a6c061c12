import type { ModelSummary } from '../vocabulary/model.js';
import type { PartDiagnostics } from '../vocabulary/diagnostics.js';
import type { Budget } from '../vocabulary/budget.js';
import { count, table } from './output.js';
import { aucText, dateText, NONE, shareText } from './figure-text.js';

interface ModelColumn {
  readonly name: string;
  /** Numbers stand to the right. */
  readonly number?: boolean;
  readonly text: (model: ModelSummary) => string;
  /** What always saying the most frequent class reaches. */
  readonly majority?: (vote: PartDiagnostics['majority']) => string;
}

/** Columns of `models list`: those of the window's leaderboard, which a test holds. */
export const MODEL_COLUMNS: readonly ModelColumn[] = [
  { name: '#', number: true, text: ({ model }) => String(model) },
  { name: 'Name', text: ({ name }) => name, majority: majorityName },
  { name: 'Seed', number: true, text: ({ seed }) => String(seed) },
  { name: 'Dataset', text: ({ dataset }) => dataset },
  {
    name: 'Balanced accuracy [95 %]',
    number: true,
    text: ({ test }) => shareText(test.balancedAccuracy),
    majority: (vote) => plainShare(vote.balancedAccuracy),
  },
  {
    name: 'Sensitivity [95 %]',
    number: true,
    text: ({ test }) => shareText(test.finding?.sensitivity),
    majority: (vote) => plainShare(vote.sensitivity),
  },
  {
    name: 'Specificity [95 %]',
    number: true,
    text: ({ test }) => shareText(test.finding?.specificity),
    majority: (vote) => plainShare(vote.specificity),
  },
  { name: 'AUC [95 %]', number: true, text: ({ test }) => aucText(test.auc), majority: () => '0.500' },
  {
    name: 'Accuracy [95 %]',
    number: true,
    text: ({ test }) => shareText(test.accuracy),
    majority: (vote) => plainShare(vote.accuracy),
  },
  { name: 'Parameters', number: true, text: ({ parameters }) => count(parameters), majority: () => '0' },
  { name: 'MACs', number: true, text: ({ multiplyAccumulates }) => countOrNone(multiplyAccumulates) },
  { name: 'Weights, kB', number: true, text: ({ weightBytes }) => kilobytes(weightBytes) },
  { name: 'ms per image', number: true, text: ({ timing }) => timing?.milliseconds.toFixed(2) ?? NONE },
  { name: 'Recipe', text: ({ recipeText }) => recipeText ?? NONE },
  { name: 'Method', text: ({ origin, searchRun }) => origin?.method ?? (searchRun === null ? 'by hand' : NONE) },
  { name: 'Budget', number: true, text: ({ origin }) => (origin ? budgetText(origin.budget) : NONE) },
  { name: 'Retraining', number: true, text: ({ run }) => String(run) },
  { name: 'Trained', text: ({ createdAt }) => dateText(createdAt) },
  { name: 'Tags', text: ({ tags }) => tags.join(' ') },
];

/** @param majority of the dataset, when it is known: a line of its own at the end */
export function modelTable(
  models: readonly ModelSummary[],
  majority: PartDiagnostics['majority'] | null,
  columns: readonly ModelColumn[] = MODEL_COLUMNS,
): string[] {
  const rows = models.map((model) => columns.map(({ text }) => text(model)));
  const vote = majority ? [columns.map((column) => column.majority?.(majority) ?? '')] : [];
  return table(
    [columns.map(({ name }) => name), ...rows, ...vote],
    columns.map(({ number }) => number === true),
  );
}

function majorityName({ label }: PartDiagnostics['majority']): string {
  return label === null ? 'majority class of each label' : `majority class: always "${label}"`;
}

const plainShare = (value: number | null): string => (value === null ? NONE : shareText({ value, interval: null }));

const countOrNone = (value: number | null): string => (value === null ? NONE : count(value));

/** 790128 bytes: "790.1". */
const kilobytes = (bytes: number | null): string => (bytes === null ? NONE : (bytes / 1000).toFixed(1));

const budgetText = ({ lower, upper }: Budget): string => `${count(lower)}..${count(upper)}`;
