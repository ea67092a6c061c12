import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src-main/compute/random.js';
import { sparsemaxRows, sparsemaxRowsGradient } from '../../../src-main/search/sparsemax.js';

const cases: Record<string, { z: number[]; temperature: number; p: number[] }> = {
  'equal entries share': { z: [2, 2, 2, 2], temperature: 1, p: [0.25, 0.25, 0.25, 0.25] },
  'a far leader takes all': { z: [5, 1, 0], temperature: 1, p: [1, 0, 0] },
  'a gap of exactly one gives an exact zero': { z: [1, 0], temperature: 1, p: [1, 0] },
  'two in the support': { z: [0.5, 0.3, -1], temperature: 1, p: [0.6, 0.4, 0] },
  'heat flattens': { z: [1, 0], temperature: 2, p: [0.75, 0.25] },
  'cold sharpens': { z: [0.2, 0], temperature: 0.1, p: [1, 0] },
};

describe('sparsemax', () => {
  it.each(Object.entries(cases))('%s', (_, { z, temperature, p }) => {
    const result = sparsemaxRows(Float64Array.from(z), z.length, temperature);
    expect([...result].map((v) => Math.round(v * 1e12) / 1e12)).toEqual(p);
  });

  it('works row by row, each on the simplex', () => {
    const random = createRandom(1, 'test');
    const z = Float64Array.from({ length: 90 }, () => random.normal());
    const p = sparsemaxRows(z, 5, 0.7);
    for (let row = 0; row < 18; row++) {
      const values = p.subarray(5 * row, 5 * row + 5);
      expect(values.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
      expect(sparsemaxRows(z.slice(5 * row, 5 * row + 5), 5, 0.7)).toEqual(values.slice());
    }
    expect(p.some((v) => v === 0)).toBe(true);
  });

  it('has the gradient that finite differences show, and none outside the support', () => {
    const random = createRandom(2, 'test');
    const z = Float64Array.from({ length: 15 }, () => random.normal());
    const g = Float64Array.from({ length: 15 }, () => random.normal());
    const value = (at: Float64Array): number => sparsemaxRows(at, 5, 0.8).reduce((sum, p, i) => sum + p * g[i]!, 0);
    const p = sparsemaxRows(z, 5, 0.8);
    const gradient = sparsemaxRowsGradient(p, g, 5, 0.8);
    const h = 1e-6;
    z.forEach((_, i) => {
      const moved = (by: number): Float64Array => z.map((v, j) => (j === i ? v + by : v));
      expect(gradient[i]).toBeCloseTo((value(moved(h)) - value(moved(-h))) / (2 * h), 6);
      if (p[i] === 0) expect(gradient[i]).toBe(0);
    });
  });
});
