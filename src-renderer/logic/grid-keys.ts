export interface GridPlace {
  readonly row: number;
  readonly column: number;
}

/** Where a key of the grid pattern leads; null when the key is none of them. Stays inside the grid. */
export function moveInGrid(key: string, from: GridPlace, rows: number, columns: number): GridPlace | null {
  const to = (row: number, column: number): GridPlace => ({
    row: Math.min(rows - 1, Math.max(0, row)),
    column: Math.min(columns - 1, Math.max(0, column)),
  });
  switch (key) {
    case 'ArrowUp':
      return to(from.row - 1, from.column);
    case 'ArrowDown':
      return to(from.row + 1, from.column);
    case 'ArrowLeft':
      return to(from.row, from.column - 1);
    case 'ArrowRight':
      return to(from.row, from.column + 1);
    case 'Home':
      return to(from.row, 0);
    case 'End':
      return to(from.row, columns - 1);
    case 'PageUp':
      return to(0, from.column);
    case 'PageDown':
      return to(rows - 1, from.column);
    default:
      return null;
  }
}

/** The same for a list with one focused row; `page` rows a page. */
export function moveInList(key: string, from: number, rows: number, page: number): number | null {
  const to = (row: number): number => Math.min(rows - 1, Math.max(0, row));
  switch (key) {
    case 'ArrowUp':
      return to(from - 1);
    case 'ArrowDown':
      return to(from + 1);
    case 'PageUp':
      return to(from - page);
    case 'PageDown':
      return to(from + page);
    case 'Home':
      return to(0);
    case 'End':
      return to(rows - 1);
    default:
      return null;
  }
}
