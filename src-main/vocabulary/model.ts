import { z } from 'zod';
import { budgetSchema } from './budget.js';
import { estimatedSchema, measured, positive, wholeNumber } from './numbers.js';
import { findingFiguresSchema } from './run.js';
import { retrainConfigSchema } from './run-config.js';

/** An exported model. */
export const bundleSummarySchema = z
  .object({
    bundle: positive,
    model: positive,
    folder: z.string(),
    /** ISO 8601, UTC. */
    createdAt: z.string(),
    verified: z.boolean(),
  })
  .readonly();
export type BundleSummary = z.infer<typeof bundleSummarySchema>;

/** How long one image takes in onnxruntime, as the exported network, alone in its batch. */
export const timingSchema = z
  .object({
    /** Median of `images`. */
    milliseconds: measured,
    /** Images that were timed. */
    images: positive,
    /** Of onnxruntime. */
    threads: positive,
    /** Name of the machine. */
    machine: z.string(),
    /** ISO 8601, UTC. */
    measuredAt: z.string(),
  })
  .readonly();
export type Timing = z.infer<typeof timingSchema>;

const retrain = retrainConfigSchema.unwrap().shape;

/** What a network was trained with. */
export const recipeSchema = z
  .object({
    epochs: retrain.epochs,
    batch: retrain.batch,
    learningRate: retrain.learningRate,
    warmupEpochs: retrain.warmupEpochs,
    weightDecay: retrain.weightDecay,
    labelSmoothing: retrain.labelSmoothing,
    mixup: retrain.mixup,
    cutmix: retrain.cutmix,
    movingAverage: retrain.movingAverage,
    classWeighting: retrain.classWeighting,
    selection: retrain.selection,
  })
  .readonly();
export type RecipeSummary = z.infer<typeof recipeSchema>;

/** A trained network as a table shows it. */
export const modelSummarySchema = z
  .object({
    model: positive,
    run: positive,
    searchRun: z.int().nullable(),
    name: z.string(),
    dataset: z.string(),
    synthetic: z.boolean(),
    seed: z.int(),
    parameters: wholeNumber,
    /** On the test part. */
    accuracy: measured,
    /** On the test part. */
    auc: measured,
    /** SHA-256 of the dataset file: what is compared was measured on the same images. */
    sha256: z.string(),
    /** On the test part, with 95 % intervals of its images. */
    test: z
      .object({
        balancedAccuracy: estimatedSchema,
        /** Null where no class of the dataset is named as the finding. */
        finding: findingFiguresSchema.nullable(),
        auc: estimatedSchema,
        accuracy: estimatedSchema,
      })
      .readonly(),
    /** Of one image; null for a model of before they were counted. */
    multiplyAccumulates: wholeNumber.nullable(),
    /** Bytes of the weights as they are exported: float32, batch norms folded. Null as above. */
    weightBytes: wholeNumber.nullable(),
    /** Null where the configuration of its run cannot be read. */
    recipe: recipeSchema.nullable(),
    /** The recipe in words: its length, batch and what is not as it is by default. Null as `recipe`. */
    recipeText: z.string().nullable(),
    /** The search that found its architecture; null for one written by hand, and when the search was deleted. */
    origin: z.object({ method: z.string(), budget: budgetSchema }).readonly().nullable(),
    /** Tags of its retraining. */
    tags: z.array(z.string()).readonly(),
    /** The newest one on this machine; null where none was asked for. */
    timing: timingSchema.nullable(),
    /** ISO 8601, UTC. */
    createdAt: z.string(),
    bundles: z.array(bundleSummarySchema).readonly(),
  })
  .readonly();
export type ModelSummary = z.infer<typeof modelSummarySchema>;
