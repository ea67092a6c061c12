import { readFile, stat } from 'node:fs/promises';
import { parse, type CsvError, type Options, type Parser } from 'csv-parse';
import { parse as parseAtOnce } from 'csv-parse/sync';
import type { Delimiter, Encoding, ImportChoices } from '../../../vocabulary/import-plan.js';
import { fileErrorCode } from '../../../file-errors.js';
import { formatBytes, refusal } from '../../refusal.js';
import { decodeText, type DecodedText } from './encoding.js';
import { isMissing, numberOf } from './values.js';

const MOST_BYTES = 256 * 1024 * 1024;
const SAMPLE_CHARACTERS = 1024 * 1024;
const SAMPLE_RECORDS = 2000;
const PIECE_CHARACTERS = 256 * 1024;
const DELIMITERS: readonly Delimiter[] = [',', ';', '\t', '|'];
const IMAGE_NAME = /\.(png|jpe?g|tiff?|bmp|webp|dcm|dicom)$/i;

/** A table whose way of writing is known; its rows are not read yet. */
export interface Table {
  readonly path: string;
  readonly encoding: Encoding;
  readonly byteOrderMark: boolean;
  readonly undefinedBytes: number;
  readonly delimiter: Delimiter;
  readonly header: boolean;
  readonly names: readonly string[];
  /** What was done to the header, a sentence each. */
  readonly headerNotes: readonly string[];
  /** The first rows of data that are not empty, as many cells as they have. */
  readonly sample: readonly (readonly string[])[];
  /** Positions of columns whose numbers have a decimal comma. */
  readonly decimalComma: readonly number[];
  readonly text: string;
  /** Characters before the first record (`sep=;`). */
  readonly start: number;
}

export interface TableRow {
  /** As a spreadsheet numbers it: the first row of the file is 1, a header and empty rows count. */
  readonly number: number;
  /** The columns that were asked for, in that order; without a cell in the row: ''. */
  readonly cells: readonly string[];
  /** It has more cells than there are columns. */
  readonly uneven: boolean;
}

export interface TableRows {
  readonly rows: readonly TableRow[];
  readonly emptyRows: number;
}

/**
 * Finds out how a text file is written: encoding, delimiter, header, decimal commas.
 * @param reading what the person says of it instead
 * @throws UserError `table-missing`, `table-unreadable`, `table-too-large`, `table-empty`, `table-workbook`, `table-not-text`, `table-quote`
 */
export async function openTable(path: string, reading: ImportChoices['reading']): Promise<Table> {
  const bytes = await readBytes(path);
  refuseWorkbook(path, bytes);
  const decoded = decodeText(bytes, reading.encoding);
  const { text } = decoded;
  requireText(path, text);
  const named = /^sep=([,;\t|])\r?\n/i.exec(text);
  const start = named?.[0].length ?? 0;
  const beginning = beginningOf(text, start);
  const delimiter =
    reading.delimiter ?? (named?.[1] as Delimiter | undefined) ?? findDelimiter(beginning) ?? (',' as const);
  let records: string[][];
  try {
    records = parseAtOnce(beginning, { ...optionsFor(delimiter), to: SAMPLE_RECORDS + 1 });
  } catch (error) {
    throw unreadableRow(path, error);
  }
  const filled = records.filter((record) => !isEmptyRecord(record));
  if (filled.length === 0)
    throw refusal('table-empty', path, 'the table has no rows', 'Give a table with one row per image');
  const header = reading.header ?? looksLikeHeader(filled[0]!, filled.slice(1));
  const data = header ? filled.slice(1) : filled;
  const { names, notes } = nameColumns(header ? filled[0]! : null, data);
  const decimalComma = [...names.keys()].filter((i) => hasDecimalComma(data.map((record) => record[i] ?? '')));
  const { encoding, byteOrderMark, undefinedBytes }: DecodedText = decoded;
  const sample = data.slice(0, SAMPLE_RECORDS);
  return {
    path,
    encoding,
    byteOrderMark,
    undefinedBytes,
    delimiter,
    header,
    names,
    headerNotes: notes,
    sample,
    decimalComma,
    text,
    start,
  };
}

