import type { Diagnostics } from '../vocabulary/diagnostics.js';
import type { Evidence } from '../vocabulary/evidence.js';

/** What there is of a model's files; null where a part could not be read. */

export const diagnosticsOf = ({ diagnostics }: Evidence): Diagnostics | null =>
  'problem' in diagnostics ? null : diagnostics;

export type Weights = Exclude<Evidence['weights'], { readonly problem: string }>;

export const weightsOf = ({ weights }: Evidence): Weights | null => ('problem' in weights ? null : weights);
