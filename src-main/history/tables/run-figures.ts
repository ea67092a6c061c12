import { meanOfTrainings, type Estimated } from '../../statistics/mean-of-trainings.js';
import type { JobResult } from '../../vocabulary/results.js';
import type { SearchValidation, TestFigures } from '../../vocabulary/run.js';
import { write } from '../database.js';
import type { Parameters, Row, WritableDatabase } from '../database.js';
import { count, fromNumber, toNumber, toNumberAlways } from '../values.js';

/*
 * The figures that the table of runs shows, each in columns of its own: what a search says of itself, and what a retraining
 * reaches on the test part. Neither ever stands in for the other.
 */

export const FIGURE_COLUMNS = `search_accuracy, search_auc, test_networks, test_accuracy, test_accuracy_low,
  test_accuracy_high, test_auc, test_auc_low, test_auc_high`;

export function searchValidationOf(row: Row): SearchValidation | null {
  const accuracy = toNumber(row['search_accuracy']);
  return accuracy === null ? null : { accuracy, auc: toNumber(row['search_auc']) };
}

export function testFiguresOf(row: Row): TestFigures | null {
  if (row['test_networks'] === null) return null;
  const estimated = (name: 'test_accuracy' | 'test_auc'): Estimated => {
    const [low, high] = [toNumber(row[`${name}_low`]), toNumber(row[`${name}_high`])];
    return { value: toNumberAlways(row[name]), interval: low === null || high === null ? null : [low, high] };
  };
  return { networks: count(row, 'test_networks'), accuracy: estimated('test_accuracy'), auc: estimated('test_auc') };
}

/** Of the newest epoch that measured it, among those that are in `epochs`; null where none did, and for a retraining. */
export const SEARCH_FIGURES = `
  search_accuracy = (SELECT validation_accuracy FROM epochs
    WHERE epochs.run = runs.run AND runs.kind = 'search' AND validation_accuracy IS NOT NULL
    ORDER BY position DESC LIMIT 1),
  search_auc = (SELECT validation_auc FROM epochs
    WHERE epochs.run = runs.run AND runs.kind = 'search' AND validation_accuracy IS NOT NULL
    ORDER BY position DESC LIMIT 1)`;

/** Writes what a result says of the test part; a search says nothing of it. */
export function updateTestFigures(database: WritableDatabase, run: number, result: JobResult): void {
  if (result.kind !== 'retrain' || result.models.length === 0) return;
  const test = result.models.map(({ metrics }) => metrics.test);
  write(
    database,
    `UPDATE runs SET test_networks = @networks, test_accuracy = @accuracy, test_accuracy_low = @accuracyLow,
       test_accuracy_high = @accuracyHigh, test_auc = @auc, test_auc_low = @aucLow, test_auc_high = @aucHigh
     WHERE run = @run`,
    {
      run,
      networks: test.length,
      ...columnsOf(
        'accuracy',
        test.map((part) => ({ value: part.accuracy, interval: part.accuracyInterval })),
      ),
      ...columnsOf(
        'auc',
        test.map((part) => ({ value: part.auc, interval: part.aucInterval })),
      ),
    },
  );
}

function columnsOf(name: string, trainings: readonly Estimated[]): Parameters {
  const { value, interval } = meanOfTrainings(trainings);
  return { [name]: fromNumber(value), [`${name}Low`]: interval?.[0] ?? null, [`${name}High`]: interval?.[1] ?? null };
}
