import { describe, expect, it } from 'vitest';
import type { Trace, TraceTable } from '../../../src-main/ipc/contract.js';
import { columnRanks, ranks } from '../../../src-main/display/rank.js';

describe('ranks', () => {
  it.each([
    ['largest first', [0.1, 0.6, 0.3], [0, 0, 0], [3, 1, 2]],
    ['zeros by α', [1, 0, 0], [0, -1, 2], [1, 3, 2]],
    ['all equal: order of the columns', [0, 0, 0], [0, 0, 0], [1, 2, 3]],
    ['nothing', [], [], []],
  ])('%s', (_, values, tieBreak, expected) => expect(ranks(values, tieBreak)).toEqual(expected));
});

describe('ranks of the operations of an edge', () => {
  const table: TraceTable = {
    name: 'alphaProbabilities',
    label: 'Probabilities of operations',
    rows: Array.from({ length: 18 }, (_, row) => `edge ${row}`),
    columns: ['none', 'skip', '1×1', '7·5·3', 'pool'],
    draw: 'operations',
    scores: 'alpha',
  };
  const trace = (epoch: number, row: number, alpha: number[], probabilities: number[]): Trace => {
    const place = (values: number[]): number[] => {
      const all = new Array<number>(90).fill(0);
      values.forEach((value, column) => (all[row * 5 + column] = value));
      return all;
    };
    return { epoch, values: {}, tables: { alpha: place(alpha), alphaProbabilities: place(probabilities) } };
  };

  it('reads the row of the edge, epoch by epoch', () => {
    const lines = columnRanks(
      [trace(1, 17, [5, 4, 3, 2, 1], [0.4, 0.3, 0.2, 0.1, 0]), trace(2, 17, [1, 2, 3, 4, 5], [0, 0, 0, 0.5, 0.5])],
      table,
      17,
    );
    expect(lines.map((line) => line.map(({ epoch, rank }) => [epoch, rank]))).toEqual([
      [
        [1, 1],
        [2, 5],
      ],
      [
        [1, 2],
        [2, 4],
      ],
      [
        [1, 3],
        [2, 3],
      ],
      [
        [1, 4],
        [2, 2],
      ],
      [
        [1, 5],
        [2, 1],
      ],
    ]);
    expect(lines[3]?.[1]?.probability).toBe(0.5);
  });

  it('gives every rank exactly once an epoch', () => {
    for (const edge of [0, 9, 17]) {
      const lines = columnRanks([trace(1, 3, [1, 1, 1, 1, 1], [0.5, 0.5, 0, 0, 0])], table, edge);
      expect(lines.map((line) => line[0]?.rank).sort()).toEqual([1, 2, 3, 4, 5]);
    }
  });
});
