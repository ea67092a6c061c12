import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { openNpz, readNpz, type NpzLimits } from '../../../src-main/datasets/npz.js';
import { refusalOf } from './expect-refusal.js';
import { bytes, deflatedZeros, npy, put, temporaryFolder, zip, zip64Extra, type ZipMember } from './fixtures.js';

const folder = temporaryFolder();
const array = npy();
const x: ZipMember = { name: 'x.npy', data: array };
const xDeflated: ZipMember = { ...x, deflate: true };
const y: ZipMember = { name: 'y.npy', data: npy({ data: Buffer.alloc(24, 7) }), deflate: true };
const sound = zip([x, y]);
const MIB = 1024 ** 2;

/** The start of an entry that claims `mebibytes` MiB of zeros, and the deflate data that keeps the claim. */
function bomb(mebibytes: number, declared = mebibytes * MIB): ZipMember {
  const shape = `(${declared - 128},)`;
  return {
    name: 'x.npy',
    data: npy({ descr: "'|u1'", shape, data: Buffer.alloc(0) }),
    compressed: deflatedZeros(mebibytes),
    method: 8,
    size: declared,
  };
}

function noise(length: number): Uint8Array {
  return new Uint8Array(length).map((_, i) => Math.imul(i + 1, 0x9e3779b1) >>> 11);
}

function withByte(content: Buffer, at: number, value: number): Buffer {
  content[at] = value;
  return content;
}

function flipped(content: Buffer, at: number): Buffer {
  const copy = Buffer.from(content);
  copy[at]! ^= 0x40;
  return copy;
}

type Row = readonly [
  row: number,
  input: string,
  content: () => Buffer,
  kind: string,
  message: RegExp,
  limits?: Partial<NpzLimits>,
];

