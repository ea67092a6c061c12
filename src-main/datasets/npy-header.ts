import { formatBytes, quote, refusal } from './refusal.js';

/** The element types that are read, by numpy's name. */
export type Dtype =
  'bool' | 'int8' | 'uint8' | 'int16' | 'uint16' | 'int32' | 'uint32' | 'int64' | 'uint64' | 'float32' | 'float64';

/** `descr` without its byte-order character → type. Single-byte types carry `|`, all others `<` or `>`. */
const DESCRIPTORS: ReadonlyMap<string, { readonly dtype: Dtype; readonly itemBytes: number }> = new Map([
  ['b1', { dtype: 'bool', itemBytes: 1 }],
  ['i1', { dtype: 'int8', itemBytes: 1 }],
  ['u1', { dtype: 'uint8', itemBytes: 1 }],
  ['i2', { dtype: 'int16', itemBytes: 2 }],
  ['u2', { dtype: 'uint16', itemBytes: 2 }],
  ['i4', { dtype: 'int32', itemBytes: 4 }],
  ['u4', { dtype: 'uint32', itemBytes: 4 }],
  ['i8', { dtype: 'int64', itemBytes: 8 }],
  ['u8', { dtype: 'uint64', itemBytes: 8 }],
  ['f4', { dtype: 'float32', itemBytes: 4 }],
  ['f8', { dtype: 'float64', itemBytes: 8 }],
]);

export const MAX_HEADER_BYTES = 10_000;
export const MAX_RANK = 8;
/** No header that is accepted ends later than this. */
export const MAX_DATA_OFFSET = 12 + MAX_HEADER_BYTES;

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
const SAVE_AGAIN = 'Save the array again with numpy.save or numpy.savez_compressed';
const COPY_AGAIN = 'The file is damaged or was made by another program: copy or download it again';

export interface NpyHeader {
  readonly dtype: Dtype;
  readonly itemBytes: number;
  readonly bigEndian: boolean;
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
  /** Product of `shape`. */
  readonly items: number;
  readonly dataOffset: number;
  readonly dataBytes: number;
}

/** True when `bytes` begins with the magic string of a `.npy` file. */
export function startsLikeNpy(bytes: Uint8Array): boolean {
  return MAGIC.every((byte, i) => bytes[i] === byte);
}

/** What a file that should have been NPY or NPZ seems to be instead, for its error message. */
export function describeContent(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.subarray(0, 512)).toString('latin1');
  if (/^\s*(<!doctype html|<html|<head|<\?xml)/i.test(text))
    return 'a web page (a login or error page saved in place of the file?)';
  if (bytes[0] === 0x80 && bytes[1] !== undefined && bytes[1] <= 5) return 'a Python pickle, which is never opened';
  if (/^[\t\n\r\x20-\x7e]+$/.test(text)) return 'plain text';
  return 'something else';
}

/**
 * Parses the header of a `.npy` file (versions 1.0, 2.0, 3.0) without evaluating anything.
 * @param start the first bytes of the file: all of it, or at least MAX_DATA_OFFSET bytes
 * @param total bytes of the whole file; product(shape) × item size + header must be exactly this
 * @param source file (and member) for the message
 * @throws UserError with a kind that begins with `npy-`
 */
export function parseNpyHeader(start: Uint8Array, total: number, source: string): NpyHeader {
  const { text, dataOffset } = headerText(start, total, source);
  const { descr, fortranOrder, shape } = parseDictionary(text, source);
  const { dtype, itemBytes, bigEndian } = parseDescriptor(descr, source);
  const dataBytes = total - dataOffset;
  const items = checkShape(shape, itemBytes, dataBytes, source, dtype);
  return { dtype, itemBytes, bigEndian, fortranOrder, shape, items, dataOffset, dataBytes };
}

