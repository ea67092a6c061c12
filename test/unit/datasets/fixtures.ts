import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';
import { afterAll } from 'vitest';

/** Builders of `.npy` and `.npz` bytes, sound by default; every field can be given a lie. */

export interface NpyFields {
  magic?: Uint8Array;
  version?: readonly [number, number];
  /** Python source of the dictionary's values. */
  descr?: string;
  fortran?: string;
  shape?: string;
  /** The whole header text in place of the dictionary. */
  header?: string;
  /** What the length field says; default: the truth. */
  headerLength?: number;
  data?: Uint8Array;
}

export function npy(fields: NpyFields = {}): Buffer {
  const { magic = Buffer.from('\x93NUMPY', 'latin1'), version = [1, 0], data = Buffer.alloc(24) } = fields;
  const { descr = "'<f4'", fortran = 'False', shape = '(2, 3)' } = fields;
  const text = fields.header ?? `{'descr': ${descr}, 'fortran_order': ${fortran}, 'shape': ${shape}, }`;
  const header = Buffer.from(`${text}\n`, 'latin1');
  const length = Buffer.alloc(version[0] === 1 ? 2 : 4);
  length.writeUIntLE(fields.headerLength ?? header.length, 0, length.length);
  return Buffer.concat([magic, Buffer.from(version), length, header, data]);
}

/** A uint8 array of zeros, or of the given bytes. */
export function bytes(shape: readonly number[], data?: Uint8Array): Buffer {
  const count = shape.reduce((product, n) => product * n, 1);
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  return npy({ descr: "'|u1'", shape: tuple, data: data ?? new Uint8Array(count) });
}

export interface ZipMember {
  name: string;
  data: Uint8Array;
  deflate?: boolean;
  /** Compressed bytes in place of those of `data`. */
  compressed?: Uint8Array;
  method?: number;
  flags?: number;
  crc?: number;
  /** Declared sizes; default: the truth. */
  size?: number;
  compressedSize?: number;
  localName?: string;
  /** Unix mode, for example 0o120777 for a link. */
  mode?: number;
  /** Extra fields of the central record. */
  extra?: Uint8Array;
  /** Extra fields of the local header. */
  localExtra?: Uint8Array;
  /** Offset of the local header as the central record gives it. */
  offset?: number;
  /** Only a central record: no local header and no data. */
  centralOnly?: boolean;
}

export interface ZipFields {
  comment?: Uint8Array;
  before?: Uint8Array;
  after?: Uint8Array;
  entries?: number;
  directoryOffset?: number;
  directoryBytes?: number;
  zip64?: boolean;
}

export function zip(members: readonly ZipMember[], fields: ZipFields = {}): Buffer {
  const pieces: Uint8Array[] = [];
  const central: Uint8Array[] = [];
  let at = 0;
  for (const member of members) {
    const method = member.method ?? (member.deflate ? 8 : 0);
    const body = member.compressed ?? (member.deflate ? deflateRawSync(member.data) : member.data);
    const [name, localName] = [
      Buffer.from(member.name, 'latin1'),
      Buffer.from(member.localName ?? member.name, 'latin1'),
    ];
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(member.flags ?? 0, 2);
    common.writeUInt16LE(method, 4);
    common.writeUInt16LE(0x21, 8);
    common.writeUInt32LE(member.crc ?? crc32(member.data), 10);
    common.writeUInt32LE(member.compressedSize ?? body.length, 14);
    common.writeUInt32LE(member.size ?? member.data.length, 18);
    common.writeUInt16LE(name.length, 22);
    const record = Buffer.alloc(46);
    record.write('PK\x01\x02', 'latin1');
    record.writeUInt16LE((3 << 8) | 20, 4);
    common.copy(record, 6);
    record.writeUInt16LE(member.extra?.length ?? 0, 30);
    record.writeUInt32LE(((member.mode ?? 0o100600) << 16) >>> 0, 38);
    record.writeUInt32LE(member.offset ?? at, 42);
    central.push(record, name, member.extra ?? new Uint8Array(0));
    if (member.centralOnly) continue;
    common.writeUInt16LE(localName.length, 22);
    common.writeUInt16LE(member.localExtra?.length ?? 0, 24);
    const local = [
      Buffer.from('PK\x03\x04', 'latin1'),
      common,
      localName,
      member.localExtra ?? new Uint8Array(0),
      body,
    ];
    pieces.push(...local);
    at += local.reduce((sum, piece) => sum + piece.length, 0);
  }
  const directoryBytes = central.reduce((sum, piece) => sum + piece.length, 0);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(fields.zip64 ? 0xffff : (fields.entries ?? members.length), 8);
  end.writeUInt16LE(fields.zip64 ? 0xffff : (fields.entries ?? members.length), 10);
  end.writeUInt32LE(fields.zip64 ? 0xffffffff : (fields.directoryBytes ?? directoryBytes), 12);
  end.writeUInt32LE(fields.zip64 ? 0xffffffff : (fields.directoryOffset ?? at), 16);
  end.writeUInt16LE(fields.comment?.length ?? 0, 20);
  const zip64 = fields.zip64 ? zip64End(members.length, directoryBytes, at) : Buffer.alloc(0);
  const empty = new Uint8Array(0);
  return Buffer.concat([
    fields.before ?? empty,
    ...pieces,
    ...central,
    zip64,
    end,
    fields.comment ?? empty,
    fields.after ?? empty,
  ]);
}

