import { z } from 'zod';

/** What a node says of itself. */
export const probeSchema = z.object({
  host: z.string(),
  /** Version of Node. */
  node: z.string(),
  glibc: z.string(),
  /** That a job of the study may use. */
  processors: z.int(),
  /** That the native backend chooses there: the bits of results depend on it. */
  instructionSet: z.string(),
});
export type Probe = z.output<typeof probeSchema>;
