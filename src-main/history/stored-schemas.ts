import { z } from 'zod';
import { attemptLineSchema } from '../vocabulary/attempt.js';
import { datasetHealthSchema } from '../vocabulary/dataset-health.js';
import { epochRecordSchema, jobErrorSchema } from '../vocabulary/events.js';
import { operatingPointSchema } from '../vocabulary/operating-point.js';
import { measured, positive, wholeNumber } from '../vocabulary/numbers.js';
import { jobResultSchema, trainedModelSchema } from '../vocabulary/results.js';
import { jobConfigSchema } from '../vocabulary/run-config.js';
import { runStateSchema } from '../vocabulary/run.js';
import { genotypeSchema } from '../vocabulary/space.js';
import { traceDescriptionSchema, traceSchema } from '../vocabulary/trace.js';
import { formerTrace } from './former-traces.js';

/** Version of `config.json` and `result.json`. */
export const MANIFEST_FORMAT = 1;

const manifest = { format: z.literal(MANIFEST_FORMAT), run: positive, name: z.string() };

/** As `vocabulary/study.ts`, with the name of the study. */
const studyTask = z
  .object({
    ...{
      study: z.string(),
      key: z.string(),
      dataset: z.string(),
      method: z.string(),
      budget: z.string(),
      seed: z.int(),
    },
    ...{ trainingSeed: z.int().nullable(), search: z.string().nullable() },
  })
  .readonly();

/** A `result.json` of before the traces: α, β, γ stood under `architecture`, and figures of the method in the epochs. */
function withTraces(manifest: unknown): unknown {
  if (typeof manifest !== 'object' || manifest === null || !('architecture' in manifest)) return manifest;
  const { architecture, ...rest } = manifest as { architecture: unknown; epochs?: unknown };
  if (!Array.isArray(architecture) || !Array.isArray(rest.epochs) || architecture.length === 0) {
    return { ...rest, traces: [] };
  }
  const snapshots = new Map((architecture as FormerEpoch[]).map((snapshot) => [snapshot.epoch, snapshot]));
  const traces = (rest.epochs as FormerEpoch[]).map((epoch) => formerTrace(epoch, snapshots.get(epoch.epoch) ?? null));
  return { ...rest, traces };
}

type FormerEpoch = Parameters<typeof formerTrace>[0] & Parameters<typeof formerTrace>[1];

/** What the history keeps as JSON, in columns and in the files of a run's folder. */
export const storedSchemas = {
  config: jobConfigSchema,
  result: jobResultSchema,
  error: jobErrorSchema,
  genotype: genotypeSchema,
  model: trainedModelSchema,
  operatingPoint: operatingPointSchema,
  datasetHealth: datasetHealthSchema,
  traceDescription: traceDescriptionSchema,
  /** Values of a trace, and the lengths of its tables. */
  traceHead: z.object({
    values: traceSchema.unwrap().shape.values,
    tables: z.array(z.tuple([z.string(), wholeNumber.nullable()])),
  }),
  /** A line of a log in `attempts`. */
  attemptLine: attemptLineSchema,
  /** `config.json` */
  configManifest: z
    .object({
      ...manifest,
      synthetic: z.boolean(),
      createdAt: z.string(),
      config: jobConfigSchema,
      /** The task of a study that the run is for; null for another run, and missing where this was not kept yet. */
      task: studyTask.nullable().default(null),
    })
    .readonly(),
  /** `result.json` */
  resultManifest: z.preprocess(
    withTraces,
    z
      .object({
        ...manifest,
        note: z.string(),
        tags: z.array(z.string()).readonly(),
        state: runStateSchema,
        finishedAt: z.string().nullable(),
        seconds: measured,
        error: jobErrorSchema.nullable(),
        result: jobResultSchema.nullable(),
        epochs: z.array(epochRecordSchema).readonly(),
        traces: z.array(traceSchema).readonly(),
        /** Missing where the method had no description of its own yet. */
        trace: traceDescriptionSchema.nullable().default(null),
        /** The newest attempt that this end takes account of; 0 where there were no logs yet. */
        attempt: wholeNumber.default(0),
      })
      .readonly(),
  ),
} as const;

export type Stored<K extends keyof typeof storedSchemas> = z.infer<(typeof storedSchemas)[K]>;