/** Rows of RELIABILITY.md section 1. */
const REFUSED: readonly Row[] = [
  [1, 'empty file', () => Buffer.alloc(0), 'npz-empty-file', /the file is empty \(0 bytes\)/],
  [2, 'text', () => Buffer.from('hello\n'), 'npz-not-zip', /not an NPZ archive: it is plain text/],
  [2, 'HTML login page', () => Buffer.from('<html><head><title>Login</title>'), 'npz-not-zip', /it is a web page/],
  [2, 'pickle', () => Buffer.from('\x80\x04K\x01.', 'latin1'), 'npz-not-zip', /it is a Python pickle/],
  [2, 'random bytes', () => Buffer.alloc(5000, 0xa5), 'npz-not-zip', /it is something else/],
  [2, 'single array named .npz', () => array, 'npz-is-npy', /a single NPY array, not an NPZ archive/],
  [
    37,
    'cut in the end record',
    () => sound.subarray(0, sound.length - 5),
    'npz-truncated',
    /cut short: its end record is missing/,
  ],
  [
    37,
    'cut in half',
    () => sound.subarray(0, sound.length >> 1),
    'npz-truncated',
    /cut short: its end record is missing/,
  ],
  [38, 'empty archive', () => zip([]), 'npz-no-arrays', /the archive is empty/],
  [39, 'duplicate names', () => zip([x, { ...y, name: 'x.npy' }]), 'npz-duplicate', /two entries are called "x\.npy"/],
  [40, '`x` beside `x.npy`', () => zip([{ ...x, name: 'x' }, x]), 'npz-entry-twin', /"x" lies beside "x\.npy"/],
  [
    41,
    'path with ..',
    () => zip([{ ...x, name: '../../evil.npy' }]),
    'npz-entry-path',
    /"\.\.\/\.\.\/evil\.npy" leads out of its folder/,
  ],
  [41, 'absolute path', () => zip([{ ...x, name: '/etc/evil.npy' }]), 'npz-entry-path', /"\/etc\/evil\.npy" leads out/],
  [
    41,
    'path with backslashes',
    () => zip([{ ...x, name: '..\\..\\evil.npy' }]),
    'npz-entry-path',
    /leads out of its folder/,
  ],
  [41, 'drive letter', () => zip([{ ...x, name: 'C:evil.npy' }]), 'npz-entry-path', /leads out of its folder/],
  [
    41,
    'folder in the name',
    () => zip([{ ...x, name: 'a/x.npy' }]),
    'npz-entry-name',
    /is not an array: names are letters/,
  ],
  [42, 'NUL in the name', () => zip([{ ...x, name: 'x\0.npy' }]), 'npz-entry-nul', /"x\\u0000\.npy" holds a NUL/],
  [
    43,
    'CRC mismatch, stored',
    () => zip([{ ...x, crc: 1 }]),
    'npz-checksum',
    /does not have the checksum and size that the archive declares/,
  ],
  [
    43,
    'CRC mismatch, deflated',
    () => zip([{ ...xDeflated, crc: 1 }]),
    'npz-checksum',
    /does not have the checksum and size that the archive declares/,
  ],
  [
    43,
    'flipped pixel',
    () => flipped(sound, 30 + 5 + array.length - 3),
    'npz-checksum',
    /does not have the checksum and size that the archive declares/,
  ],
  [
    44,
    '3 GiB bomb in 3 MB',
    () => zip([bomb(3072)]),
    'npz-entry-too-large',
    /declares 3\.0 GiB; at most 2\.0 GiB are read/,
  ],
  [44, '1 GiB bomb in 1 MB', () => zip([bomb(1024)]), 'npz-ratio', /would decompress to 1\.0 GiB, more than 250 times/],
  [
    44,
    'many arrays that are large together',
    () => zip([x, y]),
    'npz-too-large',
    /the arrays together declare/,
    { totalBytes: 150 },
  ],
  [44, 'file above the cap', () => sound, 'file-too-large', /at most 100 bytes are read/, { fileBytes: 100 }],
  [
    45,
    'declares 200 bytes, inflates to 256 MiB',
    () => zip([bomb(256, 200)]),
    'npz-size',
    /does not decompress to the size that the archive declares/,
  ],
  [
    46,
    'declares 4 GiB, is 144 bytes',
    () => zip([{ ...x, size: 0xfffffffe, deflate: true }]),
    'npz-entry-too-large',
    /declares 4\.0 GiB/,
  ],
  [
    46,
    'declares 8 GiB by zip64, is 144 bytes',
    () => zip([{ ...x, size: 0xffffffff, extra: zip64Extra(8n * 1024n ** 3n), deflate: true }]),
    'npz-entry-too-large',
    /declares 8\.0 GiB/,
  ],
  [
    46,
    'stored, declares more than is stored',
    () => zip([{ ...x, size: 5000 }]),
    'npz-size',
    /declares 5000 bytes but \d+ are stored/,
  ],
  [
    46,
    'deflated, declares more than comes out',
    () => zip([{ ...xDeflated, size: 5000 }]),
    'npz-checksum',
    /does not have the checksum and size that the archive declares/,
  ],
  [
    47,
    'tiny archive, shape 4 GiB',
    () => zip([{ ...x, data: npy({ shape: '(1073741824,)' }), deflate: true }]),
    'npy-data-missing',
    /needs 4\.0 GiB/,
  ],
  [
    48,
    'member that is not NPY',
    () => zip([x, { name: 'y.npy', data: Buffer.from('plain words') }]),
    'npy-magic',
    /y\.npy: not an NPY array: it is plain text/,
  ],
  [
    48,
    'member with another name',
    () => zip([x, { name: 'README.txt', data: Buffer.from('words') }]),
    'npz-entry-name',
    /"README\.txt" is not an array/,
  ],
  [49, 'encrypted', () => zip([{ ...x, flags: 1 }]), 'npz-encrypted', /the entry is encrypted/],
  [49, 'method 99', () => zip([{ ...x, method: 99 }]), 'npz-method', /compressed with method 99/],
  [
    50,
    'LZMA',
    () => zip([{ ...x, method: 14 }]),
    'npz-method',
    /compressed with LZMA; only stored and Deflate are read/,
  ],
  [50, 'BZIP2', () => zip([{ ...x, method: 12 }]), 'npz-method', /compressed with BZIP2/],
  [51, '70,000 entries', announcing70000, 'npz-too-many-entries', /has 70000 entries; at most 64 are read/],
  [51, '65 entries', () => zip(manyEntries(65)), 'npz-too-many-entries', /has 65 entries; at most 64 are read/],
  [52, '1000 records on one local header', () => sharedHeader(1000), 'npz-too-many-entries', /has 1000 entries/],
  [
    52,
    '60 records on one local header',
    () => sharedHeader(60),
    'npz-overlap',
    /the entries x\.npy and x1\.npy overlap/,
  ],
  [53, 'local name differs', () => zip([{ ...x, localName: 'z.npy' }]), 'npz-local-header', /two different names/],
  [
    54,
    '1000 bytes before',
    () => zip([x], { before: Buffer.alloc(1000) }),
    'npz-extra-bytes',
    /1000 bytes were put before the archive/,
  ],
  [
    54,
    '1000 bytes before, offsets moved',
    () => zip([{ ...x, offset: 1000 }], { before: Buffer.alloc(1000), directoryOffset: 1000 + 35 + array.length }),
    'npz-extra-bytes',
    /other bytes come before/,
  ],
  [
    54,
    '70 kB after',
    () => zip([x], { after: Buffer.alloc(70_000) }),
    'npz-extra-bytes',
    /70000 bytes follow the end of the archive/,
  ],
  [55, 'symbolic link', () => zip([{ ...x, mode: 0o120777 }]), 'npz-not-regular', /a link, folder or device/],
  [55, 'folder', () => zip([{ ...x, mode: 0o040755 }]), 'npz-not-regular', /a link, folder or device/],
  [55, 'device', () => zip([{ ...x, mode: 0o020644 }]), 'npz-not-regular', /a link, folder or device/],
  [
    56,
    'directory past the end',
    () => zip([x], { directoryOffset: 0x7fffffff }),
    'npz-directory',
    /past the end of the file/,
  ],
  [56, 'directory misplaced', () => zip([x], { directoryOffset: 3 }), 'npz-extra-bytes', /bytes were put before/],
  [
    56,
    'directory length wrong',
    () => zip([x], { directoryBytes: 20 }),
    'npz-directory',
    /not where the end record says/,
  ],
  [
    57,
    'one entry announced, two there',
    () => zip([x, y], { entries: 1 }),
    'npz-entry-count',
    /holds more than the end record says/,
  ],
  [
    57,
    'three entries announced, two there',
    () => zip([x, y], { entries: 3 }),
    'npz-entry-count',
    /fewer entries than the end record says/,
  ],
  [
    57,
    'no entry announced, two there',
    () => zip([x, y], { entries: 0 }),
    'npz-entry-count',
    /has no entries but has a directory/,
  ],
  [
    59,
    'end record inside the comment',
    () => zip([x], { comment: zip([]) }),
    'npz-comment',
    /has a comment, in which programs can see another archive/,
  ],
  [59, 'whole archive inside the comment', () => zip([x], { comment: zip([y]) }), 'npz-comment', /has a comment/],
  [59, 'plain comment', () => zip([x], { comment: Buffer.from('hello') }), 'npz-comment', /has a comment/],
  [
    0,
    'data past the directory',
    () => zip([{ ...xDeflated, compressedSize: 100_000 }]),
    'npz-bounds',
    /past the end of the archive/,
  ],
  [
    0,
    'no entry at the given offset',
    () =>
      zip([
        { ...x, offset: 7 },
        { ...y, offset: 0 },
      ]),
    'npz-overlap',
    /overlap/,
  ],
  [
    0,
    'damaged deflate data',
    () => withByte(zip([{ ...xDeflated, data: bytes([600, 1000], noise(600_000)) }]), 35, 0x07),
    'npz-checksum',
    /does not have the checksum and size that the archive declares/,
  ],
  [0, 'split archive', () => splitArchive(), 'npz-split', /one part of a split archive/],
];

