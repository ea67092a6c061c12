import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { connect } from '../../../src-main/history/database.js';
import type { SearchConfig } from '../../../src-main/vocabulary/run-config.js';
import { medmnistArrays, npz } from '../datasets/fixtures.js';
import { searchConfig } from '../history/fixtures.js';

const DEAD = { pid: 4_194_305, started: '1', boot: 'another' };

/** A dataset in `folder` and a run of the counting job over it. */
export function countingRun(folder: string, epochs: number): SearchConfig {
  const content = npz(medmnistArrays());
  const path = join(folder, 'data.npz');
  writeFileSync(path, content);
  const sha256 = createHash('sha256').update(content).digest('hex');
  return { ...searchConfig, epochs, dataset: { name: 'data', path, sha256, bytes: content.length } };
}

/** The home as it is now, as if all processes of it had been killed at this moment. */
export function copyAsKilled(home: string, copy: string): void {
  cpSync(home, copy, { recursive: true });
  rmSync(join(copy, 'sessions'), { recursive: true, force: true });
  cpSync(join(home, 'sessions'), join(copy, 'sessions'), {
    recursive: true,
    filter: (path) => !path.endsWith('.json'),
  });
  writeFileSync(join(copy, 'sessions', `${DEAD.pid}-1.json`), JSON.stringify(DEAD));
  const database = connect(join(copy, 'medforge.db'));
  database.prepare('UPDATE runs SET owner = @dead WHERE owner IS NOT NULL').run({ dead: JSON.stringify(DEAD) });
  database.close();
}

/** Times that are not in the logs: when a run was taken, when its process was last heard of. */
const UNLOGGED = new Set(['started_at', 'heartbeat_at']);

/** Every row of every table but the settings. */
export function tablesOf(home: string): Record<string, unknown[]> {
  const database = connect(join(home, 'medforge.db'));
  try {
    const names = database
      .prepare(
        `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'settings'`,
      )
      .pluck()
      .all() as string[];
    const rowsOf = (name: string): unknown[] =>
      (database.prepare(`SELECT * FROM ${name}`).all() as Record<string, unknown>[]).map((row) =>
        Object.fromEntries(
          Object.entries(row).map(([key, value]) => [key, UNLOGGED.has(key) ? value !== null : value]),
        ),
      );
    return Object.fromEntries(names.map((name) => [name, rowsOf(name)]));
  } finally {
    database.close();
  }
}