/**
 * Reads the rows of a table.
 * @param columns positions of the columns that are kept
 * @throws UserError `table-quote`
 */
export async function readRows(table: Table, columns: readonly number[], signal?: AbortSignal): Promise<TableRows> {
  const rows: TableRow[] = [];
  let emptyRows = 0;
  let number = table.start > 0 ? 1 : 0;
  let headerAhead = table.header;
  const onRecord = (record: string[]): null => {
    number++;
    if (isEmptyRecord(record)) emptyRows++;
    else if (headerAhead) headerAhead = false;
    else {
      const uneven =
        record.length > table.names.length && record.slice(table.names.length).some((cell) => cell.trim() !== '');
      rows.push({ number, cells: columns.map((column) => record[column] ?? ''), uneven });
    }
    return null;
  };
  const parser = parse({ ...optionsFor(table.delimiter), on_record: onRecord });
  await feed(parser, table, signal);
  return { rows, emptyRows };
}

/** In pieces, so that the event loop gets a turn between them. */
async function feed(parser: Parser, { text, start, path }: Table, signal?: AbortSignal): Promise<void> {
  try {
    await new Promise<void>((done, failed) => {
      parser.on('error', failed).on('end', done).resume();
      let at = start;
      const next = (): void => {
        if (signal?.aborted === true) return void parser.destroy(signal.reason as Error);
        if (at >= text.length) return void parser.end();
        const piece = text.slice(at, at + PIECE_CHARACTERS);
        at += PIECE_CHARACTERS;
        parser.write(piece, (error) => error ?? setImmediate(next));
      };
      next();
    });
  } catch (error) {
    signal?.throwIfAborted();
    throw unreadableRow(path, error);
  }
}

function optionsFor(delimiter: Delimiter): Options {
  return {
    delimiter,
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: false,
  };
}

async function readBytes(path: string): Promise<Uint8Array> {
  try {
    const { size, ...information } = await stat(path).then((found) => ({ size: found.size, regular: found.isFile() }));
    if (!information.regular)
      throw refusal('table-unreadable', path, 'this is not a file', 'Give the path of a text file');
    if (size > MOST_BYTES) {
      const wrong = `the table has ${formatBytes(size)}; at most ${formatBytes(MOST_BYTES)} can be read`;
      throw refusal('table-too-large', path, wrong, 'Keep only the necessary columns');
    }
    return await readFile(path);
  } catch (error) {
    const code = fileErrorCode(error);
    if (code === undefined) throw error;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ERR_INVALID_ARG_VALUE') {
      throw refusal('table-missing', path, 'there is no such file', 'Check the path to the table', error);
    }
    throw refusal('table-unreadable', path, `the table cannot be read (${code})`, 'Check its permissions', error);
  }
}

const WORKBOOKS: readonly (readonly number[])[] = [
  [0x50, 0x4b, 0x03, 0x04],
  [0xd0, 0xcf, 0x11, 0xe0],
];

function refuseWorkbook(path: string, bytes: Uint8Array): void {
  if (!WORKBOOKS.some((starts) => starts.every((byte, i) => bytes[i] === byte))) return;
  const wrong = 'this is a spreadsheet workbook, not a text file';
  throw refusal('table-workbook', path, wrong, 'Save the sheet as CSV and use that file');
}

function requireText(path: string, text: string): void {
  if (text.slice(0, SAMPLE_CHARACTERS).includes('\0')) {
    const wrong = 'this is not a text file: it contains zero bytes';
    throw refusal('table-not-text', path, wrong, 'Save the table as CSV, preferably in UTF-8');
  }
  if (text.trim() === '') {
    throw refusal('table-empty', path, 'the table is empty', 'Give a table with one row per image');
  }
}

function beginningOf(text: string, start: number): string {
  if (text.length - start <= SAMPLE_CHARACTERS) return text.slice(start);
  const piece = text.slice(start, start + SAMPLE_CHARACTERS);
  return piece.slice(0, Math.max(piece.lastIndexOf('\n'), piece.lastIndexOf('\r')) + 1 || piece.length);
}

