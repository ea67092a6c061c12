import type { Migration } from './migration.js';

/**
 * How far the log of each attempt of a run has been taken into the history. Row 0 holds the running time of the processes before
 * there were logs.
 */
export const attempts: Migration = {
  version: 9,
  name: 'attempts',
  up: (database) => {
    database.exec(`
      CREATE TABLE attempts (
        run INTEGER NOT NULL REFERENCES runs (run) ON DELETE CASCADE,
        attempt INTEGER NOT NULL,
        offset INTEGER NOT NULL,
        seconds REAL NOT NULL,
        started INTEGER NOT NULL,
        PRIMARY KEY (run, attempt)
      ) STRICT, WITHOUT ROWID;
      INSERT INTO attempts SELECT run, 0, 0, seconds, 0 FROM runs WHERE seconds > 0;
    `);
  },
};