function zip64End(entries: number, directoryBytes: number, directoryOffset: number): Buffer {
  const record = Buffer.alloc(56);
  record.write('PK\x06\x06', 'latin1');
  record.writeBigUInt64LE(44n, 4);
  record.writeUInt16LE(45, 12);
  record.writeUInt16LE(45, 14);
  record.writeBigUInt64LE(BigInt(entries), 24);
  record.writeBigUInt64LE(BigInt(entries), 32);
  record.writeBigUInt64LE(BigInt(directoryBytes), 40);
  record.writeBigUInt64LE(BigInt(directoryOffset), 48);
  const locator = Buffer.alloc(20);
  locator.write('PK\x06\x07', 'latin1');
  locator.writeBigUInt64LE(BigInt(directoryOffset + directoryBytes), 8);
  locator.writeUInt32LE(1, 16);
  return Buffer.concat([record, locator]);
}

/** The zip64 extra field with the given 64-bit numbers. */
export function zip64Extra(...values: readonly bigint[]): Buffer {
  const extra = Buffer.alloc(4 + 8 * values.length);
  extra.writeUInt16LE(1, 0);
  extra.writeUInt16LE(8 * values.length, 2);
  for (const [i, value] of values.entries()) extra.writeBigUInt64LE(value, 4 + 8 * i);
  return extra;
}

/** Deflate data of `mebibytes` MiB of zeros in a thousandth of the size, built without compressing them all. */
export function deflatedZeros(mebibytes: number): Buffer {
  const whole = deflateRawSync(new Uint8Array(2 * 1024 ** 2), { level: 9, finishFlush: 3 });
  const end = deflateRawSync(new Uint8Array(0));
  return Buffer.concat([...Array.from({ length: mebibytes / 2 }, () => whole), end]);
}

/** A folder that is removed after the tests of the file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'medforge-datasets-'));
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

export function put(folder: string, name: string, content: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** The six arrays of a sound little dataset: 8 training, 2 validation and 4 test images of 12×12, two classes. */
export function medmnistArrays(): Record<string, Buffer> {
  const arrays: Record<string, Buffer> = {};
  for (const [part, count] of [
    ['train', 8],
    ['val', 2],
    ['test', 4],
  ] as const) {
    const pixels = new Uint8Array(count * 144).map((_, i) => (i * 31 + count) & 255);
    arrays[`${part}_images`] = bytes([count, 12, 12], pixels);
    arrays[`${part}_labels`] = bytes(
      [count, 1],
      new Uint8Array(count).map((_, i) => i % 2),
    );
  }
  return arrays;
}

export function npz(arrays: Readonly<Record<string, Uint8Array>>): Buffer {
  return zip(Object.entries(arrays).map(([name, data]) => ({ name: `${name}.npy`, data, deflate: true })));
}
