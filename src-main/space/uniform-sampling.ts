import type { Random } from '../compute/random.js';
import { UserError } from '../errors.js';
import type { Budget } from '../vocabulary/budget.js';
import {
  EDGES_PER_STAGE,
  GENOTYPE_OPERATIONS,
  STAGES,
  stageChannels,
  type Genotype,
  type GenotypeOperation,
  type GenotypeStage,
  type SpaceSettings,
} from '../vocabulary/space.js';
import { LIVE_CHOICES, LIVE_PATTERNS, operationCosts, type LivePattern } from './live-cells.js';
import { fixedParameters } from './parameter-count.js';

/** Live cells of one pattern: how many ways there are to give edges `i..` operations that cost exactly so much. */
interface PatternCells {
  readonly pattern: LivePattern;
  readonly ways: readonly ReadonlyMap<number, number>[];
}

interface StageCells {
  readonly costs: readonly number[];
  readonly patterns: readonly PatternCells[];
  /** Cost of a cell → number of live cells with it. */
  readonly counts: ReadonlyMap<number, number>;
}

/** A row of the table that is drawn from: all networks with these depths, this third cell's cost. */
interface Block {
  readonly depths: readonly [number, number, number];
  readonly thirdCost: number;
  readonly from: number;
  readonly to: number;
  readonly ways: number;
}

/**
 * Draws live architectures of a budget uniformly: each distinct network (depths, operations of live edges) of the band is
 * as likely as any other. Exact by counting: cells of a stage by cost, stages joined by sorted sums.
 */
export class UniformSampler {
  private readonly stages: readonly StageCells[];
  private readonly pairs = new Map<string, { cost: number; a: number; b: number; until: number }[]>();
  private readonly blocks: Block[] = [];
  /** Number of live architectures inside the budget. */
  readonly size: number;

  /** @throws UserError `search-budget` when the band holds no architecture */
  constructor(space: SpaceSettings, budget: Budget) {
    this.stages = Array.from({ length: STAGES }, (_, stage) => stageCells(stageChannels(space, stage)));
    const fixed = fixedParameters(space);
    const [first, second, third] = this.stages;
    for (let d0 = 1; d0 <= space.cells; d0++) {
      for (let d1 = 1; d1 <= space.cells; d1++) {
        const sums = [...first!.counts].flatMap(([a, waysA]) =>
          [...second!.counts].map(([b, waysB]) => ({ cost: d0 * a + d1 * b, a, b, ways: waysA * waysB })),
        );
        sums.sort((x, y) => x.cost - y.cost || x.a - y.a);
        let until = 0;
        const list = sums.map(({ cost, a, b, ways }) => ({ cost, a, b, until: (until += ways) }));
        this.pairs.set(`${d0},${d1}`, list);
        for (let d2 = 1; d2 <= space.cells; d2++) {
          for (const [thirdCost, thirdWays] of third!.counts) {
            const rest = fixed + d2 * thirdCost;
            const from = firstIndex(list, (pair) => pair.cost >= budget.lower - rest);
            const to = firstIndex(list, (pair) => pair.cost > budget.upper - rest);
            const ways = thirdWays * (waysBefore(list, to) - waysBefore(list, from));
            if (ways > 0) this.blocks.push({ depths: [d0, d1, d2], thirdCost, from, to, ways });
          }
        }
      }
    }
    this.size = this.blocks.reduce((sum, { ways }) => sum + ways, 0);
    if (this.size === 0) {
      throw new UserError(
        'search-budget',
        `no network of this space has between ${budget.lower} and ${budget.upper} parameters: widen the budget`,
      );
    }
  }

  draw(random: Random): Genotype {
    const { depths, thirdCost, from, to } = pick(this.blocks, ({ ways }) => ways, random);
    const list = this.pairs.get(`${depths[0]},${depths[1]}`)!;
    const start = waysBefore(list, from);
    const at = start + random.uniform() * (waysBefore(list, to) - start);
    const pair =
      list[
        Math.min(
          to - 1,
          Math.max(
            from,
            firstIndex(list, ({ until }) => until > at),
          ),
        )
      ]!;
    const costs = [pair.a, pair.b, thirdCost];
    return { stages: depths.map((depth, stage) => drawCell(this.stages[stage]!, costs[stage]!, depth, random)) };
  }
}

function drawCell(stage: StageCells, cost: number, depth: number, random: Random): GenotypeStage {
  const { pattern, ways } = pick(stage.patterns, (cells) => cells.ways[0]!.get(cost) ?? 0, random);
  const operations = new Array<GenotypeOperation>(EDGES_PER_STAGE).fill('none');
  let left = cost;
  pattern.edges.forEach((edge, i) => {
    const choice = pick(LIVE_CHOICES, (c) => ways[i + 1]!.get(left - stage.costs[c]!) ?? 0, random);
    operations[edge] = GENOTYPE_OPERATIONS[choice]!;
    left -= stage.costs[choice]!;
  });
  return { depth, operations };
}

function stageCells(channels: number): StageCells {
  const costs = operationCosts(channels);
  const counts = new Map<number, number>();
  const patterns = LIVE_PATTERNS.map((pattern): PatternCells => {
    const ways: Map<number, number>[] = [new Map([[0, 1]])];
    for (let i = 0; i < pattern.edges.length; i++) {
      const longer = new Map<number, number>();
      for (const [sum, number] of ways[0]!) {
        for (const choice of LIVE_CHOICES) {
          const cost = sum + costs[choice]!;
          longer.set(cost, (longer.get(cost) ?? 0) + number);
        }
      }
      ways.unshift(longer);
    }
    for (const [cost, number] of ways[0]!) counts.set(cost, (counts.get(cost) ?? 0) + number);
    return { pattern, ways };
  });
  return { costs, patterns, counts };
}

function pick<T>(items: readonly T[], weight: (item: T) => number, random: Random): T {
  const weights = items.map(weight);
  let left = random.uniform() * weights.reduce((sum, value) => sum + value, 0);
  let last = 0;
  for (const [i, value] of weights.entries()) {
    if (value <= 0) continue;
    last = i;
    left -= value;
    if (left < 0) break;
  }
  return items[last]!;
}

function waysBefore(list: readonly { readonly until: number }[], index: number): number {
  return index === 0 ? 0 : list[index - 1]!.until;
}

/** First index for which a monotone condition holds. */
function firstIndex<T>(list: readonly T[], holds: (item: T) => boolean): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(list[middle]!)) high = middle;
    else low = middle + 1;
  }
  return low;
}
