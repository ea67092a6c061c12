import type { Migration } from './migration.js';

/** Which class of a dataset is the finding, by the contents of its file, and where a model decides for it. */
export const findings: Migration = {
  version: 4,
  name: 'findings',
  up: (database) => {
    database.exec(`
      CREATE TABLE findings (
        sha256 TEXT NOT NULL PRIMARY KEY,
        class INTEGER
      ) STRICT;
      CREATE TABLE operating_points (
        model INTEGER NOT NULL PRIMARY KEY REFERENCES models (model) ON DELETE CASCADE,
        operating_point TEXT NOT NULL
      ) STRICT;
    `);
  },
};
