import { createHash } from 'node:crypto';
import type { Snapshot, SnapshotArray } from '../compute/snapshot.js';
import { fromJsonText, toJsonText } from '../json-numbers.js';
import type { FinishedEpoch } from './job.js';
import type { JobConfig } from '../vocabulary/run-config.js';

/**
 * A checkpoint file, all little-endian:
 *   8 bytes magic, uint32 format version, uint32 length of the header, uint64 length of the file,
 *   header (JSON text), arrays one after another, each starting at a multiple of 8 bytes,
 *   32 bytes SHA-256 of all that stands before.
 * Every version of the format ends with that SHA-256, so that a damaged file is told from a newer one.
 */
export const CHECKPOINT_FORMAT = 1;

const MAGIC = Buffer.from('MDFGCKPT', 'latin1');
const FIXED_BYTES = 24;
const HASH_BYTES = 32;
const ALIGNMENT = 8;

/** What a checkpoint belongs to; it is used for nothing else. */
export interface CheckpointIdentity {
  readonly run: number;
  readonly configSha256: string;
  readonly datasetSha256: string;
}

export interface Checkpoint extends CheckpointIdentity {
  readonly epoch: number;
  readonly snapshot: Snapshot;
  /** The last epoch that was finished before this checkpoint. */
  readonly finished: FinishedEpoch | null;
}

const ARRAY_TYPES = { Float32Array, Float64Array, Int32Array, Uint32Array, Uint8Array } as const;
type ArrayType = keyof typeof ARRAY_TYPES;

interface ArrayEntry {
  readonly name: string;
  readonly type: ArrayType;
  readonly length: number;
  /** From the start of the arrays. */
  readonly offset: number;
}

interface Header extends CheckpointIdentity {
  readonly epoch: number;
  readonly finished: FinishedEpoch | null;
  readonly values: Snapshot['values'];
  readonly arrays: readonly ArrayEntry[];
}

/** SHA-256 of the settings that a checkpoint depends on: all but where the dataset's file is. */
export function configSha256(config: JobConfig): string {
  const { dataset, ...settings } = config;
  return createHash('sha256')
    .update(sortedJson({ ...settings, dataset: { sha256: dataset.sha256, bytes: dataset.bytes } }))
    .digest('hex');
}

function sortedJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}

/** The bytes of a checkpoint in pieces; the arrays are not copied. Their total length is `bytes`. */
export function encodeCheckpoint(checkpoint: Checkpoint): {
  readonly bytes: number;
  readonly pieces: Iterable<Uint8Array>;
} {
  const { snapshot, run, configSha256, datasetSha256, epoch, finished } = checkpoint;
  const arrays = Object.entries(snapshot.arrays);
  let offset = 0;
  const entries = arrays.map(([name, array]): ArrayEntry => {
    const entry = { name, type: typeOf(array), length: array.length, offset };
    offset = aligned(offset + array.byteLength);
    return entry;
  });
  const header: Header = {
    run,
    configSha256,
    datasetSha256,
    epoch,
    finished,
    values: snapshot.values,
    arrays: entries,
  };
  const headerBytes = Buffer.from(toJsonText(header));
  const arraysStart = aligned(FIXED_BYTES + headerBytes.length);
  const bytes = arraysStart + offset + HASH_BYTES;

  const start = Buffer.alloc(arraysStart);
  MAGIC.copy(start);
  start.writeUInt32LE(CHECKPOINT_FORMAT, 8);
  start.writeUInt32LE(headerBytes.length, 12);
  start.writeBigUInt64LE(BigInt(bytes), 16);
  headerBytes.copy(start, FIXED_BYTES);

  function* pieces(): Generator<Uint8Array> {
    const hash = createHash('sha256');
    const hashed = (piece: Uint8Array): Uint8Array => {
      hash.update(piece);
      return piece;
    };
    yield hashed(start);
    for (const [, array] of arrays) {
      yield hashed(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
      const padding = aligned(array.byteLength) - array.byteLength;
      if (padding > 0) yield hashed(new Uint8Array(padding));
    }
    yield hash.digest();
  }
  return { bytes, pieces: pieces() };
}

export type Decoded =
  | { readonly state: 'whole'; readonly checkpoint: Checkpoint }
  | { readonly state: 'corrupt'; readonly reason: string }
  | { readonly state: 'newer'; readonly version: number };

/** Reads a checkpoint from all bytes of its file. The arrays are copies. */
export function decodeCheckpoint(file: Uint8Array): Decoded {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  if (bytes.length < FIXED_BYTES + HASH_BYTES) return { state: 'corrupt', reason: 'it is cut short' };
  if (!bytes.subarray(0, 8).equals(MAGIC)) return { state: 'corrupt', reason: 'it is not a checkpoint' };
  const body = bytes.subarray(0, -HASH_BYTES);
  if (!createHash('sha256').update(body).digest().equals(bytes.subarray(-HASH_BYTES))) {
    return { state: 'corrupt', reason: 'its checksum does not match' };
  }
  const version = bytes.readUInt32LE(8);
  if (version > CHECKPOINT_FORMAT) return { state: 'newer', version };
  if (bytes.readBigUInt64LE(16) !== BigInt(bytes.length))
    return { state: 'corrupt', reason: 'its length does not match' };
  const headerEnd = FIXED_BYTES + bytes.readUInt32LE(12);
  const header = fromJsonText(bytes.toString('utf8', FIXED_BYTES, headerEnd)) as Header;
  const { arrays: entries, values, ...rest } = header;
  const arrays: Record<string, SnapshotArray> = {};
  for (const { name, type, length, offset } of entries)
    arrays[name] = readArray(body, type, length, aligned(headerEnd) + offset);
  return { state: 'whole', checkpoint: { ...rest, snapshot: { values: values, arrays } } };
}

function readArray(body: Uint8Array, type: ArrayType, length: number, start: number): SnapshotArray {
  const ArrayOf = ARRAY_TYPES[type];
  const bytes = length * ArrayOf.BYTES_PER_ELEMENT;
  return new ArrayOf(body.buffer.slice(body.byteOffset + start, body.byteOffset + start + bytes) as ArrayBuffer);
}

function typeOf(array: SnapshotArray): ArrayType {
  const type = array.constructor.name;
  if (type in ARRAY_TYPES) return type as ArrayType;
  throw new TypeError(`a checkpoint cannot hold a ${type}`);
}

function aligned(offset: number): number {
  return Math.ceil(offset / ALIGNMENT) * ALIGNMENT;
}
