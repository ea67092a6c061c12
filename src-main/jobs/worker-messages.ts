import { z } from 'zod';
import { isProcessIdentity, type ProcessIdentity } from '../process-identity.js';
import { sayIssue } from '../schema-issue.js';
import { jobControlSchema, jobErrorSchema, jobEventSchema } from '../vocabulary/events.js';
import { measured, positive } from '../vocabulary/numbers.js';
import { jobConfigSchema } from '../vocabulary/run-config.js';
import { taskProgressSchema } from './task-progress.js';
import type { TaskName, TaskRequest, TaskResult } from './tasks.js';

const message = <T extends string, S extends z.core.$ZodLooseShape>(type: T, shape: S) =>
  z.object({ type: z.literal(type), ...shape }).readonly();

const parent = z.custom<ProcessIdentity>(isProcessIdentity, 'must name a process');

/**
 * First message to a worker process: what it is there for. A process does one thing and ends. With a port, a page at its other end
 * computes the run.
 */
const assignmentSchemas = [
  message('run', {
    parent,
    run: positive,
    config: jobConfigSchema,
    /** `<home>/runs/<run>` */
    folder: z.string(),
    /** Where what is said of it is read. */
    door: z.enum(['window', 'terminal']),
  }),
  message('task', {
    parent,
    /** Made by the same program; the task looks at what comes from outside, the files. */
    request: z.custom<TaskRequest<TaskName>>((request) => typeof request === 'object' && request !== null),
  }),
] as const;

const toWorkerSchema = z.discriminatedUnion('type', [
  ...assignmentSchemas,
  message('control', { control: jobControlSchema, reason: z.string() }),
  /** The page that computes this run is gone. */
  message('page-ended', { kind: z.enum(['compute-page-ended', 'out-of-memory']), how: z.string() }),
  /** The last message has arrived: the process may end. */
  message('received', {}),
]);

const fromWorkerSchema = z.discriminatedUnion('type', [
  message('heartbeat', {
    /** Memory of the process. */
    residentBytes: measured,
  }),
  /** The dataset is in memory. */
  message('opened', {
    /** Height and width of an image. */
    size: positive,
  }),
  message('event', {
    sequence: positive,
    event: jobEventSchema,
    /** Whether it stands in the log of the attempt, which is what is recorded. */
    logged: z.boolean(),
  }),
  message('progress', { progress: taskProgressSchema }),
  message('result', { result: z.custom<TaskResult<TaskName>>() }),
  message('error', { error: jobErrorSchema }),
]);

export type WorkerAssignment = z.infer<(typeof assignmentSchemas)[number]>;
/** What the host says to a worker process. */
export type ToWorker = z.infer<typeof toWorkerSchema>;
/** What a worker process says. Events are numbered from 1, so that a lost one is noticed. */
export type FromWorker = z.infer<typeof fromWorkerSchema>;

/** Milliseconds between two signs of life. */
export const HEARTBEAT_MILLISECONDS = 1000;

export const parseToWorker = (data: unknown): ToWorker => parsed(toWorkerSchema, data, 'to');
export const parseFromWorker = (data: unknown): FromWorker => parsed(fromWorkerSchema, data, 'from');

/** Both ends are of one program: whatever does not fit is a fault of it. */
function parsed<T>(schema: z.ZodType<T>, data: unknown, way: 'to' | 'from'): T {
  const { success, data: fits, error } = schema.safeParse(data);
  if (success) return fits;
  throw new TypeError(`a message ${way} a worker process does not fit: ${sayIssue(error.issues[0]!)}`);
}