function manyEntries(count: number): ZipMember[] {
  return Array.from({ length: count }, (_, i) => ({ ...x, name: `n${i}.npy` }));
}

/** The 16-bit count cannot say 70,000: the zip64 record does. */
function announcing70000(): Buffer {
  const archive = zip([x, y], { zip64: true });
  archive.writeBigUInt64LE(70_000n, archive.length - 22 - 20 - 56 + 32);
  return archive;
}

function sharedHeader(count: number): Buffer {
  const records = Array.from({ length: count - 1 }, (_, i) => ({
    ...x,
    name: `x${i + 1}.npy`,
    offset: 0,
    centralOnly: true,
  }));
  return zip([x, ...records]);
}

function splitArchive(): Buffer {
  const archive = zip([x]);
  archive.writeUInt16LE(1, archive.length - 22 + 4);
  return archive;
}

describe('untrusted .npz: refused with a kind and a message of its own, in bounded memory', () => {
  test.each(REFUSED.map(([row, input, ...rest]) => ({ row, input, rest })))('row $row: $input', async ({ rest }) => {
    const [content, kind, message, limits] = rest;
    const path = put(folder, 'bad.npz', content());
    const before = process.memoryUsage();
    const error = await refusalOf(() => readNpz(path, limits ? { limits } : {}), path);
    expect(error.kind).toBe(kind);
    expect(error.message).toMatch(message);
    const after = process.memoryUsage();
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(32 * MIB);
    expect(after.rss - before.rss).toBeLessThan(128 * MIB);
  });
});

