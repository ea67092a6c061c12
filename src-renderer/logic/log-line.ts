import type { EpochRecord } from '../../src-main/ipc/contract.js';
import { decimal, integer, percent } from './format.js';

export interface LogLine {
  /** "14:32:10" in the machine's own zone; empty when the line does not say. */
  readonly time: string;
  readonly level: string;
  readonly text: string;
}

const two = (value: number): string => String(value).padStart(2, '0');
export const clockWithSeconds = (time: Date): string =>
  `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;

/** Four decimals are what an eye compares; the file keeps them all. */
const shorten = (text: string): string => text.replace(/(\d\.\d{4})\d+/g, '$1');

/** A line of the log file: `2026-11-24T07:46:37.831Z info    epoch 6: …`. */
export function parseLogLine(line: string): LogLine {
  const match = /^(\d{4}-\d\d-\d\dT\S+Z) (\w+)\s+(.*)$/.exec(line);
  if (!match) return { time: '', level: 'info', text: shorten(line) };
  const [, time = '', level = 'info', text = ''] = match;
  return { time: clockWithSeconds(new Date(time)), level, text: shorten(text) };
}

/** What the log says of an epoch, while it is not read from the file yet. */
export const epochLine = (record: EpochRecord): string =>
  `epoch ${record.epoch} (seed ${record.seed}): training loss ${decimal(record.loss, 4)}, ` +
  `training accuracy ${percent(record.accuracy)}, ` +
  (record.validationAccuracy === null ? '' : `validation accuracy ${percent(record.validationAccuracy)}, `) +
  `${integer(record.imagesPerSecond)} images/s, ${decimal(record.seconds, 2)} s`;
