import { crc32 } from 'node:zlib';
import { encodeNpy, type NpyArray } from './npy.js';

const LOCAL_SIGNATURE = 0x04034b50;
const DIRECTORY_SIGNATURE = 0x02014b50;
const END_SIGNATURE = 0x06054b50;
/** 1980-01-01, the zero of zip dates: the same arrays give the same bytes at any time. */
const DATE = 0x0021;
const REGULAR_FILE = 0o100600 << 16;

/** Place of the checksum in a local header. */
export const CRC_AT = 14;

/** What stands before an entry that is stored without compression. @param bytes of the entry, below 4 GiB  @param file its name */
export function localHeader(bytes: number, crc: number, file: Uint8Array): Buffer {
  const local = Buffer.alloc(30);
  local.writeUInt32LE(LOCAL_SIGNATURE, 0);
  local.writeUInt16LE(20, 4);
  local.writeUInt16LE(DATE, 12);
  local.writeUInt32LE(crc, CRC_AT);
  local.writeUInt32LE(bytes, 18);
  local.writeUInt32LE(bytes, 22);
  local.writeUInt16LE(file.length, 26);
  return local;
}

/** What the directory says of an entry; its name follows. @param start of its local header in the archive */
export function centralRecord(local: Uint8Array, start: number): Buffer {
  const central = Buffer.alloc(46);
  central.writeUInt32LE(DIRECTORY_SIGNATURE, 0);
  central.writeUInt16LE((3 << 8) | 20, 4);
  central.set(local.subarray(4, 30), 6);
  central.writeUInt32LE(REGULAR_FILE >>> 0, 38);
  central.writeUInt32LE(start, 42);
  return central;
}

/** The end of an archive. @param at start of its directory */
export function endRecord(entries: number, directoryBytes: number, at: number): Buffer {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(END_SIGNATURE, 0);
  end.writeUInt16LE(entries, 8);
  end.writeUInt16LE(entries, 10);
  end.writeUInt32LE(directoryBytes, 12);
  end.writeUInt32LE(at, 16);
  return end;
}

/**
 * Encodes arrays as a `.npz` archive, stored without compression: the same bytes on every machine, whatever its zlib.
 * @param arrays by name, without `.npy`; below 4 GiB together
 */
export function encodeNpz(arrays: Readonly<Record<string, NpyArray>>): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  for (const [name, array] of Object.entries(arrays)) {
    const file = Buffer.from(`${name}.npy`, 'latin1');
    const data = encodeNpy(array);
    const local = localHeader(data.length, crc32(data), file);
    pieces.push(local, file, data);
    directory.push(centralRecord(local, offset), file);
    offset += local.length + file.length + data.length;
  }
  const directoryBytes = directory.reduce((sum, piece) => sum + piece.length, 0);
  return [...pieces, ...directory, endRecord(directory.length / 2, directoryBytes, offset)];
}
