import { fromJsonText, toJsonText } from '../../json-numbers.js';
import type { Trace } from '../../vocabulary/trace.js';
import { formerDescription, formerTrace } from '../former-traces.js';
import type { Row } from '../database.js';
import { fromNumbers, toNumber, toNumbers } from '../values.js';
import type { Migration } from './migration.js';

/** What one method told of its epochs becomes what any method tells: `traces`, described in `runs.trace`. */
export const traces: Migration = {
  version: 2,
  name: 'traces',
  up: (database) => {
    database.exec(`
      ALTER TABLE runs ADD COLUMN trace TEXT;
      CREATE TABLE traces (
        run INTEGER NOT NULL REFERENCES runs (run) ON DELETE CASCADE,
        epoch INTEGER NOT NULL,
        head TEXT NOT NULL,
        numbers BLOB NOT NULL,
        PRIMARY KEY (run, epoch)
      ) STRICT;
    `);
    const searches = database.prepare("SELECT run, config FROM runs WHERE kind = 'search' ORDER BY run").all();
    const epochsOf = database.prepare('SELECT * FROM epochs WHERE run = ? ORDER BY epoch');
    const snapshotsOf = database.prepare('SELECT * FROM architecture_snapshots WHERE run = ?');
    const insert = database.prepare('INSERT INTO traces VALUES (?, ?, ?, ?)');
    const describe = database.prepare('UPDATE runs SET trace = ? WHERE run = ?');
    for (const { run, config } of searches as { run: number; config: string }[]) {
      const { space } = fromJsonText(config) as { space: { cells: number } };
      describe.run(toJsonText(formerDescription(space.cells)), run);
      const snapshots = new Map((snapshotsOf.all(run) as Row[]).map((row) => [row['epoch'], row]));
      for (const row of epochsOf.all(run) as Row[]) {
        const { epoch, values, tables } = traceOf(row, snapshots.get(row['epoch']) ?? null);
        const lengths = Object.entries(tables).map(([name, table]) => [name, table && table.length]);
        const numbers = fromNumbers(Object.values(tables).flatMap((table) => table ?? []));
        insert.run(run, epoch, toJsonText({ values, tables: lengths }), numbers);
      }
    }
    database.exec(`
      DROP TABLE architecture_snapshots;
      ALTER TABLE epochs DROP COLUMN expected_parameters;
      ALTER TABLE epochs DROP COLUMN operations_in_support;
      ALTER TABLE epochs DROP COLUMN temperature;
      ALTER TABLE epochs DROP COLUMN phase;
    `);
  },
};

function traceOf(epoch: Row, snapshot: Row | null): Trace {
  return formerTrace(
    {
      epoch: Number(epoch['epoch']),
      phase: toNumber(epoch['phase']),
      temperature: toNumber(epoch['temperature']),
      expectedParameters: toNumber(epoch['expected_parameters']),
      operationsInSupport: toNumber(epoch['operations_in_support']),
    },
    snapshot && {
      alpha: toNumbers(snapshot['alpha']),
      beta: toNumbers(snapshot['beta']),
      gamma: toNumbers(snapshot['gamma']),
      alphaProbabilities: toNumbers(snapshot['alpha_probabilities']),
      betaProbabilities: toNumbers(snapshot['beta_probabilities']),
      gammaProbabilities: toNumbers(snapshot['gamma_probabilities']),
    },
  );
}
