import { endianness } from 'node:os';
import { parseNpyHeader, type Dtype, type NpyHeader } from './npy-header.js';
import { refusal } from './refusal.js';
import { openRegularFile } from './regular-file.js';

export type { Dtype } from './npy-header.js';

export type NpyData =
  | Uint8Array
  | Int8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | Float32Array
  | Float64Array;

/** An array in row-major (C) order, whatever the order of the file. `bool` is 0 or 1 in a Uint8Array. */
export interface NpyArray {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly data: NpyData;
}

export interface NpyOptions {
  /** NaN and infinite values: `refuse` (default) throws with their counts, `accept` passes them on. */
  readonly nonFinite?: 'refuse' | 'accept';
}

const CONSTRUCTORS = {
  bool: Uint8Array,
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
  float32: Float32Array,
  float64: Float64Array,
} as const;

const HOST_IS_BIG_ENDIAN = endianness() === 'BE';

/** Largest single `.npy` file that `readNpy` opens. */
export const MAX_NPY_BYTES = 2 * 1024 ** 3;

/**
 * Reads one `.npy` file from untrusted bytes.
 * @throws UserError (kinds `npy-…`) that names `source`
 */
export function decodeNpy(bytes: Uint8Array, source: string, options: NpyOptions = {}): NpyArray {
  const header = parseNpyHeader(bytes, bytes.byteLength, source);
  return decodeNpyData(header, copyOf(bytes.subarray(header.dataOffset)), source, options);
}

/** Reads one `.npy` file. @throws UserError (kinds `file-…` and `npy-…`) */
export async function readNpy(path: string, options: NpyOptions = {}): Promise<NpyArray> {
  const file = await openRegularFile(path, MAX_NPY_BYTES);
  try {
    return decodeNpy(await file.read(0, file.size), path, options);
  } finally {
    await file.close();
  }
}

/**
 * Turns the data bytes of a parsed header into an array in C order of the host's byte order.
 * @param bytes exactly `header.dataBytes`; taken over and, where the type allows, viewed instead of copied
 */
export function decodeNpyData(
  header: NpyHeader,
  bytes: Uint8Array,
  source: string,
  options: NpyOptions = {},
): NpyArray {
  if (header.itemBytes > 1 && header.bigEndian !== HOST_IS_BIG_ENDIAN) swapBytes(bytes, header.itemBytes);
  const aligned = bytes.byteOffset % header.itemBytes === 0 ? bytes : copyOf(bytes);
  const flat = new CONSTRUCTORS[header.dtype](aligned.buffer as ArrayBuffer, aligned.byteOffset, header.items);
  if (header.dtype === 'bool') checkBooleans(flat as Uint8Array, source);
  if ((header.dtype === 'float32' || header.dtype === 'float64') && options.nonFinite !== 'accept') {
    checkFinite(flat as Float32Array | Float64Array, source);
  }
  const data = header.fortranOrder ? toRowMajor(flat, header.shape) : flat;
  return { dtype: header.dtype, shape: header.shape, data };
}

/** Not `slice`: that of a Buffer shares memory. */
function copyOf(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes);
}

function swapBytes(bytes: Uint8Array, itemBytes: number): void {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (itemBytes === 2) buffer.swap16();
  else if (itemBytes === 4) buffer.swap32();
  else buffer.swap64();
}

function checkBooleans(values: Uint8Array, source: string): void {
  const at = values.findIndex((value) => value > 1);
  if (at < 0) return;
  const wrong = `a boolean array holds the byte ${String(values[at])} (only 0 and 1 are valid)`;
  throw refusal('npy-bool', source, wrong, 'Save it as integers if the values mean something: array.view("uint8")');
}

function checkFinite(values: Float32Array | Float64Array, source: string): void {
  let nan = 0;
  let infinite = 0;
  for (const value of values) {
    if (Number.isFinite(value)) continue;
    if (Number.isNaN(value)) nan++;
    else infinite++;
  }
  if (nan + infinite === 0) return;
  const wrong = `${String(nan)} values are NaN and ${String(infinite)} are infinite, of ${String(values.length)}`;
  throw refusal('npy-non-finite', source, wrong, 'Replace them before saving, for example with numpy.nan_to_num');
}

function toRowMajor(flat: NpyData, shape: readonly number[]): NpyData {
  const rank = shape.length;
  const strides: number[] = [];
  shape.reduce((stride, dimension) => {
    strides.push(stride);
    return stride * dimension;
  }, 1);
  const result = new (flat.constructor as new (length: number) => NpyData)(flat.length);
  const index = new Array<number>(rank).fill(0);
  const inner = shape[rank - 1]!;
  const innerStride = strides[rank - 1]!;
  let start = 0;
  for (let at = 0; at < result.length;) {
    for (let i = 0, from = start; i < inner; i++, from += innerStride) result[at++] = flat[from]!;
    for (let axis = rank - 2; axis >= 0; axis--) {
      index[axis]!++;
      start += strides[axis]!;
      if (index[axis]! < shape[axis]!) break;
      start -= strides[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
  return result;
}

/** Writes an array as a version 1.0 `.npy` file, little-endian, C order, header padded to 64 bytes as numpy does. */
export function encodeNpy({ dtype, shape, data }: NpyArray): Uint8Array {
  const { header, bytes: length } = npyHeader(dtype, shape);
  if (length !== data.byteLength) {
    const items = shape.reduce((product, dimension) => product * dimension, 1);
    throw new RangeError(`shape (${shape.join(', ')}) has ${String(items)} items, the data ${String(data.length)}`);
  }
  const bytes = new Uint8Array(header.length + length);
  bytes.set(header);
  bytes.set(littleEndian(data), header.length);
  return bytes;
}

/** What stands before the data of such a file. @returns with the bytes that the data must have */
export function npyHeader(
  dtype: Dtype,
  shape: readonly number[],
): { readonly header: Uint8Array; readonly bytes: number } {
  const letter = dtype === 'bool' ? 'b' : dtype.startsWith('float') ? 'f' : dtype.startsWith('uint') ? 'u' : 'i';
  const itemBytes = dtype === 'bool' ? 1 : Number(/\d+$/.exec(dtype)![0]) / 8;
  const descr = `${itemBytes === 1 ? '|' : '<'}${letter}${String(itemBytes)}`;
  const tuple = shape.length === 1 ? `(${String(shape[0])},)` : `(${shape.join(', ')})`;
  const dictionary = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const length = Math.ceil((10 + dictionary.length + 1) / 64) * 64 - 10;
  const header = Buffer.concat([
    Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, length & 0xff, length >> 8),
    Buffer.from(`${dictionary.padEnd(length - 1)}\n`, 'latin1'),
  ]);
  return { header, bytes: itemBytes * shape.reduce((product, dimension) => product * dimension, 1) };
}

/** The bytes of an array as a `.npy` file has them. */
export function littleEndian(data: NpyData): Uint8Array {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (!HOST_IS_BIG_ENDIAN || data.BYTES_PER_ELEMENT === 1) return bytes;
  const swapped = bytes.slice();
  swapBytes(swapped, data.BYTES_PER_ELEMENT);
  return swapped;
}
