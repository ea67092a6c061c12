import { z } from 'zod';
import type { Snapshot, SnapshotArray } from '../../compute/snapshot.js';
import type { Dataset } from '../../datasets/dataset.js';
import { sayIssue } from '../../schema-issue.js';
import type { Predictions } from '../../training/metrics/diagnostics.js';
import type { Model } from '../../training/model-file.js';
import { backendNameSchema } from '../../vocabulary/backend.js';
import {
  epochRecordSchema,
  jobControlSchema,
  jobErrorSchema,
  jobEventSchema,
  type JobError,
} from '../../vocabulary/events.js';
import { positive, wholeNumber } from '../../vocabulary/numbers.js';
import { jobResultSchema } from '../../vocabulary/results.js';
import { jobConfigSchema } from '../../vocabulary/run-config.js';
import { traceSchema } from '../../vocabulary/trace.js';
import { fromJobError, toJobError } from '../job-error.js';
import { Stopped } from '../stopped.js';

/** Milliseconds between two signs of life of the page. */
export const PAGE_HEARTBEAT_MILLISECONDS = 1000;

const message = <T extends string, S extends z.core.$ZodLooseShape>(type: T, shape: S) =>
  z.object({ type: z.literal(type), ...shape }).readonly();

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;

const isArray = (value: unknown): value is SnapshotArray =>
  [Float32Array, Float64Array, Int32Array, Uint32Array, Uint8Array].some((type) => value instanceof type);

const snapshotSchema = z.custom<Snapshot>((value) => {
  const { values, arrays } = (value ?? {}) as { readonly values?: unknown; readonly arrays?: unknown };
  return isObject(values) && isObject(arrays) && Object.values(arrays as object).every(isArray);
}, 'must be a snapshot');

/** A file beside the checkpoints of a run, and nowhere else. */
const modelFile = z.string().regex(/^model-seed-\d{1,10}\.safetensors$/);

const finishedEpochSchema = z.object({ record: epochRecordSchema, trace: traceSchema.nullable() });

/** What the page asks its worker for: the arguments of each question. */
const questions = {
  latest: z.tuple([z.string().optional()]),
  save: z.tuple([wholeNumber, snapshotSchema, finishedEpochSchema.optional()]),
  requireWhatItNeeds: z.tuple([positive, backendNameSchema]),
  /** The dataset without its arrays, which `part` hands over one after the other. */
  dataset: z.tuple([]),
  /** Bytes of an array of the dataset: its number, from where and to where. */
  part: z.tuple([wholeNumber, wholeNumber, wholeNumber]),
  writeModel: z.tuple([modelFile, z.custom<Model>(isObject)]),
  writePredictions: z.tuple([modelFile, z.custom<Predictions>(isObject)]),
  testTwins: z.tuple([]),
} as const;

export type Question = keyof typeof questions;
export type Arguments<Q extends Question> = z.infer<(typeof questions)[Q]>;

/** What is answered. */
export interface Answers {
  latest: { readonly epoch: number; readonly snapshot: Snapshot; readonly file: string } | null;
  save: string;
  requireWhatItNeeds: null;
  dataset: Detached<Dataset>;
  part: Uint8Array;
  writeModel: null;
  writePredictions: null;
  testTwins: Uint8Array;
}

const outcomeSchema = z.discriminatedUnion('state', [
  z.object({ state: z.literal('finished'), result: jobResultSchema }),
  z.object({ state: z.literal('paused'), epoch: wholeNumber }),
  z.object({ state: z.literal('cancelled'), epoch: wholeNumber }),
]);

const fromPageSchema = z.discriminatedUnion('type', [
  message('ask', {
    id: positive,
    question: z.enum(Object.keys(questions) as [Question, ...Question[]]),
    args: z.array(z.unknown()),
  }),
  message('event', { event: jobEventSchema }),
  /** How often the job has asked whether to go on: a page that lives and computes nothing is noticed. */
  message('heartbeat', { turns: wholeNumber }),
  message('ended', { outcome: outcomeSchema }),
  message('failed', { error: jobErrorSchema }),
  /** The answer to `probe`: what the card calls itself. */
  message('found', { device: z.string() }),
]);

