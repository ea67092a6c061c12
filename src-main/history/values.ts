import { isProcessIdentity, type ProcessIdentity } from '../process-identity.js';
import type { Row, Value } from './database.js';
import { parseStored } from './stored-json.js';
import type { Stored, storedSchemas } from './stored-schemas.js';

export { toJsonText as fromJson } from '../json-numbers.js';

type StoredKind = keyof typeof storedSchemas;

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

/** A row that holds what this version cannot read. `explain` (`errors.ts`) makes an error for the user of it. */
export class UnreadableRow extends Error {
  /** The run that the row belongs to, null when it does not say. */
  readonly run: number | null;

  constructor(row: Row, column: string, problem: string) {
    super(`${column}: ${problem}`);
    this.run = typeof row['run'] === 'number' ? row['run'] : null;
  }
}

export function text(row: Row, column: string): string {
  const value = row[column];
  if (typeof value !== 'string') throw new UnreadableRow(row, column, 'it holds no text');
  return value;
}

export function textOrNull(row: Row, column: string): string | null {
  return row[column] === null ? null : text(row, column);
}

/** A text that is one of `words`. */
export function word<T extends string>(row: Row, column: string, words: readonly T[]): T {
  const found = text(row, column);
  const known = words.find((candidate) => candidate === found);
  if (known === undefined) throw new UnreadableRow(row, column, `"${found}" is none of ${words.join(', ')}`);
  return known;
}

export function count(row: Row, column: string): number {
  const value = row[column];
  if (typeof value !== 'number') throw new UnreadableRow(row, column, 'it holds no number');
  return value;
}

/** A number that is one of `numbers`. */
export function oneOf<const T extends number>(row: Row, column: string, numbers: readonly T[]): T {
  const found = count(row, column);
  const known = numbers.find((candidate) => candidate === found);
  if (known === undefined) throw new UnreadableRow(row, column, `${found} is none of ${numbers.join(', ')}`);
  return known;
}

/** A list of texts, as JSON. */
export function texts(row: Row, column: string): readonly string[] {
  const list = json(text(row, column));
  const isList = Array.isArray(list) && list.every((item): item is string => typeof item === 'string');
  if (!isList) throw new UnreadableRow(row, column, 'it does not contain a list of texts');
  return list;
}

/** The process that a column names; null when it names none that could be alive. */
export function processOf(row: Row, column: string): ProcessIdentity | null {
  const identity = row[column] === null ? null : json(text(row, column));
  return isProcessIdentity(identity) ? identity : null;
}

/** What a column holds as JSON, through its schema. */
export function stored<K extends StoredKind>(row: Row, column: string, as: K): Stored<K> {
  const parsed = parseStored(as, text(row, column));
  if ('problem' in parsed) throw new UnreadableRow(row, column, parsed.problem);
  return parsed.value;
}

export function storedOrNull<K extends StoredKind>(row: Row, column: string, as: K): Stored<K> | null {
  return row[column] === null ? null : stored(row, column, as);
}

function json(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return null;
  }
}
