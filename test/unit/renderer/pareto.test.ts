import { describe, expect, it } from 'vitest';
import { paretoFront, type Point } from '../../../src-renderer/logic/pareto.js';

/** The definition, word for word: O(n²). */
const byDefinition = (points: readonly Point[]): Point[] =>
  points.filter(
    (point) =>
      !points.some((other) => other.x <= point.x && other.y >= point.y && (other.x < point.x || other.y > point.y)),
  );

describe('Pareto front', () => {
  it.each<[string, Point[], Point[]]>([
    ['nothing', [], []],
    ['one point', [{ x: 1, y: 1 }], [{ x: 1, y: 1 }]],
    [
      'a dominated point',
      [
        { x: 2, y: 1 },
        { x: 1, y: 2 },
      ],
      [{ x: 1, y: 2 }],
    ],
    [
      'same size, less accurate',
      [
        { x: 1, y: 1 },
        { x: 1, y: 2 },
      ],
      [{ x: 1, y: 2 }],
    ],
    [
      'same accuracy, larger',
      [
        { x: 1, y: 1 },
        { x: 2, y: 1 },
      ],
      [{ x: 1, y: 1 }],
    ],
    [
      'equal points',
      [
        { x: 1, y: 1 },
        { x: 1, y: 1 },
      ],
      [
        { x: 1, y: 1 },
        { x: 1, y: 1 },
      ],
    ],
    [
      'unknown values',
      [
        { x: NaN, y: 1 },
        { x: 1, y: NaN },
        { x: 1, y: 1 },
      ],
      [{ x: 1, y: 1 }],
    ],
  ])('%s', (_, points, front) => expect(paretoFront(points)).toEqual(front));

  it('agrees with its definition on 200 grids of points with many ties', () => {
    let state = 12345;
    const next = (range: number): number => (state = (state * 48271) % 2147483647) % range;
    for (let round = 0; round < 200; round++) {
      const points = Array.from({ length: next(30) }, () => ({ x: next(8), y: next(8) }));
      const sort = (list: readonly Point[]): Point[] => [...list].sort((a, b) => a.x - b.x || a.y - b.y);
      expect(sort(paretoFront(points))).toEqual(sort(byDefinition(points)));
    }
  });
});
