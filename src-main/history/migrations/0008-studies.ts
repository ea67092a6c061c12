import type { Migration } from './migration.js';

/**
 * Studies and their tasks. A run is no foreign key: rebuilding the history from the folders of runs replaces rows of runs, and a
 * task must keep its run then. Numbers of runs are never given again; deleting a run releases its task (`tables/studies.ts`).
 */
export const studies: Migration = {
  version: 8,
  name: 'studies',
  up: (database) => {
    database.exec(`
      CREATE TABLE studies (
        study INTEGER PRIMARY KEY AUTOINCREMENT,
        name TEXT NOT NULL UNIQUE,
        created_at TEXT NOT NULL,
        owner TEXT
      ) STRICT;

      CREATE TABLE study_tasks (
        study INTEGER NOT NULL REFERENCES studies (study) ON DELETE CASCADE,
        key TEXT NOT NULL,
        position INTEGER,
        dataset TEXT NOT NULL,
        method TEXT NOT NULL,
        budget TEXT NOT NULL,
        seed INTEGER NOT NULL,
        training_seed INTEGER,
        search TEXT,
        run INTEGER,
        attempts INTEGER NOT NULL DEFAULT 0,
        fruitless INTEGER NOT NULL DEFAULT 0,
        epoch INTEGER NOT NULL DEFAULT 0,
        state TEXT NOT NULL DEFAULT 'waiting'
          CHECK (state IN ('waiting', 'submitted', 'finished', 'given-up', 'cancelled')),
        reason TEXT,
        PRIMARY KEY (study, key),
        CHECK ((training_seed IS NULL) = (search IS NULL)),
        CHECK (run IS NOT NULL OR state NOT IN ('submitted', 'finished'))
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX study_tasks_by_run ON study_tasks (run);
    `);
  },
};
