import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src-main/compute/random.js';
import { Architecture } from '../../../src-main/search/architecture.js';
import { supernetCandidates } from '../../../src-main/search/supernet-candidates.js';
import { selectGenotype } from '../../../src-main/space/most-probable.js';
import { countParameters } from '../../../src-main/space/parameter-count.js';
import type { Genotype, SpaceSettings } from '../../../src-main/vocabulary/space.js';

const SPACE: SpaceSettings = { channels: 16, cells: 3, inputChannels: 1, classes: 2 };
const random = createRandom(1, 'test');
const architecture = Architecture.create(3, random).grow(random);
const probabilities = architecture.probabilities(1);
/** The fewer parameters the better: an order that probability does not have. */
const fewest = async (genotypes: readonly Genotype[]): Promise<number[]> =>
  genotypes.map((genotype) => -countParameters(SPACE, genotype));

describe('proposals of a supernet', () => {
  it.each([
    [0, 222_000],
    [342_000, 506_000],
    [726_000, 1_123_000],
  ])('in %i..%i: the most probable of the upper part, then as ranked, last the smaller ones', async (lower, upper) => {
    const budget = { lower, upper };
    const candidates = await supernetCandidates(
      { space: SPACE, budget, seed: 1 },
      { probabilities, drawn: probabilities },
      fewest,
    );
    const upperPart = { lower: Math.max(lower, Math.ceil(0.65 * upper)), upper };
    expect(candidates[0]!.genotype).toEqual(selectGenotype(SPACE, upperPart, probabilities));
    const samples = candidates.filter(({ source }) => source === 'sample').map(({ parameters }) => parameters);
    expect(samples.length).toBeGreaterThan(1);
    expect(samples).toEqual([...samples].sort((a, b) => a - b));
    for (const count of samples) expect(count).toBeGreaterThanOrEqual(upperPart.lower);
    for (const { parameters } of candidates) {
      expect(parameters).toBeGreaterThanOrEqual(lower);
      expect(parameters).toBeLessThanOrEqual(upper);
    }
    expect(candidates.at(-1)!.source).toBe(lower < upperPart.lower ? 'most probable, smaller' : 'sample');
  });

  it('are drawn from probabilities of their own, and the first is the most probable of the search', async () => {
    const budget = { lower: 0, upper: 222_000 };
    const decided = architecture.probabilities(1e-4);
    const propose = (drawn: typeof decided) =>
      supernetCandidates({ space: SPACE, budget, seed: 1 }, { probabilities: decided, drawn }, fewest);
    const [same, other] = [await propose(decided), await propose(probabilities)];
    expect(other[0]).toEqual(same[0]);
    expect(other[0]!.genotype).toEqual(selectGenotype(SPACE, { lower: 144_300, upper: 222_000 }, decided));
    const samples = (of: typeof same): number => of.filter(({ source }) => source === 'sample').length;
    expect(samples(same)).toBeLessThan(samples(other));
    expect(samples(other)).toBe(21);
  });
});
