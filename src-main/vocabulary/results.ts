import { z } from 'zod';
import { budgetSchema } from './budget.js';
import { partMetricsSchema } from './metrics.js';
import { measured, wholeNumber } from './numbers.js';
import { raceCandidateSchema, raceVerdictSchema } from './race.js';
import { genotypeSchema } from './space.js';

export const searchResultSchema = z
  .object({
    kind: z.literal('search'),
    /** What the race chose, or the search's best guess where there was none. */
    genotype: genotypeSchema,
    /** Trainable parameters of its network. */
    parameters: wholeNumber,
    /** Multiply-accumulates of one image. */
    multiplyAccumulates: wholeNumber,
    /** Of the search's last epoch; null for methods that expect none. */
    expectedParameters: measured.nullable(),
    budget: z.object({ ...budgetSchema.unwrap().shape, met: z.boolean() }).readonly(),
    seconds: measured,
    /** What the search by itself says; null for a run from before there was a race. */
    searchGenotype: genotypeSchema.nullable().default(null),
    /** Every candidate of the race, null where there was none. */
    race: z.array(raceCandidateSchema).readonly().nullable().default(null),
    verdict: raceVerdictSchema.nullable().default(null),
  })
  .readonly();
export type SearchResult = z.infer<typeof searchResultSchema>;

export const trainedModelSchema = z
  .object({
    seed: z.int(),
    /** File inside the run's folder (safetensors). */
    file: z.string(),
    selectedEpoch: wholeNumber,
    selectionRule: z.string(),
    /** Trainable parameters of the retrained network (affine BN, no convolution bias). */
    parameters: wholeNumber,
    /** Of one image; null in results of before they were counted. */
    multiplyAccumulates: wholeNumber.nullable().default(null),
    /** Bytes of the weights as they are exported: float32, batch norms folded. Null as above. */
    weightBytes: wholeNumber.nullable().default(null),
    metrics: z.object({ validation: partMetricsSchema, test: partMetricsSchema }).readonly(),
  })
  .readonly();
export type TrainedModel = z.infer<typeof trainedModelSchema>;

export const retrainResultSchema = z
  .object({
    kind: z.literal('retrain'),
    models: z.array(trainedModelSchema).readonly(),
    summary: z
      .object({
        accuracyMean: measured,
        accuracyDeviation: measured,
        aucMean: measured,
        aucDeviation: measured,
      })
      .readonly(),
    seconds: measured,
  })
  .readonly();
export type RetrainResult = z.infer<typeof retrainResultSchema>;

export const jobResultSchema = z.discriminatedUnion('kind', [searchResultSchema, retrainResultSchema]);
export type JobResult = z.infer<typeof jobResultSchema>;
