import { z } from 'zod';
import { architectureSnapshotSchema, epochRecordSchema, jobErrorSchema } from '../vocabulary/events.js';
import { measured, positive } from '../vocabulary/numbers.js';
import { jobResultSchema, trainedModelSchema } from '../vocabulary/results.js';
import { jobConfigSchema } from '../vocabulary/run-config.js';
import { runStateSchema } from '../vocabulary/run.js';
import { genotypeSchema } from '../vocabulary/space.js';

/** Version of `config.json` and `result.json`. */
export const MANIFEST_FORMAT = 1;

const manifest = { format: z.literal(MANIFEST_FORMAT), run: positive, name: z.string() };

/** What the history keeps as JSON, in columns and in the files of a run's folder. */
export const storedSchemas = {
  config: jobConfigSchema,
  result: jobResultSchema,
  error: jobErrorSchema,
  genotype: genotypeSchema,
  model: trainedModelSchema,
  /** `config.json` */
  configManifest: z
    .object({ ...manifest, synthetic: z.boolean(), createdAt: z.string(), config: jobConfigSchema })
    .readonly(),
  /** `result.json` */
  resultManifest: z
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
      architecture: z.array(architectureSnapshotSchema).readonly(),
    })
    .readonly(),
} as const;

export type Stored<K extends keyof typeof storedSchemas> = z.infer<(typeof storedSchemas)[K]>;
