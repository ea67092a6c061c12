import { fromJsonText } from '../../json-numbers.js';
import { meanOfTrainings, type Estimated } from '../../statistics/mean-of-trainings.js';
import { exactInterval } from '../../statistics/proportion.js';
import { fromNumber } from '../values.js';
import type { Migration } from './migration.js';

const number = (table: string, column: string): string =>
  `ALTER TABLE ${table} ADD COLUMN ${column} ANY CHECK (${column} = 'NaN' OR typeof(${column}) IN ('real', 'null'));`;

/** Settings of a retraining that a list shows. */
const RECIPE = [
  ...['epochs', 'batch', 'learningRate', 'warmupEpochs', 'weightDecay', 'labelSmoothing', 'mixup', 'cutmix'],
  ...['movingAverage', 'classWeighting', 'selection'],
];

const three = (name: string): string[] => [name, `${name}_low`, `${name}_high`];

/**
 * What a leaderboard asks of thousands of models without opening their results: every test figure with its interval, those of
 * each class, the contents that they were measured on, what the network costs, and how long an image takes. Figures of before
 * follow from the kept results, but for the interval of the balanced accuracy.
 */
export const leaderboard: Migration = {
  version: 5,
  name: 'leaderboard',
  up: (database) => {
    const ofModels = [...three('balanced_accuracy'), 'accuracy_low', 'accuracy_high', 'auc_low', 'auc_high'];
    for (const column of ofModels) database.exec(number('models', column));
    for (const column of three('test_balanced_accuracy')) database.exec(number('runs', column));
    database.exec(`
      ALTER TABLE models ADD COLUMN classes TEXT;
      ALTER TABLE models ADD COLUMN multiply_accumulates INTEGER;
      ALTER TABLE models ADD COLUMN weight_bytes INTEGER;
      ALTER TABLE runs ADD COLUMN test_classes TEXT;
      ALTER TABLE runs ADD COLUMN dataset_sha256 TEXT;
      ALTER TABLE runs ADD COLUMN search_run INTEGER;
      ALTER TABLE runs ADD COLUMN recipe TEXT;
      UPDATE runs SET dataset_sha256 = json_extract(config, '$.dataset.sha256') WHERE json_valid(config);
      UPDATE runs SET search_run = json_extract(config, '$.searchRun'),
        recipe = json_object(${RECIPE.map((key) => `'${key}', json(config -> '$.${key}')`).join(', ')})
        WHERE kind = 'retrain' AND json_valid(config);
      CREATE TABLE timings (
        model INTEGER NOT NULL REFERENCES models (model) ON DELETE CASCADE,
        machine TEXT NOT NULL,
        threads INTEGER NOT NULL,
        milliseconds REAL NOT NULL,
        images INTEGER NOT NULL,
        measured_at TEXT NOT NULL,
        PRIMARY KEY (model, machine, threads)
      ) STRICT, WITHOUT ROWID;
    `);
    const updateModel = database.prepare(
      `UPDATE models SET balanced_accuracy = ?, accuracy_low = ?, accuracy_high = ?, auc_low = ?, auc_high = ?,
         classes = ? WHERE model = ?`,
    );
    const models = database.prepare('SELECT model, result FROM models ORDER BY model').all() as Stored[];
    for (const { model, result } of models) {
      const part = partOf(() => (fromJsonText(result) as Trained).metrics.test);
      if (!part) continue;
      const ends = [...(part.accuracyInterval ?? [null, null]), ...(part.aucInterval ?? [null, null])];
      updateModel.run(fromNumber(balance(part)), ...ends, classesText([part]), model);
    }
    const updateRun = database.prepare(
      'UPDATE runs SET test_balanced_accuracy = ?, test_classes = ? WHERE run = ? AND test_networks IS NOT NULL',
    );
    const runs = database
      .prepare("SELECT run, result FROM runs WHERE kind = 'retrain' AND result IS NOT NULL ORDER BY run")
      .all() as { run: number; result: string }[];
    for (const { run, result } of runs) {
      const parts = partOf(() => (fromJsonText(result) as { models: Trained[] }).models.map((one) => one.metrics.test));
      if (!parts || parts.length === 0) continue;
      const balances = parts.map((part) => ({ value: balance(part), interval: null }));
      updateRun.run(fromNumber(meanOfTrainings(balances).value), classesText(parts), run);
    }
  },
};

interface Stored {
  readonly model: number;
  readonly result: string;
}

interface Trained {
  readonly metrics: { readonly test: FormerPart };
}

interface FormerPart {
  readonly accuracyInterval: readonly [number, number] | null;
  readonly aucInterval: readonly [number, number] | null;
  readonly perClass: readonly FormerClass[];
  readonly confusion: readonly (readonly number[])[] | null;
}

interface FormerClass {
  readonly label: string;
  readonly images?: number | null;
  readonly sensitivity: number;
  readonly specificity: number;
}

/** Null where the result cannot be read: that is said when somebody opens it. */
function partOf<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}

/** Images with and without a class; of labels in the oldest results not known. */
function imagesOf({ confusion }: FormerPart, { images }: FormerClass, k: number): readonly [number, number] | null {
  if (!confusion) return null;
  const rows = confusion.map((row) => row.reduce((sum, one) => sum + one, 0));
  const positives = images ?? rows[k] ?? 0;
  return [positives, rows.reduce((sum, one) => sum + one, 0) - positives];
}

function figures(
  part: FormerPart,
): { readonly label: string; readonly sensitivity: Estimated; readonly specificity: Estimated }[] {
  return part.perClass.map((one, k) => {
    const images = imagesOf(part, one, k);
    // The oldest results say 0 of a class that has no image.
    const share = (value: number, trials: number | undefined): Estimated =>
      trials === undefined || trials <= 0
        ? { value: trials === undefined ? value : NaN, interval: null }
        : { value, interval: Number.isNaN(value) ? null : exactInterval(Math.round(value * trials), trials) };
    return {
      label: one.label,
      sensitivity: share(one.sensitivity, images?.[0]),
      specificity: share(one.specificity, images?.[1]),
    };
  });
}

function balance(part: FormerPart): number {
  const shares = figures(part).map(({ sensitivity, specificity }) =>
    part.confusion === null ? (sensitivity.value + specificity.value) / 2 : sensitivity.value,
  );
  return shares.reduce((sum, share) => sum + share, 0) / shares.length;
}

/** As `tables/class-figures.ts` writes them. */
function classesText(parts: readonly FormerPart[]): string {
  const all = parts.map(figures);
  const numbers = (name: 'sensitivity' | 'specificity', k: number): (number | null)[] => {
    const { value, interval } = meanOfTrainings(all.map((classes) => classes[k]![name]));
    return [Number.isNaN(value) ? null : value, interval?.[0] ?? null, interval?.[1] ?? null];
  };
  return JSON.stringify(
    all[0]!.map(({ label }, k) => [label, ...numbers('sensitivity', k), ...numbers('specificity', k)]),
  );
}
