import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src-main/compute/random.js';
import { accuracyTest, pairedDifferences, pairedMeanDifferences } from '../../../src-main/training/metrics/paired.js';
import type { ScoredPart } from '../../../src-main/training/metrics/scores.js';
import type { PairedFigure } from '../../../src-main/vocabulary/model-comparison.js';
import { scored, twoClasses } from './scored.js';

const ALIKE = 'identical in every bootstrap sample, so there is no interval';
const LABELS = ['malignant', 'benign'];
const choices = { labels: LABELS, finding: 0, resamples: 400 };
const random = () => createRandom(1, 'paired test');
const byName = (figures: readonly PairedFigure[]) => new Map(figures.map((one) => [one.figure, one]));

/**
 * Images of which most are easy or hard for every network, as images are.
 * @param skill share of the others that it has right  @param seed of its mistakes
 */
function network(skill: number, seed: number, count = 200): ScoredPart {
  const images = createRandom(7, 'images');
  const own = createRandom(seed, 'network');
  return twoClasses(
    Array.from({ length: count }, (_, i) => {
      const truth = i % 3 === 0 ? 0 : 1;
      const kind = images.uniform();
      const right = kind < 0.6 ? true : kind < 0.85 ? false : own.uniform() < skill;
      const sure = 0.5 + 0.45 * images.uniform() + 1e-4 * own.uniform();
      return [right === (truth === 0) ? sure : 1 - sure, truth] as const;
    }),
  );
}

const wrong = (part: ScoredPart): ScoredPart => ({
  ...part,
  scores: { ...part.scores, values: part.scores.values.map((value) => 1 - value) },
});

