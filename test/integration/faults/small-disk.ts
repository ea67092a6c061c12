import { execFileSync } from 'node:child_process';
import { appendFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../../unit/history/fixtures.js';

/** Whether `command` can be used here; says why not otherwise. */
export function usable(what: string, file: string, args: readonly string[], undo?: () => void): boolean {
  try {
    execFileSync(file, args, { stdio: 'pipe' });
    undo?.();
    return true;
  } catch {
    console.warn(`skipped: ${what}`);
    return false;
  }
}

/** Fills a file system to the last byte, or until `left` bytes are free. */
export function fill(folder: string, left = 0): void {
  const { bavail, bsize } = statfs(folder);
  let bytes = bavail * bsize - left;
  for (let part = 0; bytes > 0; part++) {
    const size = Math.min(bytes, 64 * 1024 * 1024);
    try {
      writeFileSync(join(folder, `filler-${part}`), Buffer.alloc(size));
    } catch {
      return;
    }
    bytes -= size;
  }
}

/** Takes what is left of a file system, smaller and smaller pieces down to a byte. */
export function writeUntilFull(file: string): void {
  for (let size = 1024 * 1024; size >= 1; size = Math.floor(size / 2)) {
    try {
      for (;;) appendFileSync(file, Buffer.alloc(size));
    } catch {
      // The next smaller piece may still fit.
    }
  }
}

function statfs(folder: string): { bavail: number; bsize: number } {
  const [blocks, size] = execFileSync('stat', ['-f', '-c', '%a %S', folder], { encoding: 'utf8' }).trim().split(' ');
  return { bavail: Number(blocks), bsize: Number(size) };
}

/** Takes back what `fill` wrote. */
export function free(folder: string): void {
  for (const name of readdirSync(folder)) if (name.startsWith('filler-')) rmSync(join(folder, name));
}

const probe = temporaryFolder();
/** Whether small file systems can be mounted for a test. */
export const canMount = usable(
  'tests on small disks: mounting needs root',
  'mount',
  ['-t', 'tmpfs', 'tmpfs', probe.folder],
  () => execFileSync('umount', [probe.folder]),
);
probe.remove();
