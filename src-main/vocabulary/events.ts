import { z } from 'zod';
import { backendNameSchema } from './backend.js';
import { measured, wholeNumber } from './numbers.js';
import { raceCandidateSchema, raceProgressSchema } from './race.js';
import { jobResultSchema } from './results.js';
import { traceDescriptionSchema, traceSchema } from './trace.js';

/** One finished epoch. Fields that a kind of run does not have are null. */
export const epochRecordSchema = z
  .object({
    /** Seed of the network being trained; for a search, the seed of the run. */
    seed: z.int(),
    /** 1-based. */
    epoch: z.int().min(1),
    /** On the images that weights are trained with, as augmented. */
    loss: measured,
    /** On the images that weights are trained with, as augmented. */
    accuracy: measured,
    /** Of a search: on the half that judges architectures; of a retraining: on the validation part. Null where nothing was measured. */
    validationLoss: measured.nullable(),
    validationAccuracy: measured.nullable(),
    validationAuc: measured.nullable(),
    learningRate: measured,
    imagesPerSecond: measured,
    /** Wall time of the epoch, from a monotonic clock. */
    seconds: measured,
  })
  .readonly();
export type EpochRecord = z.infer<typeof epochRecordSchema>;

/** An error as it travels between processes. */
export const jobErrorSchema = z
  .object({
    name: z.string(),
    message: z.string(),
    /** What the window says, where that is not the message. */
    inWindow: z.string().optional(),
    kind: z.string(),
    stack: z.string().optional(),
  })
  .readonly();
export type JobError = z.infer<typeof jobErrorSchema>;

const event = <T extends string, S extends z.core.$ZodLooseShape>(type: T, shape: S) =>
  z.object({ type: z.literal(type), ...shape }).readonly();

/** What a job says, in order. An `epoch` is said only after its checkpoint is safely on disk. */
export const jobEventSchema = z.discriminatedUnion('type', [
  event('started', {
    backend: backendNameSchema,
    device: z.string(),
    threads: wholeNumber,
    epochs: wholeNumber,
    stepsPerEpoch: wholeNumber,
    /** First epoch that this process will run, 1-based: above 1 after a resume. */
    epoch: wholeNumber,
    /** What the traces of its epochs mean; null for a retraining. */
    trace: traceDescriptionSchema.nullable(),
  }),
  event('progress', {
    epoch: wholeNumber,
    step: wholeNumber,
    stepsPerEpoch: wholeNumber,
    loss: measured,
    imagesPerSecond: measured,
    /** Estimate of the time left for the whole run. */
    secondsLeft: measured.nullable(),
    /** Once the search has given way to its race; epoch and step are the search's last then. */
    race: raceProgressSchema.optional(),
  }),
  /** A training of the race has ended, and its checkpoint is on disk. */
  event('race', { done: wholeNumber, total: wholeNumber, candidates: z.array(raceCandidateSchema).readonly() }),
  event('epoch', {
    record: epochRecordSchema,
    /** What the search method tells of itself; null for a retraining. */
    trace: traceSchema.nullable(),
    checkpoint: z.string(),
  }),
  /** What the run computes on from now on, which was decided while it ran; the `log` before it says why. */
  event('backend', { backend: backendNameSchema }),
  event('log', { level: z.enum(['info', 'warning', 'error']), text: z.string() }),
  event('paused', { epoch: wholeNumber, checkpoint: z.string(), reason: z.string() }),
  event('cancelled', { epoch: wholeNumber }),
  event('finished', { result: jobResultSchema }),
  event('failed', { error: jobErrorSchema }),
]);
export type JobEvent = z.infer<typeof jobEventSchema>;

/** What the host may ask of a running job. A job answers within one training step. */
export const jobControlSchema = z.enum(['continue', 'pause', 'cancel']);
export type JobControl = z.infer<typeof jobControlSchema>;
