import { z } from 'zod';
import { genotypeSchema } from './space.js';

/** Where an architecture of a race comes from: the search's own proposals, uniform chance, or the hand-made baselines. */
export const CANDIDATE_SOURCES = ['search', 'random', 'empty', 'chain', 'residual'] as const;
export const candidateSource = z.enum(CANDIDATE_SOURCES);
export type CandidateSource = z.infer<typeof candidateSource>;

const interval = z.tuple([z.number(), z.number()]).readonly();

/** What validation images say of one candidate: those of the longest trainings that it was given. */
export const candidateValidation = z
  .object({
    /** Distinct images that judged it. */
    images: z.int().min(1),
    /** Mean over its trainings. */
    accuracy: z.number(),
    /** Standard error of the accuracy: images and, where there are several, trainings. */
    standardError: z.number(),
    /** 95 %. */
    accuracyInterval: interval,
    /** Mean cross-entropy over images and trainings. */
    loss: z.number(),
  })
  .readonly();

/** One architecture of a race, with how far it came. */
export const raceCandidate = z
  .object({
    /** 1-based, in the order in which the race took them. */
    candidate: z.int().min(1),
    source: candidateSource,
    /** For people: "most probable", "random 7", "chain of 3×3". */
    label: z.string(),
    genotype: genotypeSchema,
    parameters: z.int().min(0),
    insideBudget: z.boolean(),
    /** Epochs of its longest trainings. */
    epochs: z.int().min(0),
    /** Trainings of that length, each with a seed of its own; in a cross-validation one a fold. */
    seeds: z.int().min(0),
    /** Rung of the successive halving that it reached, 1-based; 3 is the final, which references enter unranked. */
    rung: z.int().min(1),
    /** Null until its first training has ended. */
    validation: candidateValidation.nullable(),
  })
  .readonly();
export type RaceCandidate = z.infer<typeof raceCandidate>;

/** Accuracy of the chosen network minus that of something else, on the same validation images and after equal trainings. */
export const accuracyDifference = z
  .object({
    difference: z.number(),
    /** 95 %. */
    interval,
    /** One-sided: how likely a difference as large as this is when there is none. */
    pValue: z.number(),
  })
  .readonly();
export type AccuracyDifference = z.infer<typeof accuracyDifference>;

/** What a race answers. */
export const raceVerdict = z
  .object({
    /**
     * `better than chance`: the chosen network beats random networks of the budget, and what the search proposed beats
     * what chance proposed, both beyond chance.
     */
    conclusion: z.enum(['better than chance', 'no better than chance']),
    /** Numbers of candidates: the best, the smallest within one standard error of it, and the one that the run keeps. */
    best: z.int().min(1),
    smallest: z.int().min(1),
    chosen: z.int().min(1),
    /**
     * The chosen network against the mean random network of the budget, no cells at all, the chain of 3×3; null where the
     * race has none of these, or it is the chosen one.
     */
    differences: z
      .object({
        random: accuracyDifference.nullable(),
        empty: accuracyDifference.nullable(),
        chain: accuracyDifference.nullable(),
      })
      .readonly(),
    /** The search's proposals against random ones in the first rung, a search counting as one draw. */
    proposals: accuracyDifference.nullable(),
    /** One or two sentences for people. */
    sentence: z.string(),
  })
  .readonly();
export type RaceVerdict = z.infer<typeof raceVerdict>;
