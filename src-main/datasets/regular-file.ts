import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';
import { UserError } from '../errors.js';
import { formatBytes, refusal } from './refusal.js';

const BLOCK_BYTES = 1024 * 1024;
/** Opening does not wait for a writer, should the name become a named pipe; Windows has neither. */
const NO_WAITING = process.platform === 'win32' ? 0 : constants.O_NONBLOCK;

/**
 * A regular file held open. Once it was hashed, every byte that is read is one that was hashed, whatever happens to the
 * file or its name meanwhile.
 */
export class RegularFile {
  /** SHA-256 of each block, once the file was hashed. */
  private digests: readonly Buffer[] | null = null;
  private block: { readonly number: number; readonly bytes: Uint8Array } | null = null;

  constructor(
    readonly path: string,
    readonly size: number,
    private readonly handle: FileHandle,
  ) {}

  /**
   * Up to `length` bytes from `offset`; fewer only at the end of the file.
   * @throws UserError `file-changed` when they are not those that were hashed
   */
  async read(offset: number, length: number): Promise<Uint8Array> {
    const { digests } = this;
    if (digests === null) return this.readNow(offset, length);
    const bytes = new Uint8Array(Math.max(0, Math.min(length, this.size - offset)));
    for (let done = 0; done < bytes.length;) {
      const number = Math.floor((offset + done) / BLOCK_BYTES);
      const block = await this.hashedBlock(number, digests);
      const part = block.subarray(offset + done - number * BLOCK_BYTES).subarray(0, bytes.length - done);
      bytes.set(part, done);
      done += part.length;
    }
    return bytes;
  }

  private async hashedBlock(number: number, digests: readonly Buffer[]): Promise<Uint8Array> {
    if (this.block?.number === number) return this.block.bytes;
    const bytes = await this.readNow(number * BLOCK_BYTES, BLOCK_BYTES);
    if (!createHash('sha256').update(bytes).digest().equals(digests[number]!)) throw fileChanged(this.path);
    this.block = { number, bytes };
    return bytes;
  }

  private async readNow(offset: number, length: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(Math.max(0, Math.min(length, this.size - offset)));
    try {
      for (let done = 0; done < bytes.length;) {
        const { bytesRead } = await this.handle.read(
          bytes,
          done,
          Math.min(bytes.length - done, 2 ** 30),
          offset + done,
        );
        if (bytesRead === 0) throw fileChanged(this.path);
        done += bytesRead;
      }
    } catch (error) {
      throw translate(error, this.path);
    }
    return bytes;
  }

  /** SHA-256 and MD5 of the whole file as lower-case hex, in one pass. */
  async hash(signal?: AbortSignal): Promise<{ sha256: string; md5: string }> {
    const sha256 = createHash('sha256');
    const md5 = createHash('md5');
    const digests: Buffer[] = [];
    for (let offset = 0; offset < this.size; offset += BLOCK_BYTES) {
      signal?.throwIfAborted();
      const block = await this.readNow(offset, BLOCK_BYTES);
      sha256.update(block);
      md5.update(block);
      digests.push(createHash('sha256').update(block).digest());
    }
    this.digests = digests;
    return { sha256: sha256.digest('hex'), md5: md5.digest('hex') };
  }

  async close(): Promise<void> {
    await this.handle.close();
  }
}

/**
 * Opens a regular file for reading.
 * @param limit largest size that is opened, in bytes
 * @throws UserError `file-missing`, `file-not-regular`, `file-unreadable`, `file-too-large`
 */
export async function openRegularFile(path: string, limit: number): Promise<RegularFile> {
  let handle: FileHandle | undefined;
  try {
    // a named pipe or device must not be opened: that can block or act
    if (!(await stat(path)).isFile()) throw notRegular(path);
    handle = await open(path, constants.O_RDONLY | NO_WAITING);
    const information = await handle.stat();
    if (!information.isFile()) throw notRegular(path);
    const { size } = information;
    if (size > limit) {
      const wrong = `the file has ${formatBytes(size)}; at most ${formatBytes(limit)} are read`;
      throw refusal('file-too-large', path, wrong, 'Use the 28, 64 or 128 pixel version of the dataset');
    }
    return new RegularFile(path, size, handle);
  } catch (error) {
    await handle?.close();
    throw translate(error, path);
  }
}

function notRegular(path: string): UserError {
  return refusal('file-not-regular', path, 'this is a folder or a device, not a file', 'Give the path of a .npz file');
}

/** The refusal of a file that is being written while it is read. */
export function fileChanged(path: string): UserError {
  return refusal(
    'file-changed',
    path,
    'the file changed while it was read',
    'Wait until it is written completely and try again',
  );
}

function translate(error: unknown, path: string): unknown {
  if (error instanceof UserError || !(error instanceof Error) || !('code' in error)) return error;
  const code = String(error.code);
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return refusal('file-missing', path, 'there is no such file', 'Check the path, or connect its drive', error);
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return refusal(
      'file-unreadable',
      path,
      'the file may not be read',
      'Change its permissions or copy it to your own folder',
      error,
    );
  }
  if (code === 'ENAMETOOLONG' || code === 'ERR_INVALID_ARG_VALUE') {
    return refusal(
      'file-missing',
      path.slice(0, 60).replaceAll('\0', '?'),
      'this is not a valid path',
      'Give the path of a .npz file',
      error,
    );
  }
  return refusal(
    'file-unreadable',
    path,
    `reading failed (${code})`,
    'Check the drive and its cable, then try again',
    error,
  );
}

/** SHA-256 and MD5 of a file as it is now, in one pass. @throws UserError `file-…` */
export async function hashFile(
  path: string,
  signal?: AbortSignal,
): Promise<{ sha256: string; md5: string; bytes: number }> {
  const file = await openRegularFile(path, Number.MAX_SAFE_INTEGER);
  try {
    return { ...(await file.hash(signal)), bytes: file.size };
  } finally {
    await file.close();
  }
}
