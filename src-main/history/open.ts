import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../errors.js';
import { backupIsDue, listBackups, writeBackup } from './backups.js';
import { BUSY_TIMEOUT_MS, asReadable, connect } from './database.js';
import type { Connection } from './database.js';
import { explain, fullDisk, isCorruption, isFullDisk, sqliteCode } from './errors.js';
import { emptyTrash, runFolders } from './files.js';
import { createHistory } from './history.js';
import type { Maintenance } from './history.js';
import type { Recovery, WritableHistory } from './interface.js';
import {
  APPLICATION_ID,
  MIGRATIONS,
  applicationId,
  latestVersion,
  migrate,
  schemaVersion,
} from './migrations/index.js';
import type { Migration } from './migrations/index.js';
import { OTHER_FOLDER, OTHER_FOLDER_AT_START } from './other-folder.js';
import { prepareHome } from './preflight.js';
import { keepReserve, spendReserve } from './reserve.js';
import { moveAside, reportMissing, restore } from './recovery.js';
import { settleRunFolders } from './settle-run.js';
import { openSession } from './sessions.js';
import { loadStoredSchemas } from './stored-json.js';
import { selectRunning } from './tables/runs.js';
import type { DefaultFinding } from './tables/class-figures.js';
import type { Sessions } from './sessions.js';

/** Older ones can lose acknowledged writes when two processes share a write-ahead log. */
export const OLDEST_SQLITE = '3.51.3';

/** Pages that a connection keeps; the system has the others. Otherwise 16 MB gather over a long search. */
const CACHE_KIBIBYTES = 512;

/** Up to this size, about a tenth of a second, every start checks the structure of the whole file. */
const WHOLE_CHECK_BYTES = 16e6;
/** What grows with every epoch: nearly all of a large file. */
const CURVES = ['traces', 'epochs'];
/** A trace of ZO-DARTS++ has 2.5 kB: three fill a page of this size to 90 %, one would fill one of 4096 to 60 %. */
const PAGE_BYTES = 8192;

export interface OpenOptions {
  /** Steps of the schema; for tests of the steps themselves. */
  readonly migrations?: readonly Migration[];
  /** Milliseconds to wait for another writer. Default 5000. */
  readonly timeout?: number;
  /**
   * `later`: who opens it calls `loadStoredSchemas` (`stored-json.ts`) before anything but lists of runs, models and datasets
   * is read. Default `now`.
   */
  readonly schemas?: 'now' | 'later';
  /**
   * `open`: a disk without space is no obstacle, for who reads or frees space; a write may still be refused.
   * Default `refuse`: nothing is begun that could not be kept.
   */
  readonly fullDisk?: 'refuse' | 'open';
  /** Which class a dataset is searched for unless the user said otherwise. Default: none. */
  readonly defaultFinding?: DefaultFinding;
}

export interface OpenedHistory {
  readonly history: WritableHistory;
  /** What was done about a damaged or incomplete history, null when it was sound. */
  readonly recovery: Recovery | null;
  /** Whether the disk has no space and only `fullDisk: 'open'` opened it. */
  readonly full: boolean;
}

/**
 * How much it takes to open: `room` as always; `reserve` what was kept for a full disk; `nothing` new in the folder;
 * `alone` not even the index of the log that SQLite shares between processes.
 */
type Needs = 'room' | 'reserve' | 'nothing' | 'alone';

interface Opening {
  readonly home: string;
  readonly file: string;
  readonly sessions: Sessions;
  readonly migrations: readonly Migration[];
  readonly timeout: number;
  readonly needs: Needs;
}

/**
 * Opens `<home>/medforge.db`, creating it when there is none: checks whose file it is and that it is whole, keeps a backup
 * before it changes the schema, and brings back the newest backup (or reads the folders of the runs) when it is damaged.
 * Makes the folder when it is missing. One process may have it open beside others.
 * @throws UserError `history-…`: one kind and message for each of SQLite's codes; `history-newer`, `history-foreign`,
 *   `history-in-use` (damaged, and open in another process).
 */