describe('the paired difference of two networks', () => {
  it('of a network with itself is nothing, and has no interval', async () => {
    const part = network(0.5, 1);
    for (const figure of await pairedDifferences(part, part, random(), choices)) {
      expect(figure).toMatchObject({ difference: 0, interval: null, missing: ALIKE });
      expect(figure.first).toBe(figure.second);
    }
    expect(accuracyTest(part, part)).toEqual({ onlyFirst: 0, onlySecond: 0, pValue: 1 });
  });

  it('is what counting says, changes its sign with the order, and is the same every time', async () => {
    const [a, b] = [network(0.9, 1), network(0.1, 2)];
    const found = byName(await pairedDifferences(a, b, random(), choices));
    const share = (part: ScoredPart, of: (i: number) => boolean): number => {
      const images = Array.from({ length: 200 }, (_, i) => i).filter(of);
      const right = images.filter((i) => (part.scores.values[2 * i + 1]! > 0.5 ? 1 : 0) === part.truth.values[i]);
      return right.length / images.length;
    };
    const positive = (i: number): boolean => a.truth.values[i] === 0;
    const sensitivity = share(a, positive) - share(b, positive);
    const specificity = share(a, (i) => !positive(i)) - share(b, (i) => !positive(i));
    expect(found.get('sensitivity')!.difference).toBeCloseTo(sensitivity, 12);
    expect(found.get('specificity')!.difference).toBeCloseTo(specificity, 12);
    expect(found.get('balancedAccuracy')!.difference).toBeCloseTo((sensitivity + specificity) / 2, 12);
    expect(found.get('accuracy')!.difference).toBeCloseTo(share(a, () => true) - share(b, () => true), 12);
    expect([...found.keys()]).toEqual(['balancedAccuracy', 'sensitivity', 'specificity', 'auc', 'accuracy']);
    const other = byName(await pairedDifferences(b, a, random(), choices));
    for (const [name, { difference, interval }] of found) {
      expect(other.get(name)!.difference).toBeCloseTo(-difference!, 12);
      expect(other.get(name)!.interval![0]).toBeCloseTo(-interval![1], 12);
    }
    expect(await pairedDifferences(a, b, random(), choices)).toEqual([...found.values()]);
  });

  it('is told apart where two separate intervals are not', async () => {
    const [a, b] = [network(1, 1), network(0, 2)];
    const { difference, interval } = byName(await pairedDifferences(a, b, random(), choices)).get('accuracy')!;
    expect(interval![0]).toBeGreaterThan(0);
    // Two independent proportions of 200 images each, normal approximation.
    const [p, q] = [difference! + 0.6, 0.6];
    const unpaired = 1.96 * Math.sqrt((p * (1 - p) + q * (1 - q)) / 200);
    expect((interval![1] - interval![0]) / 2).toBeLessThan(0.7 * unpaired);
    const { onlyFirst, onlySecond, pValue } = accuracyTest(a, b)!;
    expect(onlyFirst).toBeGreaterThan(15);
    expect(onlySecond).toBe(0);
    expect(pValue).toBeCloseTo(2 * 0.5 ** onlyFirst, 12);
  });

  it('agrees with the closed form for the accuracy', async () => {
    const [a, b] = [network(0.8, 1, 600), network(0.3, 2, 600)];
    const { onlyFirst, onlySecond } = accuracyTest(a, b)!;
    const drawn = await pairedDifferences(a, b, random(), { ...choices, resamples: 2000 });
    const { difference, interval } = byName(drawn).get('accuracy')!;
    expect(difference).toBeCloseTo((onlyFirst - onlySecond) / 600, 12);
    const error = Math.sqrt((onlyFirst + onlySecond - (onlyFirst - onlySecond) ** 2 / 600) / 600 ** 2);
    expect((interval![1] - interval![0]) / 2 / (1.96 * error)).toBeGreaterThan(0.9);
    expect((interval![1] - interval![0]) / 2 / (1.96 * error)).toBeLessThan(1.1);
  });

  it('has no interval of few images and no value of none, and says why', async () => {
    const few = twoClasses([...Array.from({ length: 12 }, () => [0.1, 1] as const), [0.9, 0]]);
    const found = byName(await pairedDifferences(few, wrong(few), random(), choices));
    expect(found.get('sensitivity')).toEqual({
      figure: 'sensitivity',
      first: 1,
      second: 0,
      difference: 1,
      interval: null,
      missing: 'too few images for an interval',
    });
    // All right against all wrong: of such images no sample is different.
    expect(found.get('specificity')).toMatchObject({ difference: 1, interval: null, missing: ALIKE });
    const none = twoClasses(Array.from({ length: 12 }, () => [0.1, 1] as const));
    const absent = byName(await pairedDifferences(none, none, random(), choices));
    for (const name of ['sensitivity', 'balancedAccuracy', 'auc'] as const) {
      expect(absent.get(name)).toMatchObject({
        difference: null,
        interval: null,
        missing: 'no image of "malignant" in the test set',
      });
    }
  });

  it('of labels has no McNemar test, and without a finding no sensitivity', async () => {
    const part = scored('multi-label, binary-class', 2, [1, 0, 0, 1], [0.9, 0.1, 0.2, 0.8]);
    expect(accuracyTest(part, part)).toBeNull();
    const figures = await pairedDifferences(part, part, random(), { ...choices, finding: null });
    expect(figures.map(({ figure }) => figure)).toEqual(['balancedAccuracy', 'auc', 'accuracy']);
  });
});

describe('the difference of two retrainings with several seeds', () => {
  it('is that of the means, and the wider the more the seeds differ', async () => {
    const alike = [network(0.8, 1), network(0.8, 1), network(0.8, 1)];
    const scattered = [network(1, 1), network(0.8, 1), network(0, 1)];
    const others = [network(0.3, 4), network(0.3, 4), network(0.3, 4)];
    const of = async (parts: readonly ScoredPart[]) =>
      byName(await pairedMeanDifferences(parts, others, random(), choices)).get('accuracy')!;
    const [still, moving] = [await of(alike), await of(scattered)];
    const each = await Promise.all(
      scattered.map(async (part) => byName(await pairedDifferences(part, others[0]!, random(), choices))),
    );
    const mean = each.reduce((sum, one) => sum + one.get('accuracy')!.difference!, 0) / 3;
    expect(moving.difference).toBeCloseTo(mean, 12);
    const width = ({ interval }: PairedFigure): number => interval![1] - interval![0];
    expect(width(moving)).toBeGreaterThan(1.3 * width(still));
    // Seeds that do not differ at all leave the images alone.
    const pair = byName(await pairedDifferences(alike[0]!, others[0]!, random(), choices)).get('accuracy')!;
    expect(width(still) / width(pair)).toBeGreaterThan(0.9);
    expect(width(still) / width(pair)).toBeLessThan(1.1);
  });
});
