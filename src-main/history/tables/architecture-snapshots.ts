import type { ArchitectureSnapshot } from '../../vocabulary/events.js';
import { all, write } from '../database.js';
import type { Parameters, ReadableDatabase, Row, WritableDatabase } from '../database.js';
import { count, fromNumbers, toNumberAlways, toNumbers } from '../values.js';

function toRow(run: number, snapshot: ArchitectureSnapshot): Parameters {
  return {
    run,
    epoch: snapshot.epoch,
    temperature: snapshot.temperature,
    alpha: fromNumbers(snapshot.alpha),
    beta: fromNumbers(snapshot.beta),
    gamma: fromNumbers(snapshot.gamma),
    alphaProbabilities: fromNumbers(snapshot.alphaProbabilities),
    betaProbabilities: fromNumbers(snapshot.betaProbabilities),
    gammaProbabilities: fromNumbers(snapshot.gammaProbabilities),
  };
}

function fromRow(row: Row): ArchitectureSnapshot {
  return {
    epoch: count(row, 'epoch'),
    temperature: toNumberAlways(row['temperature']),
    alpha: toNumbers(row['alpha']) ?? [],
    beta: toNumbers(row['beta']),
    gamma: toNumbers(row['gamma']),
    alphaProbabilities: toNumbers(row['alpha_probabilities']) ?? [],
    betaProbabilities: toNumbers(row['beta_probabilities']),
    gammaProbabilities: toNumbers(row['gamma_probabilities']),
  };
}

export function selectSnapshots(database: ReadableDatabase, run: number, since: number): ArchitectureSnapshot[] {
  return all(database, 'SELECT * FROM architecture_snapshots WHERE run = @run AND epoch > @since ORDER BY epoch', {
    run,
    since,
  }).map(fromRow);
}

/** Adds `snapshot`, and removes those of the same and of later epochs first. */
export function insertSnapshot(database: WritableDatabase, run: number, snapshot: ArchitectureSnapshot): void {
  write(database, 'DELETE FROM architecture_snapshots WHERE run = @run AND epoch >= @epoch', {
    run,
    epoch: snapshot.epoch,
  });
  write(
    database,
    `INSERT INTO architecture_snapshots VALUES (@run, @epoch, @temperature, @alpha, @beta, @gamma, @alphaProbabilities,
       @betaProbabilities, @gammaProbabilities)`,
    toRow(run, snapshot),
  );
}