export async function openHistory(home: string, options: OpenOptions = {}): Promise<OpenedHistory> {
  let refusal: unknown;
  for (const needs of options.fullDisk === 'open'
    ? (['room', 'reserve', 'nothing', 'alone'] as const)
    : ['room' as const]) {
    if (needs === 'reserve' && !spendReserve(home, 'end')) continue;
    try {
      return await openWith(home, options, needs);
    } catch (error) {
      refusal ??= error;
      if (!isFullDisk(error)) throw error;
    }
  }
  throw refusal;
}

async function openWith(home: string, options: OpenOptions, needs: Needs): Promise<OpenedHistory> {
  const file = join(home, 'medforge.db');
  const hasRoom = needs === 'room' || needs === 'reserve';
  if (hasRoom) prepareHome(home);
  if (needs === 'room') keepReserve(home);
  let sessions: Sessions | null = null;
  try {
    sessions = openSession(home, !hasRoom);
    emptyTrash(home);
    if (options.schemas !== 'later' || sessions.unclean) await loadStoredSchemas();
    const opening: Opening = {
      home,
      file,
      sessions,
      migrations: options.migrations ?? MIGRATIONS,
      timeout: options.timeout ?? BUSY_TIMEOUT_MS,
      needs,
    };
    const sound = await openSound(opening);
    // A damaged history stays as it is until there is room for the one that takes its place.
    if (!sound && needs !== 'room') throw fullDisk(home, undefined);
    const opened = sound ?? (await openRecovered(opening));
    const history = createHistory(
      opened.connection,
      home,
      file,
      upkeep(opened.connection, home, sessions),
      options.defaultFinding,
    );
    // What is put in order here needs space; the next opening that finds some does it.
    if (hasRoom) await putInOrder(history, opened.connection, sessions);
    return { history, recovery: opened.recovery, full: needs !== 'room' };
  } catch (error) {
    sessions?.close();
    throw explain(error, file);
  }
}

/** After processes that ended without a word. */
async function putInOrder(history: WritableHistory, connection: Connection, sessions: Sessions): Promise<void> {
  // What their logs say is read with schemas.
  if (selectRunning(asReadable(connection)).length > 0) await loadStoredSchemas();
  history.interruptDeadRuns();
  if (sessions.unclean) settleRunFolders(history);
  sessions.forgetDead();
}

interface Opened {
  readonly connection: Connection;
  readonly recovery: Recovery | null;
}

/** Null when the database is damaged, or gone although there were runs. */
async function openSound(opening: Opening): Promise<Opened | null> {
  const { home, file, sessions, timeout } = opening;
  const hasTraces = listBackups(home).length > 0 || runFolders(home).length > 0;
  if (!existsSync(file) && hasTraces) return null;
  let connection: Connection | null = null;
  try {
    connection = connect(file, { timeout });
    if (opening.needs === 'alone') connection.pragma('locking_mode = EXCLUSIVE');
    const isNew = identify(connection, opening);
    if (isNew && hasTraces) {
      connection.close();
      return null;
    }
    configure(connection, file, timeout);
    if (!isWhole(connection, sessions.unclean)) {
      connection.close();
      return null;
    }
    if (!isNew && schemaVersion(connection) < latestVersion(opening.migrations)) await writeBackup(connection, home);
    migrate(connection, opening.migrations);
    return { connection, recovery: sessions.unclean ? reportMissing(connection, home) : null };
  } catch (error) {
    connection?.close();
    if (isCorruption(error)) return null;
    throw error;
  }
}

