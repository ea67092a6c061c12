import { z } from 'zod';
import { backendChoiceSchema, backendNameSchema, gpuFaultChoiceSchema, type BackendChoice } from './backend.js';
import { budgetSchema } from './budget.js';
import { datasetReferenceSchema } from './dataset-reference.js';
import { positive, wholeNumber } from './numbers.js';
import { raceSettingsSchema } from './race.js';
import { genotypeSchema, spaceSettingsSchema } from './space.js';

/*
 * What a run was started with, as it is kept: what a person may choose today is in `settings.ts`, and a run of an earlier
 * version that chose something else can still be read. A key that is added later has a `.default`, which says what a run
 * did before there was a choice.
 */

/** What was decided about the backend after a run was created. Checkpoints do not depend on it. */
const engineShape = {
  /** Absent: `stop`. */
  onGpuFault: gpuFaultChoiceSchema.optional(),
  /** What the run computes on instead of `backend`: decided by the race of `auto`, by a fault of the card, or by who resumed it. */
  decidedBackend: backendNameSchema.optional(),
};

export const searchConfigSchema = z
  .object({
    kind: z.literal('search'),
    dataset: datasetReferenceSchema,
    space: spaceSettingsSchema,
    budget: budgetSchema,
    epochs: positive,
    batch: positive,
    seed: z.int(),
    backend: backendChoiceSchema,
    /** Threads of the native backend; 0 = one per core. */
    threads: wholeNumber,
    ...engineShape,
    /** Name of the search method. */
    method: z.string().min(1).max(100),
    /** The method's own settings, every default filled in. */
    settings: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).readonly(),
    /** Skip what has probability 0. Same result either way; off only for comparison. */
    sparse: z.boolean(),
    /** Null: the search's best guess is the answer. */
    race: raceSettingsSchema.nullable().default(null),
  })
  .readonly();
export type SearchConfig = z.infer<typeof searchConfigSchema>;

export const retrainConfigSchema = z
  .object({
    kind: z.literal('retrain'),
    dataset: datasetReferenceSchema,
    space: spaceSettingsSchema,
    genotype: genotypeSchema,
    /** The search that found the genotype, or null for one written by hand. */
    searchRun: z.int().nullable(),
    /** The genotype is not the answer of `searchRun`: it was drawn from its probabilities. */
    drawn: z.literal(true).optional(),
    epochs: positive,
    batch: positive,
    /** One network is trained per seed. */
    seeds: z.array(z.int()).min(1).readonly(),
    backend: backendChoiceSchema,
    /** Threads of the native backend; 0 = one per core. */
    threads: wholeNumber,
    ...engineShape,
    /** Largest learning rate. */
    learningRate: z.number(),
    /** Epochs of linear warm-up, fewer than `epochs`. */
    warmupEpochs: z.number(),
    weightDecay: z.number(),
    labelSmoothing: z.number(),
    mixup: z.number(),
    cutmix: z.number(),
    /** Decay of the exponential moving average of the weights; null = off. */
    movingAverage: z.number().nullable(),
    classWeighting: z.boolean(),
    /** `best-validation`: the epoch with the best validation AUC. `last`: the last epoch, fixed beforehand. Never the test part. */
    selection: z.enum(['best-validation', 'last']),
  })
  .readonly();
export type RetrainConfig = z.infer<typeof retrainConfigSchema>;

/** What a run computes on from here on. */
export const backendOf = ({
  backend,
  decidedBackend,
}: Pick<SearchConfig, 'backend' | 'decidedBackend'>): BackendChoice => decidedBackend ?? backend;

/** Before methods had settings of their own, a search had an `estimator`, which switched two things at once. */
const FORMER_ESTIMATORS: { readonly [estimator: string]: object } = {
  exact: {
    estimator: 'published',
    outlierCut: true,
    budgetTerm: 'exact',
    temperature: 'steps',
    warmup: 0,
    paths: 'all',
    ranking: false,
  },
  published: {
    estimator: 'published',
    outlierCut: false,
    budgetTerm: 'published',
    temperature: 'steps',
    warmup: 0,
    paths: 'all',
    ranking: false,
  },
};

/** The `estimator` that a search of an earlier version had when these are its settings, else null. */
export function formerEstimator({ method, settings }: SearchConfig): string | null {
  if (method !== 'zo-darts++') return null;
  const same = (former: object): boolean =>
    Object.keys(former).length === Object.keys(settings).length &&
    Object.entries(former).every(([name, value]) => settings[name] === value);
  return Object.entries(FORMER_ESTIMATORS).find(([, former]) => same(former))?.[0] ?? null;
}

function withSettings(stored: unknown): unknown {
  if (typeof stored !== 'object' || stored === null || !('estimator' in stored)) return stored;
  const { estimator, ...config } = stored;
  return { ...config, settings: FORMER_ESTIMATORS[String(estimator)] };
}

export const jobConfigSchema = z.preprocess(
  withSettings,
  z.discriminatedUnion('kind', [searchConfigSchema, retrainConfigSchema]),
);
export type JobConfig = z.infer<typeof jobConfigSchema>;
