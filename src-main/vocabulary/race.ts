import { z } from 'zod';
import { measured, positive, wholeNumber } from './numbers.js';
import { genotypeSchema } from './space.js';

/**
 * Where an architecture of a race comes from: the search's own proposals, uniform chance, what the race predicted from its first
 * trainings, or the hand-made baselines.
 */
export const CANDIDATE_SOURCES = ['search', 'random', 'predicted', 'empty', 'chain', 'residual'] as const;
export const candidateSourceSchema = z.enum(CANDIDATE_SOURCES);
export type CandidateSource = z.infer<typeof candidateSourceSchema>;

const interval = z.tuple([measured, measured]).readonly();

/** What validation images say of one candidate: those of the longest trainings that it was given. */
export const candidateValidationSchema = z
  .object({
    /** Distinct images that judged it. */
    images: positive,
    /** Patients whose images they are, over whom errors and intervals are; null where they are not known. */
    patients: positive.nullable().default(null),
    /** They are of the training part too: each judged a training that left it out. Else all are of the validation part. */
    crossValidated: z.boolean().default(false),
    /** Mean over its trainings. */
    accuracy: measured,
    /** Standard error of the accuracy: images and, where there are several, trainings. */
    standardError: measured,
    /** 95 %. */
    accuracyInterval: interval,
    /** Mean cross-entropy over images and trainings. */
    loss: measured,
  })
  .readonly();

/** One architecture of a race, with how far it came. */
export const raceCandidateSchema = z
  .object({
    /** 1-based, in the order in which the race took them. */
    candidate: positive,
    source: candidateSourceSchema,
    /** For people: "most probable", "random 7", "chain of 3×3". */
    label: z.string(),
    genotype: genotypeSchema,
    parameters: wholeNumber,
    insideBudget: z.boolean(),
    /** Epochs of its longest trainings. */
    epochs: wholeNumber,
    /** Trainings of that length, each with a seed of its own; in a cross-validation one a fold. */
    seeds: wholeNumber,
    /** Rung of the successive halving that it reached, 1-based; 3 is the final, which references enter unranked. */
    rung: positive,
    /** Null until its first training has ended. */
    validation: candidateValidationSchema.nullable(),
  })
  .readonly();
export type RaceCandidate = z.infer<typeof raceCandidateSchema>;

/** Accuracy of the chosen network minus that of something else, on the same validation images and after equal trainings. */
export const accuracyDifferenceSchema = z
  .object({
    difference: measured,
    /** 95 %. */
    interval,
    /** One-sided: how likely a difference as large as this is when there is none. */
    pValue: measured,
  })
  .readonly();
export type AccuracyDifference = z.infer<typeof accuracyDifferenceSchema>;

/** What a race answers. */
export const raceVerdictSchema = z
  .object({
    /**
     * `better than chance`: the chosen network beats random networks of the budget, and what the search proposed beats
     * what chance proposed, both beyond chance.
     */
    conclusion: z.enum(['better than chance', 'no better than chance']),
    /** Numbers of candidates: the best, the smallest within one standard error of it, and the one that the run keeps. */
    best: positive,
    smallest: positive,
    chosen: positive,
    /**
     * The chosen network against the mean random network of the budget, no cells at all, the chain of 3×3; null where the
     * race has none of these, or it is the chosen one.
     */
    differences: z
      .object({
        random: accuracyDifferenceSchema.nullable(),
        empty: accuracyDifferenceSchema.nullable(),
        chain: accuracyDifferenceSchema.nullable(),
      })
      .readonly(),
    /** The search's proposals against random ones in the first rung, a search counting as one draw. */
    proposals: accuracyDifferenceSchema.nullable(),
    /** One or two sentences for people. */
    sentence: z.string(),
  })
  .readonly();
export type RaceVerdict = z.infer<typeof raceVerdictSchema>;

/** How a search ends: with a race between its proposals, chance and hand-made baselines. */
export const raceSettingsSchema = z
  .object({
    /** What the race may cost, as a share of the work of the search. */
    share: z.number().positive(),
    /** Random networks of the budget that take part. */
    random: z.int().min(2),
    /** Keep the smallest network that is as good as the best. */
    smallest: z.boolean(),
  })
  .readonly();
export type RaceSettings = z.infer<typeof raceSettingsSchema>;

/** Where a race is. */
export const raceProgressSchema = z
  .object({
    /** Trainings that have ended, and how many there will be: an estimate until the final begins. */
    done: wholeNumber,
    total: wholeNumber,
    /** The candidate that is being trained, and its epochs. */
    label: z.string(),
    epoch: wholeNumber,
    epochs: wholeNumber,
    /** Share of the race's work that is done. */
    share: measured,
  })
  .readonly();
export type RaceProgress = z.infer<typeof raceProgressSchema>;
