import type { TermName } from './glossary.js';

/** A column of a long table. */
export interface TableColumn<Key extends string = string> {
  readonly key: Key;
  readonly name: string;
  readonly number?: boolean;
  /** Explained beside its name. */
  readonly term?: TermName;
  /** What the column says, where its name alone does not. */
  readonly hint?: string;
  /** Pixels. */
  readonly width: number;
  /** Takes what is left; `width` is its least. */
  readonly grows?: boolean;
  /** Always there, and in its place when the others scroll. */
  readonly kept?: boolean;
  /** Where there is no room for all, those of a low rank stay. */
  readonly rank: number;
}

/** Which columns are shown: as many as fit, or those that the user chose. */
export type ColumnChoice = readonly string[] | null;

const widthOf = (columns: readonly TableColumn[]): number => columns.reduce((sum, { width }) => sum + width, 0);

/**
 * The columns to show, in the order of the table.
 * @param choice keys; null: as many as fit, the most important ones first
 * @param room pixels
 */
export function columnsToShow<C extends TableColumn>(columns: readonly C[], choice: ColumnChoice, room: number): C[] {
  if (choice) return columns.filter(({ key, kept }) => kept || choice.includes(key));
  const shown = new Set(columns.filter(({ kept }) => kept));
  let left = room - widthOf([...shown]);
  for (const column of [...columns].sort((a, b) => a.rank - b.rank)) {
    if (shown.has(column)) continue;
    // None of a higher rank takes the place of one that does not fit.
    if (column.width > left) break;
    shown.add(column);
    left -= column.width;
  }
  return columns.filter((column) => shown.has(column));
}

/** The choice after a column was switched on or off; `shown` are those of the moment. */
export function toggledColumn(shown: readonly TableColumn[], key: string): ColumnChoice {
  const keys = shown.map((column) => column.key);
  return keys.includes(key) ? keys.filter((other) => other !== key) : [...keys, key];
}
