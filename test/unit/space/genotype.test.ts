import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src-main/compute/random.js';
import { Architecture } from '../../../src-main/search/architecture.js';
import { type ArchitectureTable } from '../../../src-main/space/architecture-table.js';
import { argmaxGenotype, sampleGenotype } from '../../../src-main/space/sampling.js';
import { edgeProbabilities } from '../../../src-main/space/architecture-table.js';
import { isConnected, liveEdges, liveGenotype } from '../../../src-main/space/live-edges.js';
import { logProbability, selectGenotype } from '../../../src-main/space/most-probable.js';
import { convolutionParameters, kernelSize } from '../../../src-main/space/operations.js';
import { countParameters, fixedParameters, parameterRange } from '../../../src-main/space/parameter-count.js';
import {
  GENOTYPE_OPERATIONS,
  type Genotype,
  type GenotypeOperation,
  type SpaceSettings,
} from '../../../src-main/vocabulary/space.js';

const SPACE: SpaceSettings = { channels: 4, cells: 2, inputChannels: 1, classes: 2 };

function probabilitiesOf(seed: number, spread: number): ArchitectureTable {
  const random = createRandom(seed, 'test');
  const grown = Architecture.create(SPACE.cells, random).grow(random);
  return Architecture.fromVector(
    SPACE.cells,
    grown.vector.map(() => spread * random.normal()),
  ).probabilities(1);
}

/** Every cell of seven operations on six edges: its choices and the live cell that is built of it. */
function everyCell(): { choices: number[]; live: string }[] {
  return Array.from({ length: 7 ** 6 }, (_, index) => {
    const choices = Array.from({ length: 6 }, (_unused, edge) => Math.floor(index / 7 ** edge) % 7);
    const operations = choices.map((choice) => GENOTYPE_OPERATIONS[choice]!);
    const alive = liveEdges(operations);
    return { choices, live: alive.includes(true) ? operations.map((o, e) => (alive[e] ? o : 'none')).join() : '' };
  });
}

/** Largest log-probability of a live architecture within the budget, by looking at all cells of every stage. */
function exhaustive(cells: ReturnType<typeof everyCell>, p: ArchitectureTable, lower: number, upper: number): number {
  const stages = [0, 1, 2].map((stage) => {
    const rows = [0, 1, 2, 3, 4, 5].map((edge) => edgeProbabilities(p, 6 * stage + edge));
    const mass = new Map<string, number>();
    for (const { choices, live } of cells) {
      if (live === '') continue;
      const product = choices.reduce((value, choice, edge) => value * rows[edge]![choice]!, 1);
      if (product > 0) mass.set(live, (mass.get(live) ?? 0) + product);
    }
    const best = new Map<number, number>();
    for (const [live, value] of mass) {
      const cost = live.split(',').reduce((sum, operation) => {
        return sum + convolutionParameters(kernelSize(operation as GenotypeOperation), SPACE.channels << stage);
      }, 0);
      best.set(cost, Math.max(best.get(cost) ?? -Infinity, Math.log(value)));
    }
    const deep = new Map<number, number>();
    for (let depth = 1; depth <= SPACE.cells; depth++) {
      const start = Math.log(p.depth![stage * SPACE.cells + depth - 1]!);
      for (const [cost, score] of best) {
        deep.set(depth * cost, Math.max(deep.get(depth * cost) ?? -Infinity, start + score));
      }
    }
    return [...deep];
  });
  const third = stages[2]!.sort((a, b) => a[0] - b[0]);
  let best = -Infinity;
  for (const [a, scoreA] of stages[0]!) {
    for (const [b, scoreB] of stages[1]!) {
      const sum = fixedParameters(SPACE) + a + b;
      for (const [c, scoreC] of third) {
        if (sum + c > upper) break;
        if (sum + c >= lower) best = Math.max(best, scoreA + scoreB + scoreC);
      }
    }
  }
  return best;
}

const CELLS = everyCell();

const connections: [string, GenotypeOperation[], boolean][] = [
  ['nothing but none', ['none', 'none', 'none', 'none', 'none', 'none'], false],
  ['the direct edge', ['none', 'none', 'none', 'skip_connect', 'none', 'none'], true],
  ['through nodes 1 and 2', ['conv_1x1', 'none', 'conv_3x3', 'none', 'none', 'avg_pool_3x3'], true],
  ['a chain with a gap', ['conv_1x1', 'none', 'none', 'none', 'none', 'avg_pool_3x3'], false],
];

describe('genotype', () => {
  it.each(connections)('connected: %s', (_, operations, connected) => {
    expect(isConnected(operations)).toBe(connected);
  });

  it.each([
    [1, 0.15, 8_000, 9_000],
    [2, 0.5, 0, 8_000],
    [3, 0.5, 30_000, 60_000],
    [4, 0.9, 12_345, 12_400],
    [5, 0.3, 100_000, 200_000],
  ])(
    'seed %i, spread %f: the most probable inside %i..%i, as looking at every cell finds it',
    (seed, spread, lower, upper) => {
      const probabilities = probabilitiesOf(seed, spread);
      const genotype = selectGenotype(SPACE, { lower, upper }, probabilities)!;
      const expected = exhaustive(CELLS, probabilities, lower, upper);
      const parameters = countParameters(SPACE, genotype);
      expect(parameters).toBeGreaterThanOrEqual(lower);
      expect(parameters).toBeLessThanOrEqual(upper);
      expect(genotype.stages.every(({ operations }) => isConnected(operations))).toBe(true);
      expect(genotype).toEqual(liveGenotype(genotype));
      if (Number.isFinite(expected)) expect(logProbability(SPACE, genotype, probabilities)).toBeCloseTo(expected, 9);
    },
  );

  it('takes choices of probability 0 only when the budget leaves nothing else', () => {
    const probabilities = probabilitiesOf(7, 4);
    const { upper } = parameterRange(SPACE);
    const genotype = selectGenotype(SPACE, { lower: upper, upper }, probabilities)!;
    expect(countParameters(SPACE, genotype)).toBe(upper);
  });

  it('is null where the space has nothing', () => {
    const { lower } = parameterRange(SPACE);
    expect(selectGenotype(SPACE, { lower: 0, upper: lower - 1 }, probabilitiesOf(1, 1))).toBeNull();
  });

  it('argmax takes the likeliest of every edge', () => {
    const probabilities = probabilitiesOf(8, 1);
    argmaxGenotype(SPACE, probabilities).stages.forEach(({ operations }, stage) =>
      operations.forEach((operation, edge) => {
        const p = edgeProbabilities(probabilities, 6 * stage + edge);
        expect(p[GENOTYPE_OPERATIONS.indexOf(operation)]).toBe(Math.max(...p));
      }),
    );
  });

  it('samples as often as the probabilities say, the same for the same seed', () => {
    const probabilities = probabilitiesOf(9, 0.3);
    const draw = (seed: number): Genotype[] => {
      const random = createRandom(seed, 'samples');
      return Array.from({ length: 3000 }, () => sampleGenotype(SPACE, probabilities, random));
    };
    const drawn = draw(1);
    expect(draw(1)).toEqual(drawn);
    expect(draw(2)).not.toEqual(drawn);
    edgeProbabilities(probabilities, 0).forEach((p, i) => {
      const share = drawn.filter((g) => g.stages[0]!.operations[0] === GENOTYPE_OPERATIONS[i]).length / drawn.length;
      expect(Math.abs(share - p)).toBeLessThan(0.03);
      if (p === 0) expect(share).toBe(0);
    });
  });
});
