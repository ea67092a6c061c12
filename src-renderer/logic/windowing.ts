/** The rows of a long list that have to be in the document: [first, end). */
export interface RowWindow {
  readonly first: number;
  readonly end: number;
  /** Heights in pixels of what is left out above and below. */
  readonly above: number;
  readonly below: number;
}

const OVERSCAN = 6;
const rowsInView = (rowHeight: number, viewHeight: number): number =>
  Math.ceil(Math.max(0, viewHeight) / rowHeight) + 1;

/** Most rows that a window of this height ever has. */
export const poolSize = (rowHeight: number, viewHeight: number): number =>
  rowsInView(rowHeight, viewHeight) + 2 * OVERSCAN;

export function rowWindow(count: number, rowHeight: number, scrollTop: number, viewHeight: number): RowWindow {
  const visible = rowsInView(rowHeight, viewHeight);
  const lastFirst = Math.max(0, count - visible);
  const top = Math.min(lastFirst, Math.max(0, Math.floor(scrollTop / rowHeight)));
  const first = Math.max(0, top - OVERSCAN);
  const end = Math.min(count, top + visible + OVERSCAN);
  return { first, end, above: first * rowHeight, below: (count - end) * rowHeight };
}

/** Scroll position that shows `row` fully, moving as little as possible. */
export function scrollToShow(row: number, rowHeight: number, scrollTop: number, viewHeight: number): number {
  const top = row * rowHeight;
  if (top < scrollTop) return top;
  if (top + rowHeight > scrollTop + viewHeight) return top + rowHeight - viewHeight;
  return scrollTop;
}
