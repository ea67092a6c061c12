import Database from 'better-sqlite3';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findBinding } from '../../../src-main/history/binding.js';
import { connect } from '../../../src-main/history/database.js';
import type { Recovery, WritableHistory } from '../../../src-main/history/interface.js';
import { APPLICATION_ID, MIGRATIONS } from '../../../src-main/history/migrations/index.js';
import { OLDEST_SQLITE, isAtLeast, openHistory } from '../../../src-main/history/open.js';
import { spendReserve } from '../../../src-main/history/reserve.js';
import { settleRunFolder } from '../../../src-main/history/settle-run.js';
import { epochRecord, searchConfig, searchResult, exampleTrace, temporaryFolder } from './fixtures.js';

let home: ReturnType<typeof temporaryFolder>;
let file: string;
beforeEach(() => {
  home = temporaryFolder();
  file = join(home.folder, 'medforge.db');
});
afterEach(() => home.remove());

/** Opens, does something, closes. */
async function withHistory<T>(
  use: (history: WritableHistory, recovery: Recovery | null) => T | Promise<T>,
): Promise<T> {
  const { history, recovery } = await openHistory(home.folder);
  try {
    return await use(history, recovery);
  } finally {
    history.close();
  }
}

/** Leaves a history as a process that was killed leaves it. */
function pretendKilled(): void {
  const dead = { pid: 4_194_305, started: '1', boot: 'another' };
  writeFileSync(join(home.folder, 'sessions', `${dead.pid}-1.json`), JSON.stringify(dead));
}

function finishedRun(history: WritableHistory): number {
  const run = history.createRun(searchConfig);
  history.claimRun(run);
  for (const epoch of [1, 2]) {
    history.appendEpoch(run, epochRecord(epoch), exampleTrace(epoch), {
      checkpoint: 'c',
      seconds: epoch,
      secondsLeft: null,
    });
  }
  history.finishRun(run, searchResult, 2);
  return run;
}

test('a new history is ours, of the newest schema, and safe against power cuts', async () => {
  await withHistory((history, recovery) => {
    expect(recovery).toBeNull();
    expect(history.listRuns()).toEqual([]);
  });
  const database = connect(file);
  const pragma = (name: string): unknown => database.pragma(name, { simple: true });
  expect([pragma('application_id'), pragma('user_version'), pragma('journal_mode')]).toEqual([
    APPLICATION_ID,
    MIGRATIONS.length,
    'wal',
  ]);
  database.close();
  expect(existsSync(`${file}-wal`)).toBe(false);
  expect(readdirSync(join(home.folder, 'sessions'))).toEqual([]);
});

test('every table is STRICT', async () => {
  await withHistory(() => undefined);
  const database = connect(file);
  const tables = database.prepare(
    `SELECT name, strict FROM pragma_table_list WHERE schema = 'main' AND name NOT LIKE 'sqlite_%'`,
  );
  expect(tables.all()).toEqual(
    expect.arrayContaining(
      ['datasets', 'runs', 'epochs', 'traces', 'architectures', 'models', 'bundles', 'tags', 'settings'].map(
        (name) => ({ name, strict: 1 }),
      ),
    ),
  );
  expect((tables.all() as { strict: number }[]).filter(({ strict }) => strict === 0)).toEqual([]);
  database.close();
});

