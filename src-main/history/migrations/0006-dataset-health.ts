import type { Migration } from './migration.js';

/** The health report of a dataset file, by its content. */
export const datasetHealth: Migration = {
  version: 6,
  name: 'dataset health',
  up: (database) => {
    database.exec(`
      CREATE TABLE dataset_health (
        sha256 TEXT PRIMARY KEY,
        report TEXT NOT NULL,
        checked_at TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;
    `);
  },
};
