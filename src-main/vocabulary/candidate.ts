import { z } from 'zod';
import { measured, wholeNumber } from './numbers.js';
import { genotypeSchema } from './space.js';

/** An architecture that a search proposes. */
export const candidateSchema = z
  .object({
    /** Live edges only. */
    genotype: genotypeSchema,
    /** Of the network that is trained. */
    parameters: wholeNumber,
    /** How the search came by it: `most probable`, `sample`, `drawn`, `evolution`, `popnas`. */
    source: z.string(),
    /** What the search ranks by, larger is better; comparable within one search and source only. */
    score: measured,
  })
  .readonly();
export type Candidate = z.infer<typeof candidateSchema>;
