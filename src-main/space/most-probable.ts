import type { Budget } from '../vocabulary/budget.js';
import {
  EDGES_PER_STAGE,
  GENOTYPE_OPERATIONS,
  STAGES,
  stageChannels,
  type Genotype,
  type GenotypeStage,
  type SpaceSettings,
} from '../vocabulary/space.js';
import { depthProbabilities, edgeProbabilities, type ArchitectureTable } from './architecture-table.js';
import { LIVE_CHOICES, LIVE_PATTERNS, operationCosts, type LivePattern } from './live-cells.js';
import { liveGenotype } from './live-edges.js';
import { fixedParameters } from './parameter-count.js';

/**
 * Log-probability of a choice that has probability 0. So low that one such choice weighs more than everything else
 * together: the most probable architecture then has as few of them as the budget allows.
 */
const LOG_ZERO = -1e4;
const NONE = GENOTYPE_OPERATIONS.indexOf('none');

/** The best cell of a stage for one cost: log-probability and the choice on each edge. */
interface CellChoice {
  readonly cost: number;
  readonly score: number;
  readonly choices: readonly number[];
}

/**
 * The most probable live architecture whose parameter count lies inside the budget, exact. The probability of a live
 * architecture is that of all genotypes that build it: what stands on an edge that leads nowhere does not matter.
 *
 * A multiple-choice knapsack by dynamic programming, per depth triple. Within a stage the cost of a cell depends only on
 * how many edges take each kind of convolution, so its cells fall into at most 210 costs and the best of each cost is
 * enough; the first two stages are then joined, and the third is looked up by its cost.
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

/**
 * Natural logarithm of the probability that the network of `genotype` is drawn: that of its depths and of every genotype
 * that reduces to the same live edges. −∞ when it cannot be drawn.
 */
export function logProbability(space: SpaceSettings, genotype: Genotype, probabilities: ArchitectureTable): number {
  return liveGenotype(genotype).stages.reduce((sum, { depth, operations }, stage) => {
    const rows = edgeRows(probabilities, stage);
    const edges = operations.flatMap((operation, edge) => (operation === 'none' ? [] : [edge]));
    const pattern = LIVE_PATTERNS.find((candidate) => candidate.edges.join() === edges.join());
    if (!pattern) return -Infinity;
    const chosen = edges.reduce(
      (product, edge) => product * rows[edge]![GENOTYPE_OPERATIONS.indexOf(operations[edge]!)]!,
      1,
    );
    const depthProbability = depthProbabilities(probabilities, stage, space.cells)[depth - 1] ?? 0;
    return sum + Math.log(chosen * patternProbability(pattern, rows) * depthProbability);
  }, 0);
}

function edgeRows(probabilities: ArchitectureTable, stage: number): number[][] {
  return Array.from({ length: EDGES_PER_STAGE }, (_, edge) =>
    edgeProbabilities(probabilities, stage * EDGES_PER_STAGE + edge),
  );
}

/** Probability that the edges outside a pattern stand so that exactly the pattern is live, given that it is present. */
function patternProbability(pattern: LivePattern, rows: readonly (readonly number[])[]): number {
  return pattern.reducedFrom.reduce((sum, present) => sum + outside(pattern, present, rows, (p) => p, 1), 0);
}

/** Combines over the edges outside the pattern whether they are there. */
function outside(
  pattern: LivePattern,
  present: readonly boolean[],
  rows: readonly (readonly number[])[],
  of: (p: number) => number,
  start: number,
  combine: (a: number, b: number) => number = (a, b) => a * b,
): number {
  return present.reduce((value, is, edge) => {
    if (pattern.edges.includes(edge)) return value;
    const row = rows[edge]!;
    const there = row.reduce((sum, p, choice) => (choice === NONE ? sum : sum + p), 0);
    return combine(value, of(is ? there : row[NONE]!));
  }, start);
}

/** The logarithm of `patternProbability`; where it is 0, that of the arrangement with the fewest impossible choices. */
function patternScore(pattern: LivePattern, rows: readonly (readonly number[])[]): number {
  const probability = patternProbability(pattern, rows);
  if (probability > 0) return Math.log(probability);
  return Math.max(
    ...pattern.reducedFrom.map((present) => outside(pattern, present, rows, logarithm, 0, (a, b) => a + b)),
  );
}

function toStage(depth: number, choices: readonly number[]): GenotypeStage {
  return { depth, operations: choices.map((choice) => GENOTYPE_OPERATIONS[choice]!) };
}

/** Best live cell of a stage for every cost that occurs. */
function cellTable(space: SpaceSettings, probabilities: ArchitectureTable, stage: number): CellChoice[] {
  const costs = operationCosts(stageChannels(space, stage));
  const rows = edgeRows(probabilities, stage);
  const scores = rows.map((row) => row.map(logarithm));
  const table = new Map<number, CellChoice>();
  const none = new Array<number>(EDGES_PER_STAGE).fill(NONE);
  for (const pattern of LIVE_PATTERNS) {
    let partial = new Map<number, CellChoice>([[0, { cost: 0, score: patternScore(pattern, rows), choices: none }]]);
    for (const edge of pattern.edges) {
      const next = new Map<number, CellChoice>();
      for (const cell of partial.values()) {
        for (const choice of LIVE_CHOICES) {
          const cost = cell.cost + costs[choice]!;
          const score = cell.score + scores[edge]![choice]!;
          const known = next.get(cost);
          if (known && known.score >= score) continue;
          next.set(cost, { cost, score, choices: cell.choices.map((c, e) => (e === edge ? choice : c)) });
        }
      }
      partial = next;
    }
    for (const cell of partial.values()) {
      const known = table.get(cell.cost);
      if (!known || cell.score > known.score) table.set(cell.cost, cell);
    }
  }
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
