import { argmax } from '../argmax.js';
import type { Random } from '../compute/random.js';
import type { ArchitectureTable } from './architecture.js';
import { convolutionParameters, fixedParameters, kernelSize } from './parameter-count.js';
import {
  EDGES,
  EDGES_PER_STAGE,
  GENOTYPE_OPERATIONS,
  KERNEL_SIZES,
  OPERATIONS,
  STAGES,
  stageChannels,
  type Genotype,
  type GenotypeOperation,
  type GenotypeStage,
  type SpaceSettings,
} from '../vocabulary/space.js';
import { type Budget } from '../vocabulary/budget.js';

/**
 * Log-probability of a choice that has probability 0. So low that one such choice weighs more than everything else
 * together: the most probable architecture then has as few of them as the budget allows.
 */
const LOG_ZERO = -1e4;

/** Probability of each operation of a finished network on one edge, in the order of GENOTYPE_OPERATIONS. */
export function edgeProbabilities(probabilities: ArchitectureTable, row: number): number[] {
  return GENOTYPE_OPERATIONS.map((operation) => {
    const column = OPERATIONS.indexOf(operation as (typeof OPERATIONS)[number]);
    if (column >= 0) return probabilities.operations[row * OPERATIONS.length + column]!;
    const p = probabilities.operations[row * OPERATIONS.length + OPERATIONS.indexOf('kernel_variable_conv')]!;
    const k = KERNEL_SIZES.indexOf(kernelSize(operation) as (typeof KERNEL_SIZES)[number]);
    if (!probabilities.kernels) return k === 0 ? p : 0;
    return p * probabilities.kernels[row * KERNEL_SIZES.length + k]!;
  });
}

/** Probability of each depth 1 .. cells of a stage. */
export function depthProbabilities(probabilities: ArchitectureTable, stage: number, cells: number): number[] {
  if (!probabilities.depth) return Array.from({ length: cells }, (_, j) => (j === cells - 1 ? 1 : 0));
  return [...probabilities.depth.subarray(stage * cells, (stage + 1) * cells)];
}

/** Whether node 3 can be reached from node 0 through operations other than `none`. */
export function isConnected(operations: readonly GenotypeOperation[]): boolean {
  const reached = [true, false, false, false];
  EDGES.forEach(([target, source], edge) => {
    if (reached[source] && operations[edge] !== 'none') reached[target] = true;
  });
  return reached[3]!;
}

/** The best cell of a stage for one cost: log-probability and the choice on each edge. */
interface CellChoice {
  readonly cost: number;
  readonly score: number;
  readonly choices: readonly number[];
}

/**
 * The most probable connected architecture whose parameter count lies inside the budget, exact.
 *
 * A multiple-choice knapsack by dynamic programming, per depth triple. Within a stage the cost of a cell depends only on
 * how many edges take each kind of convolution, so the 7⁶ cells of a stage fall into at most 210 costs and the best of
 * each cost is enough; the first two stages are then joined, and the third is looked up by its cost.
 * @returns null when no connected architecture of the space has a count inside the budget
 */
export function selectGenotype(
  space: SpaceSettings,
  budget: Budget,
  probabilities: ArchitectureTable,
): Genotype | null {
  const fixed = fixedParameters(space);
  const tables = Array.from({ length: STAGES }, (_, stage) => cellTable(space, probabilities, stage));
  const depths = Array.from({ length: STAGES }, (_, stage) =>
    depthProbabilities(probabilities, stage, space.cells).map(logarithm),
  );
  let best: { score: number; stages: { depth: number; cell: CellChoice }[] } | null = null;
  for (let d0 = 1; d0 <= space.cells; d0++) {
    for (let d1 = 1; d1 <= space.cells; d1++) {
      const pairs = tables[0]!.flatMap((a) =>
        tables[1]!.map((b) => ({ cost: fixed + d0 * a.cost + d1 * b.cost, score: a.score + b.score, a, b })),
      );
      pairs.sort((x, y) => x.cost - y.cost || y.score - x.score);
      const costs = pairs.map((pair) => pair.cost);
      const bestOf = rangeMaximum(pairs.map((pair) => pair.score));
      for (let d2 = 1; d2 <= space.cells; d2++) {
        const depthScore = depths[0]![d0 - 1]! + depths[1]![d1 - 1]! + depths[2]![d2 - 1]!;
        for (const c of tables[2]!) {
          const from = firstAtLeast(costs, budget.lower - d2 * c.cost);
          const to = firstAtLeast(costs, budget.upper - d2 * c.cost + 1);
          if (from >= to) continue;
          const pair = pairs[bestOf(from, to)]!;
          const score = depthScore + pair.score + c.score;
          if (best === null || score > best.score) {
            best = {
              score,
              stages: [
                { depth: d0, cell: pair.a },
                { depth: d1, cell: pair.b },
                { depth: d2, cell: c },
              ],
            };
          }
        }
      }
    }
  }
  return best && { stages: best.stages.map(({ depth, cell }) => toStage(depth, cell.choices)) };
}

