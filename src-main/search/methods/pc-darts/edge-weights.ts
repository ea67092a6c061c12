import type { ArchitectureTable } from '../../../space/architecture-table.js';
import { EDGE_ROWS, EDGES, EDGES_PER_STAGE, OPERATIONS } from '../../../vocabulary/space.js';
import { SOFTMAX } from '../../softmax.js';

const COLUMNS = OPERATIONS.length;
/** Edges into nodes 1, 2 and 3: one, two, three, one after the other. */
const NODES = [1, 2, 3].map((node) => EDGES.filter(([target]) => target === node).length);

/** One start and length for each node of each stage. */
const GROUPS = Array.from({ length: EDGE_ROWS / EDGES_PER_STAGE }, (_, stage) =>
  NODES.map((length, node) => ({ start: stage * EDGES_PER_STAGE + (node * (node + 1)) / 2, length })),
).flat();

/** Softmax over the edges into each node. @param scores 18, in the row order of α @returns 18 */
export function edgeWeights(scores: Float64Array): Float64Array {
  return byNode((start, length) => SOFTMAX.rows(scores.subarray(start, start + length), length, 1));
}

/** ∂L/∂scores from ∂L/∂weights at `weights`. */
export function edgeWeightsGradient(weights: Float64Array, gradient: Float64Array): Float64Array {
  return byNode((start, length) => {
    const part = (values: Float64Array): Float64Array => values.subarray(start, start + length);
    return SOFTMAX.gradient(part(weights), part(gradient), length, 1);
  });
}

/** What a partial cell takes: each probability of an operation times the weight of its edge. */
export function weighted(probabilities: ArchitectureTable, weights: Float64Array): ArchitectureTable {
  const operations = probabilities.operations.map((p, i) => p * weights[Math.floor(i / COLUMNS)]!);
  return { ...probabilities, operations };
}

/** ∂L/∂probabilities and ∂L/∂weights from ∂L/∂`weighted`. */
export function weightedGradient(
  { operations }: ArchitectureTable,
  weights: Float64Array,
  table: ArchitectureTable,
): { readonly table: ArchitectureTable; readonly weights: Float64Array } {
  const byWeight = new Float64Array(EDGE_ROWS);
  table.operations.forEach((g, i) => (byWeight[Math.floor(i / COLUMNS)]! += g * operations[i]!));
  return { table: weighted(table, weights), weights: byWeight };
}

/**
 * Probabilities that an architecture is chosen by: the weight of an edge, relative to that of even weights, multiplies the odds
 * of each of its operations against `none`. Even weights change nothing.
 */
export function chosenBy(probabilities: ArchitectureTable, weights: Float64Array): ArchitectureTable {
  const operations = new Float64Array(probabilities.operations.length);
  for (const { start, length } of GROUPS) {
    for (let edge = start; edge < start + length; edge++) {
      const row = probabilities.operations.subarray(edge * COLUMNS, (edge + 1) * COLUMNS);
      const odds = row.map((p, i) => (OPERATIONS[i] === 'none' ? p : p * length * weights[edge]!));
      const sum = odds.reduce((a, b) => a + b, 0);
      operations.set(
        odds.map((value) => value / sum),
        edge * COLUMNS,
      );
    }
  }
  return { ...probabilities, operations };
}

function byNode(map: (start: number, length: number) => Float64Array): Float64Array {
  const result = new Float64Array(EDGE_ROWS);
  for (const { start, length } of GROUPS) result.set(map(start, length), start);
  return result;
}
