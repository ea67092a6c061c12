import { meanOfTrainings } from '../../statistics/mean-of-trainings.js';
import type { PartMetrics } from '../../vocabulary/metrics.js';
import type { SearchValidation, TestFigures } from '../../vocabulary/run.js';
import { write } from '../database.js';
import type { Row, WritableDatabase } from '../database.js';
import { count, textOrNull, toNumber } from '../values.js';
import { classesToText, classFigures, meanClassFigures, type FindingReader } from './class-figures.js';
import { estimatedColumns, estimatedOf, estimatedParameters } from './figure-columns.js';

/*
 * The figures that the table of runs shows, each in columns of its own: what a search says of itself, and what a retraining
 * reaches on the test part. Neither ever stands in for the other.
 */

export const FIGURE_COLUMNS = `search_accuracy, search_auc, test_networks, ${estimatedColumns('test_balanced_accuracy')},
  ${estimatedColumns('test_accuracy')}, ${estimatedColumns('test_auc')}, test_classes, dataset_sha256`;

export function searchValidationOf(row: Row): SearchValidation | null {
  const accuracy = toNumber(row['search_accuracy']);
  return accuracy === null ? null : { accuracy, auc: toNumber(row['search_auc']) };
}

export function testFiguresOf(row: Row, finding: FindingReader): TestFigures | null {
  if (row['test_networks'] === null) return null;
  return {
    networks: count(row, 'test_networks'),
    balancedAccuracy: estimatedOf(row, 'test_balanced_accuracy'),
    finding: finding({
      dataset: String(row['dataset']),
      sha256: textOrNull(row, 'dataset_sha256'),
      classes: textOrNull(row, 'test_classes'),
    }),
    auc: estimatedOf(row, 'test_auc'),
    accuracy: estimatedOf(row, 'test_accuracy'),
  };
}

/** Of the newest epoch that measured it, among those that are in `epochs`; null where none did, and for a retraining. */
export const SEARCH_FIGURES = `
  search_accuracy = (SELECT validation_accuracy FROM epochs
    WHERE epochs.run = runs.run AND runs.kind = 'search' AND validation_accuracy IS NOT NULL
    ORDER BY position DESC LIMIT 1),
  search_auc = (SELECT validation_auc FROM epochs
    WHERE epochs.run = runs.run AND runs.kind = 'search' AND validation_accuracy IS NOT NULL
    ORDER BY position DESC LIMIT 1)`;

/** Writes what the networks of a retraining reach on the test part. */
export function updateTestFigures(database: WritableDatabase, run: number, test: readonly PartMetrics[]): void {
  if (test.length === 0) return;
  const mean = (value: 'balancedAccuracy' | 'accuracy' | 'auc') =>
    estimatedParameters(
      value,
      meanOfTrainings(test.map((part) => ({ value: part[value], interval: part[`${value}Interval`] }))),
    );
  write(
    database,
    `UPDATE runs SET test_networks = @networks,
       test_balanced_accuracy = @balancedAccuracy, test_balanced_accuracy_low = @balancedAccuracyLow,
       test_balanced_accuracy_high = @balancedAccuracyHigh,
       test_accuracy = @accuracy, test_accuracy_low = @accuracyLow, test_accuracy_high = @accuracyHigh,
       test_auc = @auc, test_auc_low = @aucLow, test_auc_high = @aucHigh, test_classes = @classes
     WHERE run = @run`,
    {
      run,
      networks: test.length,
      ...mean('balancedAccuracy'),
      ...mean('accuracy'),
      ...mean('auc'),
      classes: classesToText(meanClassFigures(test.map(({ perClass }) => classFigures(perClass)))),
    },
  );
}
