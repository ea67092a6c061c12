import type { Migration } from './migration.js';

/**
 * Columns of type ANY with a check hold a real number or the text 'NaN' (SQLite itself would turn NaN into NULL).
 * Order is always by key, never by a time.
 */
export const firstTables: Migration = {
  version: 1,
  name: 'first tables',
  up: (database) => {
    database.exec(`
      CREATE TABLE settings (
        key TEXT NOT NULL PRIMARY KEY,
        value TEXT NOT NULL
      ) STRICT;

      CREATE TABLE datasets (
        id TEXT NOT NULL PRIMARY KEY,
        name TEXT NOT NULL,
        description TEXT NOT NULL,
        path TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        bytes INTEGER NOT NULL,
        md5_matches INTEGER,
        task TEXT NOT NULL,
        labels TEXT NOT NULL,
        channels INTEGER NOT NULL,
        size INTEGER NOT NULL,
        train_samples INTEGER NOT NULL,
        val_samples INTEGER NOT NULL,
        test_samples INTEGER NOT NULL,
        licence TEXT,
        synthetic INTEGER NOT NULL
      ) STRICT;
      CREATE INDEX datasets_by_content ON datasets (sha256);

      CREATE TABLE runs (
        run INTEGER PRIMARY KEY AUTOINCREMENT,
        kind TEXT NOT NULL CHECK (kind IN ('search', 'retrain')),
        name TEXT NOT NULL,
        state TEXT NOT NULL
          CHECK (state IN ('queued', 'running', 'paused', 'finished', 'failed', 'cancelled', 'interrupted')),
        dataset TEXT NOT NULL,
        synthetic INTEGER NOT NULL,
        created_at TEXT NOT NULL,
        started_at TEXT,
        finished_at TEXT,
        epoch INTEGER NOT NULL DEFAULT 0,
        epochs INTEGER NOT NULL,
        seed INTEGER NOT NULL,
        budget_lower INTEGER,
        budget_upper INTEGER,
        expected_parameters ANY CHECK (expected_parameters = 'NaN' OR typeof(expected_parameters) IN ('real', 'null')),
        parameters INTEGER,
        accuracy ANY CHECK (accuracy = 'NaN' OR typeof(accuracy) IN ('real', 'null')),
        auc ANY CHECK (auc = 'NaN' OR typeof(auc) IN ('real', 'null')),
        seconds REAL NOT NULL DEFAULT 0,
        seconds_left REAL,
        note TEXT NOT NULL DEFAULT '',
        reason TEXT,
        error TEXT,
        queue_position INTEGER,
        control TEXT CHECK (control IN ('pause', 'cancel')),
        checkpoint TEXT,
        owner TEXT,
        worker TEXT,
        heartbeat_at TEXT,
        config TEXT NOT NULL,
        result TEXT
      ) STRICT;
      CREATE INDEX runs_by_state ON runs (state);

      CREATE TABLE epochs (
        run INTEGER NOT NULL REFERENCES runs (run) ON DELETE CASCADE,
        position INTEGER NOT NULL,
        seed INTEGER NOT NULL,
        epoch INTEGER NOT NULL,
        loss ANY NOT NULL CHECK (loss = 'NaN' OR typeof(loss) = 'real'),
        accuracy ANY NOT NULL CHECK (accuracy = 'NaN' OR typeof(accuracy) = 'real'),
        validation_loss ANY CHECK (validation_loss = 'NaN' OR typeof(validation_loss) IN ('real', 'null')),
        validation_accuracy ANY CHECK (validation_accuracy = 'NaN' OR typeof(validation_accuracy) IN ('real', 'null')),
        validation_auc ANY CHECK (validation_auc = 'NaN' OR typeof(validation_auc) IN ('real', 'null')),
        expected_parameters ANY CHECK (expected_parameters = 'NaN' OR typeof(expected_parameters) IN ('real', 'null')),
        operations_in_support ANY
          CHECK (operations_in_support = 'NaN' OR typeof(operations_in_support) IN ('real', 'null')),
        temperature REAL,
        phase INTEGER,
        learning_rate ANY NOT NULL CHECK (learning_rate = 'NaN' OR typeof(learning_rate) = 'real'),
        images_per_second ANY NOT NULL CHECK (images_per_second = 'NaN' OR typeof(images_per_second) = 'real'),
        seconds ANY NOT NULL CHECK (seconds = 'NaN' OR typeof(seconds) = 'real'),
        PRIMARY KEY (run, position),
        UNIQUE (run, seed, epoch)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE architecture_snapshots (
        run INTEGER NOT NULL REFERENCES runs (run) ON DELETE CASCADE,
        epoch INTEGER NOT NULL,
        temperature REAL NOT NULL,
        alpha BLOB NOT NULL,
        beta BLOB,
        gamma BLOB,
        alpha_probabilities BLOB NOT NULL,
        beta_probabilities BLOB,
        gamma_probabilities BLOB,
        PRIMARY KEY (run, epoch)
      ) STRICT;

      CREATE TABLE architectures (
        architecture INTEGER PRIMARY KEY AUTOINCREMENT,
        run INTEGER NOT NULL REFERENCES runs (run) ON DELETE CASCADE,
        source TEXT NOT NULL CHECK (source IN ('result', 'argmax', 'sample')),
        genotype TEXT NOT NULL,
        parameters INTEGER NOT NULL,
        multiply_accumulates INTEGER NOT NULL,
        log_probability REAL,
        seed INTEGER,
        created_at TEXT NOT NULL
      ) STRICT;
      CREATE INDEX architectures_by_run ON architectures (run);

      CREATE TABLE models (
        model INTEGER PRIMARY KEY AUTOINCREMENT,
        run INTEGER NOT NULL REFERENCES runs (run) ON DELETE CASCADE,
        seed INTEGER NOT NULL,
        parameters INTEGER NOT NULL,
        accuracy ANY NOT NULL CHECK (accuracy = 'NaN' OR typeof(accuracy) = 'real'),
        auc ANY NOT NULL CHECK (auc = 'NaN' OR typeof(auc) = 'real'),
        result TEXT NOT NULL,
        created_at TEXT NOT NULL,
        UNIQUE (run, seed)
      ) STRICT;

      CREATE TABLE bundles (
        bundle INTEGER PRIMARY KEY AUTOINCREMENT,
        model INTEGER NOT NULL REFERENCES models (model) ON DELETE CASCADE,
        folder TEXT NOT NULL,
        verified INTEGER NOT NULL,
        created_at TEXT NOT NULL
      ) STRICT;
      CREATE INDEX bundles_by_model ON bundles (model);

      CREATE TABLE tags (
        run INTEGER NOT NULL REFERENCES runs (run) ON DELETE CASCADE,
        tag TEXT NOT NULL,
        PRIMARY KEY (run, tag)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX tags_by_name ON tags (tag);
    `);
  },
};
