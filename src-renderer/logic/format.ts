import type { Preferences } from '../../src-main/ipc/contract.js';

/**
 * Numbers, times and sizes as text. Never by the locale of the machine, so that a screenshot and a paper show the same digits:
 * as 1,234.5 unless the user prefers other signs. Missing and non-finite values are an em dash.
 */
export const NONE = '—';
const THIN = '\u202f';

interface Signs {
  readonly group: string;
  readonly decimal: string;
}
const SIGNS: { readonly [notation in Preferences['numbers']]: Signs } = {
  'comma-point': { group: ',', decimal: '.' },
  'point-comma': { group: '.', decimal: ',' },
  'space-point': { group: THIN, decimal: '.' },
  'space-comma': { group: THIN, decimal: ',' },
};
let signs = SIGNS['comma-point'];

/** Every number that is written from here on has these signs. */
export function writeNumbers(notation: Preferences['numbers']): void {
  signs = SIGNS[notation];
}

/** 1234.5 as each notation writes it, to choose from. */
export const NOTATIONS = (Object.entries(SIGNS) as [Preferences['numbers'], Signs][]).map(
  ([notation, { group, decimal }]) => ({ notation, example: `1${group}234${decimal}5` }),
);

const known = (value: number | null | undefined): value is number =>
  typeof value === 'number' && Number.isFinite(value);

/** "26.2 % [13.9, 42.0]" that breaks into lines before its interval only. */
export const unbroken = (text: string): string =>
  text.replace(/\[[^\]]*\]/g, (interval) => interval.replaceAll(' ', '\u00a0'));

/** 72498 → "72,498". */
export function integer(value: number | null | undefined): string {
  if (!known(value)) return NONE;
  const digits = String(Math.abs(Math.round(value))).replace(/\B(?=(\d{3})+$)/g, signs.group);
  return Math.round(value) < 0 ? `−${digits}` : digits;
}

/** 342000 → "342 k", 1123000 → "1.12 M": three significant digits, trailing zeros dropped. */
export function compact(value: number | null | undefined): string {
  if (!known(value)) return NONE;
  const size = Math.abs(value);
  if (size < 1000) return decimal(value, size >= 100 || Number.isInteger(value) ? 0 : 1);
  const [unit, name] = size < 999_500 ? [1e3, 'k'] : size < 999_500_000 ? [1e6, 'M'] : [1e9, 'G'];
  const scaled = value / unit;
  const places = Math.abs(scaled) >= 99.95 ? 0 : Math.abs(scaled) >= 9.995 ? 1 : 2;
  return `${trimZeros(decimal(scaled, places))}${THIN}${name}`;
}

const trimZeros = (text: string): string => (text.includes(signs.decimal) ? text.replace(/[.,]?0+$/, '') : text);

/** Fixed number of decimal places; −0 is 0. */
export function decimal(value: number | null | undefined, places: number): string {
  if (!known(value)) return NONE;
  const text = Math.abs(value).toFixed(places);
  const written = text.replace('.', signs.decimal);
  return value < 0 && Number(text) !== 0 ? `−${written}` : written;
}

/** 0.8634 → "86.3 %". */
export function percent(value: number | null | undefined, places = 1): string {
  return known(value) ? `${decimal(value * 100, places)}${THIN}%` : NONE;
}

/** A probability in a dense table: exact 0 stays "0", so that what was pruned is seen; 1 is "1". */
export function probability(value: number | null | undefined): string {
  if (!known(value)) return NONE;
  if (value === 0) return '0';
  if (value === 1) return '1';
  const text = value < 0.005 ? '<.01' : value > 0.995 ? '>.99' : value.toFixed(2).replace(/^0/, '');
  return text.replace('.', signs.decimal);
}

/** Bytes in powers of 1000: "556 kB", "14.2 MB". */
export function bytes(value: number | null | undefined): string {
  if (!known(value)) return NONE;
  if (value < 1000) return `${integer(value)}${THIN}B`;
  return `${compact(value)}B`;
}

/** Length of time. Never negative: a clock set back shows 0, not "−3 h". */
export function duration(seconds: number | null | undefined): string {
  if (!known(seconds)) return NONE;
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole}${THIN}s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes}${THIN}min ${two(whole % 60)}${THIN}s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours}${THIN}h ${two(minutes % 60)}${THIN}min`;
  return `${Math.floor(hours / 24)}${THIN}d ${hours % 24}${THIN}h`;
}

/** An estimate: "under a minute", "about 4 min", "about 2 h 40 min". */
export function roughDuration(seconds: number | null | undefined): string {
  if (!known(seconds)) return NONE;
  if (seconds < 45) return 'under a minute';
  const minutes = Math.max(1, Math.round(seconds / 60));
  if (minutes < 60) return `about ${minutes}${THIN}min`;
  const tens = Math.round(seconds / 600);
  if (tens < 60) {
    const rest = (tens % 6) * 10;
    return `about ${Math.floor(tens / 6)}${THIN}h${rest > 0 ? ` ${rest}${THIN}min` : ''}`;
  }
  const hours = seconds / 3600;
  return hours < 48 ? `about ${Math.round(hours)}${THIN}h` : `about ${Math.round(hours / 24)}${THIN}days`;
}

const two = (value: number): string => String(value).padStart(2, '0');

/** Clock time of the machine's own zone: "14:32". */
export const clock = (time: Date): string => `${two(time.getHours())}:${two(time.getMinutes())}`;

const day = (time: Date): string => `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;

/** Clock time of an end that lies ahead: "14:32", "tomorrow 02:10", "2026-11-03 08:00". */
export function clockOfEnd(secondsLeft: number | null | undefined, now: Date): string {
  if (!known(secondsLeft)) return NONE;
  const end = new Date(now.getTime() + Math.max(0, secondsLeft) * 1000);
  if (day(end) === day(now)) return clock(end);
  const tomorrow = new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1);
  return day(end) === day(tomorrow) ? `tomorrow ${clock(end)}` : `${day(end)} ${clock(end)}`;
}

/** ISO 8601 → "2026-11-01 14:32" in the machine's own zone. */
export function dateTime(iso: string | null | undefined): string {
  if (!iso) return NONE;
  const time = new Date(iso);
  return Number.isNaN(time.getTime()) ? NONE : `${day(time)} ${clock(time)}`;
}

/** "1 run", "4 runs". */
export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${integer(count)} ${count === 1 ? one : many}`;
