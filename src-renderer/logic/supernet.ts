import type { GenotypeOperation, TraceDescription, TraceTable } from '../../src-main/ipc/contract.js';
import { EDGES, EDGES_PER_STAGE, KERNEL_OPERATIONS, KERNEL_SIZES, OPERATIONS, type DrawnEdge } from './space.js';

/* What only methods over a supernet have: probabilities of operations, kernels and depth in their traces. */

/** What may stand on an edge, with its two factors: the operation's probability, and its kernel's where it has a choice of kernels. */
export interface EdgeChoice {
  readonly operation: GenotypeOperation;
  readonly factors: readonly [number, number | null];
  /** The product. */
  readonly probability: number;
}

/**
 * Everything that may stand on an edge of the genotype.
 * @param row of the edge, in all stages
 * @param kernelProbabilities null until the supernet has grown: the kernel is 7×7
 */
export function edgeChoices(
  alphaProbabilities: readonly number[],
  kernelProbabilities: readonly number[] | null,
  row: number,
): EdgeChoice[] {
  return OPERATIONS.flatMap((operation, column): EdgeChoice[] => {
    const p = alphaProbabilities[row * OPERATIONS.length + column] ?? 0;
    if (operation !== 'kernel_variable_conv') return [{ operation, factors: [p, null], probability: p }];
    return KERNEL_SIZES.map((size, index) => {
      const kernel = kernelProbabilities?.[row * KERNEL_SIZES.length + index] ?? (size === 7 ? 1 : 0);
      return { operation: KERNEL_OPERATIONS[size], factors: [p, kernel], probability: p * kernel };
    });
  });
}

/** What to draw on each edge of one stage, `none` and exact zeros left out. */
export function drawnEdges(
  alphaProbabilities: readonly number[],
  kernelProbabilities: readonly number[] | null,
  stage: number,
): DrawnEdge[][] {
  return EDGES.map((_, edge) =>
    edgeChoices(alphaProbabilities, kernelProbabilities, stage * EDGES_PER_STAGE + edge).filter(
      ({ operation, probability }) => operation !== 'none' && probability > 0,
    ),
  );
}

/** The tables of a search over the supernet, by what they say. */
export interface SupernetTables {
  readonly operations: TraceTable;
  readonly kernels: TraceTable | null;
  readonly depth: TraceTable | null;
}

/** Null for a search that has no probabilities of operations. */
export function supernetTables(description: TraceDescription | null): SupernetTables | null {
  const drawn = (draw: TraceTable['draw']): TraceTable | null =>
    description?.tables.find((table) => table.draw === draw) ?? null;
  const operations = drawn('operations');
  return operations && { operations, kernels: drawn('kernels'), depth: drawn('depth') };
}

/**
 * Share of the epochs after which the supernet of ZO-DARTS++ grows, as the search has it: after its warm-up, or after 40 % of the
 * epochs where there is none. Null where a search is too short to show it.
 */
export function growthShare(epochs: number, warmup: number): number | null {
  if (epochs <= 2) return null;
  const grown = Math.ceil((warmup > 0 ? warmup : 0.4) * epochs - 1e-9);
  return (warmup > 0 ? Math.min(epochs - 1, grown) : grown) / epochs;
}
