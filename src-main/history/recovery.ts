import { existsSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { restoreBackup } from './backups.js';
import { asReadable, inTransaction } from './database.js';
import type { Connection } from './database.js';
import type { Recovery } from './interface.js';
import { addMissingRuns } from './rebuild.js';
import type { Gap, Rebuilt } from './rebuild.js';
import { selectSetting, upsertSetting } from './tables/settings.js';

/** Setting with the gaps that were told, each as `run:last epoch`. */
const REPORTED_GAPS = 'told-gaps';

/**
 * Moves a damaged database with its log into `<home>/corrupt-<time>/`. The log goes first: beside another database it
 * would be taken for that one's. Null when there was nothing to move.
 */
export function moveAside(home: string, file: string): string | null {
  const parts = [`${file}-wal`, `${file}-shm`, file].filter((part) => existsSync(part));
  if (parts.length === 0) return null;
  const stamp = new Date().toISOString().replaceAll(':', '-').replace(/\..*/, '');
  let folder = join(home, `corrupt-${stamp}`);
  for (let copy = 2; existsSync(folder); copy++) folder = join(home, `corrupt-${stamp}-${copy}`);
  mkdirSync(folder);
  for (const part of parts) renameSync(part, join(folder, basename(part)));
  return folder;
}

/**
 * Puts the newest whole backup in the place of `file`. Returns what is to be done with the opened connection: read the runs
 * that it lacks from their folders, and say what happened.
 */
export function restore(home: string, file: string, kept: string | null): (connection: Connection) => Recovery {
  const backup = restoreBackup(home, file);
  return (connection) => {
    const rebuilt = addMissingRuns(connection, home);
    newGaps(connection, rebuilt.gaps);
    return {
      kept,
      backup,
      rebuilt: [...rebuilt.whole, ...rebuilt.caughtUp, ...rebuilt.withoutEpochs],
      message: describe(file, kept, backup, rebuilt),
    };
  };
}

/** After an unclean end: runs whose rows are gone (their log was deleted, say) are read from their folders. */
export function reportMissing(connection: Connection, home: string): Recovery | null {
  // That a run says more than was recorded is what every killed process leaves: no loss, and nothing to tell.
  const found = { ...addMissingRuns(connection, home), caughtUp: [] };
  const rebuilt = { ...found, gaps: newGaps(connection, found.gaps) };
  const runs = [...rebuilt.whole, ...rebuilt.withoutEpochs];
  if (runs.length === 0 && rebuilt.gaps.length === 0) return null;
  const lacked = runs.length > 0 ? 'runs that have a folder' : 'epochs that have a checkpoint';
  const message = `The history lacked ${lacked}, as happens when its log is lost. ${sayRebuilt(rebuilt)}`;
  return { kept: null, backup: null, rebuilt: runs, message };
}

/** Gaps that no start has reported: a run that is not resumed has its gap for ever. */
function newGaps(connection: Connection, gaps: readonly Gap[]): Gap[] {
  const reported = selectSetting(asReadable(connection), REPORTED_GAPS);
  const isReported = ({ run, last }: Gap): boolean => Array.isArray(reported) && reported.includes(`${run}:${last}`);
  const fresh = gaps.filter((gap) => !isReported(gap));
  if (fresh.length === 0) return fresh;
  const all = gaps.map(({ run, last }) => `${run}:${last}`);
  inTransaction(connection, (database) => upsertSetting(database, REPORTED_GAPS, all));
  return fresh;
}

function describe(file: string, kept: string | null, backup: string | null, rebuilt: Rebuilt): string {
  const what =
    kept === null ? `The history ${file} was missing.` : `The history ${file} was damaged; it is kept in ${kept}.`;
  const how =
    backup === null
      ? 'There was no backup, so it was rebuilt from the folders of the runs. The list of datasets, sampled architectures and the list of exported bundles are lost, as are tags and notes made since a run ended.'
      : `The backup of ${statSync(backup).mtime.toISOString()} replaced it; tags, notes and samples made since are lost.`;
  return [what, how, sayRebuilt(rebuilt)].filter((sentence) => sentence !== '').join(' ');
}

function sayRebuilt({ whole, caughtUp, withoutEpochs, unreadable, gaps }: Rebuilt): string {
  const sentences: string[] = [];
  if (whole.length > 0) sentences.push(`Restored from their folders: ${name(whole)}.`);
  if (caughtUp.length > 0) sentences.push(`Brought up to date from their folders: ${name(caughtUp)}.`);
  if (withoutEpochs.length > 0) {
    sentences.push(`Restored without their previous curves; they can be resumed: ${name(withoutEpochs)}.`);
  }
  const rowsOnly = gaps.filter(({ run }) => !withoutEpochs.includes(run));
  if (rowsOnly.length > 0) {
    const lost = rowsOnly.map(({ run, first, last }) =>
      first === last ? `epoch ${first} of run ${run}` : `epochs ${first} to ${last} of run ${run}`,
    );
    sentences.push(`The curves of ${lost.join(' and ')} are lost; a resumed run continues after them.`);
  }
  if (unreadable.length > 0) sentences.push(`Folders that could not be read: ${name(unreadable)}.`);
  return sentences.join(' ');
}

function name(runs: readonly number[]): string {
  return runs.length === 1 ? `run ${runs[0]}` : `runs ${runs.join(', ')}`;
}
