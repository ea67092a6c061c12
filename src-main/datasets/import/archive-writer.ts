import { open, rm, type FileHandle } from 'node:fs/promises';
import { dirname, join, basename } from 'node:path';
import { crc32 } from 'node:zlib';
import { renameDurably, temporaryName, writeAll } from '../../durable-file.js';
import { npyHeader, type Dtype } from '../npy.js';
import { centralRecord, CRC_AT, endRecord, localHeader } from '../npz-writer.js';

const WRITTEN_AT_ONCE = 2 ** 20;

/**
 * Writes a `.npz` array by array, with memory that does not depend on its size: stored without compression, so that the same arrays
 * give the same bytes. Nothing lies under the final name before `finish`.
 */
export class ArchiveWriter {
  private offset = 0;
  /** The end of what was written, which is not in the file yet. */
  private waiting: Uint8Array[] = [];
  private waitingBytes = 0;
  private readonly directory: Uint8Array[] = [];

  private constructor(
    private readonly path: string,
    private readonly temporary: string,
    private readonly handle: FileHandle,
  ) {}

  /** @param path of the finished archive, in a folder that exists */
  static async create(path: string): Promise<ArchiveWriter> {
    const temporary = join(dirname(path), temporaryName(basename(path)));
    return new ArchiveWriter(path, temporary, await open(temporary, 'wx'));
  }

  /**
   * @param name without `.npy`  @param data as many bytes as dtype and shape say, in pieces
   * @throws Error when they are more or fewer
   */
  async add(
    name: string,
    dtype: Dtype,
    shape: readonly number[],
    data: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  ): Promise<void> {
    const file = Buffer.from(`${name}.npy`, 'latin1');
    const { header, bytes } = npyHeader(dtype, shape);
    const size = header.length + bytes;
    const start = this.offset;
    await this.write(localHeader(size, 0, file));
    await this.write(file);
    await this.write(header);
    let crc = crc32(header);
    let written = 0;
    for await (const piece of data) {
      crc = crc32(piece, crc);
      written += piece.length;
      await this.write(piece);
    }
    if (written !== bytes) throw new Error(`${name} has ${String(written)} bytes of ${String(bytes)}`);
    await this.flush();
    const local = localHeader(size, crc, file);
    await writeAll(this.handle, local.subarray(CRC_AT, CRC_AT + 4), start + CRC_AT);
    this.directory.push(centralRecord(local, start), file);
  }

  /** Puts the archive under its name, replacing a file that is there. */
  async finish(): Promise<void> {
    const at = this.offset;
    for (const record of this.directory) await this.write(record);
    await this.write(endRecord(this.directory.length / 2, this.offset - at, at));
    await this.flush();
    await this.handle.sync();
    await this.handle.close();
    renameDurably(this.temporary, this.path);
  }

  /** Leaves nothing behind. */
  async discard(): Promise<void> {
    await this.handle.close().catch(() => undefined);
    await rm(this.temporary, { force: true });
  }

  /** Small pieces are written together. */
  private async write(bytes: Uint8Array): Promise<void> {
    this.waiting.push(bytes);
    this.waitingBytes += bytes.length;
    this.offset += bytes.length;
    if (this.waitingBytes >= WRITTEN_AT_ONCE) await this.flush();
  }

  private async flush(): Promise<void> {
    const bytes = Buffer.concat(this.waiting);
    this.waiting = [];
    this.waitingBytes = 0;
    await writeAll(this.handle, bytes, this.offset - bytes.length);
  }
}
