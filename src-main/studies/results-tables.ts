import { count } from '../number-text.js';
import type { GroupResult, MeanOverSearches, PairedDifference, StudyRecord, StudyResults } from './results.js';

export interface ResultColumn {
  readonly title: string;
  /** To the right. */
  readonly number: boolean;
}

/** A table in words, for every format alike. */
export interface ResultTable {
  readonly caption: string;
  readonly columns: readonly ResultColumn[];
  readonly rows: readonly (readonly string[])[];
}

/** What stands where there is no figure. */
export const NO_FIGURE = '–';

const text = (title: string): ResultColumn => ({ title, number: false });
const number = (title: string): ResultColumn => ({ title, number: true });

/** `72,000..222,000` of `72000..222000`; ends that are open stay so. */
export function budgetText(budget: string): string {
  return budget.replace(/\d+/g, (digits) => count(Number(digits)));
}

/** Means, differences, and what is missing. */
export function resultTables(study: string, { groups, differences, missing }: StudyResults): ResultTable[] {
  return [
    {
      caption: `${study}: mean ± standard error over searches, and the 95 % interval of the mean (Student's t); test set`,
      columns: [
        ...['dataset', 'budget', 'method'].map(text),
        ...['searches', 'accuracy', 'interval', 'AUC', 'interval', 'parameters', 'search, s'].map(number),
      ],
      rows: groups.map(groupRow),
    },
    {
      caption:
        'Differences between methods, first minus second, over searches with the same seed; p by exchanging the two of each pair ' +
        '(two-sided), and times the number of datasets (Bonferroni)',
      columns: [
        ...['dataset', 'budget', 'first', 'second', 'measure'].map(text),
        ...['pairs', 'difference', 'interval', 'p', 'p corrected'].map(number),
      ],
      rows: differences.map(differenceRow),
    },
    {
      caption: missing.length === 0 ? 'No task is missing' : `Missing: ${missing.length} of the tasks`,
      columns: [
        ...['dataset', 'budget', 'method'].map(text),
        number('seed'),
        number('training'),
        text('state'),
        text('reason'),
      ],
      rows: missing.map(missingRow),
    },
  ].filter(({ rows }, i) => rows.length > 0 || i === 2);
}

function groupRow({ dataset, budget, method, planned, measures }: GroupResult): string[] {
  const { accuracy, auc, parameters, seconds } = measures;
  const measured = accuracy.searches;
  return [
    ...[dataset, budgetText(budget), method],
    measured === planned.searches ? String(measured) : `${measured} of ${planned.searches}`,
    ...[withError(accuracy, share), intervalOf(accuracy, share), withError(auc, share), intervalOf(auc, share)],
    ...[withError(parameters, count), withError(seconds, (value) => value.toFixed(1))],
  ];
}

function differenceRow({
  dataset,
  budget,
  methods,
  measure,
  pairs,
  pValue,
  corrected,
  exact,
}: PairedDifference): string[] {
  const p = (value: number | null): string =>
    value === null ? NO_FIGURE : `${value < 0.0001 ? '< 0.0001' : value.toFixed(4)}${exact ? '' : ' (sampled)'}`;
  return [
    ...[dataset, budgetText(budget), ...methods, measure === 'auc' ? 'AUC' : measure, String(pairs.searches)],
    ...[withError(pairs, signed), intervalOf(pairs, signed), p(pValue), p(corrected)],
  ];
}

function missingRow({ dataset, budget, method, seed, trainingSeed, standing, reason }: StudyRecord): string[] {
  const training = trainingSeed === null ? NO_FIGURE : String(trainingSeed);
  const state = standing === 'given-up' ? 'failed' : standing === 'blocked' ? 'missing' : standing;
  return [dataset, budgetText(budget), method, String(seed), training, state, reason ?? ''];
}

type InWords = (value: number) => string;

const share: InWords = (value) => value.toFixed(4);
const signed: InWords = (value) => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(4)}`;
const plain =
  (words: InWords): InWords =>
  (value) =>
    words === signed ? value.toFixed(4) : words(value);

function withError({ mean, standardError }: MeanOverSearches, words: InWords): string {
  if (Number.isNaN(mean)) return NO_FIGURE;
  return `${words(mean)}${standardError === null ? '' : ` ± ${plain(words)(standardError)}`}`;
}

function intervalOf({ interval }: MeanOverSearches, words: InWords): string {
  return interval === null ? NO_FIGURE : interval.map(words).join(' to ');
}
