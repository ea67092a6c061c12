import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src-main/compute/random.js';
import { Architecture } from '../../../src-main/search/architecture.js';
import { type ArchitectureTable } from '../../../src-main/space/architecture-table.js';
import { penaltyGradient } from '../../../src-main/search/methods/zo-darts-plus-plus/budget-term.js';
import { sampleGenotype } from '../../../src-main/space/sampling.js';
import { countMultiplyAccumulates, countParameters, parameterRange } from '../../../src-main/space/parameter-count.js';
import { expectedParameters } from '../../../src-main/search/expected-parameters.js';
import { type GENOTYPE_OPERATIONS, type Genotype, type SpaceSettings } from '../../../src-main/vocabulary/space.js';

const DEFAULT: SpaceSettings = { channels: 16, cells: 3, inputChannels: 1, classes: 2 };

function uniform(operation: (typeof GENOTYPE_OPERATIONS)[number], depth: number): Genotype {
  return { stages: [0, 1, 2].map(() => ({ depth, operations: Array.from({ length: 6 }, () => operation) })) };
}

function randomArchitecture(seed: number): Architecture {
  const random = createRandom(seed, 'test');
  const small = Architecture.create(3, random).grow(random);
  return Architecture.fromVector(
    3,
    small.vector.map(() => 0.4 * random.normal()),
  );
}

import { liveGenotype } from '../../../src-main/space/live-edges.js';

describe('parameter count', () => {
  it('reaches from 72,498 to 4,818,162 in the default space', () => {
    expect(parameterRange(DEFAULT)).toEqual({ lower: 72_498, upper: 4_818_162 });
    expect(countParameters(DEFAULT, uniform('skip_connect', 3))).toBe(72_498);
    expect(countParameters(DEFAULT, uniform('conv_7x7', 3))).toBe(4_818_162);
  });

  it.each([
    ['conv_1x1', 1, 72_498 + 6 * (288 + 1088 + 4224)],
    ['conv_3x3', 2, 72_498 + 12 * (2336 + 9280 + 36_992)],
    ['avg_pool_3x3', 3, 72_498],
  ] as const)('of %s at depth %i is %i', (operation, depth, expected) => {
    expect(countParameters(DEFAULT, uniform(operation, depth))).toBe(expected);
  });

  it('leaves out what leads nowhere, as do multiply-accumulates', () => {
    const dead: Genotype = {
      stages: [0, 1, 2].map(() => ({
        depth: 2,
        operations: ['conv_7x7', 'none', 'conv_5x5', 'conv_3x3', 'none', 'none'],
      })),
    };
    const live = liveGenotype(dead);
    expect(live.stages[0]!.operations).toEqual(['none', 'none', 'none', 'conv_3x3', 'none', 'none']);
    expect(countParameters(DEFAULT, dead)).toBe(72_498 + 2 * (2336 + 9280 + 36_992));
    expect(countParameters(DEFAULT, live)).toBe(countParameters(DEFAULT, dead));
    expect(countMultiplyAccumulates(DEFAULT, dead, 28)).toBe(countMultiplyAccumulates(DEFAULT, live, 28));
  });

  it('counts the multiply-accumulates of 28×28 images', () => {
    const none = countMultiplyAccumulates(DEFAULT, uniform('skip_connect', 1), 28);
    // stem 9·16·784; reductions (9·16·32 + 9·32² + 16·32)·196 and (9·32·64 + 9·64² + 32·64)·49; classifier 128
    expect(none).toBe(112_896 + 2_809_856 + 2_809_856 + 128);
    expect(countMultiplyAccumulates(DEFAULT, uniform('conv_7x7', 3), 28) - none).toBe(3 * 6 * 3 * 49 * 256 * 784);
  });

  it('is met by the mean over many sampled architectures', () => {
    const probabilities = randomArchitecture(3).probabilities(1);
    const random = createRandom(4, 'test');
    const { value } = expectedParameters(DEFAULT, probabilities);
    let sum = 0;
    for (let i = 0; i < 4000; i++) sum += countParameters(DEFAULT, sampleGenotype(DEFAULT, probabilities, random));
    expect(Math.abs(sum / 4000 / value - 1)).toBeLessThan(0.03);
  });

  it('of phase 1 is that of 7×7 kernels at full depth', () => {
    const architecture = Architecture.create(3, createRandom(1, 'test'));
    const { value } = expectedParameters(DEFAULT, architecture.probabilities(1.5));
    expect(value).toBeGreaterThan(72_498 + 0.15 * 4_745_664);
    expect(value).toBeLessThan(72_498 + 0.25 * 4_745_664);
  });

  it('has the gradient by the architecture that finite differences show', () => {
    const temperature = 0.9;
    const architecture = randomArchitecture(5);
    const value = (a: Architecture): number => expectedParameters(DEFAULT, a.probabilities(temperature)).value;
    const probabilities = architecture.probabilities(temperature);
    const gradient = architecture.gradient(probabilities, tableOf(probabilities), temperature);
    const h = 1e-6;
    gradient.forEach((g, i) => {
      const direction = gradient.map((_, j) => Number(i === j));
      const slope = (value(architecture.moved(direction, h)) - value(architecture.moved(direction, -h))) / (2 * h);
      expect(Math.abs(g - slope)).toBeLessThan(1e-2 + 1e-5 * Math.abs(slope));
    });
  });

  it('pulls into the budget from both sides and rests inside', () => {
    const architecture = randomArchitecture(6);
    const probabilities = architecture.probabilities(1);
    const { value } = expectedParameters(DEFAULT, probabilities);
    const move = (lower: number, upper: number): number => {
      const step = penaltyGradient(DEFAULT, { lower, upper }, architecture, probabilities, 1);
      return expectedParameters(DEFAULT, architecture.moved(step, -1e-3).probabilities(1)).value - value;
    };
    expect(move(0, value - 1)).toBeLessThan(0);
    expect(move(value + 1, 5e6)).toBeGreaterThan(0);
    expect(move(value - 1, value + 1)).toBe(0);
  });
});

function tableOf(probabilities: ArchitectureTable): ArchitectureTable {
  return expectedParameters(DEFAULT, probabilities).gradient;
}
