import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src-main/compute/random.js';
import { Architecture, type ArchitectureTable } from '../../../src-main/search/architecture.js';
import {
  argmaxGenotype,
  edgeProbabilities,
  isConnected,
  sampleGenotype,
  selectGenotype,
} from '../../../src-main/search/genotype.js';
import {
  convolutionParameters,
  countParameters,
  fixedParameters,
  kernelSize,
  parameterRange,
} from '../../../src-main/search/parameter-count.js';
import {
  EDGES,
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

function logProbability(genotype: Genotype, probabilities: ArchitectureTable): number {
  return genotype.stages.reduce((total, { depth, operations }, stage) => {
    const edges = operations.map((operation, edge) =>
      Math.log(edgeProbabilities(probabilities, 6 * stage + edge)[GENOTYPE_OPERATIONS.indexOf(operation)]!),
    );
    return edges.reduce((a, b) => a + b, total + Math.log(probabilities.depth![stage * SPACE.cells + depth - 1]!));
  }, 0);
}

/** Best log-probability inside the budget by a plain knapsack over (cost, reached nodes), edge after edge. */
function plainKnapsack(probabilities: ArchitectureTable, lower: number, upper: number): number {
  let best = -Infinity;
  for (let triple = 0; triple < SPACE.cells ** 3; triple++) {
    const depths = [0, 1, 2].map((stage) => 1 + (Math.floor(triple / SPACE.cells ** stage) % SPACE.cells));
    let states = new Map<number, number>([[fixedParameters(SPACE), 0]]);
    depths.forEach((depth, stage) => {
      const channels = SPACE.channels << stage;
      const start = Math.log(probabilities.depth![stage * SPACE.cells + depth - 1]!);
      let inside = new Map<number, [number, number, number]>();
      for (const [cost, score] of states) inside.set(16 * cost + 1, [cost, 1, score + start]);
      EDGES.forEach(([target, source], edge) => {
        const next = new Map<number, [number, number, number]>();
        const p = edgeProbabilities(probabilities, 6 * stage + edge);
        for (const [cost, reached, score] of inside.values()) {
          GENOTYPE_OPERATIONS.forEach((operation, i) => {
            if (p[i] === 0) return;
            const to = operation !== 'none' && reached & (1 << source) ? reached | (1 << target) : reached;
            const price = cost + depth * convolutionParameters(kernelSize(operation), channels);
            const value = score + Math.log(p[i]!);
            const key = 16 * price + to;
            if ((next.get(key)?.[2] ?? -Infinity) < value) next.set(key, [price, to, value]);
          });
        }
        inside = next;
      });
      states = new Map();
      for (const [cost, reached, score] of inside.values()) {
        if (reached & 8 && (states.get(cost) ?? -Infinity) < score) states.set(cost, score);
      }
    });
    for (const [cost, score] of states) if (cost >= lower && cost <= upper) best = Math.max(best, score);
  }
  return best;
}

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
    'seed %i, spread %f: the most probable inside %i..%i, as a plain knapsack finds it',
    (seed, spread, lower, upper) => {
      const probabilities = probabilitiesOf(seed, spread);
      const genotype = selectGenotype(SPACE, { lower, upper }, probabilities)!;
      const expected = plainKnapsack(probabilities, lower, upper);
      const parameters = countParameters(SPACE, genotype);
      expect(parameters).toBeGreaterThanOrEqual(lower);
      expect(parameters).toBeLessThanOrEqual(upper);
      expect(genotype.stages.every(({ operations }) => isConnected(operations))).toBe(true);
      if (Number.isFinite(expected)) expect(logProbability(genotype, probabilities)).toBeCloseTo(expected, 9);
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
