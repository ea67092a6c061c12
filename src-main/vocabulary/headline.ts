import { z } from 'zod';
import { estimateSchema } from './diagnostics.js';
import { measured } from './numbers.js';

/** A figure of the test part beside what the majority vote reaches. */
export const headlineFigureSchema = z
  .object({
    name: z.string(),
    estimate: estimateSchema,
    /** Of the majority vote; null: none. */
    majority: measured.nullable(),
    /** A share is written in per cent, an area under a curve with three decimals. */
    format: z.enum(['share', 'area']),
  })
  .readonly();
export type HeadlineFigure = z.infer<typeof headlineFigureSchema>;

/** What someone who decides about a model must see first. */
export const headlineSchema = z
  .object({
    /** What stands out as bad, whatever the accuracy is; empty where nothing does. */
    warning: z.string(),
    /** What it finds and misses on the test part, in counts; null without a finding. */
    sentence: z.string().nullable(),
    /** By the task, what matters most first. */
    figures: z.array(headlineFigureSchema).readonly(),
  })
  .readonly();
export type Headline = z.infer<typeof headlineSchema>;
