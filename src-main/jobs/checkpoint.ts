import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Snapshot } from '../compute/snapshot.js';
import { nodeFileSystem, syncFolder, temporaryOwner, writeDurably } from '../durable-file.js';
import type { FileSystem } from '../durable-file.js';
import { UserError } from '../errors.js';
import { identityOf } from '../process-identity.js';
import { checkpointName, parseCheckpointName } from '../run-folder.js';
import { decodeCheckpoint, encodeCheckpoint } from './checkpoint-format.js';
import type { Checkpoint, CheckpointIdentity, Decoded } from './checkpoint-format.js';
import type { DiskCheckpoints, DiskRoom, FinishedEpoch } from './job.js';

/** Checkpoints that are kept; the oldest goes when a newer one has been read back. */
export const CHECKPOINTS_KEPT = 3;
/** Free space beyond twice the checkpoint that must remain for the history and everybody else. */
const RESERVE_BYTES = 64 * 1024 * 1024;
const READ_BYTES = 4 * 1024 * 1024;

export interface CheckpointOptions {
  /** `<home>/runs/<run>/checkpoints`; made when it is missing. */
  readonly folder: string;
  readonly identity: CheckpointIdentity;
  /** `configSha256` as earlier versions wrote it. */
  readonly formerConfigSha256?: string;
  /** Told when an older checkpoint is used because a newer one is damaged, and when another arithmetic goes on with it. */
  readonly warn?: (text: string) => void;
  /** Refuse to go on with an arithmetic that rounds differently. Default false. */
  readonly sameBits?: boolean;
  /** Default: the real one. */
  readonly fs?: FileSystem;
  /** Default 64 MiB. */
  readonly reserveBytes?: number;
}

/** A checkpoint with the name of its file and the last epoch that was finished before it. */
export interface FoundCheckpoint {
  readonly epoch: number;
  readonly snapshot: Snapshot;
  readonly file: string;
  readonly finished: FinishedEpoch | null;
}

/**
 * Checkpoints as files of one folder, `checkpoint-<number>-epoch-<epoch>.ckpt`. Order is by number, never by time.
 * A new one is written beside the others, read back, and only then takes the place of the oldest.
 */
export class FolderCheckpoints implements DiskCheckpoints {
  private readonly fs: FileSystem;
  private finished: FinishedEpoch | null = null;
  private arithmetic: readonly string[] = [];
  private newest: { readonly file: string; readonly epoch: number } | null = null;

  constructor(private readonly options: CheckpointOptions) {
    this.fs = options.fs ?? nodeFileSystem;
    this.explained(() => {
      this.fs.mkdirSync(options.folder, { recursive: true });
      this.removeStaleTemporaries();
    });
  }

  /** File name of the checkpoint that was last written or found. */
  get newestFile(): string | null {
    return this.newest?.file ?? null;
  }

  /** Epochs that were finished at that checkpoint, over all seeds of a retraining. */
  get newestEpoch(): number | null {
    return this.newest?.epoch ?? null;
  }

  /**
   * @throws UserError `checkpoint-newer` (made by a newer version), `checkpoint-unreadable` (written otherwise),
   *   `checkpoint-foreign` (of another run or other settings), `checkpoint-corrupt` (there are some and none is whole),
   *   `checkpoint-other-bits` (another arithmetic wrote it, and the same bits are wanted)
   */
  async latest(arithmetic?: string): Promise<FoundCheckpoint | null> {
    if (arithmetic !== undefined) this.arithmetic = [arithmetic];
    const files = this.explained(() => this.list());
    const damaged: string[] = [];
    for (const file of files) {
      const decoded = this.decode(file);
      if (decoded.state === 'newer') {
        throw new UserError(
          'checkpoint-newer',
          `${this.path(file)} was made by a newer version of MedForge (format ${decoded.version}): resume with that version.`,
        );
      }
      if (decoded.state === 'unreadable') {
        throw new UserError(
          'checkpoint-unreadable',
          `${this.path(file)} is intact, but not in the checkpoint format of this version of MedForge (${decoded.reason}): ` +
            'resume with the version that wrote it, or remove it from the folder to continue from an older checkpoint.',
        );
      }
      if (decoded.state === 'corrupt') {
        damaged.push(`${file} is damaged (${decoded.reason})`);
        continue;
      }
      this.requireOwn(file, decoded.checkpoint);
      if (damaged.length > 0) {
        this.options.warn?.(`${damaged.join(', ')}: continuing from ${file}, epoch ${decoded.checkpoint.epoch}.`);
      }
      const { epoch, snapshot, finished } = decoded.checkpoint;
      const before = decoded.checkpoint.arithmetic ?? [];
      if (arithmetic === undefined) this.arithmetic = before;
      else this.goOnWith(arithmetic, before, file);
      this.finished = finished;
      this.newest = { file, epoch };
      return Promise.resolve({ epoch, snapshot, file, finished });
    }
    if (files.length === 0) return null;
    throw new UserError(
      'checkpoint-corrupt',
      `Run ${this.options.identity.run} cannot be resumed: ${damaged.join(', ')} in ${this.options.folder}. ` +
        'Its history is kept; start a new run, or put back a copy of the folder.',
    );
  }