/** The one that divides most rows into as many columns as the most usual number, at least two; of several the one with most columns. */
function findDelimiter(text: string): Delimiter | null {
  let best: { delimiter: Delimiter; even: number; columns: number } | null = null;
  for (const delimiter of DELIMITERS) {
    const records = parseOrNothing(text, delimiter).filter((record) => !isEmptyRecord(record));
    const columns = mostFrequent(records.map(({ length }) => length));
    if (columns < 2 || records[0]!.length < 2) continue;
    const even = records.filter(({ length }) => length === columns).length / records.length;
    if (best === null || even > best.even + 0.02 || (even > best.even - 0.02 && columns > best.columns)) {
      best = { delimiter, even, columns };
    }
  }
  return best?.delimiter ?? null;
}

function parseOrNothing(text: string, delimiter: Delimiter): string[][] {
  try {
    return parseAtOnce(text, { ...optionsFor(delimiter), to: 200 });
  } catch {
    return [];
  }
}

function mostFrequent(values: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].reduce((best, entry) => (entry[1] > best[1] ? entry : best), [0, 0])[0];
}

const isEmptyRecord = (record: readonly string[]): boolean => record.every((cell) => cell.trim() === '');

/** The first row names the columns unless it has a number, a name of an image, or a cell that stands further down in its column too. */
function looksLikeHeader(first: readonly string[], rest: readonly (readonly string[])[]): boolean {
  return !first.some((cell, column) => {
    if (numberOf(cell) !== null || IMAGE_NAME.test(cell.trim())) return true;
    return cell.trim() !== '' && rest.some((record) => record[column] === cell);
  });
}

function nameColumns(
  header: readonly string[] | null,
  data: readonly (readonly string[])[],
): { names: string[]; notes: string[] } {
  const notes: string[] = [];
  const width = mostFrequent(data.map(({ length }) => length));
  let given = header === null ? new Array<string>(width).fill('') : header.map((name) => name.trim().normalize('NFC'));
  const joined = joinBrackets(given);
  if (header !== null && joined.length < given.length) {
    if (joined.length === width) given = joined;
    else notes.push('a comma inside a name in the header separates two columns, as in the rows');
  }
  if (header !== null && given.length === width - 1 && data.some((record) => (record[width - 1] ?? '').trim() !== '')) {
    given = ['', ...given];
    notes.push('the header has one name fewer than the rows have cells: the first column has no name');
  }
  const used = new Set<string>();
  const names = given.map((name, i) => {
    const usable = name === '' ? `column ${i + 1}` : used.has(name) ? `${name} (column ${i + 1})` : name;
    used.add(usable);
    return usable;
  });
  return { names, notes };
}

/** `Size[x` and `y]` are one name with a comma. */
function joinBrackets(names: readonly string[]): string[] {
  const joined: string[] = [];
  let open = false;
  for (const name of names) {
    if (open) joined.push(`${joined.pop()!},${name}`);
    else joined.push(name);
    const last = joined.at(-1)!;
    open = last.lastIndexOf('[') > last.lastIndexOf(']') || last.lastIndexOf('(') > last.lastIndexOf(')');
  }
  return open ? [...names] : joined;
}

function hasDecimalComma(cells: readonly string[]): boolean {
  const filled = cells.filter((cell) => !isMissing(cell));
  return (
    filled.some((cell) => cell.includes(',')) && filled.every((cell) => numberOf(cell) !== null && !cell.includes('.'))
  );
}

function unreadableRow(path: string, error: unknown): unknown {
  const { code, lines } = error as Partial<CsvError> & { lines?: number };
  if (code === undefined) return error;
  const where = lines === undefined ? '' : ` (line ${lines})`;
  const wrong =
    code === 'CSV_QUOTE_NOT_CLOSED'
      ? `a quotation mark is opened and never closed${where}`
      : `a row cannot be read${where}: ${code}`;
  return refusal('table-quote', path, wrong, 'Correct the row, or save the table as CSV again', error);
}
