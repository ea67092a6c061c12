import type { EpochRecord } from '../jobs/messages.js';
import type { ReadableHistory, RunDetails } from './interface.js';

/** The columns of an epoch, in the order of the file. */
const EPOCH_COLUMNS = [
  'seed',
  'epoch',
  'loss',
  'accuracy',
  'validationLoss',
  'validationAccuracy',
  'validationAuc',
  'expectedParameters',
  'operationsInSupport',
  'temperature',
  'phase',
  'learningRate',
  'imagesPerSecond',
  'seconds',
] as const satisfies readonly (keyof EpochRecord)[];

type Cell = string | number | boolean | null;

const RUN_COLUMNS: { readonly [column: string]: (run: RunDetails) => Cell } = {
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
  finalAccuracy: ({ summary }) => summary.accuracy,
  finalAuc: ({ summary }) => summary.auc,
  runSeconds: ({ summary }) => summary.seconds,
  tags: ({ summary }) => summary.tags.join(' '),
  note: ({ summary }) => summary.note,
};

/**
 * Runs as text, the same in every locale: UTF-8, full stop in numbers, UTC times.
 * CSV (RFC 4180, line ends CR LF): one line an epoch, the columns of its run repeated; a run without epochs has one line.
 * JSON: settings, results, epochs, α, β, γ and models of each run. Numbers keep all their digits; NaN and infinities are
 * the words NaN, Infinity, -Infinity.
 * @throws UserError `run-unknown`
 */
export function exportRuns(history: ReadableHistory, runs: readonly number[], format: 'csv' | 'json'): string {
  return format === 'csv' ? toCsv(history, runs) : toJson(history, runs);
}

function toCsv(history: ReadableHistory, runs: readonly number[]): string {
  const lines = [[...Object.keys(RUN_COLUMNS), ...EPOCH_COLUMNS].map(cell).join(',')];
  for (const number of runs) {
    const run = history.getRun(number);
    const settings = Object.values(RUN_COLUMNS).map((value) => cell(value(run)));
    const epochs: readonly (EpochRecord | null)[] = history.epochs(number);
    for (const epoch of epochs.length > 0 ? epochs : [null]) {
      lines.push([...settings, ...EPOCH_COLUMNS.map((column) => cell(epoch?.[column] ?? null))].join(','));
    }
  }
  return `${lines.join('\r\n')}\r\n`;
}

function cell(value: Cell): string {
  if (value === null) return '';
  if (typeof value !== 'string') return String(value);
  // A spreadsheet takes text that starts so for a formula.
  const text = value.replace(/^(?=[=+\-@\t\r])/, "'");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function toJson(history: ReadableHistory, runs: readonly number[]): string {
  const exported = runs.map((number) => {
    const { summary, config, result, genotype, startedAt, error } = history.getRun(number);
    return {
      ...summary,
      startedAt,
      error,
      config,
      result,
      genotype,
      epochs: history.epochs(number),
      architecture: history.snapshots(number),
      models: history.listModels(number),
    };
  });
  const numbers = (_key: string, value: unknown): unknown =>
    typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
  return `${JSON.stringify({ format: 'medforge-runs', version: 1, runs: exported }, numbers, 2)}\n`;
}
