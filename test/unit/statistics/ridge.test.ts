import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src-main/compute/random.js';
import { ridge } from '../../../src-main/statistics/ridge.js';

const random = createRandom(1, 'ridge');
const rows = Array.from({ length: 60 }, () => [random.normal(), 5 + 3 * random.normal(), 7]);
const truth = ([a, b]: readonly number[]): number => 2 * a! - 0.5 * b! + 10;
const targets = rows.map(truth);
const probes = [
  [0, 5, 7],
  [2, -1, 7],
  // a column that never varied says nothing, whatever it is now
  [2, -1, 1000],
];

describe('ridge regression', () => {
  it('finds a linear rule with hardly any penalty', () => {
    const predict = ridge(rows, targets, 1e-9);
    for (const probe of probes) expect(predict(probe)).toBeCloseTo(truth(probe), 6);
  });

  it('shrinks towards the mean with much penalty', () => {
    const centre = targets.reduce((sum, target) => sum + target, 0) / targets.length;
    const reach = (penalty: number): number => Math.abs(ridge(rows, targets, penalty)([2, -1, 7]) - centre);
    expect([reach(1), reach(30), reach(1e9)]).toEqual([reach(1), reach(30), reach(1e9)].sort((a, b) => b - a));
    expect(reach(1e9)).toBeLessThan(1e-5);
  });

  it('of one column is n·cov / (n·var + penalty), by hand', () => {
    // standardised: −1, 0, 1; targets around their mean: −2, −1, 3; 5 / (2 + 0.5) = 2
    const predict = ridge([[10], [20], [30]], [1, 2, 6], 0.5);
    [10, 20, 30, 40].forEach((value, i) => expect(predict([value])).toBeCloseTo([1, 3, 5, 7][i]!, 12));
  });

  it('predicts what all targets are', () => {
    expect(
      ridge(
        rows,
        rows.map(() => 4),
        1,
      )([9, 9, 9]),
    ).toBe(4);
  });
});
