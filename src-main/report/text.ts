import { shareText } from '../headline.js';
import { count } from '../number-text.js';
import type { Estimate } from '../vocabulary/diagnostics.js';
import type { HeadlineFigure } from '../vocabulary/headline.js';

/* Figures as a report writes them: one way for each kind of number, whatever the locale. */

export { count, shareText };

type Ends = readonly [number, number] | null;

export const NONE = '–';

const points = (share: number): string => (100 * share).toFixed(1);

/** "26.2 % [13.9, 42.0]" */
export function shareWithInterval(value: number, ends: Ends): string {
  if (!Number.isFinite(value)) return NONE;
  return ends === null ? shareText(value) : `${shareText(value)} [${ends.map(points).join(', ')}]`;
}

/** "0.741 [0.650, 0.830]" */
export function areaWithInterval(value: number, ends: Ends): string {
  if (!Number.isFinite(value)) return NONE;
  return ends === null ? value.toFixed(3) : `${value.toFixed(3)} [${ends.map((end) => end.toFixed(3)).join(', ')}]`;
}

/** "26.2 % [13.9, 42.0]", "90.0 %, no interval", "not defined: no image of class 3 in the test part" */
export function estimateText({ value, interval, missing }: Estimate, format: HeadlineFigure['format']): string {
  if (value === null) return missing === null ? NONE : `not defined: ${missing}`;
  const text = (format === 'share' ? shareWithInterval : areaWithInterval)(value, interval);
  return interval === null ? `${text}, no interval` : text;
}

/** A number of the majority vote. */
export function voteText(value: number | null, format: HeadlineFigure['format']): string {
  if (value === null) return NONE;
  return format === 'share' ? shareText(value) : value.toFixed(3);
}

/** "1 image", "4 images" */
export function plural(number: number, one: string, many = `${one}s`): string {
  return `${count(number)} ${number === 1 ? one : many}`;
}

/** "2026-11-26 06:40 UTC" */
export function timeText(iso: string): string {
  const time = new Date(iso);
  return Number.isNaN(time.getTime()) ? NONE : `${time.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** 4000 → "1 h 07 min"; 75 → "1 min 15 s"; 4.2 → "4 s" */
export function durationText(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const pad = (value: number): string => String(value).padStart(2, '0');
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${pad(whole % 60)} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${pad(minutes % 60)} min`;
}

/** 546310 → "546 kB" */
export function bytesText(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  return bytes < 1e6 ? `${count(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
