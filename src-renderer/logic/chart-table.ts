import type { FigureTable } from '../../src-main/ipc/contract.js';

interface Point {
  readonly x: number;
  readonly y: number;
}

/** What of a chart its table needs. */
export interface TabledChart {
  readonly series: readonly {
    readonly label: string;
    readonly points: readonly Point[];
    /** All points, where there are more than can be drawn. Default: `points`. */
    readonly all?: () => readonly Point[];
    readonly axis?: 'y' | 'y2';
  }[];
  readonly x: { readonly title?: string };
  readonly y: { readonly title?: string };
  readonly y2?: { readonly title?: string } | undefined;
}

/** Every point of every series, a row each, also those that are too many to be drawn. */
export function chartTable({ series, x, y, y2 }: TabledChart): FigureTable {
  const right = series.some(({ axis }) => axis === 'y2');
  const value = y.title ?? 'Value';
  return {
    columns: ['Series', x.title ?? 'x', ...(right ? [] : [value]), ...(right ? ['Axis', 'Value'] : [])],
    rows: series.flatMap(({ label, points, all, axis }) =>
      (all?.() ?? points).map((point) => [
        label,
        point.x,
        ...(right ? [(axis === 'y2' ? y2?.title : undefined) ?? value] : []),
        point.y,
      ]),
    ),
  };
}
