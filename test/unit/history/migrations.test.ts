import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { connect } from '../../../src-main/history/database.js';
import { MIGRATIONS, migrate, schemaVersion } from '../../../src-main/history/migrations/index.js';
import type { Migration } from '../../../src-main/history/migrations/index.js';
import { openHistory } from '../../../src-main/history/open.js';
import { searchConfig, temporaryFolder } from './fixtures.js';

let home: ReturnType<typeof temporaryFolder>;
let file: string;
beforeEach(() => {
  home = temporaryFolder();
  file = join(home.folder, 'medforge.db');
});
afterEach(() => home.remove());

const next = MIGRATIONS.length + 1;
/** A step as a later version will have it: several statements that must all happen or none. */
const later: Migration = {
  version: next,
  name: 'colours',
  up: (database) => {
    database.exec('ALTER TABLE runs ADD COLUMN colour TEXT');
    database.exec('CREATE TABLE colours (colour TEXT NOT NULL PRIMARY KEY) STRICT');
    database.exec(`UPDATE runs SET colour = 'blue'`);
  },
};

const schema = (path: string): unknown => {
  const database = connect(path);
  try {
    const rows = database.prepare('SELECT type, name, sql FROM sqlite_schema ORDER BY name').all();
    return { version: schemaVersion(database), rows };
  } finally {
    database.close();
  }
};

test('the steps are numbered without a gap, one a file of that number', () => {
  expect(MIGRATIONS.map(({ version }) => version)).toEqual(MIGRATIONS.map((_, index) => index + 1));
  const folder = new URL('../../../src-main/history/migrations/', import.meta.url);
  const numbered = readdirSync(folder).filter((name) => /^\d{4}-/.test(name));
  expect(numbered.map((name) => Number(name.slice(0, 4)))).toEqual(MIGRATIONS.map(({ version }) => version));
});

describe('step 1', () => {
  test('refuses what the tables must not hold', () => {
    const database = connect(':memory:');
    migrate(database, MIGRATIONS.slice(0, 1));
    database.pragma('foreign_keys = ON');
    const epoch = (loss: string): string =>
      `INSERT INTO epochs VALUES (1, 1, 1, 1, ${loss}, 0.5, NULL, NULL, NULL, NULL, NULL, 1.5, 1, 0.1, 1.0, 1.0)`;
    const run = (state: string): string =>
      `INSERT INTO runs (kind, name, state, dataset, synthetic, created_at, epochs, seed, config)
       VALUES ('search', 'n', '${state}', 'd', 0, 't', 1, 1, '{}')`;
    expect(() => database.exec(epoch('0.5'))).toThrow('FOREIGN KEY constraint failed');
    expect(() => database.exec(run('flying'))).toThrow('CHECK constraint failed');
    database.exec(run('queued'));
    expect(() => database.exec(epoch('NULL'))).toThrow('NOT NULL constraint failed: epochs.loss');
    expect(() => database.exec(epoch(`'nan'`))).toThrow('CHECK constraint failed');
    expect(() => database.exec(`UPDATE runs SET epoch = 'seven'`)).toThrow('cannot store TEXT value in INTEGER column');
    database.exec(epoch(`'NaN'`));
    database.exec('DELETE FROM runs');
    expect(database.prepare('SELECT count(*) FROM epochs').pluck().get()).toBe(0);
    database.close();
  });
});

describe('a step to a later schema', () => {
  const withRun = async (): Promise<void> => {
    const { history } = await openHistory(home.folder);
    history.createRun(searchConfig);
    history.close();
  };

  test('happens once, after a backup of the older schema', async () => {
    await withRun();
    const older = schema(file);
    for (const _ of [1, 2]) {
      const { history } = await openHistory(home.folder, { migrations: [...MIGRATIONS, later] });
      expect(history.listRuns()).toHaveLength(1);
      history.close();
    }
    expect(schema(file)).toMatchObject({ version: next });
    expect(readdirSync(join(home.folder, 'backups'))).toEqual(['medforge-000001.db']);
    expect(schema(join(home.folder, 'backups', 'medforge-000001.db'))).toEqual(older);
  });

  test('makes a history that the older program refuses by name, with its version', async () => {
    await withRun();
    (await openHistory(home.folder, { migrations: [...MIGRATIONS, later] })).history.close();
    const before = readFileSync(file);
    await expect(openHistory(home.folder)).rejects.toMatchObject({ kind: 'history-newer' });
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  test('a new history needs no backup', async () => {
    (await openHistory(home.folder, { migrations: [...MIGRATIONS, later] })).history.close();
    expect(existsSync(join(home.folder, 'backups'))).toBe(false);
    expect(schema(file)).toMatchObject({ version: next });
  });

  test('that fails at its n-th statement leaves the schema as it was, for every n', async () => {
    await withRun();
    const older = schema(file);
    let statement = 1;
    for (; ; statement++) {
      let left = statement;
      const failing: Migration = {
        ...later,
        up: (database) => {
          const exec = (sql: string): never => {
            left -= 1;
            if (left === 0) throw new Error(`statement ${statement} failed`);
            return database.exec(sql) as never;
          };
          later.up({ ...database, exec, prepare: database.prepare.bind(database) });
        },
      };
      const opening = openHistory(home.folder, { migrations: [...MIGRATIONS, failing] });
      const outcome = await opening.catch((error: unknown) => (error as Error).message);
      if (typeof outcome !== 'string') {
        outcome.history.close();
        break;
      }
      expect(outcome).toBe(`statement ${statement} failed`);
      expect(schema(file)).toEqual(older);
    }
    expect(statement).toBe(4);
    expect(schema(file)).toMatchObject({ version: next });
  });
});
