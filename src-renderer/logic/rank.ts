import type { ArchitectureSnapshot } from '../../src-main/ipc/contract.js';
import { OPERATIONS } from './space.js';

/** Rank 1 = largest. Ties are broken by the second key, then by the order of the columns, so that no two share a rank. */
export function ranks(values: readonly number[], tieBreak: readonly number[]): number[] {
  const order = values
    .map((_, index) => index)
    .sort((a, b) => (values[b] ?? 0) - (values[a] ?? 0) || (tieBreak[b] ?? 0) - (tieBreak[a] ?? 0) || a - b);
  const result = new Array<number>(values.length).fill(0);
  order.forEach((index, position) => (result[index] = position + 1));
  return result;
}

export interface RankPoint {
  readonly epoch: number;
  readonly rank: number;
  readonly probability: number;
}

/** One line per operation: its rank on one edge over the epochs. Probabilities that sparsemax set to 0 rank by α. */
export function operationRanks(snapshots: readonly ArchitectureSnapshot[], edgeRow: number): RankPoint[][] {
  const lines: RankPoint[][] = OPERATIONS.map(() => []);
  const from = edgeRow * OPERATIONS.length;
  for (const { epoch, alpha, alphaProbabilities } of snapshots) {
    const probabilities = alphaProbabilities.slice(from, from + OPERATIONS.length);
    ranks(probabilities, alpha.slice(from, from + OPERATIONS.length)).forEach((rank, operation) =>
      lines[operation]?.push({ epoch, rank, probability: probabilities[operation] ?? 0 }),
    );
  }
  return lines;
}
