import { csvLine, type Cell } from '../csv-line.js';
import type { EpochRecord } from '../vocabulary/events.js';
import type { ReadableHistory, RunRecord } from './interface.js';

/** The columns of an epoch, in the order of the file. */
const EPOCH_COLUMNS = [
  'seed',
  'epoch',
  'loss',
  'accuracy',
  'validationLoss',
  'validationAccuracy',
  'validationAuc',
  'learningRate',
  'imagesPerSecond',
  'seconds',
] as const satisfies readonly (keyof EpochRecord)[];

const RUN_COLUMNS: { readonly [column: string]: (run: RunRecord) => Cell } = {
  run: ({ summary }) => summary.run,
  name: ({ summary }) => summary.name,
  kind: ({ summary }) => summary.kind,
  state: ({ summary }) => summary.state,
  dataset: ({ summary }) => summary.dataset,
  datasetSha256: ({ dataset }) => dataset.sha256,
  synthetic: ({ summary }) => summary.synthetic,
  createdAt: ({ summary }) => summary.createdAt,
  finishedAt: ({ summary }) => summary.finishedAt,
  runSeed: ({ summary }) => summary.seed,
  epochs: ({ summary }) => summary.epochs,
  budgetLower: ({ summary }) => summary.budget?.lower ?? null,
  budgetUpper: ({ summary }) => summary.budget?.upper ?? null,
  parameters: ({ summary }) => summary.parameters,
  searchValidationAccuracy: ({ summary }) => summary.searchValidation?.accuracy ?? null,
  searchValidationAuc: ({ summary }) => summary.searchValidation?.auc ?? null,
  testNetworks: ({ summary }) => summary.test?.networks ?? null,
  testBalancedAccuracy: ({ summary }) => summary.test?.balancedAccuracy.value ?? null,
  testBalancedAccuracyLow: ({ summary }) => summary.test?.balancedAccuracy.interval?.[0] ?? null,
  testBalancedAccuracyHigh: ({ summary }) => summary.test?.balancedAccuracy.interval?.[1] ?? null,
  finding: ({ summary }) => summary.test?.finding?.label ?? null,
  testSensitivity: ({ summary }) => summary.test?.finding?.sensitivity.value ?? null,
  testSensitivityLow: ({ summary }) => summary.test?.finding?.sensitivity.interval?.[0] ?? null,
  testSensitivityHigh: ({ summary }) => summary.test?.finding?.sensitivity.interval?.[1] ?? null,
  testSpecificity: ({ summary }) => summary.test?.finding?.specificity.value ?? null,
  testSpecificityLow: ({ summary }) => summary.test?.finding?.specificity.interval?.[0] ?? null,
  testSpecificityHigh: ({ summary }) => summary.test?.finding?.specificity.interval?.[1] ?? null,
  testAccuracy: ({ summary }) => summary.test?.accuracy.value ?? null,
  testAccuracyLow: ({ summary }) => summary.test?.accuracy.interval?.[0] ?? null,
  testAccuracyHigh: ({ summary }) => summary.test?.accuracy.interval?.[1] ?? null,
  testAuc: ({ summary }) => summary.test?.auc.value ?? null,
  testAucLow: ({ summary }) => summary.test?.auc.interval?.[0] ?? null,
  testAucHigh: ({ summary }) => summary.test?.auc.interval?.[1] ?? null,
  runSeconds: ({ summary }) => summary.seconds,
  tags: ({ summary }) => summary.tags.join(' '),
  note: ({ summary }) => summary.note,
};

export type ExportFormat = 'csv' | 'json';

export interface ExportPart {
  readonly text: string;
  /** Runs before this part are complete. */
  readonly run: number;
}

/** Records of one part. */
const PART_RECORDS = 500;

/**
 * Runs as text, in parts that follow each other, the same in every locale: UTF-8, full stop in numbers, UTC times.
 * CSV (RFC 4180, line ends CR LF): one line an epoch, the columns of its run repeated, and at the end the series of every
 * search method that is among the runs; a run without epochs has one line. `accuracy` and `loss` of an epoch are of the training images.
 * JSON: settings, results, epochs, traces with their description, and models of each run, one record a line. Numbers keep all their digits; NaN and
 * infinities are the words NaN, Infinity, -Infinity.
 * @throws UserError `run-unknown`, when that run is due
 */
export function exportParts(
  history: ReadableHistory,
  runs: readonly number[],
  format: ExportFormat,
): Generator<ExportPart> {
  return format === 'csv' ? csvParts(history, runs) : jsonParts(history, runs);
}

function* csvParts(history: ReadableHistory, runs: readonly number[]): Generator<ExportPart> {
  const told = [...new Set(runs.flatMap((run) => history.getRun(run).trace?.series.map(({ name }) => name) ?? []))];
  yield { text: csvLine([...Object.keys(RUN_COLUMNS), ...EPOCH_COLUMNS, ...told]), run: 0 };
  for (const [index, number] of runs.entries()) {
    const run = history.getRun(number);
    const settings = Object.values(RUN_COLUMNS).map((value) => value(run));
    const traces = new Map(history.traces(number).map((trace) => [trace.epoch, trace.values]));
    const epochs: readonly (EpochRecord | null)[] = history.epochs(number);
    for (const part of partsOf(epochs.length > 0 ? epochs : [null])) {
      const lines = part.map((epoch) => {
        const values = epoch && traces.get(epoch.epoch);
        const figures = EPOCH_COLUMNS.map((column) => epoch?.[column] ?? null);
        return csvLine([...settings, ...figures, ...told.map((name) => values?.[name] ?? null)]);
      });
      yield { text: lines.join(''), run: index };
    }
  }
}

function* jsonParts(history: ReadableHistory, runs: readonly number[]): Generator<ExportPart> {
  yield { text: '{"format": "medforge-runs", "version": 3, "runs": [', run: 0 };
  for (const [index, number] of runs.entries()) {
    const { summary, config, result, genotype, startedAt, error, trace } = history.getRun(number);
    const models = history.listModels(number);
    const settings = json({ ...summary, startedAt, error, config, result, genotype, models, trace });
    yield { text: `${index === 0 ? '' : ','}\n${settings.slice(0, -1)},\n"epochs": [`, run: index };
    for (const text of records(history.epochs(number))) yield { text, run: index };
    yield { text: '],\n"traces": [', run: index };
    for (const text of records(history.traces(number))) yield { text, run: index };
    yield { text: ']}', run: index };
  }
  yield { text: '\n]}\n', run: runs.length };
}

function* records(all: readonly object[]): Generator<string> {
  for (const [index, part] of [...partsOf(all)].entries()) {
    yield `${index === 0 ? '' : ','}\n${part.map(json).join(',\n')}`;
  }
}

function* partsOf<T>(all: readonly T[]): Generator<readonly T[]> {
  for (let begin = 0; begin < all.length; begin += PART_RECORDS) yield all.slice(begin, begin + PART_RECORDS);
}

function json(value: object): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'number' && !Number.isFinite(part) ? String(part) : part,
  );
}
