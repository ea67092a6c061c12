import { fromJsonText } from '../../json-numbers.js';
import { meanOfTrainings, type Estimated } from '../../statistics/mean-of-trainings.js';
import { fromNumber } from '../values.js';
import type { Migration } from './migration.js';

const number = (column: string): string =>
  `ADD COLUMN ${column} ANY CHECK (${column} = 'NaN' OR typeof(${column}) IN ('real', 'null'))`;

/**
 * `accuracy` and `auc` were of the training part, of the half that judges architectures, of the validation or of the test part,
 * whatever a run had. Each of these that the table shows gets a column of its own, out of the epochs and the results.
 */
export const figures: Migration = {
  version: 3,
  name: 'figures',
  up: (database) => {
    const test = ['accuracy', 'auc'].flatMap((name) => [`test_${name}`, `test_${name}_low`, `test_${name}_high`]);
    for (const column of ['search_accuracy', 'search_auc', ...test]) {
      database.exec(`ALTER TABLE runs ${number(column)}`);
    }
    const newest = (column: string): string =>
      `(SELECT ${column} FROM epochs WHERE epochs.run = runs.run AND validation_accuracy IS NOT NULL
        ORDER BY position DESC LIMIT 1)`;
    database.exec(`
      ALTER TABLE runs ADD COLUMN test_networks INTEGER;
      UPDATE runs SET search_accuracy = ${newest('validation_accuracy')}, search_auc = ${newest('validation_auc')}
        WHERE kind = 'search';
      ALTER TABLE runs DROP COLUMN accuracy;
      ALTER TABLE runs DROP COLUMN auc;
    `);
    const update = database.prepare(
      `UPDATE runs SET test_networks = ?, ${test.map((column) => `${column} = ?`).join(', ')} WHERE run = ?`,
    );
    const retrainings = database
      .prepare("SELECT run, result FROM runs WHERE kind = 'retrain' AND result IS NOT NULL ORDER BY run")
      .all() as { run: number; result: string }[];
    for (const { run, result } of retrainings) {
      const parts = testPartsOf(result);
      if (parts.length === 0) continue;
      const columns = [
        ...columnsOf(parts.map((part) => ({ value: part.accuracy, interval: part.accuracyInterval }))),
        ...columnsOf(parts.map((part) => ({ value: part.auc, interval: part.aucInterval }))),
      ];
      update.run(parts.length, ...columns, run);
    }
  },
};

interface FormerPart {
  readonly accuracy: number;
  readonly accuracyInterval: readonly [number, number];
  readonly auc: number;
  readonly aucInterval: readonly [number, number];
}

/** None where the result cannot be read: that is said when somebody opens the run. */
function testPartsOf(result: string): FormerPart[] {
  try {
    return (fromJsonText(result) as { models: { metrics: { test: FormerPart } }[] }).models.map(
      ({ metrics }) => metrics.test,
    );
  } catch {
    return [];
  }
}

function columnsOf(trainings: readonly Estimated[]): unknown[] {
  const { value, interval } = meanOfTrainings(trainings);
  return [fromNumber(value), interval?.[0] ?? null, interval?.[1] ?? null];
}
