import { describe, expect, it } from 'vitest';
import { OutlierCut } from '../../../src-main/search/methods/zo-darts-plus-plus/outlier-cut.js';

const factors = (lengths: readonly number[]): number[] => {
  const scale = OutlierCut.create();
  return lengths.map((length) => scale.factor(length));
};

describe('outliers among the estimates', () => {
  it.each([
    ['the first round is only measured', [473], [0]],
    ['the second may be as long as 1', [473, 0.2], [0, 1]],
    ['a longer second is cut to 1', [0.1, 4], [0, 0.25]],
    ['later ones to three times the median of those before', [9, 0.2, 0.4, 1.8], [0, 1, 1, 0.5]],
    ['an outlier moves the median little', [9, 0.2, 100, 0.2, 1.2], [0, 1, 0.006, 1, 0.5]],
    ['what is usual passes as it is', [9, 0.2, 0.3, 0.1, 0.5], [0, 1, 1, 1, 1]],
    ['zeros are no danger', [9, 0, 0, 0], [0, 1, 1, 1]],
  ])('%s', (_, lengths, expected) => {
    factors(lengths).forEach((factor, i) => expect(factor).toBeCloseTo(expected[i]!, 12));
  });

  it('only the last twenty rounds say what is usual', () => {
    const lengths = [9, ...Array<number>(20).fill(10), ...Array<number>(20).fill(0.1), 0.6];
    expect(factors(lengths).at(-1)).toBeCloseTo(0.5, 12);
  });

  it('goes on from its state', () => {
    const lengths = [9, 0.2, 0.4, 100, 0.1, 2, 0.3];
    const whole = factors(lengths);
    for (let stop = 0; stop < lengths.length; stop++) {
      const first = OutlierCut.create();
      lengths.slice(0, stop).forEach((length) => first.factor(length));
      const second = OutlierCut.restore(structuredClone(first.state()));
      expect(lengths.slice(stop).map((length) => second.factor(length))).toEqual(whole.slice(stop));
    }
  });
});
