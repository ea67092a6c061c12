import type { Migration } from './migration.js';

/**
 * Runs that are computed on a cluster: where, and the job of Slurm. A row without a job is an intent: `sbatch` may have been called
 * with its token or not. A run is no foreign key, as in `study_tasks`.
 */
export const clusterJobs: Migration = {
  version: 10,
  name: 'cluster jobs',
  up: (database) => {
    database.exec(`
      CREATE TABLE cluster_jobs (
        run INTEGER PRIMARY KEY,
        folder TEXT NOT NULL,
        token TEXT NOT NULL UNIQUE,
        job TEXT,
        said TEXT,
        unknown_since TEXT,
        submissions INTEGER NOT NULL DEFAULT 0,
        fruitless INTEGER NOT NULL DEFAULT 0,
        checkpoint INTEGER NOT NULL DEFAULT 0
      ) STRICT;
    `);
  },
};
