import { describe, expect, it } from 'vitest';
import { poolSize, rowWindow, scrollToShow } from '../../../src-renderer/logic/windowing.js';

describe('window of a long list', () => {
  it.each([
    ['top', 5000, 0, 330, { first: 0, end: 17, above: 0, below: (5000 - 17) * 33 }],
    ['middle', 5000, 33 * 1000 + 5, 330, { first: 994, end: 1017, above: 994 * 33, below: (5000 - 1017) * 33 }],
    ['end', 5000, 33 * 5000, 330, { first: 4983, end: 5000, above: 4983 * 33, below: 0 }],
    ['shorter than the view', 3, 0, 330, { first: 0, end: 3, above: 0, below: 0 }],
    ['empty', 0, 400, 330, { first: 0, end: 0, above: 0, below: 0 }],
    ['filtered while scrolled far down', 4, 33 * 4000, 330, { first: 0, end: 4, above: 0, below: 0 }],
    ['overscrolled above the top', 5000, -50, 330, { first: 0, end: 17, above: 0, below: (5000 - 17) * 33 }],
  ])('%s', (_, count, scrollTop, height, expected) =>
    expect(rowWindow(count, 33, scrollTop, height)).toEqual(expected),
  );

  it('always covers the view, and the heights always add up', () => {
    for (let scrollTop = 0; scrollTop <= 500 * 33 - 330; scrollTop += 17) {
      const { first, end, above, below } = rowWindow(500, 33, scrollTop, 330);
      expect(above).toBeLessThanOrEqual(scrollTop);
      expect(above + (end - first) * 33).toBeGreaterThanOrEqual(scrollTop + 330);
      expect(above + (end - first) * 33 + below).toBe(500 * 33);
      expect(end - first).toBeLessThanOrEqual(poolSize(33, 330));
      const slots = Array.from({ length: end - first }, (_, index) => (first + index) % poolSize(33, 330));
      expect(new Set(slots).size).toBe(end - first);
    }
  });

  it.each([
    ['above the view', 2, 200, 66],
    ['inside the view', 8, 200, 200],
    ['below the view', 30, 200, 30 * 33 + 33 - 330],
  ])('scrolls as little as possible to a row %s', (_, row, scrollTop, expected) =>
    expect(scrollToShow(row, 33, scrollTop, 330)).toBe(expected),
  );
});
