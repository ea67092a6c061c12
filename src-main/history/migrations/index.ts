import type { Connection } from '../database.js';
import { firstTables } from './0001-first-tables.js';
import { traces } from './0002-traces.js';
import { figures } from './0003-figures.js';
import { findings } from './0004-findings.js';
import { leaderboard } from './0005-leaderboard.js';
import { datasetHealth } from './0006-dataset-health.js';
import { datasetChoices } from './0007-dataset-choices.js';
import { studies } from './0008-studies.js';
import { attempts } from './0009-attempts.js';
import { clusterJobs } from './0010-cluster-jobs.js';
import type { Migration } from './migration.js';

export type { Migration };

/** 'MdFg': marks a SQLite file as MedForge's. */
export const APPLICATION_ID = 0x4d644667;

/** All steps, in order, without a gap. */
export const MIGRATIONS: readonly Migration[] = [
  firstTables,
  traces,
  figures,
  findings,
  leaderboard,
  datasetHealth,
  datasetChoices,
  studies,
  attempts,
  clusterJobs,
];

export function latestVersion(migrations: readonly Migration[]): number {
  return migrations.at(-1)?.version ?? 0;
}

export function schemaVersion(connection: Connection): number {
  return Number(connection.pragma('user_version', { simple: true }));
}

export function applicationId(connection: Connection): number {
  return Number(connection.pragma('application_id', { simple: true }));
}

/**
 * Brings the schema to the latest version, each step in one transaction together with its version number: a process that
 * is killed leaves the old schema or the new one.
 */
export function migrate(connection: Connection, migrations: readonly Migration[] = MIGRATIONS): void {
  for (const migration of migrations) {
    connection
      .transaction(() => {
        // Read again under the write lock: another process may have done this step meanwhile.
        if (schemaVersion(connection) >= migration.version) return;
        migration.up(connection);
        connection.pragma(`user_version = ${migration.version}`);
        connection.pragma(`application_id = ${APPLICATION_ID}`);
      })
      .immediate();
  }
}
