import { expect, it } from 'vitest';
import { chartTable } from '../../../src-renderer/logic/chart-table.js';
import { decimate } from '../../../src-renderer/logic/thin.js';

const line = (count: number) => Array.from({ length: count }, (_, i) => ({ x: i + 1, y: i / 2 }));

it('the table of a chart has all points, also those that are too many to be drawn', () => {
  const points = line(5000);
  const drawn = decimate(points, 600);
  expect(drawn).toHaveLength(600);
  const { columns, rows } = chartTable({
    series: [{ label: 'Training loss', points: drawn, all: () => points }],
    x: { title: 'Epoch' },
    y: { title: 'Loss' },
  });
  expect(columns).toEqual(['Series', 'Epoch', 'Loss']);
  expect(rows).toEqual(points.map(({ x, y }) => ['Training loss', x, y]));
});

it('a chart with two axes says whose value it is; titles that it lacks have a name', () => {
  const series = [
    { label: 'loss', points: line(1) },
    { label: 'accuracy', points: line(2), axis: 'y2' as const },
  ];
  expect(chartTable({ series, x: {}, y: { title: 'Loss' }, y2: { title: 'Accuracy' } })).toEqual({
    columns: ['Series', 'x', 'Axis', 'Value'],
    rows: [
      ['loss', 1, 'Loss', 0],
      ['accuracy', 1, 'Accuracy', 0],
      ['accuracy', 2, 'Accuracy', 0.5],
    ],
  });
  expect(chartTable({ series: [{ label: 'a', points: line(1) }], x: {}, y: {} }).columns).toEqual([
    'Series',
    'x',
    'Value',
  ]);
});
