import { resolve } from 'node:path';
import { count } from '../../number-text.js';
import type { ImportChoices, Inspection, TableDescription } from '../../vocabulary/import-plan.js';
import { UserError } from '../../errors.js';
import { quote } from '../refusal.js';
import { readLayout, type FolderLayout } from './folder-layout.js';
import { counted } from './words.js';
import { listFiles, type FolderContents, type ListOptions } from './list-files.js';
import { FileIndex } from './match-rows.js';
import { PARTS } from '../medmnist-structure.js';
import { proposeColumns, type Proposal } from './table/propose-columns.js';
import { findLabelColumns, type LabelColumns } from './table/label-columns.js';
import { openTable, type Table } from './table/read-table.js';
import { byCodePoints } from './text-order.js';

/** A location that was looked at: what lies there, and how its table is written. */
export interface Place {
  /** Absolute. */
  readonly path: string;
  readonly contents: FolderContents;
  readonly layout: FolderLayout;
  readonly table: Table | null;
  /** Of the images, where there is a table; else null. */
  readonly index: FileIndex | null;
  /** Of each column of the table. */
  readonly proposals: readonly (Proposal | null)[];
  /** Columns of 0 and 1 that may be the label together. */
  readonly labelColumns: LabelColumns | null;
}

/**
 * Looks at a folder, and at a table if there is one.
 * @throws UserError `import-no-images`; as `listFiles` and `openTable`
 */
export async function openPlace(
  { location, table: tablePath, reading }: Pick<ImportChoices, 'location' | 'table' | 'reading'>,
  options: ListOptions = {},
): Promise<Place> {
  const path = resolve(location);
  const contents = await listFiles(path, options);
  const paths = contents.images.map((image) => image.path);
  if (paths.length === 0) {
    const others = [...contents.ignored].map(([what, number]) => `${count(number)} ${what}`).join(', ');
    throw new UserError(
      'import-no-images',
      `${path}: there is no image in the folder${others === '' ? '' : ` (but ${others})`}. Give a folder with PNG, JPEG, TIFF, BMP, WebP or DICOM files.`,
    );
  }
  options.signal?.throwIfAborted();
  const table = tablePath === null ? null : await openTable(resolve(tablePath), reading);
  const index = table === null ? null : new FileIndex(paths);
  const proposals = table === null || index === null ? [] : proposalsFor(table, index);
  const taken = (column: number): boolean => !['label', undefined].includes(proposals[column]?.role);
  const labelColumns = table === null ? null : findLabelColumns(table, taken);
  return { path, contents, layout: readLayout(paths), table, index, proposals, labelColumns };
}

function proposalsFor({ names, sample }: Table, index: FileIndex): (Proposal | null)[] {
  const bareNumber = /^\s*\d{1,4}\s*$/;
  return proposeColumns(names, sample, (cell) => !bareNumber.test(cell) && index.find(cell) !== null);
}

/**
 * The column that a person names, by name or else by number from 1.
 * @throws UserError `import-column-unknown`
 */
export function findColumn({ names, path }: Table, wanted: string): number {
  const name = wanted.trim().normalize('NFC');
  const exact = names.indexOf(name);
  const found = exact >= 0 ? exact : names.findIndex((given) => given.toLowerCase() === name.toLowerCase());
  if (found >= 0) return found;
  const number = /^\d+$/.test(name) ? Number(name) : 0;
  if (number >= 1 && number <= names.length) return number - 1;
  const line = path.replace(/\p{Cc}/gu, '?');
  throw new UserError(
    'import-column-unknown',
    `${line}: the table has no column ${quote(wanted)}. Its columns are ${names.map((given) => `“${given}”`).join(', ')}.`,
  );
}

/** What a person is told of a place, whatever the source. */
export function describePlace(place: Place, source: string, what: string): Inspection {
  const { contents, layout, table } = place;
  const kinds: { [kind: string]: number } = {};
  for (const { kind } of contents.images) kinds[kind] = (kinds[kind] ?? 0) + 1;
  const folderClasses = different(layout.classes).sort(byCodePoints);
  const folderParts = PARTS.filter((part) => layout.parts.includes(part));
  return {
    source,
    sentence: `${what}: ${counted(contents.images.length, 'image')} (${Object.entries(kinds)
      .map(([kind, number]) => `${count(number)} ${kind}`)
      .join(', ')})`,
    images: contents.images.length,
    kinds,
    ignored: [...contents.ignored].map(([name, number]) => ({ what: name, count: number })),
    folderClasses,
    folderParts,
    tables: [...contents.tables],
    table: table === null ? null : describeTable(table, place),
  };
}

const different = (values: readonly (string | null)[]): string[] =>
  [...new Set(values)].filter((value) => value !== null);

const DELIMITERS = { ',': 'commas', ';': 'semicolons', '\t': 'tabs', '|': 'vertical bars' };
const ENCODINGS = {
  'utf-8': 'UTF-8',
  'utf-16le': 'UTF-16 (little endian)',
  'utf-16be': 'UTF-16 (big endian)',
  'windows-1252': 'Windows-1252',
};

/** Rows are counted when they are read: until then those of the sample. */
export function describeTable(
  table: Table,
  { proposals, labelColumns }: Pick<Place, 'proposals' | 'labelColumns'>,
  rows?: { rows: number; emptyRows: number },
): TableDescription {
  const { path, encoding, byteOrderMark, delimiter, header, names, sample, decimalComma, undefinedBytes, headerNotes } =
    table;
  const decimals = decimalComma.map((column) => names[column]!);
  const sentences = [
    `${ENCODINGS[encoding]}${byteOrderMark ? ' with a byte-order mark' : ''}, ${counted(names.length, 'column')} separated by ${DELIMITERS[delimiter]}, ${header ? 'the first row is a header' : 'no header'}`,
    ...(decimals.length === 0 ? [] : [`decimal commas in ${decimals.map((name) => `“${name}”`).join(', ')}`]),
    ...headerNotes,
    ...(rows === undefined
      ? []
      : [`${counted(rows.rows, 'row')}${rows.emptyRows === 0 ? '' : ` and ${count(rows.emptyRows)} empty`}`]),
    ...(undefinedBytes === 0
      ? []
      : [`${count(undefinedBytes)} characters cannot be read with it: choose another encoding`]),
  ];
  return {
    path,
    sentence: `${sentences.join('; ')}.`,
    encoding,
    byteOrderMark,
    delimiter,
    header,
    decimalComma: decimals,
    rows: rows?.rows ?? sample.length,
    emptyRows: rows?.emptyRows ?? 0,
    labelColumns: labelColumns && { choice: labelColumns.choice, oneEach: labelColumns.oneEach },
    columns: names.map((name, i) => {
      const values = [...new Set(sample.map((row) => (row[i] ?? '').trim()))].filter((value) => value !== '');
      return { name, examples: values.slice(0, 5), different: values.length, proposal: proposals[i] ?? null };
    }),
  };
}