/** The most probable choice of every edge and depth, whatever its size and connections. */
export function argmaxGenotype(space: SpaceSettings, probabilities: ArchitectureTable): Genotype {
  return buildGenotype(space, probabilities, argmax);
}

/** One architecture drawn from the probabilities. */
export function sampleGenotype(space: SpaceSettings, probabilities: ArchitectureTable, random: Random): Genotype {
  return buildGenotype(space, probabilities, (p) => {
    let left = random.uniform() * p.reduce((a, b) => a + b, 0);
    let last = 0;
    for (const [i, value] of p.entries()) {
      if (value <= 0) continue;
      last = i;
      left -= value;
      if (left < 0) return i;
    }
    return last;
  });
}

function buildGenotype(
  space: SpaceSettings,
  probabilities: ArchitectureTable,
  choose: (p: number[]) => number,
): Genotype {
  return {
    stages: Array.from({ length: STAGES }, (_, stage) => {
      const depth = 1 + choose(depthProbabilities(probabilities, stage, space.cells));
      const rows = Array.from({ length: EDGES_PER_STAGE }, (_, edge) => stage * EDGES_PER_STAGE + edge);
      return toStage(
        depth,
        rows.map((row) => choose(edgeProbabilities(probabilities, row))),
      );
    }),
  };
}

function toStage(depth: number, choices: readonly number[]): GenotypeStage {
  return { depth, operations: choices.map((choice) => GENOTYPE_OPERATIONS[choice]!) };
}

/** Best connected cell of a stage for every cost that occurs. */
function cellTable(space: SpaceSettings, probabilities: ArchitectureTable, stage: number): CellChoice[] {
  const channels = stageChannels(space, stage);
  const costs = GENOTYPE_OPERATIONS.map((operation) => convolutionParameters(kernelSize(operation), channels));
  const scores = Array.from({ length: EDGES_PER_STAGE }, (_, edge) =>
    edgeProbabilities(probabilities, stage * EDGES_PER_STAGE + edge).map(logarithm),
  );
  const table = new Map<number, CellChoice>();
  const choices: number[] = [];
  const visit = (edge: number, cost: number, score: number): void => {
    if (edge === EDGES_PER_STAGE) {
      const known = table.get(cost);
      if (known && known.score >= score) return;
      if (!isConnected(choices.map((choice) => GENOTYPE_OPERATIONS[choice]!))) return;
      table.set(cost, { cost, score, choices: [...choices] });
      return;
    }
    costs.forEach((price, choice) => {
      choices[edge] = choice;
      visit(edge + 1, cost + price, score + scores[edge]![choice]!);
    });
  };
  visit(0, 0, 0);
  return [...table.values()];
}

function logarithm(p: number): number {
  return p > 0 ? Math.log(p) : LOG_ZERO;
}

/** Index of the first entry of an ascending list that is ≥ value. */
function firstAtLeast(ascending: readonly number[], value: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Answers "index of the largest value in [from, to)" in constant time (sparse table; the first of equals). */
function rangeMaximum(values: readonly number[]): (from: number, to: number) => number {
  const better = (a: number, b: number): number => (values[b]! > values[a]! ? b : a);
  const levels: Int32Array[] = [Int32Array.from(values, (_, i) => i)];
  for (let width = 2; width <= values.length; width *= 2) {
    const previous = levels.at(-1)!;
    levels.push(
      Int32Array.from({ length: values.length - width + 1 }, (_, i) => better(previous[i]!, previous[i + width / 2]!)),
    );
  }
  return (from, to) => {
    const level = 31 - Math.clz32(to - from);
    return better(levels[level]![from]!, levels[level]![to - (1 << level)]!);
  };
}

/** Whether any connected architecture of the space has a parameter count inside the budget. */
export function hasArchitectureInside(space: SpaceSettings, budget: Budget): boolean {
  const even = (length: number): Float64Array => new Float64Array(length).fill(1);
  const anything = {
    operations: even(STAGES * EDGES_PER_STAGE * OPERATIONS.length),
    kernels: even(STAGES * EDGES_PER_STAGE * KERNEL_SIZES.length),
    depth: even(STAGES * space.cells),
  };
  return selectGenotype(space, budget, anything) !== null;
}
