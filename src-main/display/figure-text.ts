import type { Estimated } from '../vocabulary/numbers.js';
import type { Notation } from './notation.js';

/** Where there is nothing to show. */
export const NONE = '—';

/** What a figure is called that has no images to be measured on. */
export const NOT_DEFINED = 'not defined';

/** "87.2 % [82.7, 91.0]": a share with its 95 % interval. */
export function shareText(estimated: Estimated | undefined, { percent, decimal }: Notation): string {
  return withInterval(estimated, percent, (end) => decimal(100 * end, 1));
}

/** "0.914 [0.870, 0.951]": an AUC with its 95 % interval. */
export function aucText(estimated: Estimated | undefined, { decimal }: Notation): string {
  const text = (value: number): string => decimal(value, 3);
  return withInterval(estimated, text, text);
}

function withInterval(
  estimated: Estimated | undefined,
  text: (value: number) => string,
  end: (value: number) => string,
): string {
  if (!estimated) return NONE;
  const { value, interval } = estimated;
  if (!Number.isFinite(value)) return NOT_DEFINED;
  return interval === null ? text(value) : `${text(value)} [${interval.map(end).join(', ')}]`;
}