describe('a file that is not ours to open is refused and left as it is', () => {
  const untouched = async (kind: string, message: string): Promise<void> => {
    const before = readFileSync(file);
    await expect(openHistory(home.folder)).rejects.toMatchObject({ kind, message });
    expect(readFileSync(file).equals(before)).toBe(true);
    expect(readdirSync(join(home.folder, 'sessions'))).toEqual([]);
  };

  test('of a newer version', async () => {
    await withHistory(finishedRun);
    const database = connect(file);
    database.pragma('user_version = 99');
    database.close();
    await untouched(
      'history-newer',
      `${file} was made by a newer version of MedForge (schema 99, this one knows ${MIGRATIONS.length}): ` +
        'install that version, or choose another folder with --home. Nothing was changed.',
    );
  });

  test.each([
    ['another program that gave no number', 0],
    ['another program', 0x12345678],
  ])('of %s', async (_, id) => {
    const nativeBinding = findBinding();
    const database = new Database(file, nativeBinding === undefined ? {} : { nativeBinding });
    database.exec('CREATE TABLE bookmarks (url TEXT)');
    database.pragma(`application_id = ${id}`);
    database.close();
    await untouched(
      'history-foreign',
      `${file} is the database of another program: move it, or choose another folder with --home.`,
    );
  });

  test('that is a folder', async () => {
    mkdirSync(file);
    await expect(openHistory(home.folder)).rejects.toMatchObject({
      kind: 'history-cannot-open',
      message: `${file} cannot be opened: check that it is a file and that you may read and write it and its folder.`,
    });
  });
});

test('a data folder that cannot be is refused by name', async () => {
  writeFileSync(join(home.folder, 'file'), '');
  const impossible = join(home.folder, 'file', 'home');
  await expect(openHistory(impossible)).rejects.toMatchObject({
    kind: 'home-not-a-folder',
    message: `The data folder ${impossible} cannot be used: part of the path is a file. Choose another folder with --home or MEDFORGE_HOME, or correct the path.`,
  });
});

test.each(['a folder with blanks', 'Mässig', 'Ma\u0308ssig', '数据', 'a'.repeat(200)])(
  'the data folder may be called %s and need not be there',
  async (name) => {
    const { history } = await openHistory(join(home.folder, name, 'deeper'));
    expect(history.createRun(searchConfig)).toBe(1);
    history.close();
  },
);

/** How a file is damaged: everything that RELIABILITY calls a corrupt database. */
const DAMAGES: readonly (readonly [name: string, damage: () => void])[] = [
  ['zero bytes', () => truncateSync(file, 0)],
  ['text', () => writeFileSync(file, 'Dear database, this is a text file.\n'.repeat(400))],
  ['a header of 0xff', () => overwrite(0, 100)],
  ['a first page of 0xff', () => overwrite(100, 8092)],
  ['an inner page of 0xff', () => overwrite(8192 * 3, 8192)],
  ['the second half missing', () => truncateSync(file, Math.floor(statSync(file).size / 2 / 8192) * 8192)],
  [
    'its end missing from inside a page on',
    () => truncateSync(file, Math.floor(statSync(file).size / 8192 / 3) * 8192 + 100),
  ],
  ['the whole file missing', () => rmSync(file)],
];

function overwrite(offset: number, length: number): void {
  const descriptor = openSync(file, 'r+');
  writeSync(descriptor, Buffer.alloc(length, 0xff), 0, length, offset);
  closeSync(descriptor);
}

