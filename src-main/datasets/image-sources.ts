import { parse } from 'csv-parse/sync';
import { csvLine } from '../csv-line.js';
import type { OriginalKind } from '../vocabulary/dataset-health.js';
import type { Part } from './dataset.js';
import { PARTS } from './medmnist-structure.js';
import { openNpz, type NpzOptions } from './npz.js';

/** Array with a line for each image of an import: where it comes from. CSV in UTF-8. */
export const SOURCES = 'medforge_sources';

const COLUMNS = ['part', 'number', 'file', 'image', 'sha256', 'row', 'patient', 'preparation'] as const;
const KIND_COLUMNS = ['format', 'width', 'height', 'bits'] as const;

/** Where an image of a dataset comes from. */
export interface ImageSource {
  readonly part: Part;
  /** In its part, from 0. */
  readonly number: number;
  /** Relative to the folder that was imported. */
  readonly file: string;
  /** Image of the file, from 0. */
  readonly image: number;
  readonly sha256: string;
  /** Of the table; '' without one. */
  readonly row: number | '';
  readonly patient: string;
  /** What was done to its pixels, for people. */
  readonly preparation: string;
  readonly original: OriginalKind;
}

export const sourcesHead = (): string => csvLine([...COLUMNS, ...KIND_COLUMNS]);

export function sourcesLine({ original, ...source }: ImageSource): string {
  return csvLine([...COLUMNS.map((column) => source[column]), ...KIND_COLUMNS.map((column) => original[column])]);
}

/** What kind of file each image of a dataset was made of. */
export interface Originals {
  readonly kinds: readonly OriginalKind[];
  /** Number of each image's kind, by part. */
  readonly kindOf: { readonly [part in Part]: Uint32Array };
}

/**
 * What kinds of files the images of a dataset file were made of.
 * @returns null where the file does not say it of every image: it is no import, or another program has changed it
 * @throws what reading the archive refuses
 */
export async function readOriginals(path: string, options: NpzOptions = {}): Promise<Originals | null> {
  const archive = await openNpz(path, options);
  try {
    if (!archive.has(SOURCES)) return null;
    const { data } = await archive.read(SOURCES);
    return data instanceof Uint8Array ? originalsOf(data) : null;
  } finally {
    await archive.close();
  }
}

function originalsOf(text: Uint8Array): Originals | null {
  const [head, ...rows] = cellsOf(text) ?? [];
  if (!head) return null;
  const at = new Map(head.map((column, index) => [column, index]));
  const cell = (row: readonly string[], column: string): string | undefined => row[at.get(column) ?? -1];
  const kinds: OriginalKind[] = [];
  const numbers = new Map<string, number>();
  const kindOf: { [part in Part]: number[] } = { train: [], val: [], test: [] };
  for (const row of rows) {
    const part = PARTS.find((name) => name === cell(row, 'part'));
    const kind = kindIn((column) => cell(row, column));
    if (!part || !kind || Number(cell(row, 'number')) !== kindOf[part].length) return null;
    const { format, width, height, bits } = kind;
    const key = `${format} ${String(width)} ${String(height)} ${String(bits)}`;
    let number = numbers.get(key);
    if (number === undefined) numbers.set(key, (number = kinds.push(kind) - 1));
    kindOf[part].push(number);
  }
  const { train, val, test } = kindOf;
  return {
    kinds,
    kindOf: { train: Uint32Array.from(train), val: Uint32Array.from(val), test: Uint32Array.from(test) },
  };
}

/** Files of the first version that imported say the format and the size only at the beginning of what was done. */
function kindIn(cell: (column: string) => string | undefined): OriginalKind | null {
  const [, format = cell('format'), width = cell('width'), height = cell('height')] =
    cell('format') === undefined ? (/^(\w+) (\d+)×(\d+)/.exec(cell('preparation') ?? '') ?? []) : [];
  const sides = [Number(width), Number(height)] as const;
  if (!format || !sides.every((side) => Number.isInteger(side) && side > 0)) return null;
  const bits = Number(cell('bits') || NaN);
  return { format, width: sides[0], height: sides[1], bits: Number.isInteger(bits) && bits >= 0 ? bits : null };
}

/**
 * The lines of the images that are kept, numbered anew.
 * @param kept numbers of the images of each part that are kept, in their order
 */
export function keepSources(text: Uint8Array, kept: { readonly [part in Part]: Uint32Array }): Uint8Array {
  const [head, ...rows] = cellsOf(text) ?? [];
  if (!head) return text;
  const [partAt, numberAt] = [head.indexOf('part'), head.indexOf('number')];
  const next = new Map<string, number>(
    PARTS.flatMap((part) => Array.from(kept[part], (image, number) => [`${part} ${String(image)}`, number] as const)),
  );
  const lines = rows.flatMap((row) => {
    const number = next.get(`${row[partAt] ?? ''} ${row[numberAt] ?? ''}`);
    return number === undefined ? [] : [csvLine(row.map((cell, column) => (column === numberAt ? number : cell)))];
  });
  return new TextEncoder().encode([csvLine(head), ...lines].join(''));
}

/** Null where it is no CSV. */
function cellsOf(text: Uint8Array): string[][] | null {
  try {
    return parse(Buffer.from(text), { relaxColumnCount: false });
  } catch {
    return null;
  }
}
