import { hostname } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../../errors.js';
import { recipeText } from '../../recipe-text.js';
import type { TrainedModel } from '../../vocabulary/results.js';
import { all, first, write } from '../database.js';
import type { Parameters, ReadableDatabase, Row, WritableDatabase } from '../database.js';
import type { BundleSummary, ModelSummary } from '../../vocabulary/model.js';
import type { ModelRecord } from '../interface.js';
import {
  count,
  fromJson,
  stored,
  text,
  textOrNull,
  texts,
  toNumber,
  toNumberAlways,
  UnreadableRow,
} from '../values.js';
import { selectBundles } from './bundles.js';
import { classesToText, classFigures, NO_FINDING, type FindingReader } from './class-figures.js';
import { estimatedOf, estimatedParameters } from './figure-columns.js';
import { recipeFromText } from './recipes.js';
import { updateTestFigures } from './run-figures.js';

/** Figures with their intervals, as `estimatedOf` reads them. */
const FIGURES = ['balanced_accuracy', 'accuracy', 'auc'].flatMap((name) => [name, `${name}_low`, `${name}_high`]);

const COLUMNS = `
  models.model AS model, models.run AS run, models.seed AS seed, models.parameters AS parameters,
  ${FIGURES.map((name) => `models.${name} AS ${name}`).join(', ')}, models.classes AS classes,
  models.multiply_accumulates AS multiply_accumulates, models.weight_bytes AS weight_bytes, models.created_at AS created_at,
  runs.name AS name, runs.dataset AS dataset, runs.dataset_sha256 AS sha256, runs.search_run AS search_run, runs.recipe AS recipe, runs.synthetic AS synthetic,
  (SELECT json_group_array(tag) FROM tags WHERE tags.run = models.run) AS tags`;

/** With the newest timing on this machine. */
const FROM = `
  FROM models JOIN runs USING (run)
  LEFT JOIN timings ON timings.model = models.model AND timings.machine = @machine AND timings.measured_at =
    (SELECT max(measured_at) FROM timings newest WHERE newest.model = models.model AND newest.machine = @machine)`;
const TIMING = 'timings.milliseconds, timings.images AS timed_images, timings.threads, timings.measured_at';

function toRow(run: number, model: TrainedModel, createdAt: string): Parameters {
  const { test } = model.metrics;
  return {
    run,
    seed: model.seed,
    parameters: model.parameters,
    ...estimatedParameters('balancedAccuracy', {
      value: test.balancedAccuracy,
      interval: test.balancedAccuracyInterval,
    }),
    ...estimatedParameters('accuracy', { value: test.accuracy, interval: test.accuracyInterval }),
    ...estimatedParameters('auc', { value: test.auc, interval: test.aucInterval }),
    classes: classesToText(classFigures(test.perClass)),
    multiplyAccumulates: model.multiplyAccumulates,
    weightBytes: model.weightBytes,
    result: fromJson(model),
    createdAt,
  };
}

/** What every row of one list needs. */
interface Surroundings {
  readonly bundles: (model: number) => readonly BundleSummary[];
  readonly origin: (search: number | null) => ModelSummary['origin'];
  readonly finding: FindingReader;
  readonly machine: string;
}

function fromRow(row: Row, { bundles, origin, finding, machine }: Surroundings): ModelSummary {
  const searchRun = toNumber(row['search_run']);
  const sha256 = textOrNull(row, 'sha256') ?? '';
  const dataset = text(row, 'dataset');
  const recipe = recipeFromText(textOrNull(row, 'recipe'));
  return {
    model: count(row, 'model'),
    run: count(row, 'run'),
    searchRun,
    name: text(row, 'name'),
    dataset,
    synthetic: count(row, 'synthetic') === 1,
    seed: count(row, 'seed'),
    parameters: count(row, 'parameters'),
    accuracy: toNumberAlways(row['accuracy']),
    auc: toNumberAlways(row['auc']),
    sha256,
    test: {
      balancedAccuracy: row['balanced_accuracy'] === null ? UNKNOWN : estimatedOf(row, 'balanced_accuracy'),
      finding: finding({ dataset, sha256, classes: textOrNull(row, 'classes') }),
      auc: estimatedOf(row, 'auc'),
      accuracy: estimatedOf(row, 'accuracy'),
    },
    multiplyAccumulates: toNumber(row['multiply_accumulates']),
    weightBytes: toNumber(row['weight_bytes']),
    recipe,
    recipeText: recipe && recipeText(recipe),
    origin: origin(searchRun),
    tags: row['tags'] === '[]' ? [] : texts(row, 'tags'),
    timing:
      row['milliseconds'] === null
        ? null
        : {
            milliseconds: count(row, 'milliseconds'),
            images: count(row, 'timed_images'),
            threads: count(row, 'threads'),
            machine,
            measuredAt: text(row, 'measured_at'),
          },
    createdAt: text(row, 'created_at'),
    bundles: bundles(count(row, 'model')),
  };
}

/** Of a model whose result could not be read when its figures were taken over. */
const UNKNOWN = { value: NaN, interval: null } as const;