const toPageSchema = z.discriminatedUnion('type', [
  /** Only look which card there is; an error is answered with `failed`. */
  message('probe', {}),
  message('run', { run: positive, config: jobConfigSchema, door: z.enum(['window', 'terminal']) }),
  message('control', { control: jobControlSchema }),
  message('answer', { id: positive, value: z.unknown() }),
  message('refusal', { id: positive, error: jobErrorSchema }),
]);

export type FromPage = z.infer<typeof fromPageSchema>;
export type ToPage = z.infer<typeof toPageSchema>;

export const parseFromPage = (data: unknown): FromPage => parsed(fromPageSchema, data, 'from the compute page');
export const parseToPage = (data: unknown): ToPage => parsed(toPageSchema, data, 'to the compute page');

/** @throws TypeError */
export function parseArguments<Q extends Question>(question: Q, args: readonly unknown[]): Arguments<Q> {
  return parsed(questions[question] as unknown as z.ZodType<Arguments<Q>>, args, `(${question}) from the compute page`);
}

/** Both ends are of one program: whatever does not fit is a fault of it. */
function parsed<T>(schema: z.ZodType<T>, data: unknown, what: string): T {
  const { success, data: fits, error } = schema.safeParse(data);
  if (success) return fits;
  throw new TypeError(`a message ${what} does not fit: ${sayIssue(error.issues[0]!)}`);
}

const STOPPED = 'Stopped';

/** As `toJobError`, with a stop by the user as what it is. */
export function packError(error: unknown): JobError {
  if (error instanceof Stopped) return { name: STOPPED, kind: error.control, message: error.message };
  return toJobError(error, 'the data folder');
}

export function unpackError(error: JobError): Error {
  if (error.name === STOPPED) return new Stopped(error.kind === 'cancel' ? 'cancel' : 'pause');
  return fromJobError(error);
}

type Bytes = Uint8Array | Uint16Array | Int32Array;
const TYPES = { Uint8Array, Uint16Array, Int32Array } as const;

/** In the place of an array: its number among the arrays, its type and its length. */
interface Place {
  readonly detachedArray: number;
  readonly type: keyof typeof TYPES;
  readonly length: number;
}

/** A value whose arrays travel apart from it. */
export interface Detached<T> {
  readonly value: unknown;
  /** Of the arrays. */
  readonly bytes: readonly number[];
  /** Never there: what it becomes again. */
  readonly of?: T;
}

/** Takes the arrays out of plain data. */
export function detach<T>(whole: T): { readonly detached: Detached<T>; readonly arrays: readonly Uint8Array[] } {
  const arrays: Uint8Array[] = [];
  const walk = (value: unknown): unknown => {
    if (ArrayBuffer.isView(value)) {
      const array = value as Bytes;
      const type = array.constructor.name === 'Buffer' ? 'Uint8Array' : (array.constructor.name as Place['type']);
      if (!(type in TYPES)) throw new TypeError(`a dataset has an array of type ${type}`);
      arrays.push(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
      return { detachedArray: arrays.length - 1, type, length: array.length } satisfies Place;
    }
    if (Array.isArray(value)) return value.map(walk);
    if (!isObject(value)) return value;
    return Object.fromEntries(Object.entries(value as object).map(([key, child]) => [key, walk(child)]));
  };
  const value = walk(whole);
  return { detached: { value, bytes: arrays.map(({ byteLength }) => byteLength) }, arrays };
}

/** Puts the arrays back. */
export function attach<T>({ value }: Detached<T>, arrays: readonly Uint8Array[]): T {
  const walk = (part: unknown): unknown => {
    if (Array.isArray(part)) return part.map(walk);
    if (!isObject(part)) return part;
    if ('detachedArray' in (part as object)) {
      const { detachedArray, type, length } = part as Place;
      const { buffer, byteOffset } = arrays[detachedArray]!;
      return new TYPES[type](buffer as ArrayBuffer, byteOffset, length);
    }
    return Object.fromEntries(Object.entries(part as object).map(([key, child]) => [key, walk(child)]));
  };
  return walk(value) as T;
}