function headerText(start: Uint8Array, total: number, source: string): { text: string; dataOffset: number } {
  if (total === 0) throw refusal('npy-empty', source, 'the file is empty (0 bytes)', COPY_AGAIN);
  if (!startsLikeNpy(start)) {
    if (total < MAGIC.length)
      throw refusal('npy-truncated', source, 'the file ends inside its first bytes', COPY_AGAIN);
    throw refusal('npy-magic', source, `not an NPY array: it is ${describeContent(start)}`, SAVE_AGAIN);
  }
  if (total < 10)
    throw refusal('npy-truncated', source, 'the file ends after the magic bytes, before its header', COPY_AGAIN);
  const [major, minor] = [start[6]!, start[7]!];
  if (major < 1 || major > 3 || minor !== 0) {
    throw refusal(
      'npy-version',
      source,
      `NPY format version ${String(major)}.${String(minor)} is not known (1.0, 2.0 and 3.0 are)`,
      SAVE_AGAIN,
    );
  }
  const headerOffset = major === 1 ? 10 : 12;
  if (total < headerOffset)
    throw refusal('npy-truncated', source, 'the file ends inside the header length', COPY_AGAIN);
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength);
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (headerOffset + length > total) {
    const wrong = `the header says it is ${formatBytes(length)} long but only ${formatBytes(total - headerOffset)} follow`;
    throw refusal('npy-header-length', source, wrong, COPY_AGAIN);
  }
  if (length > MAX_HEADER_BYTES) {
    const wrong = `the header is ${String(length)} bytes long; at most ${String(MAX_HEADER_BYTES)} are read`;
    throw refusal('npy-header-too-long', source, wrong, SAVE_AGAIN);
  }
  const bytes = start.subarray(headerOffset, headerOffset + length);
  const bad = bytes.findIndex((byte, i) => (byte < 0x20 || byte > 0x7e) && !(byte === 0x0a && i === length - 1));
  if (bad >= 0) {
    const wrong = `the header holds the byte 0x${bytes[bad]!.toString(16).padStart(2, '0')}, which no plain header has`;
    throw refusal('npy-header-bytes', source, wrong, SAVE_AGAIN);
  }
  return { text: Buffer.from(bytes).toString('latin1'), dataOffset: headerOffset + length };
}

type Token = { readonly type: 'punctuation' | 'text' | 'number' | 'name' | 'end' | 'unknown'; readonly value: string };

