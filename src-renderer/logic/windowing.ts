/** The rows of a long list that have to be in the document: [first, end). */
export interface RowWindow {
  readonly first: number;
  readonly end: number;
  /** Heights in pixels of what is left out above and below. */
  readonly above: number;
  readonly below: number;
}

export function rowWindow(
  count: number,
  rowHeight: number,
  scrollTop: number,
  viewHeight: number,
  overscan = 8,
): RowWindow {
  const visible = Math.ceil(Math.max(0, viewHeight) / rowHeight) + 1;
  const lastFirst = Math.max(0, count - visible);
  const top = Math.min(lastFirst, Math.max(0, Math.floor(scrollTop / rowHeight)));
  const first = Math.max(0, top - overscan);
  const end = Math.min(count, top + visible + overscan);
  return { first, end, above: first * rowHeight, below: (count - end) * rowHeight };
}

/** Scroll position that shows `row` fully, moving as little as possible. */
export function scrollToShow(row: number, rowHeight: number, scrollTop: number, viewHeight: number): number {
  const top = row * rowHeight;
  if (top < scrollTop) return top;
  if (top + rowHeight > scrollTop + viewHeight) return top + rowHeight - viewHeight;
  return scrollTop;
}
