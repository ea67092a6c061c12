import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { nodeFileSystem, renamePatiently, syncFolder } from '../durable-file.js';
import { identityOf } from '../process-identity.js';
import { connect } from './database.js';
import type { Connection } from './database.js';
import { APPLICATION_ID, applicationId } from './migrations/index.js';

/** Backups that are kept; the oldest goes when a newer one has been checked. */
export const BACKUPS_KEPT = 3;
const DAY_MS = 86_400_000;

function folderOf(home: string): string {
  return join(home, 'backups');
}

/** Backup files, newest first. Their order is in their names, so that a wrong clock cannot change it. */
export function listBackups(home: string): string[] {
  if (!existsSync(folderOf(home))) return [];
  return readdirSync(folderOf(home))
    .filter((name) => /^medforge-\d{6}\.db$/.test(name))
    .sort()
    .reverse()
    .map((name) => join(folderOf(home), name));
}

/** True when the newest backup is older than a day, or there is none. */
export function backupIsDue(home: string): boolean {
  const newest = listBackups(home)[0];
  if (newest === undefined) return true;
  const age = Date.now() - statSync(newest).mtimeMs;
  // Far in the future: the clock was set back since.
  return Math.abs(age) > DAY_MS;
}

/** Whether the copy in `file` is whole, and on the disk for good. A large one takes a second, so it may be done elsewhere. */
export type ConfirmCopy = (file: string) => boolean | Promise<boolean>;

/** Copies the open database to a new backup, has the copy confirmed, and removes the oldest backups. Returns the new file. */
export async function writeBackup(
  connection: Connection,
  home: string,
  confirm: ConfirmCopy = confirmCopy,
): Promise<string> {
  const folder = folderOf(home);
  mkdirSync(folder, { recursive: true });
  const temporary = join(folder, `.backup.${process.pid}.tmp`);
  removeLeftovers(folder);
  try {
    await connection.backup(temporary);
    if (!(await confirm(temporary))) throw new Error(`the backup of ${connection.name} could not be verified`);
    const numbers = listBackups(home).map((file) => Number(/(\d{6})\.db$/.exec(file)?.[1]));
    const file = join(folder, `medforge-${String(Math.max(0, ...numbers) + 1).padStart(6, '0')}.db`);
    renamePatiently(temporary, file);
    syncFolder(folder);
    for (const old of listBackups(home).slice(BACKUPS_KEPT)) rmSync(old, { force: true });
    return file;
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** Copies of processes that were killed while they made them. */
function removeLeftovers(folder: string): void {
  for (const name of readdirSync(folder)) {
    const pid = Number(/^\.backup\.(\d+)\.tmp/.exec(name)?.[1]);
    if (pid === process.pid || (pid > 0 && identityOf(pid) === null)) rmSync(join(folder, name), { force: true });
  }
}

/** Checks a copy of the database and has the system write it to the disk. */
export function confirmCopy(file: string): boolean {
  if (!checkBackup(file)) return false;
  syncFile(file);
  return true;
}

/** True when `file` is a whole MedForge database. Makes it a single file without a log beside it. */
export function checkBackup(file: string): boolean {
  let connection: Connection | null = null;
  try {
    connection = connect(file);
    connection.pragma('trusted_schema = OFF');
    connection.pragma('journal_mode = DELETE');
    return (
      applicationId(connection) === APPLICATION_ID && connection.pragma('integrity_check(1)', { simple: true }) === 'ok'
    );
  } catch {
    return false;
  } finally {
    connection?.close();
  }
}

/** Puts the newest backup that is whole in the place of the database. Null when there is none. */
export function restoreBackup(home: string, file: string): string | null {
  for (const backup of listBackups(home)) {
    const temporary = `${file}.${process.pid}.tmp`;
    copyFileSync(backup, temporary);
    if (confirmCopy(temporary)) {
      renamePatiently(temporary, file);
      syncFolder(home);
      return backup;
    }
    rmSync(temporary, { force: true });
  }
  return null;
}

function syncFile(file: string): void {
  const descriptor = nodeFileSystem.openSync(file, 'r+');
  try {
    nodeFileSystem.fsyncSync(descriptor);
  } finally {
    nodeFileSystem.closeSync(descriptor);
  }
}
