import { describe, expect, it } from 'vitest';
import { upperQuantile, upperTail } from '../../../src-main/statistics/student-t.js';

describe("Student's t", () => {
  // the tables of every textbook, one-sided
  it.each([
    [1, 0.025, 12.7062],
    [2, 0.01, 6.96456],
    [5, 0.05, 2.01505],
    [15, 0.05, 1.75305],
    [15, 0.025, 2.13145],
    [30, 0.005, 2.75],
    [120, 0.025, 1.97993],
    [2000, 0.025, 1.96115],
  ])('of %d degrees of freedom has %f above its quantile', (degrees, p, quantile) => {
    expect(upperQuantile(p, degrees)).toBeCloseTo(quantile, 4);
    expect(upperTail(quantile, degrees)).toBeCloseTo(p, 5);
    expect(upperTail(-quantile, degrees)).toBeCloseTo(1 - p, 5);
  });

  it('of one degree of freedom is the Cauchy distribution, of a broken number lies between its neighbours', () => {
    for (const t of [0.1, 1, 3, 40]) expect(upperTail(t, 1)).toBeCloseTo(0.5 - Math.atan(t) / Math.PI, 12);
    expect(upperQuantile(0.025, 7.5)).toBeLessThan(upperQuantile(0.025, 7));
    expect(upperQuantile(0.025, 7.5)).toBeGreaterThan(upperQuantile(0.025, 8));
  });

  it('has everything below infinity and refuses what it is not defined for', () => {
    expect([upperTail(Infinity, 3), upperTail(-Infinity, 3), upperTail(0, 3)]).toEqual([0, 1, 0.5]);
    expect(() => upperTail(1, 0)).toThrow('degrees of freedom must be above 0, saw 0');
    expect(() => upperQuantile(0.9, 3)).toThrow('p must be above 0 and at most 1/2, saw 0.9');
  });
});
