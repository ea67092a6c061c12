import { describe, expect, it } from 'vitest';
import { verdictOf } from '../../../../src-main/search/race/verdict.js';
import { shareOf, type World } from './simulated-race.js';

const WORLD: World = {
  images: 200,
  architectures: 0.3,
  perImage: 0.3,
  trainings: 0.07,
  batches: 0.07,
  clump: 0.3,
  gain: 0,
  crossValidated: false,
};
const RACES = 200;

describe('the verdict of a race', () => {
  // 1500 races of each kind gave .000 to .013
  it.each([
    ['all architectures are equal', { architectures: 0, perImage: 0 }],
    ['all are equal, trainings differ much', { architectures: 0, perImage: 0, trainings: 0.3 }],
    ['all are equal, cross-validated', { architectures: 0, perImage: 0, crossValidated: true }],
    ['architectures differ, proposals are random ones', { clump: 1 }],
    ['architectures differ, proposals are one clump', { clump: 0.3 }],
    ['architectures differ, proposals are all the same', { clump: 0 }],
    [
      'architectures differ far beyond noise, proposals are all the same',
      { clump: 0, architectures: 0.8, trainings: 0 },
    ],
    ['architectures differ, trainings too, one clump', { trainings: 0.3 }],
    ['architectures differ, cross-validated, one clump', { crossValidated: true }],
    ['batches move all networks together, by more than architectures differ', { batches: 0.5 }],
  ] as [string, Partial<World>][])('is rarely "better than chance" where the search is chance: %s', (_, change) => {
    const share = shareOf(
      { ...WORLD, ...change },
      RACES,
      (input) => verdictOf(input).conclusion === 'better than chance',
    );
    expect(share).toBeLessThan(0.025);
  });

  it('is mostly "better than chance" where the search finds what chance hardly does', () => {
    const world = { ...WORLD, gain: 1.2 };
    const share = shareOf(world, 100, (input) => verdictOf(input).conclusion === 'better than chance');
    expect(share).toBeGreaterThan(0.7);
  });

  it('gives the chosen network no credit for the luck of having been chosen', () => {
    for (const crossValidated of [false, true]) {
      const equal = { ...WORLD, architectures: 0, perImage: 0, crossValidated };
      const share = shareOf(equal, RACES, (input) => verdictOf(input).differences.random!.pValue < 0.05);
      expect(share).toBeLessThan(0.08);
    }
  });
});