/** Search methods and budgets by run; each is asked for once. */
function originReader(database: ReadableDatabase): Surroundings['origin'] {
  const known = new Map<number, ModelSummary['origin']>();
  return (search) => {
    if (search === null) return null;
    let origin = known.get(search);
    if (origin === undefined) {
      const row = first(
        database,
        `SELECT CASE WHEN json_valid(config) THEN config ->> '$.method' END AS method, budget_lower, budget_upper
         FROM runs WHERE run = @search AND kind = 'search'`,
        { search },
      );
      const readable = typeof row?.['method'] === 'string' && row['budget_lower'] !== null;
      origin = readable
        ? {
            method: text(row, 'method'),
            budget: { lower: count(row, 'budget_lower'), upper: count(row, 'budget_upper') },
          }
        : null;
      known.set(search, origin);
    }
    return origin;
  };
}

export function selectModels(
  database: ReadableDatabase,
  run: number | null,
  finding: FindingReader = NO_FINDING,
): ModelSummary[] {
  const bundles = new Map<number, BundleSummary[]>();
  for (const bundle of selectBundles(database, null)) {
    const others = bundles.get(bundle.model);
    if (others) others.push(bundle);
    else bundles.set(bundle.model, [bundle]);
  }
  const machine = hostname();
  const surroundings: Surroundings = {
    bundles: (model) => bundles.get(model) ?? [],
    origin: originReader(database),
    finding,
    machine,
  };
  return all(
    database,
    `SELECT ${COLUMNS}, ${TIMING} ${FROM} WHERE @run IS NULL OR models.run = @run ORDER BY models.model DESC`,
    { run, machine },
  ).map((row) => fromRow(row, surroundings));
}

/** Files of all networks that were measured on a dataset file, by model. */
export function selectModelFiles(
  database: ReadableDatabase,
  sha256: string,
  folderOf: (run: number) => string,
): Map<number, string> {
  const rows = all(
    database,
    `SELECT models.model AS model, models.run AS run, models.result ->> '$.file' AS file FROM models JOIN runs USING (run)
     WHERE runs.dataset_sha256 = @sha256 AND json_valid(models.result)`,
    { sha256 },
  );
  return new Map(
    rows.flatMap((row) => {
      const file = textOrNull(row, 'file');
      return file === null ? [] : [[count(row, 'model'), join(folderOf(count(row, 'run')), file)] as const];
    }),
  );
}

/** @throws UserError `model-unknown` */
export function selectModel(
  database: ReadableDatabase,
  model: number,
  folderOf: (run: number) => string,
  finding: FindingReader = NO_FINDING,
): ModelRecord {
  const machine = hostname();
  const row = first(
    database,
    `SELECT ${COLUMNS}, ${TIMING}, models.result AS result, runs.config AS config ${FROM} WHERE models.model = @model`,
    { model, machine },
  );
  if (!row) {
    const text = `There is no model ${model} in the history`;
    throw new UserError('model-unknown', `${text}: "medforge models list" shows the models.`, {
      inWindow: `${text}: it may have been deleted.`,
    });
  }
  const config = stored(row, 'config', 'config');
  const result = stored(row, 'result', 'model');
  if (config.kind !== 'retrain') throw new UnreadableRow(row, 'config', 'it is not of a retraining');
  const summary = fromRow(row, {
    bundles: (of) => selectBundles(database, of),
    origin: originReader(database),
    finding,
    machine,
  });
  return { summary, result, genotype: config.genotype, file: join(folderOf(summary.run), result.file) };
}

/** Adds a trained network or replaces the one of the same run and seed. */
export function insertModel(database: WritableDatabase, run: number, model: TrainedModel, createdAt: string): void {
  write(
    database,
    `INSERT INTO models (run, seed, parameters, balanced_accuracy, balanced_accuracy_low, balanced_accuracy_high, accuracy,
       accuracy_low, accuracy_high, auc, auc_low, auc_high, classes, multiply_accumulates, weight_bytes, result, created_at)
     VALUES (@run, @seed, @parameters, @balancedAccuracy, @balancedAccuracyLow, @balancedAccuracyHigh, @accuracy,
       @accuracyLow, @accuracyHigh, @auc, @aucLow, @aucHigh, @classes, @multiplyAccumulates, @weightBytes, @result, @createdAt)
     ON CONFLICT (run, seed) DO UPDATE SET parameters = excluded.parameters,
       balanced_accuracy = excluded.balanced_accuracy, balanced_accuracy_low = excluded.balanced_accuracy_low,
       balanced_accuracy_high = excluded.balanced_accuracy_high, accuracy = excluded.accuracy,
       accuracy_low = excluded.accuracy_low, accuracy_high = excluded.accuracy_high, auc = excluded.auc,
       auc_low = excluded.auc_low, auc_high = excluded.auc_high, classes = excluded.classes,
       multiply_accumulates = excluded.multiply_accumulates, weight_bytes = excluded.weight_bytes, result = excluded.result`,
    toRow(run, model, createdAt),
  );
}

/** What an evaluation found of a model, with the means of its retraining. @throws UserError `model-unknown` */
export function updateMeasured(
  database: WritableDatabase,
  model: number,
  measured: Pick<TrainedModel, 'metrics' | 'multiplyAccumulates' | 'weightBytes'>,
  folderOf: (run: number) => string,
): void {
  const { summary, result } = selectModel(database, model, folderOf);
  insertModel(database, summary.run, { ...result, ...measured }, summary.createdAt);
  const networks = all(database, 'SELECT run, result FROM models WHERE run = @run ORDER BY model', {
    run: summary.run,
  });
  updateTestFigures(
    database,
    summary.run,
    networks.map((row) => stored(row, 'result', 'model').metrics.test),
  );
}
