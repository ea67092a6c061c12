import * as figures from '../display/figure-text.js';
import type { Notation } from '../display/notation.js';
import type { Estimated } from '../vocabulary/numbers.js';
import { count, duration, percent } from './output.js';

export { NONE, NOT_DEFINED } from '../display/figure-text.js';

/** How the command line writes what tables hold, whatever the locale. */
export const TERMINAL: Notation = {
  integer: count,
  decimal: (value, places) => value.toFixed(places),
  percent,
  duration,
  date: dateText,
};

/** "87.2 % [82.7, 91.0]": a share with its 95 % interval. */
export const shareText = (estimated: Estimated | undefined): string => figures.shareText(estimated, TERMINAL);

/** "0.914 [0.870, 0.951]". */
export const aucText = (estimated: Estimated | undefined): string => figures.aucText(estimated, TERMINAL);

const two = (value: number): string => String(value).padStart(2, '0');

/** "2026-11-01 14:32" in the machine's own zone. */
function dateText(iso: string): string {
  const time = new Date(iso);
  const day = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  return `${day} ${two(time.getHours())}:${two(time.getMinutes())}`;
}
