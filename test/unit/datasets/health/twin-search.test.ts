import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../../src-main/compute/random.js';
import { searchTwins, type FoundImage } from '../../../../src-main/datasets/health/twin-search.js';
import { findTwins } from '../../../../src-main/datasets/twins.js';
import { part, picture, type Shown } from './made.js';

const PARTS = ['train', 'val', 'test'] as const;
const random = createRandom(3, 'search');

/** Pictures of a few families, with noise that brings pairs to both sides of the limit, and some that are the same. */
function drawn(count: number): Shown[] {
  const families = Array.from({ length: 6 }, picture);
  const images = Array.from({ length: count }, (_, i): Shown => {
    const strength = 1 + random.integer(12);
    const image = families[i % 6]!.map((value) => Math.max(0, Math.round(value + strength * random.normal())));
    return [image, random.integer(2)];
  });
  return [...images, ...images.slice(0, 8).map(([image]): Shown => [image, random.integer(2)])];
}

describe('the search of all twins', () => {
  const all = drawn(160);
  const parts = { train: part(all.slice(0, 90)), val: part(all.slice(90, 120)), test: part(all.slice(120)) };

  it('finds in other parts what comparing every pair finds', async () => {
    const twins = await searchTwins(parts);
    const places = PARTS.flatMap((name) =>
      Array.from({ length: parts[name].images.count }, (_, index): FoundImage => ({ part: name, index })),
    );
    const expected = await findTwins(parts, places);
    const label = ({ part: name, index }: FoundImage): number => parts[name].labels.values[index]!;
    let found = 0;
    places.forEach((place, n) => {
      for (const other of PARTS.filter((name) => name !== place.part)) {
        const there = expected[n]!.filter((twin) => twin.part === other);
        found += there.length;
        const has = (question: object): boolean => twins.has(place.part, place.index, { among: [other], ...question });
        expect(has({})).toBe(there.length > 0);
        expect(has({ identical: true })).toBe(there.some(({ identical }) => identical));
        expect(has({ otherLabel: true })).toBe(there.some((twin) => label(twin) !== label(place)));
      }
    });
    expect(found).toBeGreaterThan(100);
    expect(twins.compared).toEqual({ contents: 160, of: 160 });
    expect(twins.pairs).toHaveLength(60);
  });

  it('of the test part alone finds the same of it', async () => {
    const [whole, alone] = [await searchTwins(parts), await searchTwins(parts, { testOnly: true })];
    for (let i = 0; i < parts.test.images.count; i++) {
      for (const among of PARTS) {
        const question = { among: [among], otherLabel: true };
        expect(alone.has('test', i, { among: [among] })).toBe(whole.has('test', i, { among: [among] }));
        expect(alone.has('test', i, question)).toBe(whole.has('test', i, question));
      }
    }
  });

  it('says how far it came when it may compare no more, and has the test part first', async () => {
    const { compared } = await searchTwins(parts, { work: 20_000 });
    expect(compared.contents).toBeGreaterThan(0);
    expect(compared.contents).toBeLessThan(compared.of);
  });
});