test('the file system: missing, folder, pipe, unreadable name', async () => {
  const cases: readonly (readonly [string, string])[] = [
    [`${folder}/missing.npz`, 'file-missing'],
    [folder, 'file-not-regular'],
    [`${put(folder, 'a-file', sound)}/x.npz`, 'file-missing'],
  ];
  for (const [path, kind] of cases) expect((await refusalOf(() => openNpz(path), path)).kind).toBe(kind);
  if (process.platform === 'win32') return;
  const strange = put(folder, 'a\nb\x1b[31m.npz', Buffer.alloc(0));
  await expect(openNpz(strange)).rejects.toThrow(`${folder}/a?b?[31m.npz: the file is empty`);
  const pipe = `${folder}/pipe.npz`;
  execFileSync('mkfifo', [pipe]);
  expect((await refusalOf(() => openNpz(pipe), pipe)).kind).toBe('file-not-regular');
});

const ACCEPTED: readonly (readonly [row: number, input: string, content: Buffer])[] = [
  [
    58,
    'zip64 sizes in the local header, as numpy writes them',
    zip([{ ...x, localExtra: zip64Extra(BigInt(array.length), BigInt(array.length)) }, y]),
  ],
  [58, 'zip64 end record', zip([x, y], { zip64: true })],
  [0, 'stored and deflated', sound],
];

test.each(ACCEPTED)('row %i: %s is read', async (_, __, content) => {
  const arrays = await readNpz(put(folder, 'good.npz', content));
  expect([...arrays.keys()]).toEqual(['x', 'y']);
  expect(Buffer.from(arrays.get('y')!.data.buffer, arrays.get('y')!.data.byteOffset, 24)).toEqual(Buffer.alloc(24, 7));
});

test('a large entry streams into its array, header and data across chunk borders', async () => {
  const data = new Uint8Array(300_000).map((_, i) => (i * 7919) >> 3);
  for (const deflate of [false, true]) {
    const archive = await openNpz(
      put(folder, 'large.npz', zip([{ name: 'x.npy', data: bytes([300, 1000], data), deflate }])),
    );
    expect(await archive.header('x')).toMatchObject({ dtype: 'uint8', shape: [300, 1000], dataBytes: 300_000 });
    const into = new Uint8Array(300_000);
    const read = await archive.read('x', { into });
    expect(read.data.buffer === into.buffer).toBe(true);
    expect(Buffer.compare(into, data)).toBe(0);
    await archive.close();
  }
});

test('64 entries are read', async () => {
  expect((await readNpz(put(folder, 'many.npz', zip(manyEntries(64))))).size).toBe(64);
});

test('an aborted signal ends the reading with its reason', async () => {
  const path = put(folder, 'abort.npz', sound);
  await expect(readNpz(path, { signal: AbortSignal.abort(new Error('stopped')) })).rejects.toThrow('stopped');
});
