import { describe, expect, it } from 'vitest';
import { enlarged, strongest, strongestPlace } from '../../../src-renderer/logic/activation.js';

describe('a class activation map', () => {
  it('is enlarged between the middles of its places', () => {
    const shape = { height: 1, width: 2 };
    expect([...enlarged([0, 4], shape, 4)]).toEqual(Array.from({ length: 4 }, () => [0, 1, 3, 4]).flat());
    const corners = enlarged([1, 2, 3, 4], { height: 2, width: 2 }, 6);
    expect([corners[0], corners[5], corners[30], corners[35]]).toEqual([1, 2, 3, 4]);
    const middle = [14, 15, 20, 21].map((i) => corners[i]!).reduce((sum, value) => sum + value, 0) / 4;
    expect(middle).toBeCloseTo(2.5, 6);
  });

  it('of one place is the same everywhere', () =>
    expect(new Set(enlarged([-3], { height: 1, width: 1 }, 5))).toEqual(new Set([-3])));

  it('keeps the scale of the strongest evidence, for or against', () =>
    expect(
      strongest({
        height: 1,
        width: 2,
        maps: [
          [1, 2],
          [0, -5],
        ],
      }),
    ).toBe(5));

  it.each([
    [[9, 0, 0, 0, 0, 0, 0, 0, 0], 'upper left'],
    [[0, 9, 0, 0, 0, 0, 0, 0, 0], 'upper centre'],
    [[0, 0, 0, 0, 9, 0, 0, 0, 0], 'centre'],
    [[0, 0, 0, 0, 0, 9, 0, 0, 0], 'middle right'],
    [[-1, -1, -1, -1, -1, -1, -1, -1, 0], 'lower right'],
  ])('%j says that most lies at %s', (map, place) => expect(strongestPlace(map, { height: 3, width: 3 })).toBe(place));
});
