import { crc32 } from 'node:zlib';
import { encodeNpy, type NpyArray } from './npy.js';

const LOCAL_SIGNATURE = 0x04034b50;
const DIRECTORY_SIGNATURE = 0x02014b50;
const END_SIGNATURE = 0x06054b50;
/** 1980-01-01, the zero of zip dates: the same arrays give the same bytes at any time. */
const DATE = 0x0021;
const REGULAR_FILE = 0o100600 << 16;

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
    const local = Buffer.alloc(30);
    local.writeUInt32LE(LOCAL_SIGNATURE, 0);
    local.writeUInt16LE(20, 4);
    local.writeUInt16LE(DATE, 12);
    local.writeUInt32LE(crc32(data), 14);
    local.writeUInt32LE(data.length, 18);
    local.writeUInt32LE(data.length, 22);
    local.writeUInt16LE(file.length, 26);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(DIRECTORY_SIGNATURE, 0);
    central.writeUInt16LE((3 << 8) | 20, 4);
    local.copy(central, 6, 4, 30);
    central.writeUInt32LE(REGULAR_FILE >>> 0, 38);
    central.writeUInt32LE(offset, 42);
    pieces.push(local, file, data);
    directory.push(central, file);
    offset += local.length + file.length + data.length;
  }
  const directoryBytes = directory.reduce((sum, piece) => sum + piece.length, 0);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(END_SIGNATURE, 0);
  end.writeUInt16LE(directory.length / 2, 8);
  end.writeUInt16LE(directory.length / 2, 10);
  end.writeUInt32LE(directoryBytes, 12);
  end.writeUInt32LE(offset, 16);
  return [...pieces, ...directory, end];
}
