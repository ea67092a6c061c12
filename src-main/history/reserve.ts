import { closeSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What space is kept for, with the bytes of each: how a run ends, hundreds of changes of its state, of which each takes three
 * pages of the write-ahead log; and the deletion of a run, about a dozen pages. Each has its own, so that space can still
 * be made after the ends of runs have taken theirs: the folder of a small run is less than its deletion needs.
 */
const RESERVES = {
  deletion: { name: 'reserve-deletion', bytes: 512 * 1024 },
  end: { name: 'reserve', bytes: 1024 * 1024 },
} as const;

type Purpose = keyof typeof RESERVES;

/**
 * Keeps some space of the disk occupied, so that there is a little when it is full: how a run ended can then still be
 * written, and a run deleted. What room there is goes to deletions first, and may be less than the whole reserve.
 */
export function keepReserve(home: string): void {
  for (const { name, bytes } of Object.values(RESERVES)) occupy(join(home, name), bytes);
}

/** Frees the reserve that is kept for `purpose`. @returns whether there was one, and another try may work */
export function spendReserve(home: string, purpose: Purpose): boolean {
  try {
    rmSync(join(home, RESERVES[purpose].name));
    return true;
  } catch {
    return false;
  }
}

function occupy(file: string, bytes: number): void {
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) >= bytes) return;
  try {
    const descriptor = openSync(file, 'w');
    try {
      // Written and not only sized: a file with a hole occupies nothing.
      writeSync(descriptor, Buffer.alloc(bytes));
    } finally {
      closeSync(descriptor);
    }
  } catch {
    rmSync(file, { force: true });
  }
}