const TOKEN =
  /\s*(?:(?<punctuation>[{}()[\],:])|'(?<single>[^'"\\]*)'|"(?<double>[^'"\\]*)"|(?<number>[-+]?[0-9][0-9A-Za-z_.]*)|(?<name>[A-Za-z_][A-Za-z0-9_]*))/y;

function* tokenize(text: string): Generator<Token, never> {
  let at = 0;
  for (;;) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    if (match === null) {
      const rest = text.slice(at).trim();
      at = text.length;
      yield rest === '' ? { type: 'end', value: '' } : { type: 'unknown', value: rest };
      continue;
    }
    at = TOKEN.lastIndex;
    const { punctuation, single, double, number, name } = match.groups!;
    if (punctuation !== undefined) yield { type: 'punctuation', value: punctuation };
    else if (number !== undefined) yield { type: 'number', value: number };
    else if (name !== undefined) yield { type: 'name', value: name };
    else yield { type: 'text', value: single ?? double ?? '' };
  }
}

interface Dictionary {
  readonly descr: string;
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
}

function parseDictionary(text: string, source: string): Dictionary {
  const tokens = tokenize(text);
  const next = (): Token => tokens.next().value;
  const fail = (kind: string, wrong: string): never => {
    throw refusal(kind, source, wrong, SAVE_AGAIN);
  };
  const malformed = (token: Token): never =>
    token.type === 'name'
      ? fail('npy-header-code', `the header holds ${quote(token.value)}, not a plain value; nothing was executed`)
      : fail('npy-header-syntax', `the header is not a dictionary of plain values (near ${quote(token.value)})`);
  const is = (token: Token, value: string): boolean => token.type === 'punctuation' && token.value === value;

  let descr: string | undefined;
  let fortranOrder: boolean | undefined;
  let shape: readonly number[] | undefined;
  const seen = new Set<string>();

  let token = next();
  if (!is(token, '{')) malformed(token);
  token = next();
  while (!is(token, '}')) {
    if (token.type !== 'text') malformed(token);
    const key = token.value;
    if (seen.has(key))
      fail('npy-header-duplicate', `the header gives ${quote(key)} twice, so programs disagree on its meaning`);
    seen.add(key);
    token = next();
    if (!is(token, ':')) malformed(token);
    token = next();
    if (key === 'descr') {
      if (is(token, '[')) {
        fail('npy-structured', 'a structured dtype (several fields, or an object hidden in one) is not read');
      }
      if (token.type !== 'text') malformed(token);
      descr = token.value;
    } else if (key === 'fortran_order') {
      if (token.type !== 'name' || (token.value !== 'True' && token.value !== 'False')) {
        fail('npy-fortran-order', `fortran_order must be True or False, saw ${quote(token.value)}`);
      }
      fortranOrder = token.value === 'True';
    } else if (key === 'shape') {
      shape = parseShape(token, next, fail);
    } else {
      fail('npy-header-keys', `the header has a key ${quote(key)} that no NPY file has`);
    }
    token = next();
    if (is(token, ',')) token = next();
    else if (!is(token, '}')) malformed(token);
  }
  token = next();
  if (token.type !== 'end') malformed(token);
  if (descr === undefined || fortranOrder === undefined || shape === undefined) {
    const missing = ['descr', 'fortran_order', 'shape'].filter((key) => !seen.has(key)).join(', ');
    throw refusal('npy-header-keys', source, `the header lacks ${missing}`, SAVE_AGAIN);
  }
  return { descr, fortranOrder, shape };
}

function parseShape(first: Token, next: () => Token, fail: (kind: string, wrong: string) => never): readonly number[] {
  if (first.type !== 'punctuation' || first.value !== '(') {
    fail('npy-shape', `the shape must be a tuple of integers, saw ${quote(first.value)}`);
  }
  const shape: number[] = [];
  let commas = 0;
  let token = next();
  while (token.value !== ')' || token.type !== 'punctuation') {
    if (shape.length === MAX_RANK) fail('npy-rank', `the array has more than ${String(MAX_RANK)} dimensions`);
    if (token.type !== 'number') fail('npy-shape', `a dimension must be an integer, saw ${quote(token.value)}`);
    if (/^-[0-9]+$/.test(token.value)) fail('npy-shape-negative', `the dimension ${quote(token.value)} is negative`);
    if (/^[0-9]+L$/.test(token.value)) {
      fail('npy-shape-python2', `the dimension ${quote(token.value)} is in the notation of Python 2`);
    }
    if (!/^(0|[1-9][0-9]*)$/.test(token.value)) {
      fail('npy-shape', `a dimension must be a plain integer, saw ${quote(token.value)}`);
    }
    const dimension = Number(token.value);
    if (!Number.isSafeInteger(dimension)) {
      fail('npy-shape-too-large', `the dimension ${quote(token.value)} is larger than any array can be`);
    }
    shape.push(dimension);
    token = next();
    if (token.type === 'punctuation' && token.value === ',') {
      commas++;
      token = next();
    } else if (token.type !== 'punctuation' || token.value !== ')') {
      fail('npy-shape', `the shape must be a tuple of integers, saw ${quote(token.value)}`);
    }
  }
  if (shape.length === 1 && commas === 0) fail('npy-shape', 'the shape is a number in brackets, not a tuple');
  return shape;
}

function parseDescriptor(descr: string, source: string): { dtype: Dtype; itemBytes: number; bigEndian: boolean } {
  const fail = (kind: string, wrong: string, remedy = SAVE_AGAIN): never => {
    throw refusal(kind, source, wrong, remedy);
  };
  const known = DESCRIPTORS.get(descr.slice(1));
  const order = descr.charAt(0);
  if (known !== undefined && (known.itemBytes === 1 ? order === '|' : order === '<' || order === '>')) {
    return { ...known, bigEndian: order === '>' };
  }
  if (/^[|<>=]?O/.test(descr)) {
    fail(
      'npy-object',
      'an object array (dtype O) is a pickle and is never opened',
      'Save plain numbers, for example array.astype("uint8")',
    );
  }
  if (DESCRIPTORS.has(descr) || DESCRIPTORS.has(descr.slice(1))) {
    fail('npy-byte-order', `the dtype ${quote(descr)} does not state the byte order`);
  }
  const names = 'bool, integers of 8 to 64 bits, float32 and float64 are read';
  return fail(
    'npy-dtype',
    `the dtype ${quote(descr)} is not read; ${names}`,
    'Convert the array first, for example array.astype("uint8")',
  );
}

function checkShape(
  shape: readonly number[],
  itemBytes: number,
  dataBytes: number,
  source: string,
  dtype: Dtype,
): number {
  const shown = `shape (${shape.join(', ')})`;
  if (shape.length === 0) {
    throw refusal('npy-scalar', source, 'the array is a single number, shape (), not a data array', SAVE_AGAIN);
  }
  if (shape.includes(0))
    throw refusal('npy-empty-axis', source, `${shown} has an empty axis: there is no data`, SAVE_AGAIN);
  const items = shape.reduce((product, dimension) => product * BigInt(dimension), 1n);
  const needed = items * BigInt(itemBytes);
  if (needed > BigInt(dataBytes)) {
    const wrong = `${shown} of ${dtype} needs ${formatBytes(needed)} (${String(needed)} bytes) but ${String(dataBytes)} are there`;
    throw refusal('npy-data-missing', source, wrong, COPY_AGAIN);
  }
  if (needed < BigInt(dataBytes)) {
    const extra = BigInt(dataBytes) - needed;
    throw refusal('npy-trailing-bytes', source, `${String(extra)} bytes follow the data of ${shown}`, COPY_AGAIN);
  }
  return Number(items);
}