async function openRecovered(opening: Opening): Promise<Opened> {
  const { home, file, sessions, timeout } = opening;
  const other = sessions.others[0];
  if (other) {
    throw new UserError(
      'history-in-use',
      `${file} is damaged and open in process ${other.pid}: close that one, then start MedForge again.`,
    );
  }
  await loadStoredSchemas();
  const kept = moveAside(home, file);
  const restored = restore(home, file, kept);
  const connection = connect(file, { timeout });
  try {
    identify(connection, opening);
    configure(connection, file, timeout);
    migrate(connection, opening.migrations);
    return { connection, recovery: restored(connection) };
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** Steps 3 and 4 of opening: whose file it is and how old. True when it is empty. */
function identify(connection: Connection, { file, migrations }: Opening): boolean {
  const id = applicationId(connection);
  const tables = Number(connection.prepare('SELECT count(*) FROM sqlite_schema').pluck().get());
  if (id === 0 && tables === 0) return true;
  if (id !== APPLICATION_ID) {
    const foreign = (folder: string): string => `${file} is the database of another program: move it, or ${folder}.`;
    throw new UserError('history-foreign', foreign(OTHER_FOLDER), { inWindow: foreign(OTHER_FOLDER_AT_START) });
  }
  const version = schemaVersion(connection);
  if (version > latestVersion(migrations)) {
    const newer = (folder: string): string =>
      `${file} was made by a newer version of MedForge (schema ${version}, this one knows ${latestVersion(migrations)}): ` +
      `install that version, or ${folder}. Nothing was changed.`;
    throw new UserError('history-newer', newer(OTHER_FOLDER), { inWindow: newer(OTHER_FOLDER_AT_START) });
  }
  return false;
}

function configure(connection: Connection, file: string, timeout: number): void {
  // Takes effect in a new file only, before the log is switched on.
  connection.pragma(`page_size = ${PAGE_BYTES}`);
  const version = String(connection.prepare('SELECT sqlite_version()').pluck().get());
  if (!isAtLeast(version, OLDEST_SQLITE)) {
    throw new UserError(
      'sqlite-too-old',
      `SQLite ${version} is too old, ${OLDEST_SQLITE} is needed: run "npm run setup".`,
    );
  }
  const mode = journalMode(connection, timeout);
  if (mode !== 'wal') {
    throw new UserError(
      'history-no-wal',
      `The folder of ${file} does not allow a write-ahead log (journal mode ${mode}): move it to a local disk.`,
    );
  }
  connection.pragma('synchronous = FULL');
  connection.pragma(`cache_size = -${CACHE_KIBIBYTES}`);
  if (process.platform === 'darwin') connection.pragma('fullfsync = ON');
  connection.pragma('foreign_keys = ON');
  connection.pragma('trusted_schema = OFF');
  connection.pragma('cell_size_check = ON');
  connection.pragma('mmap_size = 0');
  connection.pragma('journal_size_limit = 67108864');
}

/**
 * After an unclean end everything is checked, indexes against tables too. Otherwise the structure is; in a large file without
 * the curves, which would cost up to seconds at every start (a backup checks them, every day).
 */
function isWhole(connection: Connection, unclean: boolean): boolean {
  const check = (pragma: string): boolean => connection.pragma(pragma, { simple: true }) === 'ok';
  if (unclean) return check('integrity_check(1)');
  const pages = Number(connection.pragma('page_count', { simple: true }));
  const pageBytes = Number(connection.pragma('page_size', { simple: true }));
  if (pages * pageBytes <= WHOLE_CHECK_BYTES) return check('quick_check(1)');
  const tables = connection.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all() as string[];
  const checked = ['sqlite_schema', ...tables].filter((table) => !CURVES.includes(table));
  return checked.every((table) => check(`quick_check('${table}')`));
}

/** SQLite does not wait for other processes when it changes the journal mode, so this does. */
function journalMode(connection: Connection, timeout: number): string {
  const started = performance.now();
  for (;;) {
    try {
      return String(connection.pragma('journal_mode = WAL', { simple: true }));
    } catch (error) {
      if (!sqliteCode(error).startsWith('SQLITE_BUSY') || performance.now() - started > timeout) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    }
  }
}

export function isAtLeast(version: string, oldest: string): boolean {
  const [have, need] = [version, oldest].map((dotted) => dotted.split('.').map(Number));
  for (let part = 0; part < 3; part++) {
    const difference = (have?.[part] ?? 0) - (need?.[part] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

function upkeep(connection: Connection, home: string, sessions: Sessions): Maintenance {
  return {
    backup: async (force, confirm) => (force || backupIsDue(home) ? writeBackup(connection, home, confirm) : null),
    close() {
      if (!connection.open) return;
      try {
        // Others may be reading or writing; then the last one to close does this.
        connection.pragma('busy_timeout = 100');
        connection.pragma('analysis_limit = 400');
        connection.pragma('optimize');
        connection.pragma('wal_checkpoint(TRUNCATE)');
      } catch {
        // Everything is in the log already; the next one to open goes on with it.
      }
      connection.close();
      sessions.close();
    },
  };
}
