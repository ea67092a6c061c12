import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { writeDurably } from '../../durable-file.js';
import { UserError } from '../../errors.js';
import { copyDurably } from './copy-file.js';
import type { DatasetReference } from '../../vocabulary/dataset-reference.js';

/*
 * The folder that the computer that submits and the nodes share:
 *   owner.json          whose it is
 *   program/<hash>/     what computes a task: one file, the addon, the catalogue
 *   data/<sha256>.npz   each dataset once
 *   runs/<run>/         one for each run, the only place that nodes write to
 */

/** Only the user may enter: the images of patients lie there. */
const PRIVATE = 0o700;
const OWNER_FILE = 'owner.json';

export const runFolderIn = (folder: string, run: number): string => join(folder, 'runs', String(run));
const dataName = (sha256: string): string => join('data', `${sha256}.npz`);

/** Whose folder it is: numbers of runs mean something in one data folder, and one process at a time goes on with a study. */
export interface FolderOwner {
  /** Data folder of MedForge. */
  readonly home: string;
  readonly study: string;
}

/** Makes the folder, or takes it up again. @throws UserError `cluster-folder` */
export function openClusterFolder(folder: string, { home, study }: FolderOwner): void {
  const owner = { home, study, folder, host: hostname() };
  try {
    mkdirSync(folder, { recursive: true, mode: PRIVATE });
    // One that was made for this, or would be given as it is: empty.
    if (statSync(folder).uid === process.getuid?.() && readdirSync(folder).length === 0) chmodSync(folder, PRIVATE);
    const { uid, mode } = statSync(folder);
    if (uid !== process.getuid?.() || (mode & 0o077) !== 0) {
      const way = `let it be yours and for nobody else (chmod 700 ${folder}), or choose another on.folder`;
      throw new UserError(
        'cluster-folder',
        `${folder} could be read by other users, and images are copied there: ${way}`,
      );
    }
    for (const name of ['data', 'program', 'runs']) mkdirSync(join(folder, name), { recursive: true, mode: PRIVATE });
    if (!existsSync(join(folder, OWNER_FILE))) {
      writeDurably(join(folder, OWNER_FILE), [Buffer.from(JSON.stringify(owner))]);
    }
    requireOwner(folder, { home, study });
  } catch (error) {
    if (error instanceof UserError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new UserError(
      'cluster-folder',
      `${folder} cannot be used for the cluster (${why}): choose another on.folder`,
      { cause: error },
    );
  }
}

/**
 * Whose the folder is, wherever it was carried.
 * @returns the path under which its runs are known @throws UserError `cluster-folder`
 */
export function requireOwner(folder: string, { home, study }: FolderOwner): string {
  let found: { readonly [name in 'home' | 'study' | 'folder' | 'host']?: string };
  try {
    found = JSON.parse(readFileSync(join(folder, OWNER_FILE), 'utf8')) as typeof found;
  } catch (error) {
    const way = "give the folder that 'medforge study pack' made";
    throw new UserError('cluster-folder', `${folder} has no runs of a study: ${way}`, { cause: error });
  }
  if (found.home === home && found.study === study) return found.folder ?? folder;
  const whose = `${found.study ?? 'unknown'} of ${found.home ?? 'unknown'} on ${found.host ?? 'unknown'}`;
  throw new UserError('cluster-folder', `${folder} belongs to another study (${whose}): choose another folder`);
}

/** Removes everything of the folder: images, program, runs. The results are in the history. */
export function purgeClusterFolder(folder: string): void {
  for (const name of ['data', 'program', 'runs', OWNER_FILE])
    rmSync(join(folder, name), { recursive: true, force: true });
}

/** Copies a dataset where it is not yet. @returns its name in the folder */
export async function sendDataset(folder: string, { path, sha256 }: DatasetReference): Promise<string> {
  const name = dataName(sha256);
  if (!existsSync(join(folder, name))) await copyDurably(path, join(folder, name));
  return name;
}

/** What computes a task, as it was built. */
export interface ClusterProgram {
  /** Path of each file, by its name in the folder of the program. */
  readonly files: ReadonlyMap<string, string>;
  /** Of these, the one that Node starts. */
  readonly main: string;
}

/** Copies the program where this version of it is not yet. @returns what Node starts, relative to the folder */
export async function sendProgram(folder: string, { files, main }: ClusterProgram): Promise<string> {
  const hash = createHash('sha256');
  for (const [name, path] of files) hash.update(name).update(readFileSync(path));
  const name = join('program', hash.digest('hex').slice(0, 16));
  const target = join(folder, name);
  for (const [part, path] of files) {
    const file = join(target, part);
    if (existsSync(file)) continue;
    await mkdir(dirname(file), { recursive: true });
    await copyDurably(path, file);
  }
  return join(name, main);
}
