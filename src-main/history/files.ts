import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeDurably } from '../durable-file.js';
import { CHECKPOINTS_FOLDER, parseCheckpointName } from '../run-folder.js';
import { toJsonText } from '../json-numbers.js';
import { parseStored } from './stored-json.js';
import type { MANIFEST_FORMAT, Stored } from './stored-schemas.js';

/** The files of a run that the history can be built from again: `config.json` from its start, `result.json` at its end. */

const FORMAT: typeof MANIFEST_FORMAT = 1;
const TRASH = '.deleted-';

export type ConfigManifest = Omit<Stored<'configManifest'>, 'format'>;
export type ResultManifest = Omit<Stored<'resultManifest'>, 'format'>;

export function runsFolder(home: string): string {
  return join(home, 'runs');
}

export function runFolder(home: string, run: number): string {
  return join(runsFolder(home), String(run));
}

/** Numbers of the runs that have a folder. */
export function runFolders(home: string): number[] {
  if (!existsSync(runsFolder(home))) return [];
  return readdirSync(runsFolder(home))
    .filter((name) => /^[1-9]\d{0,14}$/.test(name))
    .map(Number)
    .sort((a, b) => a - b);
}

/** False when the folder is there already. */
export function makeRunFolder(home: string, run: number): boolean {
  mkdirSync(runsFolder(home), { recursive: true });
  try {
    mkdirSync(runFolder(home, run));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

export function writeConfigManifest(home: string, manifest: ConfigManifest): void {
  writeManifest(join(runFolder(home, manifest.run), 'config.json'), manifest);
}

export function writeResultManifest(home: string, manifest: ResultManifest): void {
  writeManifest(join(runFolder(home, manifest.run), 'result.json'), manifest);
}

/** Null when there is none or it cannot be read. */
export function readConfigManifest(home: string, run: number): ConfigManifest | null {
  return readManifest(home, run, 'config.json', 'configManifest');
}

/** Null when there is none or it cannot be read. */
export function readResultManifest(home: string, run: number): ResultManifest | null {
  return readManifest(home, run, 'result.json', 'resultManifest');
}

/** A run that is to go on has no end: what tells of one goes, so that it is not taken for news later. */
export function removeResultManifest(home: string, run: number): void {
  rmSync(join(runFolder(home, run), 'result.json'), { force: true });
}

/** Epoch of the newest checkpoint of a run, 0 without one. */
export function newestCheckpointEpoch(home: string, run: number): number {
  try {
    const names = readdirSync(join(runFolder(home, run), CHECKPOINTS_FOLDER));
    return Math.max(0, ...names.map((name) => parseCheckpointName(name)?.epoch ?? 0));
  } catch {
    return 0;
  }
}

function writeManifest(file: string, manifest: object): void {
  writeDurably(file, [Buffer.from(`${toJsonText({ format: FORMAT, ...manifest })}\n`)]);
}

function readManifest<K extends 'configManifest' | 'resultManifest'>(
  home: string,
  run: number,
  file: string,
  as: K,
): Stored<K> | null {
  let text: string;
  try {
    text = readFileSync(join(runFolder(home, run), file), 'utf8');
  } catch {
    return null;
  }
  const parsed = parseStored(as, text);
  return 'value' in parsed && parsed.value.run === run ? parsed.value : null;
}

/** Removes the folder of a run that the history no longer knows: first out of sight, so that a half-removed one is never read. */
export function removeRunFolder(home: string, run: number): void {
  const trash = join(runsFolder(home), `${TRASH}${run}-${process.pid}-${performance.now()}`);
  try {
    renameSync(runFolder(home, run), trash);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  rmSync(trash, { recursive: true, force: true, maxRetries: 3 });
}

/** Ends deletions that were killed half-way. */
export function emptyTrash(home: string): void {
  if (!existsSync(runsFolder(home))) return;
  for (const name of readdirSync(runsFolder(home))) {
    if (!name.startsWith(TRASH)) continue;
    try {
      rmSync(join(runsFolder(home), name), { recursive: true, force: true });
    } catch {
      // Something holds a file in it; the next start tries again.
    }
  }
}