describe('a damaged history', () => {
  test.each(DAMAGES)('%s: the newest backup takes its place, what was damaged is kept', async (name, damage) => {
    await withHistory(async (history) => {
      history.setTags(finishedRun(history), ['in the backup']);
      await history.backup(true);
      history.createRun(searchConfig, { name: 'after the backup' });
    });
    damage();
    await withHistory((history, recovery) => {
      expect(recovery?.backup).toBe(join(home.folder, 'backups', 'medforge-000001.db'));
      expect(recovery?.rebuilt).toEqual([2]);
      expect(history.listRuns()).toMatchObject([
        { run: 2, name: 'after the backup', state: 'interrupted' },
        { run: 1, state: 'finished', tags: ['in the backup'] },
      ]);
      expect(history.traces(1)).toEqual([exampleTrace(1), exampleTrace(2)]);
      const kept = readdirSync(home.folder).filter((entry) => entry.startsWith('corrupt-'));
      expect(kept).toHaveLength(name === 'the whole file missing' ? 0 : 1);
      if (kept[0] !== undefined) expect(readdirSync(join(home.folder, kept[0]))).toContain('medforge.db');
      const where =
        kept[0] === undefined ? 'was missing.' : `was damaged; it is kept in ${join(home.folder, kept[0])}.`;
      expect(recovery?.message).toMatch(
        new RegExp(
          `^The history ${file} ${where} The backup of [-0-9T:.Z]+ replaced it; tags, notes and samples made since are lost. ` +
            'Restored without their previous curves; they can be resumed: run 2.$',
        ),
      );
      expect(history.createRun(searchConfig)).toBe(3);
    });
    await withHistory((_, recovery) => expect(recovery).toBeNull());
  });

  test('without a backup is built from the folders of its runs, and what was lost is said', async () => {
    await withHistory(async (history) => {
      finishedRun(history);
      history.createRun(searchConfig);
      mkdirSync(history.runFolder(3));
      writeFileSync(join(history.runFolder(3), 'config.json'), '{"format":1');
      await Promise.resolve();
    });
    overwrite(0, 4096);
    await withHistory((history, recovery) => {
      expect(recovery).toMatchObject({ backup: null, rebuilt: [1, 2] });
      expect(recovery?.message).toContain(
        'There was no backup, so it was rebuilt from the folders of the runs. The list of datasets, sampled architectures and ' +
          'the list of exported bundles are lost, as are tags and notes made since a run ended. ' +
          'Restored without their previous curves; they can be resumed: runs 1, 2. Folders that could not be read: run 3.',
      );
      expect(history.listRuns().map(({ run, state }) => [run, state])).toEqual([
        [2, 'interrupted'],
        [1, 'interrupted'],
      ]);
    });
  });

  test('whose newest backup is damaged too takes the one before', async () => {
    await withHistory(async (history) => {
      history.setSetting('view', 'first');
      await history.backup(true);
      history.setSetting('view', 'second');
      await history.backup(true);
    });
    overwrite(0, 4096);
    truncateSync(join(home.folder, 'backups', 'medforge-000002.db'), 3000);
    await withHistory((history, recovery) => {
      expect(recovery?.backup).toBe(join(home.folder, 'backups', 'medforge-000001.db'));
      expect(history.getSetting('view')).toBe('first');
    });
    expect(readdirSync(join(home.folder, 'backups'))).toEqual(['medforge-000001.db', 'medforge-000002.db']);
  });

  test('that another process has open is not touched', async () => {
    await withHistory(finishedRun);
    overwrite(0, 4096);
    const parent = { pid: process.ppid, started: '', boot: '' };
    writeFileSync(join(home.folder, 'sessions', `${parent.pid}-1.json`), JSON.stringify(parent));
    const before = readFileSync(file);
    await expect(openHistory(home.folder)).rejects.toMatchObject({
      kind: 'history-in-use',
      message: `${file} is damaged and open in process ${parent.pid}: close that one, then start MedForge again.`,
    });
    expect(readFileSync(file).equals(before)).toBe(true);
  });
});

