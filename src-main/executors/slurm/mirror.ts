import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  fstatSync,
  writeSync,
  existsSync,
} from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder, temporaryOwner } from '../../durable-file.js';
import { attemptFile, attemptsOf } from '../../attempts/attempt-files.js';
import { ATTEMPTS_FOLDER, CHECKPOINTS_FOLDER, parseCheckpointName } from '../../run-folder.js';
import { copyDurably } from './copy-file.js';
import { newestCheckpoint } from './newest-checkpoint.js';
import { CONTROL_FILE, SCRIPT_FILE, TASK_FILE } from './task-file.js';

/** The most that is read of a log in one go. */
const MOST_BYTES = 8 * 1024 * 1024;
const NEWLINE = 0x0a;
const FINISHED = /"type":\s*"finished"/;

/**
 * Brings what the attempts of a run have said on the cluster into the run's folder here: each log here is the beginning of the one
 * there, in whole lines, so that it does not matter where this was stopped. Files of results come before the line that tells of them.
 * @returns whether there was news
 */
export async function mirrorAttempts(cluster: string, here: string): Promise<boolean> {
  const there = attemptsOf(cluster);
  // A process that was given up for lost may still write into its log: what it says after another one has begun is not read.
  const latest = attemptsOf(here).at(-1) ?? 0;
  let news = false;
  for (const attempt of there) {
    if (attempt < latest) continue;
    const from = attemptFile(cluster, attempt);
    const to = attemptFile(here, attempt);
    for (let bytes = linesAfter(from, sizeOf(to)); bytes.length > 0; bytes = linesAfter(from, sizeOf(to))) {
      if (FINISHED.test(bytes.toString('utf8'))) await bringResults(cluster, here);
      append(to, bytes);
      news = true;
    }
  }
  return news;
}

/** Whole lines after the first `offset` bytes. */
function linesAfter(file: string, offset: number): Buffer {
  const descriptor = openSync(file, 'r');
  try {
    const length = Math.min(MOST_BYTES, fstatSync(descriptor).size - offset);
    if (length <= 0) return Buffer.alloc(0);
    const bytes = Buffer.alloc(length);
    const read = readSync(descriptor, bytes, 0, length, offset);
    return bytes.subarray(0, bytes.subarray(0, read).lastIndexOf(NEWLINE) + 1);
  } finally {
    closeSync(descriptor);
  }
}

function sizeOf(file: string): number {
  if (!existsSync(file)) return 0;
  const descriptor = openSync(file, 'r');
  try {
    return fstatSync(descriptor).size;
  } finally {
    closeSync(descriptor);
  }
}

function append(file: string, bytes: Uint8Array): void {
  const folder = join(file, '..');
  mkdirSync(folder, { recursive: true });
  const isNew = !existsSync(file);
  const descriptor = openSync(file, 'a');
  try {
    for (let done = 0; done < bytes.length;) done += writeSync(descriptor, bytes, done);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  if (isNew) syncFolder(folder);
}

const PROTOCOL = new Set([TASK_FILE, CONTROL_FILE, SCRIPT_FILE]);

/** Models and whatever else the job wrote, but for its checkpoints. */
async function bringResults(cluster: string, here: string): Promise<void> {
  for (const entry of await readdir(cluster, { withFileTypes: true })) {
    const { name } = entry;
    if (!entry.isFile() || PROTOCOL.has(name) || temporaryOwner(name) !== null || /^slurm-\d+\.out$/.test(name))
      continue;
    await copyDurably(join(cluster, name), join(here, name));
  }
}

/** Copies checkpoints and logs of attempts, so that a run goes on where it is to go on. What is there is kept. */
export async function bringState(from: string, to: string): Promise<void> {
  const newest = newestCheckpoint(from);
  for (const folder of [ATTEMPTS_FOLDER, CHECKPOINTS_FOLDER]) {
    const names = existsSync(join(from, folder)) ? readdirSync(join(from, folder)) : [];
    await mkdir(join(to, folder), { recursive: true });
    for (const name of names) {
      const checkpoint = parseCheckpointName(name);
      const wanted = folder === ATTEMPTS_FOLDER ? /^\d+\.jsonl$/.test(name) : checkpoint?.number === newest;
      if (wanted && !existsSync(join(to, folder, name)))
        await copyDurably(join(from, folder, name), join(to, folder, name));
    }
  }
}
