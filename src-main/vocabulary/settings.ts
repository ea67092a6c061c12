import { z } from 'zod';
import { LIMITS, MOST_SEEDS, isWithin, type Limit } from './limits.js';
import { retrainConfigSchema, searchConfigSchema } from './run-config.js';
import { shown } from './shown.js';

/* What a person may choose of a run, with the limits of today and a sentence for each. */

function setting(limit: Limit) {
  return z.custom<number>((value) => typeof value === 'number' && isWithin(limit, value), {
    error: ({ input }) => `${limit.name} must be ${limit.rule}, saw ${shown(input)}`,
  });
}

const search = searchConfigSchema.unwrap().shape;
const retrain = retrainConfigSchema.unwrap().shape;

/** Limits of a budget that is given; whether a network of the space fits is another question. */
export const budgetSettingsSchema = z
  .strictObject({ lower: setting(LIMITS.parameters), upper: setting(LIMITS.parameters) })
  .refine(({ lower, upper }) => lower <= upper, 'the lower limit must not be above the upper one')
  .readonly();

export const searchSettingsSchema = z
  .object({
    epochs: setting(LIMITS.epochs),
    batch: setting(LIMITS.batch),
    channels: setting(LIMITS.channels),
    cells: setting(LIMITS.cells),
    seed: setting(LIMITS.seed),
    backend: search.backend,
    threads: setting(LIMITS.threads),
    onGpuFault: search.onGpuFault,
    method: search.method,
    settings: search.settings,
    sparse: search.sparse,
    race: z
      .object({ share: setting(LIMITS.raceShare), random: setting(LIMITS.raceRandom), smallest: z.boolean() })
      .readonly()
      .nullable(),
  })
  .readonly();
export type SearchSettings = z.infer<typeof searchSettingsSchema>;

export const retrainSettingsSchema = z
  .object({
    channels: setting(LIMITS.channels),
    cells: setting(LIMITS.cells),
    epochs: setting(LIMITS.epochs),
    batch: setting(LIMITS.batch),
    seeds: z
      .array(setting(LIMITS.seed))
      .min(1, 'seeds must be at least one whole number')
      .max(MOST_SEEDS, `seeds must be at most ${MOST_SEEDS}`)
      .refine((seeds) => new Set(seeds).size === seeds.length, 'seeds must be different from each other')
      .readonly(),
    backend: retrain.backend,
    threads: setting(LIMITS.threads),
    onGpuFault: retrain.onGpuFault,
    learningRate: setting(LIMITS.learningRate),
    warmupEpochs: setting(LIMITS.warmupEpochs),
    weightDecay: setting(LIMITS.weightDecay),
    labelSmoothing: setting(LIMITS.labelSmoothing),
    mixup: setting(LIMITS.mixup),
    cutmix: setting(LIMITS.cutmix),
    movingAverage: setting(LIMITS.movingAverage).nullable(),
    classWeighting: retrain.classWeighting,
    selection: retrain.selection,
  })
  .refine(({ warmupEpochs, epochs }) => warmupEpochs < epochs, {
    path: ['warmupEpochs'],
    error: ({ input }) => {
      const { warmupEpochs, epochs } = input as { readonly warmupEpochs: number; readonly epochs: number };
      return `warm-up epochs must be fewer than the ${epochs} epochs, saw ${warmupEpochs}`;
    },
  })
  .readonly();
export type RetrainSettings = z.infer<typeof retrainSettingsSchema>;
