import type { UserError } from '../../../errors.js';
import { refusal } from '../../refusal.js';
import type { Table, TableRow } from './read-table.js';
import { isMissing, numberOf } from './values.js';

/** Between the names of several columns that are chosen for the label. */
const BETWEEN = '|';
/** Columns of 0 and 1 beside each other are one label in several columns where so many rows have exactly one 1. */
const ONE_EACH = 0.9;
const FEWEST_COLUMNS = 2;
/** So many of them are offered also where rows have several or none. */
const FEWEST_OF_SEVERAL = 4;

/** Columns of 0 and 1 that together tell the label of an image, by the names with which they are chosen. */
export interface LabelColumns {
  /** Positions in the table, in its order. */
  readonly columns: readonly number[];
  /** Their names with `|` between them: what is chosen as the column of the label. */
  readonly choice: string;
  /** Nearly every row has exactly one 1: these columns look like the label. */
  readonly oneEach: boolean;
}

/**
 * The columns of 0 and 1 beside each other that may be one label: `MEL,NV,BCC,…` with a 1 in one of them.
 * @param taken columns that something else is proposed for
 */
export function findLabelColumns(
  { names, sample }: Pick<Table, 'names' | 'sample'>,
  taken: (column: number) => boolean,
): LabelColumns | null {
  const isBinary = names.map((name, column) => {
    const values = sample.map((row) => row[column] ?? '').filter((cell) => !isMissing(cell));
    return (
      !taken(column) && !name.includes(BETWEEN) && values.length > 0 && values.every((cell) => binaryOf(cell) !== null)
    );
  });
  let best: LabelColumns | null = null;
  for (let from = 0; from < names.length; from++) {
    if (!isBinary[from]) continue;
    let end = from;
    while (isBinary[end]) end++;
    const columns = Array.from({ length: end - from }, (_, i) => from + i);
    from = end;
    if (columns.length < FEWEST_COLUMNS) continue;
    const single = sample.filter((row) => onesOf(columns.map((column) => row[column] ?? '')).length === 1).length;
    const oneEach = single >= ONE_EACH * sample.length;
    if (!oneEach && columns.length < FEWEST_OF_SEVERAL) continue;
    const choice = columns.map((column) => names[column]!).join(BETWEEN);
    const better = best === null || (oneEach !== best.oneEach ? oneEach : columns.length > best.columns.length);
    if (better) best = { columns, choice, oneEach };
  }
  return best;
}

/** The names of several columns that a person chose for the label; null: it is one column. */
export function severalNamed({ names }: Table, wanted: string): readonly string[] | null {
  if (names.includes(wanted.trim().normalize('NFC')) || !wanted.includes(BETWEEN)) return null;
  const parts = wanted.split(BETWEEN).map((part) => part.trim());
  return parts.length < 2 || parts.includes('') ? null : parts;
}

/**
 * Makes one cell of several columns of 0 and 1: the names of those with a 1.
 * @param at position of the label among the cells of a row
 * @param columns names and positions among the cells
 * @throws UserError `import-label-columns`: a cell is neither 0 nor 1
 */
export function joinLabelColumns(
  rows: readonly TableRow[],
  at: number,
  columns: readonly { readonly name: string; readonly position: number }[],
  table: string,
): TableRow[] {
  return rows.map((row) => {
    const ones = columns.filter(({ name, position }) => {
      const cell = row.cells[position] ?? '';
      const value = isMissing(cell) ? 0 : binaryOf(cell);
      if (value === null) throw notBinary(table, row.number, name, cell);
      return value === 1;
    });
    const cells = [...row.cells];
    cells[at] = ones.map(({ name }) => name).join(BETWEEN);
    return { ...row, cells };
  });
}

function notBinary(table: string, row: number, name: string, cell: string): UserError {
  const wrong = `row ${String(row)} has “${cell.trim().slice(0, 40)}” in the column “${name}”, which is neither 0 nor 1`;
  return refusal(
    'import-label-columns',
    table,
    wrong,
    'Choose one column for the label, or columns that hold nothing but 0 and 1',
  );
}

const onesOf = (cells: readonly string[]): readonly string[] => cells.filter((cell) => binaryOf(cell) === 1);

function binaryOf(cell: string): 0 | 1 | null {
  const text = cell.trim().toLowerCase();
  if (text === 'true') return 1;
  if (text === 'false') return 0;
  const number = numberOf(text);
  return number === 0 || number === 1 ? number : null;
}