  /** @throws UserError `disk-full`, `checkpoint-failed`; the earlier checkpoints are kept */
  async save(epoch: number, snapshot: Snapshot, finished?: FinishedEpoch): Promise<string> {
    const checkpoint: Checkpoint = {
      ...this.options.identity,
      epoch,
      snapshot,
      finished: finished ?? this.finished,
      arithmetic: this.arithmetic,
    };
    const { bytes } = encodeCheckpoint(checkpoint);
    const file = this.explained(() => {
      this.requireSpace(bytes);
      const name = checkpointName(this.nextNumber(), epoch);
      this.write(name, checkpoint);
      return name;
    }, bytes);
    this.finished = checkpoint.finished;
    this.newest = { file, epoch };
    this.removeOld();
    return Promise.resolve(file);
  }

  /** The rule of `save`, before there is anything to save. */
  requireRoom(bytes: number): DiskRoom {
    return this.explained(() => {
      this.requireSpace(bytes);
      const { bavail, bsize } = this.fs.statfsSync(this.options.folder);
      const there = this.list().reduce((sum, file) => sum + this.bytesOf(file), 0);
      const free = bavail * bsize;
      return { free, forCheckpoints: free + there - (this.options.reserveBytes ?? RESERVE_BYTES) };
    }, bytes);
  }

  /** Removes every checkpoint: the run has ended and will not be resumed. */
  clear(): void {
    for (const file of this.list()) this.remove(file);
  }

  /** Says, and keeps, that what goes on here rounds differently. @param before what wrote the checkpoint, the last at the end */
  private goOnWith(arithmetic: string, before: readonly string[], file: string): void {
    const { identity, sameBits = false, warn } = this.options;
    const last = before.at(-1);
    this.arithmetic = last === arithmetic ? before : [...before, arithmetic];
    if (last === arithmetic) return;
    if (sameBits) {
      const written = last === undefined ? 'it does not say what wrote it' : `it was written with ${last}`;
      throw new UserError(
        'checkpoint-other-bits',
        `Run ${identity.run} cannot continue with the same bits: this computer would continue ${file} with ${arithmetic}, and ${written}. ` +
          'Resume on the computer where it was started, or without --same-bits.',
      );
    }
    // Of a checkpoint from before this was kept, nothing is known and nothing is said.
    if (last === undefined) return;
    warn?.(
      `Computed with ${last} up to epoch ${this.epochOf(file)} and with ${arithmetic} from here on: the result will differ in its ` +
        'last bits from that of a run that used only one of them, and the differences grow.',
    );
  }

  private epochOf(file: string): number {
    return parseCheckpointName(file)?.epoch ?? 0;
  }

  private write(file: string, checkpoint: Checkpoint): void {
    const attempt = (): void => {
      writeDurably(this.path(file), encodeCheckpoint(checkpoint).pieces, this.fs);
      if (!this.readsBack(file)) throw Object.assign(new Error('it does not read back as written'), { code: 'EIO' });
    };
    try {
      try {
        attempt();
      } catch (error) {
        // After a failed fsync the system may have dropped what it could not write: only a new file can be trusted.
        if ((error as NodeJS.ErrnoException).code !== 'EIO') throw error;
        attempt();
      }
    } catch (error) {
      this.remove(file);
      throw error;
    }
  }

  /** True when the file's bytes match the checksum at its end. */
  private readsBack(file: string): boolean {
    const descriptor = this.fs.openSync(this.path(file), 'r');
    try {
      const { size } = this.fs.fstatSync(descriptor);
      const hash = createHash('sha256');
      const buffer = Buffer.allocUnsafe(Math.min(READ_BYTES, Math.max(size, 1)));
      let left = size - 32;
      while (left > 0) {
        const read = this.fs.readSync(descriptor, buffer, 0, Math.min(buffer.length, left), null);
        if (read === 0) return false;
        hash.update(buffer.subarray(0, read));
        left -= read;
      }
      const stored = Buffer.alloc(32);
      return this.fs.readSync(descriptor, stored, 0, 32, size - 32) === 32 && hash.digest().equals(stored);
    } finally {
      this.fs.closeSync(descriptor);
    }
  }

