import type { Migration } from './migration.js';

/**
 * What the user says of a dataset by the contents of its file: name, labels, whether training mirrors its images. And what a file is
 * follows from its content: entries that had the place of a catalogue set by their name alone are files of their own now, with
 * numbers for labels; adding such a file again finds out whether it has the contents of the set.
 */
export const datasetChoices: Migration = {
  version: 7,
  name: 'dataset choices',
  up: (database) => {
    database.exec(`
      CREATE TABLE dataset_choices (
        sha256 TEXT NOT NULL PRIMARY KEY,
        name TEXT,
        labels TEXT,
        horizontal_flip INTEGER
      ) STRICT;
      ALTER TABLE datasets ADD COLUMN horizontal_flip INTEGER NOT NULL DEFAULT 0;
      UPDATE datasets SET horizontal_flip = 1
        WHERE synthetic = 1 OR (id NOT LIKE 'file:%' AND md5_matches = 1 AND id NOT LIKE 'organ%');
    `);
    const named = database
      .prepare(
        `SELECT id, path, sha256, labels FROM datasets
         WHERE id NOT LIKE 'file:%' AND synthetic = 0 AND coalesce(md5_matches, 0) = 0`,
      )
      .all() as { id: string; path: string; sha256: string; labels: string }[];
    const update = database.prepare(
      `UPDATE OR REPLACE datasets SET id = ?, name = ?, labels = ?, licence = NULL, md5_matches = NULL WHERE id = ?`,
    );
    for (const { id, path, sha256, labels } of named) {
      const name = `${path.replace(/^.*[\\/]/, '')} (not official)`;
      update.run(`file:${sha256}`, name, numbersFor(labels), id);
    }
  },
};

function numbersFor(labels: string): string {
  try {
    return JSON.stringify((JSON.parse(labels) as unknown[]).map((_, k) => String(k)));
  } catch {
    return labels;
  }
}
