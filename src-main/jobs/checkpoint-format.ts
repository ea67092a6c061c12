import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Json, Snapshot, SnapshotArray } from '../compute/snapshot.js';
import { fromJsonText, toJsonText } from '../json-numbers.js';
import { sayIssue } from '../schema-issue.js';
import { epochRecordSchema } from '../vocabulary/events.js';
import { traceSchema } from '../vocabulary/trace.js';
import { wholeNumber } from '../vocabulary/numbers.js';
import type { FinishedEpoch } from './job.js';
import { formerEstimator, retrainConfigSchema, searchConfigSchema, type JobConfig } from '../vocabulary/run-config.js';

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
  /** What computed up to here, in order, each time it changed (`ActiveBackend.arithmetic`); absent in older files. */
  readonly arithmetic?: readonly string[] | undefined;
}

const ARRAY_TYPES = { Float32Array, Float64Array, Int32Array, Uint32Array, Uint8Array } as const;
type ArrayType = keyof typeof ARRAY_TYPES;

const arrayEntrySchema = z
  .object({
    name: z.string(),
    type: z.enum(Object.keys(ARRAY_TYPES) as ArrayType[]),
    length: wholeNumber,
    /** From the start of the arrays. */
    offset: wholeNumber,
  })
  .readonly();
type ArrayEntry = z.infer<typeof arrayEntrySchema>;

const headerSchema = z.object({
  run: z.int(),
  configSha256: z.string(),
  datasetSha256: z.string(),
  epoch: wholeNumber,
  finished: z
    .object({ record: epochRecordSchema, trace: traceSchema.nullable().default(null) })
    .readonly()
    .nullable(),
  arithmetic: z.array(z.string()).readonly().optional(),
  /** Whatever JSON can hold; the search or the training that reads it knows what it must be. */
  values: z.record(z.string(), z.custom<Json>()),
  arrays: z.array(arrayEntrySchema),
});
type Header = z.infer<typeof headerSchema>;

/**
 * SHA-256 of the settings that a checkpoint depends on: all but where the dataset's file is, what the run goes on with, and the number
 * of threads, which changes no bit.
 */
export function configSha256(config: JobConfig): string {
  return sha256Of(config, false);
}

/** As checkpoints of version 0.1.0 have it, which depended on the number of threads too. */
export function formerConfigSha256(config: JobConfig): string {
  return sha256Of(config, true);
}

function sha256Of(config: JobConfig, withThreads: boolean): string {
  const { sha256, bytes } = config.dataset;
  const { onGpuFault: _, decidedBackend: __, threads, ...others } = config;
  const settings = withThreads ? { ...others, threads } : others;
  const chosen = withoutDefaults(config.kind === 'search' ? searchConfigSchema : retrainConfigSchema, settings);
  const estimator = config.kind === 'search' ? formerEstimator(config) : null;
  const rest = Object.fromEntries(Object.entries(chosen).filter(([name]) => name !== 'settings'));
  return createHash('sha256')
    .update(sortedJson({ ...(estimator === null ? chosen : { ...rest, estimator }), dataset: { sha256, bytes } }))
    .digest('hex');
}

/**
 * `value` without the keys that have the default of its schema: a checkpoint from before such a key existed belongs to the
 * same settings.
 */
export function withoutDefaults<T extends object>(
  schema: z.ZodReadonly<z.ZodObject & z.ZodType<T>>,
  value: T,
): Partial<T> {
  const { shape } = schema.unwrap();
  const isDefault = ([key, chosen]: [string, unknown]): boolean => {
    const field: unknown = shape[key];
    return field instanceof z.ZodDefault && sortedJson(field.def.defaultValue) === sortedJson(chosen);
  };
  return Object.fromEntries(Object.entries(value).filter((entry) => !isDefault(entry))) as Partial<T>;
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
  const { snapshot, run, configSha256, datasetSha256, epoch, finished, arithmetic } = checkpoint;
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
    ...(arithmetic && arithmetic.length > 0 ? { arithmetic } : {}),
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
  /** As it was written, and not what this version writes. */
  | { readonly state: 'unreadable'; readonly reason: string }
  | { readonly state: 'newer'; readonly version: number };

/** Reads a checkpoint from all bytes of its file. The arrays are copies. */
export function decodeCheckpoint(file: Uint8Array): Decoded {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  if (bytes.length < FIXED_BYTES + HASH_BYTES) return { state: 'corrupt', reason: 'it is truncated' };
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
  const header = parseHeader(bytes.toString('utf8', FIXED_BYTES, headerEnd));
  if (typeof header === 'string') return { state: 'unreadable', reason: header };
  const { arrays: entries, values, ...rest } = header;
  const arrays: Record<string, SnapshotArray> = {};
  for (const { name, type, length, offset } of entries) {
    const start = aligned(headerEnd) + offset;
    if (start + length * ARRAY_TYPES[type].BYTES_PER_ELEMENT > body.length) {
      return { state: 'unreadable', reason: `the array ${name} ends after the file` };
    }
    arrays[name] = readArray(body, type, length, start);
  }
  return { state: 'whole', checkpoint: { ...rest, snapshot: { values: values, arrays } } };
}

/** The header, or what is wrong with it. */
function parseHeader(text: string): Header | string {
  let json: unknown;
  try {
    json = fromJsonText(text);
  } catch {
    return 'its header is not JSON';
  }
  const { success, data, error } = headerSchema.safeParse(json);
  return success ? data : sayIssue(error.issues[0]!);
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