  private decode(file: string): Decoded {
    try {
      return decodeCheckpoint(this.readWhole(file));
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === undefined) throw error;
      return { state: 'corrupt', reason: `it cannot be read: ${code}` };
    }
  }

  private readWhole(file: string): Uint8Array {
    const descriptor = this.fs.openSync(this.path(file), 'r');
    try {
      const { size } = this.fs.fstatSync(descriptor);
      const bytes = new Uint8Array(size);
      let offset = 0;
      while (offset < size) {
        const read = this.fs.readSync(descriptor, bytes, offset, size - offset, offset);
        if (read === 0) break;
        offset += read;
      }
      return bytes.subarray(0, offset);
    } finally {
      this.fs.closeSync(descriptor);
    }
  }

  private requireOwn(file: string, found: CheckpointIdentity): void {
    const { run, configSha256, datasetSha256 } = this.options.identity;
    const difference =
      found.run !== run
        ? `it belongs to run ${found.run}`
        : found.datasetSha256 !== datasetSha256
          ? `it was made with the dataset ${found.datasetSha256}, the run has ${datasetSha256}`
          : found.configSha256 !== configSha256 && found.configSha256 !== this.options.formerConfigSha256
            ? 'it was made with other settings'
            : null;
    if (difference === null) return;
    throw new UserError(
      'checkpoint-foreign',
      `${this.path(file)} cannot be used for run ${run}: ${difference}. Remove it from the folder to continue without it.`,
    );
  }

  private bytesOf(file: string): number {
    const descriptor = this.fs.openSync(this.path(file), 'r');
    try {
      return this.fs.fstatSync(descriptor).size;
    } finally {
      this.fs.closeSync(descriptor);
    }
  }

  private requireSpace(bytes: number): void {
    const { bavail, bsize } = this.fs.statfsSync(this.options.folder);
    if (bavail * bsize < this.neededBytes(bytes)) throw this.diskFull(bytes);
  }

  private neededBytes(bytes: number): number {
    return 2 * bytes + (this.options.reserveBytes ?? RESERVE_BYTES);
  }

  private diskFull(bytes: number, cause?: unknown): UserError {
    return new UserError(
      'disk-full',
      `Not enough space for a checkpoint: need ${Math.ceil(this.neededBytes(bytes) / 1e6)} MB in ${this.options.folder}. ` +
        'Free some space, then resume the run.',
      { cause },
    );
  }

  /** Runs `action` and turns failures of the file system into errors that the user can act on. */
  private explained<T>(action: () => T, bytes = 0): T {
    try {
      return action();
    } catch (error) {
      const code = error instanceof UserError ? '' : ((error as NodeJS.ErrnoException).code ?? '');
      if (code === 'ENOSPC' || code === 'EDQUOT') throw this.diskFull(bytes, error);
      if (code === '') throw error;
      const message = error instanceof Error ? error.message : String(error);
      throw new UserError(
        'checkpoint-failed',
        `A checkpoint could not be written to ${this.options.folder} (${message}): check the disk; earlier ones are kept.`,
        { cause: error },
      );
    }
  }

  /** Newest first. */
  private list(): string[] {
    return this.fs
      .readdirSync(this.options.folder)
      .filter((name) => parseCheckpointName(name) !== null)
      .sort()
      .reverse();
  }

  private nextNumber(): number {
    return (parseCheckpointName(this.list()[0] ?? '')?.number ?? 0) + 1;
  }

  private removeOld(): void {
    try {
      const old = this.list().slice(CHECKPOINTS_KEPT);
      for (const file of old) this.fs.unlinkSync(this.path(file));
      if (old.length > 0) syncFolder(this.options.folder, this.fs);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.options.warn?.(`An old checkpoint could not be removed (${reason}); it will be removed with the next one.`);
    }
  }

  /** A process that was killed while it wrote left its temporary file. */
  private removeStaleTemporaries(): void {
    for (const name of this.fs.readdirSync(this.options.folder)) {
      const owner = temporaryOwner(name);
      if (owner === null || (owner !== process.pid && identityOf(owner) !== null)) continue;
      this.remove(name);
    }
  }

  /** Best effort: what stays does no harm, and the next start tries again. */
  private remove(name: string): void {
    try {
      this.fs.unlinkSync(this.path(name));
    } catch {
      // Not there, or held by another program.
    }
  }

  private path(file: string): string {
    return join(this.options.folder, file);
  }
}
