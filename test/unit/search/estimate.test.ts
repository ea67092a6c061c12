import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src-main/compute/random.js';
import { Architecture } from '../../../src-main/search/architecture.js';
import { estimatedLength, lossGradient } from '../../../src-main/search/methods/zo-darts-plus-plus/estimate.js';
import { allPaths } from '../../../src-main/search/methods/zo-darts-plus-plus/paths.js';
import { drawRound } from '../../../src-main/search/methods/zo-darts-plus-plus/round.js';

const GRADIENT = Float64Array.of(0.5, -1, 2);
const DIRECTION = Float64Array.of(0.6, 0, 0.8);
const measured = { direct: 1.9, slope: 0.25, architectureGradient: GRADIENT };

describe('the gradient of the loss', () => {
  it('published: all of it along u', () => {
    const gradient = lossGradient('published', measured, DIRECTION, 1);
    expect([...gradient]).toEqual([0.6 * 2.15, 0, 0.8 * 2.15]);
    expect(estimatedLength('published', measured)).toBe(2.15);
  });

  it('whole: what is known in full, and the part through the weights along u', () => {
    const gradient = lossGradient('whole', measured, DIRECTION, 0.5);
    const along = 0.5 * 0.25;
    expect([...gradient]).toEqual([0.5 + along * 0.6, -1, 2 + along * 0.8]);
    expect(estimatedLength('whole', measured)).toBe(0.25);
  });

  it('whole has the least mean squared error over directions among all multiples of what a round measures', () => {
    const random = createRandom(1, 'test');
    const architecture = Architecture.create(1, random);
    const through = architecture.vector.map((_, i) => Math.sin(i));
    const zero = through.map(() => 0);
    const factors = [0, 0.5, 1, 1.5, 2, through.length];
    const errors = factors.map(() => 0);
    const draws = 2000;
    for (let n = 0; n < draws; n++) {
      const { direction } = drawRound(architecture, allPaths(architecture.vector.length), random);
      const slope = through.reduce((total, value, i) => total + value * direction[i]!, 0);
      const measurement = { direct: 0, slope, architectureGradient: zero };
      const estimate = lossGradient('whole', measurement, direction, 1);
      factors.forEach((factor, k) => {
        errors[k]! += through.reduce((sum, value, i) => sum + (factor * estimate[i]! - value) ** 2, 0) / draws;
      });
    }
    expect(factors[errors.indexOf(Math.min(...errors))]).toBe(1);
    // right on average, and hardly ever
    expect(errors.at(-1)! / errors[2]!).toBeGreaterThan(50);
  });
});
