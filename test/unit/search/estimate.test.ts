import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src-main/compute/random.js';
import { Architecture } from '../../../src-main/search/architecture.js';
import { estimatedLength, lossGradient } from '../../../src-main/search/methods/zo-darts/estimate.js';
import { allPaths } from '../../../src-main/search/methods/zo-darts/paths.js';
import { drawPerturbation } from '../../../src-main/search/methods/zo-darts/round.js';

const GRADIENT = Float64Array.of(0.5, -1, 2);
const DIRECTION = Float64Array.of(0.6, 0, 0.8);
const measured = { direct: 1.9, slope: 0.25, architectureGradient: GRADIENT };

describe('the gradient of the loss', () => {
  it('published: all of it along u', () => {
    const gradient = lossGradient('published', measured, DIRECTION, 1);
    expect([...gradient]).toEqual([0.6 * 2.15, 0, 0.8 * 2.15]);
    expect(estimatedLength('published', measured)).toBe(2.15);
  });

  it('whole: what is known in full, and the part through the weights along u, times the entries that u moves', () => {
    const gradient = lossGradient('whole', measured, DIRECTION, 0.5);
    const along = 2 * 0.5 * 0.25;
    expect([...gradient]).toEqual([0.5 + along * 0.6, -1, 2 + along * 0.8]);
    expect(estimatedLength('whole', measured)).toBe(0.25);
  });

  it('whole has the expectation of the gradient over directions', () => {
    const random = createRandom(1, 'test');
    const architecture = Architecture.create(1, random);
    const through = architecture.vector.map((_, i) => Math.sin(i));
    const zero = through.map(() => 0);
    const sum = zero.slice();
    const draws = 40_000;
    for (let n = 0; n < draws; n++) {
      const { direction } = drawPerturbation(architecture, allPaths(architecture.vector.length), random);
      const slope = through.reduce((total, value, i) => total + value * direction[i]!, 0);
      lossGradient('whole', { direct: 0, slope, architectureGradient: zero }, direction, 1).forEach((g, i) => {
        sum[i]! += g / draws;
      });
    }
    const error = Math.hypot(...sum.map((value, i) => value - through[i]!)) / Math.hypot(...through);
    expect(error).toBeLessThan(0.1);
  });
});
