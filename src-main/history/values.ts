import type { Row, Value } from './database.js';

export { fromJsonText as toJson, toJsonText as fromJson } from '../json-numbers.js';

/** How numbers, lists and JSON are kept in columns, so that what is read is bit for bit what was written. */

/** SQLite turns NaN into NULL, which means "has none" here; so NaN is the text 'NaN'. */
export function fromNumber(value: number | null): Value {
  return value === null ? null : Number.isNaN(value) ? 'NaN' : value;
}

export function toNumber(value: Value | undefined): number | null {
  if (value === null || value === undefined) return null;
  return value === 'NaN' ? NaN : Number(value);
}

/** For columns that are NOT NULL. */
export function toNumberAlways(value: Value | undefined): number {
  const number = toNumber(value);
  if (number === null) throw new TypeError('a column that is never NULL was NULL');
  return number;
}

/** Little-endian float64, whatever the machine. */
export function fromNumbers(values: readonly number[] | null): Uint8Array | null {
  if (values === null) return null;
  const view = new DataView(new ArrayBuffer(values.length * 8));
  values.forEach((value, index) => view.setFloat64(index * 8, value, true));
  return new Uint8Array(view.buffer);
}

export function toNumbers(value: Value | undefined): number[] | null {
  if (!(value instanceof Uint8Array)) return null;
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
  return Array.from({ length: value.byteLength >> 3 }, (_, index) => view.getFloat64(index * 8, true));
}

export function text(row: Row, column: string): string {
  const value = row[column];
  if (typeof value !== 'string') throw new TypeError(`column ${column} holds no text`);
  return value;
}

export function textOrNull(row: Row, column: string): string | null {
  return row[column] === null ? null : text(row, column);
}

export function count(row: Row, column: string): number {
  const value = row[column];
  if (typeof value !== 'number') throw new TypeError(`column ${column} holds no number`);
  return value;
}
