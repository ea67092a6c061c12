import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/**
 * Writes a file so that its name either holds all of it, safely on disk, or what it held before: temporary file in the
 * same folder, fsync, rename, fsync of the folder.
 */
export async function writeDurably(path: string, pieces: readonly Uint8Array[]): Promise<void> {
  const temporary = `${path}.${String(process.pid)}.tmp`;
  await rm(temporary, { force: true });
  try {
    const handle = await open(temporary, 'wx', 0o600);
    try {
      for (const piece of pieces) await writeAll(handle, piece);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await renameDurably(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/**
 * Writes all of `bytes`; a single write may take only a part of them when the disk is nearly full.
 * @param position in the file; null (default) = where the last write ended
 */
export async function writeAll(handle: FileHandle, bytes: Uint8Array, position: number | null = null): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const at = position === null ? null : position + done;
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, at);
    done += bytesWritten;
  }
}

/** Renames and syncs the folder. On Windows a virus scanner may hold the file for a while: tried for 10 s. */
export async function renameDurably(from: string, to: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await rename(from, to);
      break;
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : '';
      if (attempt === 50 || !['EPERM', 'EBUSY', 'EACCES'].includes(code)) throw error;
      await wait(200);
    }
  }
  if (process.platform === 'win32') return;
  const folder = await open(dirname(to), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
