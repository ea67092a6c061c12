import { z } from 'zod';
import { measured, positive } from './numbers.js';

/**
 * What a search tells of itself at the end of an epoch beyond what every search has. What the names mean is in the
 * method's `TraceDescription`; one means the same everywhere: `expectedParameters`, the count of the final network as the
 * search sees it now, which the table of runs shows and the chart of the budget draws.
 */
export const traceSchema = z
  .object({
    /** 1-based. */
    epoch: positive,
    values: z.record(z.string(), measured.nullable()).readonly(),
    /** Row-major; null while the search has none. */
    tables: z.record(z.string(), z.array(measured).readonly().nullable()).readonly(),
  })
  .readonly();
export type Trace = z.infer<typeof traceSchema>;

export const traceSeriesSchema = z
  .object({
    name: z.string(),
    label: z.string(),
    /** How its numbers are written: as a count (72k), a share (93 %), "1 of 2", or with so many decimals. */
    format: z.union([
      z.literal('count'),
      z.literal('share'),
      z.strictObject({ of: z.int() }),
      z.strictObject({ decimals: z.int().min(0).max(20) }),
    ]),
    /** `line`: a chart of its own over the epochs. `figure`: its newest value among the key figures. */
    draw: z.enum(['line', 'figure']),
  })
  .readonly();
export type TraceSeries = z.infer<typeof traceSeriesSchema>;

export const traceTableSchema = z
  .object({
    name: z.string(),
    label: z.string(),
    rows: z.array(z.string()).readonly(),
    columns: z.array(z.string()).readonly(),
    /**
     * `operations`, `kernels`, `depth`: probabilities of the search space, drawn as cells, ranks and heat map.
     * `heat map`: any other table with entries from 0 to 1. `none`: kept and exported, not drawn.
     */
    draw: z.enum(['operations', 'kernels', 'depth', 'heat map', 'none']),
    /** For a drawn table of probabilities: the table of the scores that they were made of. */
    scores: z.string().optional(),
  })
  .readonly();
export type TraceTable = z.infer<typeof traceTableSchema>;

/** The names of a method's traces, in the order in which they are shown. */
export const traceDescriptionSchema = z
  .object({ series: z.array(traceSeriesSchema).readonly(), tables: z.array(traceTableSchema).readonly() })
  .readonly();
export type TraceDescription = z.infer<typeof traceDescriptionSchema>;

/** Means over one epoch of a search. */
export const epochReportSchema = z
  .object({
    /** 1-based. */
    epoch: positive,
    loss: measured,
    accuracy: measured,
    /** On the half that judges architectures; null when nothing was measured there in this epoch. */
    validationLoss: measured.nullable(),
    validationAccuracy: measured.nullable(),
    validationAuc: measured.nullable(),
    learningRate: measured,
  })
  .readonly();
export type EpochReport = z.infer<typeof epochReportSchema>;
