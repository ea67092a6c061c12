import { EDGES_PER_STAGE, GENOTYPE_OPERATIONS } from '../vocabulary/space.js';
import { liveOf } from './live-edges.js';
import { convolutionParameters, kernelSize } from './operations.js';

/** A pattern of edges that are all live: the shape of a connected cell without edges that lead nowhere. */
export interface LivePattern {
  /** The edges of the pattern, ascending. */
  readonly edges: readonly number[];
  /** Every pattern of present edges whose live edges are these, as [edge] → present. */
  readonly reducedFrom: readonly (readonly boolean[])[];
}

/** All connected patterns; each of the 2⁶ patterns of present edges reduces to one of them, or to an unconnected cell. */
export const LIVE_PATTERNS: readonly LivePattern[] = livePatterns();

/** Choices of a live edge: every operation but `none`, as indices into GENOTYPE_OPERATIONS. */
export const LIVE_CHOICES = GENOTYPE_OPERATIONS.map((_, i) => i).filter((i) => GENOTYPE_OPERATIONS[i] !== 'none');

/** Parameters of each operation of GENOTYPE_OPERATIONS on one edge. */
export function operationCosts(channels: number): number[] {
  return GENOTYPE_OPERATIONS.map((operation) => convolutionParameters(kernelSize(operation), channels));
}

function livePatterns(): LivePattern[] {
  const found = new Map<string, { edges: number[]; reducedFrom: boolean[][] }>();
  for (let mask = 0; mask < 1 << EDGES_PER_STAGE; mask++) {
    const present = Array.from({ length: EDGES_PER_STAGE }, (_, edge) => ((mask >> edge) & 1) === 1);
    const live = liveOf(present);
    const edges = live.flatMap((is, edge) => (is ? [edge] : []));
    if (edges.length === 0) continue;
    const key = edges.join();
    const pattern = found.get(key) ?? { edges, reducedFrom: [] };
    pattern.reducedFrom.push(present);
    found.set(key, pattern);
  }
  return [...found.values()];
}
