import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isOutOfSpace } from '../file-errors.js';
import { isAlive, isProcessIdentity, ownIdentity } from '../process-identity.js';
import type { ProcessIdentity } from '../process-identity.js';

/**
 * One small file per process that has the history open, `<home>/sessions/<pid>.json`. A file whose process is dead says
 * that the history was not closed cleanly. They are files and not rows, so that they can be read when the database cannot.
 */
export interface Sessions {
  /** Other processes that have the history open now. */
  readonly others: readonly ProcessIdentity[];
  /** True when a process ended without closing the history. */
  readonly unclean: boolean;
  /** The checks after an unclean end are done: forgets the dead. */
  forgetDead(): void;
  close(): void;
}

let openings = 0;

/** @param mayBeFull on a full disk there is no file for this process, instead of an error. Default false. */
export function openSession(home: string, mayBeFull = false): Sessions {
  const folder = join(home, 'sessions');
  mkdirSync(folder, { recursive: true });
  const others: ProcessIdentity[] = [];
  const dead: string[] = [];
  for (const name of readdirSync(folder)) {
    const file = join(folder, name);
    const identity = readIdentity(file);
    if (identity === 'gone') continue;
    if (identity === null || !isAlive(identity)) dead.push(file);
    else if (identity.pid !== process.pid) others.push(identity);
  }
  openings += 1;
  const own = join(folder, `${process.pid}-${openings}.json`);
  try {
    writeFileSync(own, JSON.stringify(ownIdentity()));
  } catch (error) {
    // An empty one would be taken for that of a process that was killed.
    rmSync(own, { force: true });
    if (!(mayBeFull && isOutOfSpace(error))) throw error;
  }
  return {
    others,
    unclean: dead.length > 0,
    forgetDead: () => dead.forEach((file) => rmSync(file, { force: true })),
    close: () => rmSync(own, { force: true }),
  };
}

function readIdentity(file: string): ProcessIdentity | 'gone' | null {
  try {
    const identity: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return isProcessIdentity(identity) ? identity : null;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'gone' : null;
  }
}