describe('after a process was killed', () => {
  test('an index that lost a row is found, which a quick check does not find', async () => {
    await withHistory((history) => {
      for (let run = 1; run <= 3; run++) history.createRun(searchConfig);
    });
    // The index is filled by another rule than the one it has: as many entries, but others.
    const database = connect(file);
    database.unsafeMode(true);
    database.pragma('writable_schema = ON');
    const change = database.prepare(`UPDATE sqlite_schema SET sql = replace(sql, ?, ?) WHERE name = 'runs_by_state'`);
    change.run('(state)', `(state || 'x')`);
    database.pragma('schema_version = 1001');
    database.exec('REINDEX runs_by_state');
    change.run(`(state || 'x')`, '(state)');
    database.pragma('schema_version = 1002');
    database.close();
    const again = connect(file);
    expect(again.pragma('quick_check', { simple: true })).toBe('ok');
    expect(again.pragma('integrity_check(1)', { simple: true })).toMatch(/missing from index runs_by_state/);
    again.close();
    await withHistory((_, recovery) => expect(recovery).toBeNull());
    pretendKilled();
    await withHistory((history, recovery) => {
      expect(recovery?.message).toContain('was damaged');
      expect(history.listRuns()).toHaveLength(3);
    });
  });

  test('a log that was deleted costs the newest rows; the runs among them are read from their folders', async () => {
    const { history } = await openHistory(home.folder);
    history.close();
    const open = (await openHistory(home.folder)).history;
    open.createRun(searchConfig);
    // The file without its log, as a copy of the file alone would be.
    const without = readFileSync(file);
    open.close();
    writeFileSync(file, without);
    pretendKilled();
    await withHistory((reopened, recovery) => {
      expect(recovery).toEqual({
        kept: null,
        backup: null,
        rebuilt: [1],
        message:
          'The history lacked runs that have a folder, as happens when its log is lost. ' +
          'Restored without their previous curves; they can be resumed: run 1.',
      });
      expect(reopened.getRun(1)).toMatchObject({ config: searchConfig, summary: { state: 'interrupted' } });
    });
  });

  /** Opens what the copy of an older database says, as after a restored backup or a lost log. */
  async function withOlder<T>(
    older: Buffer,
    use: (history: WritableHistory, recovery: Recovery | null) => T,
  ): Promise<T> {
    writeFileSync(file, older);
    pretendKilled();
    return withHistory(use);
  }

  test.each([
    ['failed, and then was resumed to its end', true],
    ['was interrupted, and then resumed to its end', false],
  ])('a run that %s is read again from its folder', async (_, failed) => {
    await withHistory((history) => {
      const run = history.createRun(searchConfig);
      history.claimRun(run);
      if (!failed) return void history.moveRun(run, 'interrupted');
      const error = { name: 'UserError', message: 'The loss is NaN.', kind: 'not-finite' };
      history.moveRun(run, 'failed', { error });
      settleRunFolder(history, run);
    });
    const older = readFileSync(file);
    await withHistory((history) => {
      history.queueRun(1);
      history.claimRun(1);
      for (const epoch of [1, 2]) {
        const context = { checkpoint: 'c', seconds: epoch, secondsLeft: null };
        history.appendEpoch(1, epochRecord(epoch), exampleTrace(epoch), context);
      }
      history.finishRun(1, searchResult, 2);
      settleRunFolder(history, 1);
    });
    await withOlder(older, (history, recovery) => {
      expect(recovery?.message).toContain('Restored from their folders: run 1.');
      expect(history.getRun(1)).toMatchObject({ summary: { state: 'finished', epoch: 2 }, result: searchResult });
    });
  });

  test('a failed run that was queued again stays queued', async () => {
    await withHistory((history) => {
      const run = history.createRun(searchConfig);
      history.claimRun(run);
      history.moveRun(run, 'failed', { error: { name: 'UserError', message: 'x', kind: 'fault' } });
      settleRunFolder(history, run);
      history.queueRun(run);
      expect(existsSync(join(history.runFolder(run), 'result.json'))).toBe(false);
      writeFileSync(
        join(history.runFolder(run), 'result.json'),
        JSON.stringify({ format: 1, run, state: 'failed', epochs: [] }),
      );
    });
    pretendKilled();
    await withHistory((history, recovery) => {
      expect(recovery).toBeNull();
      expect(history.queue()).toEqual([1]);
    });
  });

  test.each([
    [5, 'epochs 1 to 4 of run 1'],
    [2, 'epoch 1 of run 1'],
    [1, null],
  ])('a run whose newest checkpoint has %i epochs and whose row has none: %s told', async (epoch, lost) => {
    await withHistory((history) => {
      history.moveRun(history.createRun(searchConfig), 'running');
      history.moveRun(1, 'paused', { reason: 'Paused.' });
      const checkpoints = join(history.runFolder(1), 'checkpoints');
      mkdirSync(checkpoints);
      writeFileSync(join(checkpoints, `checkpoint-000003-epoch-00000${epoch}.ckpt`), '');
    });
    pretendKilled();
    await withHistory((history, recovery) => {
      expect(recovery?.message ?? null).toBe(
        lost === null
          ? null
          : 'The history lacked epochs that have a checkpoint, as happens when its log is lost. ' +
              `The curves of ${lost} are lost; a resumed run continues after them.`,
      );
      expect(history.getRun(1).summary.state).toBe('paused');
    });
  });

  test('its running runs are marked interrupted and its half-done deletions are ended', async () => {
    await withHistory((history) => {
      history.claimRun(history.createRun(searchConfig));
    });
    const database = connect(file);
    database.prepare('UPDATE runs SET owner = ?').run(JSON.stringify({ pid: 4_194_305, started: '', boot: '' }));
    database.close();
    mkdirSync(join(home.folder, 'runs', '.deleted-7-1-1'));
    await withHistory((history) => {
      expect(history.getRun(1)).toMatchObject({
        summary: { state: 'interrupted' },
        reason: 'The process 4194305 that ran it ended unexpectedly; resume to continue.',
        owner: null,
      });
    });
    expect(readdirSync(join(home.folder, 'runs'))).toEqual(['1']);
  });
});

