import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src-main/compute/random.js';
import { baselines } from '../../../src-main/space/baselines.js';
import { genotypeKey, liveGenotype } from '../../../src-main/space/live-edges.js';
import { LIVE_PATTERNS } from '../../../src-main/space/live-cells.js';
import { selectGenotype } from '../../../src-main/space/most-probable.js';
import { countParameters, parameterRange } from '../../../src-main/space/parameter-count.js';
import { reachableCounts } from '../../../src-main/space/reachable-counts.js';
import { UniformSampler } from '../../../src-main/space/uniform-sampling.js';
import type { SpaceSettings } from '../../../src-main/vocabulary/space.js';

const SMALL: SpaceSettings = { channels: 4, cells: 1, inputChannels: 1, classes: 2 };
const DEFAULT: SpaceSettings = { channels: 16, cells: 3, inputChannels: 1, classes: 2 };
/** Live cells of one stage: six operations on every edge of a pattern. */
const LIVE_CELLS = LIVE_PATTERNS.reduce((sum, { edges }) => sum + 6 ** edges.length, 0);

describe('uniform sampling', () => {
  it('knows how many live architectures a space and its smallest count hold', () => {
    const range = parameterRange(SMALL);
    expect(new UniformSampler(SMALL, range).size).toBe(LIVE_CELLS ** 3);
    // without a convolution every edge is a skip or a pool
    const plain = LIVE_PATTERNS.reduce((sum, { edges }) => sum + 2 ** edges.length, 0);
    expect(new UniformSampler(SMALL, { lower: 0, upper: range.lower }).size).toBe(plain ** 3);
    expect(new UniformSampler(DEFAULT, parameterRange(DEFAULT)).size / (3 * LIVE_CELLS) ** 3).toBeCloseTo(1, 9);
  });

  it('draws each network of a small band as often as any other', () => {
    const { lower } = parameterRange(SMALL);
    // one 1×1 convolution in stage 1 and nothing else that has weights
    const sampler = new UniformSampler(SMALL, { lower: lower + 24, upper: lower + 24 });
    const random = createRandom(1, 'test');
    const draws = 60_000;
    const cells = new Map<string, number>();
    for (let i = 0; i < draws; i++) {
      const key = sampler.draw(random).stages[0]!.operations.join();
      cells.set(key, (cells.get(key) ?? 0) + 1);
    }
    // edges of a pattern × 2 for each other edge
    const expected = LIVE_PATTERNS.reduce((sum, { edges }) => sum + edges.length * 2 ** (edges.length - 1), 0);
    expect(cells.size).toBe(expected);
    const mean = draws / expected;
    const chiSquare = [...cells.values()].reduce((sum, n) => sum + (n - mean) ** 2 / mean, 0);
    // 99.9 % of the χ² distribution by Wilson and Hilferty
    const freedom = expected - 1;
    expect(chiSquare).toBeLessThan(freedom * (1 - 2 / (9 * freedom) + 3.09 * Math.sqrt(2 / (9 * freedom))) ** 3);
  });

  it('over a whole space takes the cells of every stage as often as there are such', () => {
    const sampler = new UniformSampler(SMALL, parameterRange(SMALL));
    const random = createRandom(2, 'test');
    const draws = 6000;
    const whole = [0, 0, 0];
    for (let i = 0; i < draws; i++) {
      sampler.draw(random).stages.forEach(({ operations }, stage) => {
        if (!operations.includes('none')) whole[stage]!++;
      });
    }
    const share = 6 ** 6 / LIVE_CELLS;
    const error = Math.sqrt((share * (1 - share)) / draws);
    for (const count of whole) expect(Math.abs(count / draws - share)).toBeLessThan(4 * error);
  });

  it.each([
    [72_000, 222_000],
    [342_000, 506_000],
    [726_000, 1_123_000],
  ])('stays inside %i..%i, is live, and the same for the same seed', (lower, upper) => {
    const sampler = new UniformSampler(DEFAULT, { lower, upper });
    const draw = (): string[] => {
      const random = createRandom(5, 'test');
      return Array.from({ length: 50 }, () => {
        const genotype = sampler.draw(random);
        const parameters = countParameters(DEFAULT, genotype);
        expect(parameters).toBeGreaterThanOrEqual(lower);
        expect(parameters).toBeLessThanOrEqual(upper);
        expect(genotype).toEqual(liveGenotype(genotype));
        return genotypeKey(genotype);
      });
    };
    const drawn = draw();
    expect(draw()).toEqual(drawn);
    expect(new Set(drawn).size).toBeGreaterThan(45);
  });

  it('refuses a band that holds nothing', () => {
    expect(() => new UniformSampler(DEFAULT, { lower: 0, upper: 1000 })).toThrow(
      'no network of this space has between 0 and 1000 parameters: widen the budget',
    );
  });
});

describe('reachable counts', () => {
  const even = {
    operations: new Float64Array(90).fill(0.2),
    kernels: new Float64Array(54).fill(1 / 3),
    depth: new Float64Array(9).fill(1 / 3),
  };

  it.each([
    [0, 72_497],
    [72_498, 72_498],
    [72_499, 72_600],
    [73_000, 74_000],
    [100_000, 100_010],
    [4_818_162, 4_818_162],
    [4_818_163, 9_000_000],
    [4_700_000, 4_800_000],
  ])('agree with the knapsack at %i..%i', (lower, upper) => {
    const budget = { lower, upper };
    const { inside, below, above } = reachableCounts(DEFAULT, budget);
    expect(inside).toBe(selectGenotype(DEFAULT, budget, even) !== null);
    const exact = (count: number): boolean => selectGenotype(DEFAULT, { lower: count, upper: count }, even) !== null;
    const between = (from: number, to: number): boolean =>
      from <= to && selectGenotype(DEFAULT, { lower: from, upper: to }, even) !== null;
    if (below === null) expect(between(0, lower - 1)).toBe(false);
    else expect([exact(below), between(below + 1, lower - 1)]).toEqual([true, false]);
    if (above === null) expect(between(upper + 1, 1e9)).toBe(false);
    else expect([exact(above), between(upper + 1, above - 1)]).toEqual([true, false]);
  });

  it('are known for a large space', () => {
    const large: SpaceSettings = { ...DEFAULT, cells: 8 };
    expect(reachableCounts(large, { lower: 1e6, upper: 2e6 }).inside).toBe(true);
  });
});

describe('baselines', () => {
  const names = (lower: number, upper: number): [string, number][] =>
    baselines(DEFAULT, { lower, upper }).map(({ label, genotype }) => [label, countParameters(DEFAULT, genotype)]);

  it('are at the largest depth that fits, and without cells always', () => {
    expect(names(72_000, 222_000)).toEqual([
      ['no cells', 72_498],
      ['chain of 3×3', 218_322],
      ['residual blocks', 169_714],
    ]);
    expect(names(342_000, 506_000)).toEqual([
      ['no cells', 72_498],
      ['chain of 3×3', 364_146],
      ['chain of 5×5', 476_370],
      ['residual blocks', 364_146],
    ]);
  });
});
