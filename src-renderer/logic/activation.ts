import type { ActivationMaps } from '../../src-main/ipc/contract.js';

/** A map of one label, brought to more places. */
export type Picture = Float32Array;

/** Bilinear between the middles of the map's places. @returns size × size values, row by row */
export function enlarged(map: readonly number[], { height, width }: Shape, size: number): Picture {
  const along = (at: number, places: number): { from: number; to: number; share: number } => {
    const middle = Math.min(places - 1, Math.max(0, ((at + 0.5) * places) / size - 0.5));
    const from = Math.floor(middle);
    return { from, to: Math.min(places - 1, from + 1), share: middle - from };
  };
  const picture = new Float32Array(size * size);
  for (let y = 0; y < size; y++) {
    const row = along(y, height);
    for (let x = 0; x < size; x++) {
      const column = along(x, width);
      const inRow = (r: number): number => {
        const [a, b] = [map[r * width + column.from] ?? 0, map[r * width + column.to] ?? 0];
        return a + (b - a) * column.share;
      };
      const [a, b] = [inRow(row.from), inRow(row.to)];
      picture[y * size + x] = a + (b - a) * row.share;
    }
  }
  return picture;
}

type Shape = Pick<ActivationMaps, 'height' | 'width'>;

/** The strongest evidence of any label, for or against, so that all pictures of an image have one scale. */
export function strongest({ maps }: ActivationMaps): number {
  return Math.max(...maps.flat().map(Math.abs));
}

const ROWS = ['upper', 'middle', 'lower'] as const;
const COLUMNS = ['left', 'centre', 'right'] as const;

/** Where the most evidence for a label lies, for those who do not see the picture: "upper left", "centre". */
export function strongestPlace(map: readonly number[], { height, width }: Shape): string {
  const at = map.indexOf(Math.max(...map));
  const third = (place: number, places: number): 0 | 1 | 2 =>
    Math.min(2, Math.floor((3 * (place + 0.5)) / places)) as 0 | 1 | 2;
  const [row, column] = [ROWS[third(Math.floor(at / width), height)], COLUMNS[third(at % width, width)]];
  return row === 'middle' ? (column === 'centre' ? 'centre' : `middle ${column}`) : `${row} ${column}`;
}
