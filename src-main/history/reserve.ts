import { closeSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** Enough for hundreds of changes of a state; the write-ahead log takes three pages for one. */
const RESERVE_BYTES = 1024 * 1024;

function fileOf(home: string): string {
  return join(home, 'reserve');
}

/**
 * Keeps some space of the disk occupied, so that there is a little when it is full: how a run ended can then still be written.
 * Does nothing when the reserve is there, or when there is no room for it.
 */
export function keepReserve(home: string): void {
  const file = fileOf(home);
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) >= RESERVE_BYTES) return;
  try {
    const descriptor = openSync(file, 'w');
    try {
      // Written and not only sized: a file with a hole occupies nothing.
      writeSync(descriptor, Buffer.alloc(RESERVE_BYTES));
    } finally {
      closeSync(descriptor);
    }
  } catch {
    rmSync(file, { force: true });
  }
}

/** Frees the reserve. @returns whether there was one, and another try may work */
export function spendReserve(home: string): boolean {
  try {
    rmSync(fileOf(home));
    return true;
  } catch {
    return false;
  }
}
