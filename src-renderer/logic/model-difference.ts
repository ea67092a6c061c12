import type { PairedFigure } from '../../src-main/ipc/contract.js';
import { decimal } from './format.js';

/** "+3.2 [−1.3, +7.7] points", of an AUC "+0.032 [−0.013, +0.077]"; or why there is none. */
export function differenceText({ figure, difference, interval, missing }: PairedFigure): string {
  if (difference === null) return `not defined: ${missing}`;
  const text = (value: number): string => (figure === 'auc' ? signed(value, 3) : signed(100 * value, 1));
  const unit = figure === 'auc' ? '' : ' points';
  if (interval === null) return `${text(difference)}${unit}, ${missing}`;
  return `${text(difference)} [${interval.map(text).join(', ')}]${unit}`;
}

function signed(value: number, places: number): string {
  const text = decimal(value, places);
  return Number(value.toFixed(places)) > 0 ? `+${text}` : text;
}

export const pValueText = (value: number): string => (value < 0.001 ? '< 0.001' : `= ${decimal(value, 3)}`);

/** Differences smaller than this need not fill the picture. */
const LEAST_REACH = 0.05;

/** To either side of 0, so that every interval is inside. */
export function differenceAxis(figures: readonly PairedFigure[]): number {
  const ends = figures.flatMap(({ difference, interval }) => interval ?? (difference === null ? [] : [difference]));
  return 1.06 * Math.max(LEAST_REACH, ...ends.map(Math.abs));
}
