import { describe, expect, it } from 'vitest';
import { clearlyBetter, standingsOf, type Standing, type Tested } from '../../../src-main/display/front.js';

const tested = (parameters: number, value: number, half: number | null): Tested => ({
  cost: parameters,
  figure: { value, interval: half === null ? null : [value - half, value + half] },
});

describe('clearly better', () => {
  it.each([
    // √(0.03² + 0.04²) = 0.05
    ['more than both half-widths in quadrature', 0.851, 0.03, 0.8, 0.04, true],
    ['less than that', 0.849, 0.03, 0.8, 0.04, false],
    ['worse', 0.8, 0.001, 0.9, 0.001, false],
    ['an interval is missing', 0.99, null, 0.5, 0.01, false],
    ['the other interval is missing', 0.99, 0.01, 0.5, null, false],
  ])('%s', (_, a, halfA, b, halfB, expected) =>
    expect(clearlyBetter(tested(1, a, halfA), tested(1, b, halfB))).toBe(expected),
  );
});

describe('the front that respects the intervals', () => {
  it.each<[string, Tested[], Standing[]]>([
    ['nothing', [], []],
    ['one network', [tested(10, 0.5, 0.2)], ['front']],
    [
      'a larger one whose lead the intervals do not show',
      [tested(10, 0.86, 0.05), tested(100, 0.9, 0.05)],
      ['front', 'open'],
    ],
    ['a larger one that is clearly better', [tested(100, 0.95, 0.02), tested(10, 0.8, 0.03)], ['front', 'front']],
    ['a larger one that is clearly worse', [tested(10, 0.95, 0.02), tested(100, 0.8, 0.03)], ['front', 'beaten']],
    [
      'the same size: the better one, the other not told apart or beaten',
      [tested(10, 0.9, 0.02), tested(10, 0.91, 0.02), tested(10, 0.5, 0.02)],
      ['open', 'front', 'beaten'],
    ],
    [
      'steps are taken from the last on the front, not from those between',
      [tested(10, 0.8, 0.02), tested(20, 0.82, 0.02), tested(30, 0.84, 0.02), tested(40, 0.78, 0.01)],
      ['front', 'open', 'front', 'beaten'],
    ],
    ['one without an interval', [tested(10, 0.8, 0.02), tested(20, 1, null)], ['front', 'open']],
  ])('%s', (_, networks, standings) => expect(standingsOf(networks)).toEqual(standings));

  it('never has a network that one no larger beats, nor two that are not told apart', () => {
    let state = 12345;
    const next = (range: number): number => (state = (state * 48271) % 2147483647) % range;
    for (let round = 0; round < 200; round++) {
      const networks = Array.from({ length: next(12) }, () => tested(next(6), next(100) / 100, 0.01 + next(20) / 100));
      const standings = standingsOf(networks);
      const front = networks.filter((_, index) => standings[index] === 'front').sort((a, b) => a.cost - b.cost);
      expect(front.length > 0).toBe(networks.length > 0);
      front.forEach((network, index) => {
        const smaller = networks.filter(({ cost }) => cost <= network.cost);
        expect(smaller.some((other) => clearlyBetter(other, network))).toBe(false);
        expect(index === 0 || clearlyBetter(network, front[index - 1]!)).toBe(true);
      });
    }
  });
});
