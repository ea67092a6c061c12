import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../../src-main/compute/random.js';
import type { TrainingView } from '../../../../src-main/datasets/judging-views.js';
import { raceEntrants } from '../../../../src-main/search/race/candidates.js';
import { forwardWorks } from '../../../../src-main/search/race/cost.js';
import { grown } from '../../../../src-main/search/race/field.js';
import type { RaceProblem } from '../../../../src-main/search/race/problem.js';
import { fitSurrogate } from '../../../../src-main/search/surrogate.js';
import { genotypeKey } from '../../../../src-main/space/live-edges.js';
import { kernelSize } from '../../../../src-main/space/operations.js';
import { UniformSampler } from '../../../../src-main/space/uniform-sampling.js';
import { mean, standardDeviation } from '../../../../src-main/statistics/moments.js';
import type { TrainingResult } from '../../../../src-main/training/training-series.js';
import type { Genotype } from '../../../../src-main/vocabulary/space.js';

const space = { channels: 16, cells: 3, inputChannels: 1, classes: 2 };
const budget = { lower: 72_000, upper: 222_000 };
const sampler = new UniformSampler(space, budget);
const draw = createRandom(3, 'field');
const drawn = Array.from({ length: 400 }, () => sampler.draw(draw));

/** A world in which few weights early and many late are good. */
const worth = ({ stages }: Genotype): number => {
  const area = (stage: number): number => {
    const { depth, operations } = stages[stage]!;
    return depth * operations.reduce((sum, operation) => sum + kernelSize(operation) ** 2, 0);
  };
  return Math.log1p(area(2)) - Math.log1p(area(0));
};

describe('the surrogate', () => {
  it('ranks networks that were never trained, where structure decides, and not where noise does', () => {
    const agreement = (merit: (genotype: Genotype) => number): number => {
      const [known, unknown] = [drawn.slice(0, 44), drawn.slice(44)];
      const predict = fitSurrogate(known, known.map(merit));
      return correlation(unknown.map(predict), unknown.map(merit));
    };
    const noise = createRandom(9, 'noise');
    expect(agreement(worth)).toBeGreaterThan(0.8);
    expect(agreement((genotype) => worth(genotype) + 2 * noise.normal())).toBeGreaterThan(0.2);
    expect(Math.abs(agreement(() => noise.normal()))).toBeLessThan(0.2);
  });

  it('sees the network that is built: an edge that leads nowhere does not count', () => {
    const predict = fitSurrogate(drawn.slice(0, 44), drawn.slice(0, 44).map(worth));
    const chain = ['conv_3x3', 'none', 'none', 'none', 'conv_3x3', 'none'] as const;
    const dead = ['conv_3x3', 'conv_7x7', 'none', 'none', 'conv_3x3', 'none'] as const;
    const of = (operations: Genotype['stages'][number]['operations']): Genotype => ({
      stages: drawn[0]!.stages.map((stage, i) => (i === 0 ? { depth: 2, operations } : stage)),
    });
    expect(predict(of(dead))).toBe(predict(of(chain)));
    const alive = ['conv_3x3', 'conv_7x7', 'none', 'none', 'conv_3x3', 'skip_connect'] as const;
    expect(predict(of(alive))).not.toBe(predict(of(chain)));
  });
});

describe('the field of a race', () => {
  const opening = (random: number): RaceProblem => {
    const entrants = raceEntrants(space, budget, [], { count: random, seed: 1 });
    const base = { space, budget, entrants, forward: forwardWorks(space, entrants, 28), size: 28, work: 1, seed: 1 };
    return { ...base, views: [] as TrainingView[], opening: entrants.length, waves: 0 };
  };
  const answers = (share: number): TrainingResult => {
    const right = Float32Array.from({ length: 1000 }, (_, i) => (i < 1000 * share ? 1 : 0));
    return [{ right, losses: right.map((value) => 1 - value), auc: 0.5 }];
  };
  const trained = (of: RaceProblem, merit: (genotype: Genotype) => number): TrainingResult[] =>
    of.entrants.map(({ genotype }) => answers(0.5 + 0.05 * merit(genotype)));

  it('grows by two waves of eight, each once all who are there have been trained', () => {
    const start = opening(20);
    const results = trained(start, worth);
    expect(grown(start, results.slice(1))).toBe(start);
    const first = grown(start, results);
    expect(first.entrants.length).toBe(start.entrants.length + 8);
    expect(grown(first, results)).toBe(first);
    const second = grown(first, trained(first, worth));
    expect(second.entrants.slice(-16).map(({ label }) => label)).toEqual(
      Array.from({ length: 16 }, (_, i) => `predicted ${i + 1}`),
    );
    expect(grown(second, trained(second, worth))).toBe(second);
    expect(second.forward.length).toBe(second.entrants.length);
    expect(new Set(second.entrants.map(({ genotype }) => genotypeKey(genotype))).size).toBe(second.entrants.length);
    expect(second.entrants.every(({ parameters }) => parameters >= budget.lower && parameters <= budget.upper)).toBe(
      true,
    );
  });

  it('is the same for the same results, and other networks for other ones', () => {
    const start = opening(20);
    const keys = (merit: (genotype: Genotype) => number): string[] =>
      grown(start, trained(start, merit))
        .entrants.slice(-8)
        .map(({ genotype }) => genotypeKey(genotype));
    expect(keys(worth)).toEqual(keys(worth));
    expect(keys((genotype) => -worth(genotype))).not.toEqual(keys(worth));
  });

  it('grows by networks that are good where structure decides', () => {
    const start = opening(20);
    const first = grown(start, trained(start, worth));
    const worths = drawn.map(worth);
    const predicted = mean(first.entrants.slice(-8).map(({ genotype }) => worth(genotype)));
    expect(predicted).toBeGreaterThan(mean(worths) + standardDeviation(worths));
  });

  it('of fewer than twelve learns nothing and stays as it is', () => {
    const start = opening(6);
    expect(start.entrants.length).toBeLessThan(12);
    expect(grown(start, trained(start, worth))).toBe(start);
  });
});

function correlation(a: readonly number[], b: readonly number[]): number {
  const [ma, mb] = [mean(a), mean(b)];
  const covariance = a.reduce((sum, value, i) => sum + (value - ma) * (b[i]! - mb), 0) / (a.length - 1);
  return covariance / (standardDeviation(a) * standardDeviation(b));
}
