/** What one element of a written file holds: text, 16-bit numbers, bytes, pieces of compressed pixels, or items. */
export type WrittenValue =
  | string
  | readonly number[]
  | Uint8Array
  | { readonly fragments: readonly Uint8Array[] }
  | { readonly items: readonly WrittenDataSet[] };

/** Tag (group × 65536 + element) and value representation as one word: `00280010 US`. */
export type WrittenDataSet = Readonly<Record<string, WrittenValue>>;

export interface WrittenFile {
  /** Default explicit little endian. */
  readonly syntax?: string;
  /** Without preamble and file meta information. */
  readonly bare?: boolean;
}

const IMPLICIT = '1.2.840.10008.1.2';
const BIG = '1.2.840.10008.1.2.2';
const LONG = ['OB', 'OW', 'OF', 'SQ', 'UN', 'UT'];

/** A small DICOM file. */
export function dicomFile(
  elements: WrittenDataSet,
  { syntax = `${IMPLICIT}.1`, bare = false }: WrittenFile = {},
): Uint8Array {
  const body = dataSet(elements, syntax !== BIG, syntax !== IMPLICIT);
  if (bare) return body;
  const meta = dataSet({ '00020010 UI': syntax }, true, true);
  return Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), meta, body]);
}

function dataSet(elements: WrittenDataSet, little: boolean, explicit: boolean): Buffer {
  const parts = Object.entries(elements).map(([key, value]) => {
    const [tag = '', vr = ''] = key.split(' ');
    const isUndefined = typeof value === 'object' && 'fragments' in value;
    const bytes = encode(value, vr, little, explicit);
    const head = tagBytes(parseInt(tag, 16), little);
    const length = isUndefined ? 0xffffffff : bytes.length;
    if (!explicit) return Buffer.concat([head, word(length, little), bytes]);
    const size = LONG.includes(vr) ? Buffer.concat([Buffer.alloc(2), word(length, little)]) : shorts([length], little);
    return Buffer.concat([head, Buffer.from(vr), size, bytes]);
  });
  return Buffer.concat(parts);
}

function encode(value: WrittenValue, vr: string, little: boolean, explicit: boolean): Buffer {
  if (typeof value === 'string') return padded(Buffer.from(value, 'latin1'), vr === 'UI' ? 0 : 32);
  if (value instanceof Uint8Array) return padded(Buffer.from(value), 0);
  if ('fragments' in value) {
    const pieces = [new Uint8Array(), ...value.fragments].map((piece) => item(0xfffee000, padded(piece, 0), little));
    return Buffer.concat([...pieces, item(0xfffee0dd, new Uint8Array(), little)]);
  }
  if ('items' in value) {
    return Buffer.concat(value.items.map((inner) => item(0xfffee000, dataSet(inner, little, explicit), little)));
  }
  return shorts(value, little);
}

const item = (tag: number, bytes: Uint8Array, little: boolean): Buffer =>
  Buffer.concat([tagBytes(tag, little), word(bytes.length, little), bytes]);

const padded = (bytes: Uint8Array, filler: number): Buffer =>
  bytes.length % 2 === 0 ? Buffer.from(bytes) : Buffer.concat([bytes, Buffer.of(filler)]);

const tagBytes = (tag: number, little: boolean): Buffer => shorts([Math.floor(tag / 65536), tag % 65536], little);

function word(value: number, little: boolean): Buffer {
  const bytes = Buffer.alloc(4);
  if (little) bytes.writeUInt32LE(value);
  else bytes.writeUInt32BE(value);
  return bytes;
}

/** Numbers of 16 bits; negative ones as their complement. */
export function shorts(values: readonly number[], little = true): Buffer {
  const bytes = Buffer.alloc(2 * values.length);
  values.forEach((value, i) => {
    if (little) bytes.writeUInt16LE(value & 0xffff, 2 * i);
    else bytes.writeUInt16BE(value & 0xffff, 2 * i);
  });
  return bytes;
}

/** The elements of an image of 16 bits a sample; the pixels and what else is wanted are added. */
export function imageElements(rows: number, columns: number, changes: WrittenDataSet = {}): WrittenDataSet {
  const usual: WrittenDataSet = {
    '00080016 UI': '1.2.840.10008.5.1.4.1.1.7',
    '00100020 LO': 'P1',
    '00280002 US': [1],
    '00280004 CS': 'MONOCHROME2',
    '00280010 US': [rows],
    '00280011 US': [columns],
    '00280100 US': [16],
    '00280101 US': [16],
    '00280102 US': [15],
    '00280103 US': [0],
  };
  const all = { ...usual, ...changes };
  return Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)));
}
