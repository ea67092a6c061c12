import type { Estimated } from '../vocabulary/numbers.js';
import { percent } from './output.js';

/** How tables show figures; the window shows them alike. */
export const NONE = '—';

/** What a figure is called that has no images to be measured on. */
export const NOT_DEFINED = 'not defined';

/** "87.2 % [82.7, 91.0]": a share with its 95 % interval. */
export function shareText(estimated: Estimated | undefined): string {
  return withInterval(estimated, percent, (end) => (100 * end).toFixed(1));
}

/** "0.914 [0.870, 0.951]". */
export function aucText(estimated: Estimated | undefined): string {
  const text = (value: number): string => value.toFixed(3);
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

const two = (value: number): string => String(value).padStart(2, '0');

/** "2026-11-01 14:32" in the machine's own zone, as in the window. */
export function dateText(iso: string): string {
  const time = new Date(iso);
  const day = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  return `${day} ${two(time.getHours())}:${two(time.getMinutes())}`;
}