describe('backups', () => {
  test('are made when due, checked, kept to three, and stand alone', async () => {
    await withHistory(async (history) => {
      const first = join(home.folder, 'backups', 'medforge-000001.db');
      expect(await history.backup()).toBe(first);
      expect(await history.backup()).toBeNull();
      for (let number = 2; number <= 5; number++) {
        history.createRun(searchConfig);
        expect(await history.backup(true)).toBe(join(home.folder, 'backups', `medforge-00000${number}.db`));
      }
    });
    expect(readdirSync(join(home.folder, 'backups'))).toEqual([3, 4, 5].map((number) => `medforge-00000${number}.db`));
    const backup = connect(join(home.folder, 'backups', 'medforge-000005.db'));
    expect(backup.prepare('SELECT count(*) FROM runs').pluck().get()).toBe(4);
    backup.close();
  });

  test('remove what a killed process left of one, and not what another is making', async () => {
    const folder = join(home.folder, 'backups');
    await withHistory(async (history) => {
      mkdirSync(folder);
      for (const pid of [4_194_305, process.ppid]) writeFileSync(join(folder, `.backup.${pid}.tmp`), 'half');
      await history.backup(true);
    });
    expect(readdirSync(folder)).toEqual([`.backup.${process.ppid}.tmp`, 'medforge-000001.db']);
  });
});

test('SQLite itself is new enough, and an older one would be refused', () => {
  expect(isAtLeast('3.54.1', OLDEST_SQLITE)).toBe(true);
  expect([isAtLeast('3.51.2', '3.51.3'), isAtLeast('3.9.9', '3.51.3'), isAtLeast('4.0.0', '3.51.3')]).toEqual([
    false,
    false,
    true,
  ]);
});

test('the native part of SQLite is found, named by its variable, or asked for', () => {
  expect(findBinding({ MEDFORGE_SQLITE_BINDING: file.replace('medforge.db', '') }, 9)).toBe(home.folder + '/');
  expect(() => findBinding({ MEDFORGE_SQLITE_BINDING: '/nowhere.node' }, 9)).toThrow(
    'MEDFORGE_SQLITE_BINDING names /nowhere.node, which does not exist: correct it.',
  );
});

describe('the reserves of a full disk', () => {
  test.each([
    ['end', 'reserve', 1024 * 1024],
    ['deletion', 'reserve-deletion', 512 * 1024],
  ] as const)(
    '%s: is there after a start, is spent once, and is there again after the next',
    async (purpose, name, bytes) => {
      await withHistory(() => Promise.resolve());
      const before = readdirSync(home.folder).filter((file) => file.startsWith('reserve'));
      expect(statSync(join(home.folder, name)).size).toBe(bytes);
      expect([spendReserve(home.folder, purpose), spendReserve(home.folder, purpose)]).toEqual([true, false]);
      expect(readdirSync(home.folder).filter((file) => file.startsWith('reserve'))).toEqual(
        before.filter((file) => file !== name),
      );
      await withHistory(() => Promise.resolve());
      expect(existsSync(join(home.folder, name))).toBe(true);
    },
  );
});
