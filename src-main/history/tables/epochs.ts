import type { EpochRecord } from '../../vocabulary/events.js';
import { all, first, write } from '../database.js';
import type { Parameters, ReadableDatabase, Row, WritableDatabase } from '../database.js';
import { count, fromNumber, toNumber, toNumberAlways } from '../values.js';

function toRow(run: number, position: number, record: EpochRecord): Parameters {
  return {
    run,
    position,
    seed: record.seed,
    epoch: record.epoch,
    loss: fromNumber(record.loss),
    accuracy: fromNumber(record.accuracy),
    validationLoss: fromNumber(record.validationLoss),
    validationAccuracy: fromNumber(record.validationAccuracy),
    validationAuc: fromNumber(record.validationAuc),
    learningRate: fromNumber(record.learningRate),
    imagesPerSecond: fromNumber(record.imagesPerSecond),
    seconds: fromNumber(record.seconds),
  };
}

function fromRow(row: Row): EpochRecord {
  return {
    seed: count(row, 'seed'),
    epoch: count(row, 'epoch'),
    loss: toNumberAlways(row['loss']),
    accuracy: toNumberAlways(row['accuracy']),
    validationLoss: toNumber(row['validation_loss']),
    validationAccuracy: toNumber(row['validation_accuracy']),
    validationAuc: toNumber(row['validation_auc']),
    learningRate: toNumberAlways(row['learning_rate']),
    imagesPerSecond: toNumberAlways(row['images_per_second']),
    seconds: toNumberAlways(row['seconds']),
  };
}

export function selectEpochs(database: ReadableDatabase, run: number, since: number): EpochRecord[] {
  return all(database, 'SELECT * FROM epochs WHERE run = @run AND position > @since ORDER BY position', {
    run,
    since,
  }).map(fromRow);
}

export function hasEpoch(database: ReadableDatabase, run: number, { seed, epoch }: EpochRecord): boolean {
  const sql = 'SELECT 1 AS one FROM epochs WHERE run = @run AND seed = @seed AND epoch = @epoch';
  return first(database, sql, { run, seed, epoch }) !== undefined;
}

/**
 * Adds `record`; where the run has it already, that one and all after it go first. Returns its position in the run:
 * its number, plus the epochs of the seeds before it.
 */
export function insertEpoch(database: WritableDatabase, run: number, record: EpochRecord): number {
  const { seed, epoch } = record;
  write(
    database,
    `DELETE FROM epochs WHERE run = @run AND position >=
       (SELECT min(position) FROM epochs WHERE run = @run AND seed = @seed AND epoch >= @epoch)`,
    { run, seed, epoch },
  );
  const before = first(
    database,
    `SELECT coalesce(
       (SELECT max(position) - max(epoch) FROM epochs WHERE run = @run AND seed = @seed),
       (SELECT max(position) FROM epochs WHERE run = @run), 0) AS positions`,
    { run, seed },
  );
  const position = (before ? count(before, 'positions') : 0) + epoch;
  write(
    database,
    `INSERT INTO epochs VALUES (@run, @position, @seed, @epoch, @loss, @accuracy, @validationLoss, @validationAccuracy,
       @validationAuc, @learningRate, @imagesPerSecond,
       @seconds)`,
    toRow(run, position, record),
  );
  return position;
}
