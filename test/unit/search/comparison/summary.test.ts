import { describe, expect, it } from 'vitest';
import { comparedNetworks, comparedRuns } from '../../../../src-main/search/comparison/networks.js';
import { summarise } from '../../../../src-main/search/comparison/summary.js';
import { EMPTY } from '../../../../src-main/space/baselines.js';
import { genotypeKey } from '../../../../src-main/space/live-edges.js';
import type { ComparedTraining } from '../../../../src-main/vocabulary/comparison.js';

const space = { channels: 16, cells: 3, inputChannels: 1, classes: 2 };
const budget = { lower: 0, upper: 222_000 };
const found = [1, 2, 3].map((run) => ({ run, genotype: EMPTY.genotype }));
const random = { count: 4, seed: 1 };

describe('the networks of a comparison', () => {
  const networks = comparedNetworks(space, budget, found, random);

  it('are what was found, random ones and baselines', () => {
    expect(networks.map(({ label }) => label)).toEqual([
      ...['run 1', 'run 2', 'run 3', 'random 1', 'random 2', 'random 3', 'random 4', 'no cells', 'chain of 3×3'],
    ]);
    const drawn = networks.filter(({ group }) => group === 'random');
    expect(new Set(drawn.map(({ genotype }) => genotypeKey(genotype))).size).toBe(4);
  });

  it('have the same random ones whatever was found, others with another seed', () => {
    const keys = (of: typeof networks) =>
      of.filter(({ group }) => group === 'random').map((n) => genotypeKey(n.genotype));
    expect(keys(comparedNetworks(space, budget, found.slice(1), random))).toEqual(keys(networks));
    expect(keys(comparedNetworks(space, budget, found, { count: 4, seed: 2 }))).not.toEqual(keys(networks));
  });

  it('are all trained once before any is trained twice, each time with a seed of its own', () => {
    const runs = comparedRuns(networks, 2, 1);
    expect(runs.map(({ network }) => network)).toEqual([...networks.keys(), ...networks.keys()]);
    expect(new Set(runs.map(({ seed }) => seed)).size).toBe(runs.length);
  });
});

describe('the summary of a comparison', () => {
  const networks = comparedNetworks(space, budget, found, random);
  // two trainings each: one a hundredth below, one a hundredth above
  const test = [0.95, 0.96, 0.97, 0.9, 0.91, 0.92, 0.94, 0.93, 0.935];
  const validation = [0.5, 0.5, 0.5, 0.7, 0.8, 0.9, 0.6, 0.5, 0.5];
  const trainings = test.flatMap((accuracy, network): ComparedTraining[] =>
    [-0.01, 0.01].map((luck, i) => ({
      network,
      seed: i,
      validation: { accuracy: validation[network]! + luck, auc: 0.5 },
      test: { accuracy: accuracy + luck, auc: accuracy / 2 },
    })),
  );
  const summary = summarise(networks, trainings, 1);

  it('gives means and standard errors, over architectures or over the trainings of one', () => {
    const rows = summary.groups.map(({ label, architectures, trainings: count, test: { accuracy } }) => [
      ...[label, architectures, count, accuracy.mean.toFixed(4), accuracy.standardError?.toFixed(5)],
    ]);
    expect(rows).toEqual([
      ['found', 3, 6, '0.9600', '0.00577'],
      ['random', 4, 8, '0.9175', '0.00854'],
      ['no cells', 1, 2, '0.9300', '0.01000'],
      ['chain of 3×3', 1, 2, '0.9350', '0.01000'],
    ]);
  });

  it('tests against random by all regroupings of architectures, against one architecture by t', () => {
    const [random, , empty] = summary.differences;
    expect(random).toMatchObject({ against: 'random', measure: 'accuracy', test: 'exact permutation' });
    expect(random!.difference).toBeCloseTo(0.0425, 10);
    // the three largest of seven
    expect(random!.pValue).toBeCloseTo(1 / 35, 10);
    expect(random!.interval![0]).toBeLessThan(0.0425);
    expect(empty).toMatchObject({ against: 'no cells', test: 't' });
    expect(empty!.standardError).toBeCloseTo(Math.hypot(0.01 / Math.sqrt(3), 0.01), 10);
  });

  it('takes the best random one by validation, never by test', () => {
    expect(summary.bestRandom.label).toBe('random 3');
    expect(summary.bestRandom.test.accuracy).toBeCloseTo(0.92, 10);
    expect(summary.spread!.accuracy).toBeCloseTo(0.01, 10);
  });

  it('says no error where nothing tells it', () => {
    const once = networks.flatMap((_, network) =>
      trainings.filter((training) => training.network === network).slice(0, 1),
    );
    const one = summarise(networks, once, 1);
    const empty = one.differences.find(({ against }) => against === 'no cells')!;
    expect([empty.interval, empty.pValue, empty.standardError]).toEqual([null, null, null]);
    expect(one.groups.at(-1)!.test.accuracy.standardError).toBeNull();
  });
});
