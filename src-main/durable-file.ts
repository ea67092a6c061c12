import nodeFs from 'node:fs';
import { open, rm, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** The few file-system calls that durable writing needs; `node:fs` is one, tests fail the n-th call of another. */
export interface FileSystem {
  openSync(path: string, flags: string): number;
  writeSync(descriptor: number, bytes: Uint8Array, offset: number, length: number): number;
  readSync(descriptor: number, bytes: Uint8Array, offset: number, length: number, position: number | null): number;
  fstatSync(descriptor: number): { readonly size: number };
  fsyncSync(descriptor: number): void;
  closeSync(descriptor: number): void;
  renameSync(from: string, to: string): void;
  unlinkSync(path: string): void;
  mkdirSync(path: string, options: { recursive: true }): string | undefined;
  readdirSync(path: string): string[];
  statfsSync(path: string): { readonly bavail: number; readonly bsize: number };
}

export const nodeFileSystem: FileSystem = nodeFs;

/** How long a rename is tried again while another program (a virus scanner, say) holds the file. */
const RENAME_PATIENCE_MS = 10_000;

/**
 * Writes `chunks` to `file` so that after a crash or a power cut there is either the old file or the whole new one:
 * temporary file in the same folder, fsync, rename, fsync of the folder. When it throws, the temporary is gone and the
 * old file untouched (or, when only the last fsync failed, the whole new file is there).
 */
export function writeDurably(file: string, chunks: Iterable<Uint8Array>, fs: FileSystem = nodeFileSystem): void {
  const folder = dirname(file);
  const temporary = join(folder, temporaryName(basename(file)));
  // One that a killed process of this number left behind.
  quietly(() => fs.unlinkSync(temporary));
  let descriptor: number | null = fs.openSync(temporary, 'wx');
  try {
    for (const chunk of chunks) writeWhole(fs, descriptor, chunk);
    fs.fsyncSync(descriptor);
    const open = descriptor;
    descriptor = null;
    fs.closeSync(open);
    renamePatiently(temporary, file, fs);
  } catch (error) {
    if (descriptor !== null) quietly(() => fs.closeSync(descriptor as number));
    quietly(() => fs.unlinkSync(temporary));
    throw error;
  }
  syncFolder(folder, fs);
}

/**
 * As {@link writeDurably}, for much that takes long to make: between two chunks other work of the process has its turn.
 * @param signal ends it: nothing is written then, and its reason is thrown
 */
export async function writeDurablyInTurns(
  file: string,
  chunks: Iterable<Uint8Array>,
  signal?: AbortSignal,
): Promise<void> {
  const folder = dirname(file);
  const temporary = join(folder, temporaryName(basename(file)));
  await rm(temporary, { force: true });
  const handle = await open(temporary, 'wx');
  try {
    try {
      for (const chunk of chunks) {
        signal?.throwIfAborted();
        await writeAll(handle, chunk);
      }
      await handle.sync();
    } finally {
      await handle.close();
    }
    signal?.throwIfAborted();
    renamePatiently(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
  syncFolder(folder);
}

/** Name of the temporary of `name`: it carries the process number, so that a later process can tell whose it was. */
export function temporaryName(name: string): string {
  return `.${name}.${process.pid}.tmp`;
}

/** Process number in a name made by {@link temporaryName}, or null for another name. */
export function temporaryOwner(name: string): number | null {
  const match = /^\..+\.(\d{1,10})\.tmp$/.exec(name);
  return match ? Number(match[1]) : null;
}

/** Makes creations, renames and deletions in `folder` survive a power cut. Windows has no such call and needs none. */
export function syncFolder(folder: string, fs: FileSystem = nodeFileSystem): void {
  if (process.platform === 'win32') return;
  const descriptor = fs.openSync(folder, 'r');
  try {
    fs.fsyncSync(descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
}

/** A disk that fills up takes a part of the bytes before it says so: write until all are down. */
function writeWhole(fs: FileSystem, descriptor: number, bytes: Uint8Array): void {
  let offset = 0;
  while (offset < bytes.length) {
    const written = fs.writeSync(descriptor, bytes, offset, bytes.length - offset);
    if (written <= 0) throw Object.assign(new Error('write made no progress'), { code: 'EIO' });
    offset += written;
  }
}

/** Renames over an existing file and waits, up to ten seconds, for programs that hold one of the two. */
export function renamePatiently(from: string, to: string, fs: FileSystem = nodeFileSystem): void {
  const started = performance.now();
  for (let wait = 10; ; wait = Math.min(wait * 2, 500)) {
    try {
      fs.renameSync(from, to);
      return;
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? '';
      const held = code === 'EBUSY' || (process.platform === 'win32' && (code === 'EPERM' || code === 'EACCES'));
      if (!held || performance.now() - started + wait > RENAME_PATIENCE_MS) throw error;
      sleep(wait);
    }
  }
}

/** Renames, a folder too, so that the new name survives a power cut. */
export function renameDurably(from: string, to: string): void {
  renamePatiently(from, to);
  syncFolder(dirname(to));
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

function sleep(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

function quietly(action: () => void): void {
  try {
    action();
  } catch {
    // The error that led here is the one to tell.
  }
}
