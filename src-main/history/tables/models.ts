import { join } from 'node:path';
import { UserError } from '../../errors.js';
import type { TrainedModel } from '../../vocabulary/results.js';
import { all, first, write } from '../database.js';
import type { Parameters, ReadableDatabase, Row, WritableDatabase } from '../database.js';
import type { BundleSummary, ModelSummary } from '../../vocabulary/model.js';
import type { ModelRecord } from '../interface.js';
import { count, fromJson, fromNumber, stored, text, toNumber, toNumberAlways, UnreadableRow } from '../values.js';
import { selectBundles } from './bundles.js';

const COLUMNS = `
  model, models.run AS run, json_extract(runs.config, '$.searchRun') AS search_run, runs.name AS name, runs.dataset,
  runs.synthetic, models.seed AS seed, models.parameters AS parameters, models.accuracy AS accuracy, models.auc AS auc,
  models.created_at AS created_at`;

function toRow(run: number, model: TrainedModel, createdAt: string): Parameters {
  return {
    run,
    seed: model.seed,
    parameters: model.parameters,
    accuracy: fromNumber(model.metrics.test.accuracy),
    auc: fromNumber(model.metrics.test.auc),
    result: fromJson(model),
    createdAt,
  };
}

function fromRow(row: Row, bundles: readonly BundleSummary[]): ModelSummary {
  return {
    model: count(row, 'model'),
    run: count(row, 'run'),
    searchRun: toNumber(row['search_run']),
    name: text(row, 'name'),
    dataset: text(row, 'dataset'),
    synthetic: count(row, 'synthetic') === 1,
    seed: count(row, 'seed'),
    parameters: count(row, 'parameters'),
    accuracy: toNumberAlways(row['accuracy']),
    auc: toNumberAlways(row['auc']),
    createdAt: text(row, 'created_at'),
    bundles,
  };
}

export function selectModels(database: ReadableDatabase, run: number | null): ModelSummary[] {
  const bundles = new Map<number, BundleSummary[]>();
  for (const bundle of selectBundles(database, null)) {
    const others = bundles.get(bundle.model);
    if (others) others.push(bundle);
    else bundles.set(bundle.model, [bundle]);
  }
  return all(
    database,
    `SELECT ${COLUMNS} FROM models JOIN runs USING (run) WHERE @run IS NULL OR models.run = @run ORDER BY model DESC`,
    { run },
  ).map((row) => fromRow(row, bundles.get(count(row, 'model')) ?? []));
}

/** @throws UserError `model-unknown` */
export function selectModel(database: ReadableDatabase, model: number, folderOf: (run: number) => string): ModelRecord {
  const row = first(
    database,
    `SELECT ${COLUMNS}, models.result AS result, runs.config AS config FROM models JOIN runs USING (run)
     WHERE model = @model`,
    { model },
  );
  if (!row) {
    throw new UserError(
      'model-unknown',
      `There is no model ${model} in the history: "medforge runs show RUN" lists them.`,
    );
  }
  const summary = fromRow(row, selectBundles(database, model));
  const result = stored(row, 'result', 'model');
  const config = stored(row, 'config', 'config');
  if (config.kind !== 'retrain') throw new UnreadableRow(row, 'config', 'it is not of a retraining');
  return { summary, result, genotype: config.genotype, file: join(folderOf(summary.run), result.file) };
}

/** Adds a trained network or replaces the one of the same run and seed. */
export function insertModel(database: WritableDatabase, run: number, model: TrainedModel, createdAt: string): void {
  write(
    database,
    `INSERT INTO models (run, seed, parameters, accuracy, auc, result, created_at)
     VALUES (@run, @seed, @parameters, @accuracy, @auc, @result, @createdAt)
     ON CONFLICT (run, seed) DO UPDATE SET parameters = excluded.parameters, accuracy = excluded.accuracy,
       auc = excluded.auc, result = excluded.result`,
    toRow(run, model, createdAt),
  );
}
