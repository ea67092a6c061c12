import type { Random } from '../../../compute/random.js';
import type { ArchitectureTable } from '../../../space/architecture-table.js';
import { KERNEL_SIZES, OPERATIONS } from '../../../vocabulary/space.js';

/** Choices of a row that are computed at a time. */
const TWO = 2;

/** Which entries of an architecture vector are computed: 1, or 0. */
export type Paths = Uint8Array;

/**
 * Two choices of every row of α, β, γ, drawn without replacement by their probabilities, as ProxylessNAS (arXiv 1812.00332)
 * draws operations; all of them where a row has no more. A mixture of two costs a fraction of one of all, and weights that
 * were trained in mixtures of few suit the network that is made of them.
 * @param cells columns of γ  @returns as long as the architecture vector
 */
export function drawPaths(probabilities: ArchitectureTable, cells: number, random: Random): Paths {
  const { operations, kernels, depth } = probabilities;
  const parts = [
    { values: operations, columns: OPERATIONS.length },
    { values: kernels ?? new Float64Array(), columns: KERNEL_SIZES.length },
    { values: depth ?? new Float64Array(), columns: cells },
  ];
  const paths = new Uint8Array(parts.reduce((sum, { values }) => sum + values.length, 0));
  let at = 0;
  for (const { values, columns } of parts) {
    for (let start = 0; start < values.length; start += columns) {
      for (const choice of drawTwo(values.subarray(start, start + columns), random)) paths[at + choice] = 1;
      at += columns;
    }
  }
  return paths;
}

/** Everything is computed. */
export function allPaths(length: number): Paths {
  return new Uint8Array(length).fill(1);
}

/** The same paths for an architecture that grew: all of what is new. */
export function extendPaths(paths: Paths, length: number): Paths {
  const extended = allPaths(length);
  extended.set(paths);
  return extended;
}

function drawTwo(row: Float64Array, random: Random): number[] {
  const left = row.slice();
  const support = [...left.keys()].filter((choice) => left[choice]! > 0);
  if (support.length <= TWO) return support;
  return Array.from({ length: TWO }, () => {
    let rest = random.uniform() * left.reduce((a, b) => a + b, 0);
    const drawn = support.filter((choice) => left[choice]! > 0);
    const choice = drawn.find((candidate) => (rest -= left[candidate]!) < 0) ?? drawn.at(-1)!;
    left[choice] = 0;
    return choice;
  });
}
