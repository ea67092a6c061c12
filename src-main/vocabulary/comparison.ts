import { z } from 'zod';
import { budgetSchema } from './budget.js';
import { measured, positive, wholeNumber } from './numbers.js';
import { genotypeSchema } from './space.js';

/** What searches found, uniform chance, and the hand-made baselines. */
export const COMPARED_GROUPS = ['found', 'random', 'empty', 'chain'] as const;
export const comparedGroupSchema = z.enum(COMPARED_GROUPS);
export type ComparedGroup = z.infer<typeof comparedGroupSchema>;

/** One architecture of a comparison. */
export const comparedNetworkSchema = z
  .object({
    group: comparedGroupSchema,
    /** For people: "run 12", "random 3", "chain of 3×3". */
    label: z.string(),
    genotype: genotypeSchema,
    parameters: wholeNumber,
  })
  .readonly();
export type ComparedNetwork = z.infer<typeof comparedNetworkSchema>;

const figures = z.object({ accuracy: measured, auc: measured }).readonly();

/** One training of one of them, as the MedMNIST evaluator measures it. */
export const comparedTrainingSchema = z
  .object({
    /** Index of the network. */
    network: wholeNumber,
    seed: z.int(),
    validation: figures,
    test: figures,
  })
  .readonly();
export type ComparedTraining = z.infer<typeof comparedTrainingSchema>;

const estimate = z
  .object({
    mean: measured,
    /** Over architectures; over trainings where there is one architecture. Null for a single training. */
    standardError: measured.nullable(),
  })
  .readonly();
const estimates = z.object({ accuracy: estimate, auc: estimate }).readonly();

export const comparedSummarySchema = z
  .object({
    /** Of the group or, for the baselines, of one of them. */
    label: z.string(),
    group: comparedGroupSchema,
    architectures: positive,
    trainings: positive,
    /** Mean over architectures. */
    parameters: measured,
    validation: estimates,
    test: estimates,
  })
  .readonly();
export type ComparedSummary = z.infer<typeof comparedSummarySchema>;

/** Found minus something else, on the test part. */
export const comparedDifferenceSchema = z
  .object({
    against: z.string(),
    measure: z.enum(['accuracy', 'auc']),
    difference: measured,
    /** 95 %, by t; null where nothing tells the error. */
    interval: z.tuple([measured, measured]).readonly().nullable(),
    standardError: measured.nullable(),
    /** One-sided. */
    pValue: measured.nullable(),
    /**
     * Against random: a permutation test over architectures, with all regroupings or with a seeded sample of them.
     * Against one architecture there is nothing to permute: a t test.
     */
    test: z.enum(['exact permutation', 'sampled permutation', 't']),
  })
  .readonly();
export type ComparedDifference = z.infer<typeof comparedDifferenceSchema>;

/** What `compare-to-chance` answers; nothing in it is chosen on the test part. */
export const comparisonSchema = z
  .object({
    runs: z.array(positive).readonly(),
    dataset: z.object({ name: z.string(), sha256: z.string() }).readonly(),
    budget: budgetSchema,
    epochs: positive,
    /** Trainings of each architecture. */
    seeds: positive,
    /** Of everything drawn. */
    seed: z.int(),
    networks: z.array(comparedNetworkSchema).readonly(),
    trainings: z.array(comparedTrainingSchema).readonly(),
    groups: z.array(comparedSummarySchema).readonly(),
    differences: z.array(comparedDifferenceSchema).readonly(),
    /** Of the random architectures the one that is best on validation, and what it has on the test part. */
    bestRandom: z.object({ of: positive, label: z.string(), validation: figures, test: figures }).readonly(),
    /** Standard deviation over the found architectures on the test part; null for one run. */
    spread: figures.nullable(),
  })
  .readonly();
export type Comparison = z.infer<typeof comparisonSchema>;
