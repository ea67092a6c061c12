import { describe, expect, test } from 'vitest';
import { decodeNpy, readNpy } from '../../../src-main/datasets/npy.js';
import { readNpz } from '../../../src-main/datasets/npz.js';
import { refusalOf } from './expect-refusal.js';
import { npy, put, temporaryFolder, zip } from './fixtures.js';

const folder = temporaryFolder();
const sound = npy();
const text = (value: string): Buffer => Buffer.from(value, 'latin1');

/** Rows of RELIABILITY.md section 1: number, input, bytes, kind, words of the message. */
const REFUSED: readonly (readonly [row: number, input: string, content: Buffer, kind: string, message: RegExp])[] = [
  [1, 'empty file', Buffer.alloc(0), 'npy-empty', /the file is empty \(0 bytes\)/],
  [2, 'magic only', text('\x93NUMPY'), 'npy-truncated', /ends after the magic bytes/],
  [2, 'half the magic', text('\x93NU'), 'npy-truncated', /ends inside its first bytes/],
  [2, 'bad magic', npy({ magic: text('\x94NUMPY') }), 'npy-magic', /not an NPY array: it is something else/],
  [2, 'text', text('1.0, 2.0, 3.0\n4.0, 5.0, 6.0\n'), 'npy-magic', /it is plain text/],
  [2, 'HTML login page', text('<!DOCTYPE html><html><body>Log in</body></html>'), 'npy-magic', /it is a web page/],
  [3, 'version 9.0', npy({ version: [9, 0] }), 'npy-version', /version 9\.0 is not known/],
  [3, 'version 0.0', npy({ version: [0, 0] }), 'npy-version', /version 0\.0 is not known/],
  [
    4,
    'header length past the end',
    npy({ headerLength: 5000 }),
    'npy-header-length',
    /4\.9 KiB long but only \d+ bytes follow/,
  ],
  [
    5,
    'version 2 header of 4 GiB',
    npy({ version: [2, 0], headerLength: 0xffffffff }),
    'npy-header-length',
    /4\.0 GiB long but only/,
  ],
  [
    6,
    'header above 10,000 bytes',
    npy({ header: `${"{'descr': '<f4'".padEnd(10_001)}}` }),
    'npy-header-too-long',
    /at most 10000 are read/,
  ],
  [
    7,
    'header with code',
    npy({ header: "__import__('os').system('id')" }),
    'npy-header-code',
    /"__import__", not a plain value; nothing was executed/,
  ],
  [7, 'code as a value', npy({ descr: "__import__('os')" }), 'npy-header-code', /nothing was executed/],
  [8, '4000 nested brackets', npy({ shape: '['.repeat(4000) }), 'npy-shape', /must be a tuple of integers, saw "\["/],
  [8, '4000 nested tuples', npy({ shape: '('.repeat(4000) }), 'npy-shape', /a dimension must be an integer, saw "\("/],
  [9, 'missing key', npy({ header: "{'descr': '<f4', 'shape': (2, 3)}" }), 'npy-header-keys', /lacks fortran_order/],
  [
    9,
    'extra key',
    npy({ header: "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), 'x': 1}" }),
    'npy-header-keys',
    /key "x"/,
  ],
  [9, 'not a dictionary', npy({ header: "['descr', '<f4']" }), 'npy-header-syntax', /not a dictionary of plain values/],
  [
    9,
    'text after the dictionary',
    npy({ header: "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3)} {}" }),
    'npy-header-syntax',
    /near "\{"/,
  ],
  [9, 'unclosed dictionary', npy({ header: "{'descr': '<f4'" }), 'npy-header-syntax', /near ""/],
  [
    10,
    'duplicate key',
    npy({ header: "{'descr': '<f4', 'descr': '<i4', 'fortran_order': False, 'shape': (2, 3)}" }),
    'npy-header-duplicate',
    /"descr" twice/,
  ],
  [11, 'NUL in the header', npy({ descr: "'<f4\0'" }), 'npy-header-bytes', /holds the byte 0x00/],
  [12, 'shape (-4,)', npy({ shape: '(-4,)' }), 'npy-shape-negative', /"-4" is negative/],
  [12, 'shape (-1,)', npy({ shape: '(-1,)' }), 'npy-shape-negative', /"-1" is negative/],
  [13, 'shape with a float', npy({ shape: '(2.0, 3)' }), 'npy-shape', /plain integer, saw "2\.0"/],
  [13, 'shape as a list', npy({ shape: '[2, 3]' }), 'npy-shape', /must be a tuple of integers, saw "\["/],
  [13, 'shape as a bare number', npy({ shape: '(6)' }), 'npy-shape', /not a tuple/],
  [14, 'shape (True, 4)', npy({ shape: '(True, 4)' }), 'npy-shape', /must be an integer, saw "True"/],
  [
    15,
    'shape 2^40 in 200 bytes',
    npy({ shape: '(1099511627776,)', data: Buffer.alloc(200) }),
    'npy-data-missing',
    /needs 4\.0 TiB \(4398046511104 bytes\) but 200 are there/,
  ],
  [
    16,
    '2^32 × 2^32 × 4 wraps to 0',
    npy({ shape: '(4294967296, 4294967296)', data: Buffer.alloc(0) }),
    'npy-data-missing',
    /73786976294838206464 bytes/,
  ],
  [
    17,
    '(2^63-1, 2) wraps to -2',
    npy({ shape: '(9223372036854775807, 2)' }),
    'npy-shape-too-large',
    /larger than any array can be/,
  ],
  [17, '(2^53-1, 2^53-1) wraps', npy({ shape: '(9007199254740991, 9007199254740991)' }), 'npy-data-missing', /EiB|e\+/],
  [
    18,
    'dimension above int64',
    npy({ shape: '(99999999999999999999999,)' }),
    'npy-shape-too-large',
    /larger than any array can be/,
  ],
  [19, '65 dimensions', npy({ shape: `(${'1, '.repeat(65)})` }), 'npy-rank', /more than 8 dimensions/],
  [
    19,
    '9 dimensions',
    npy({ shape: `(${'1, '.repeat(9)})`, data: Buffer.alloc(4) }),
    'npy-rank',
    /more than 8 dimensions/,
  ],
  [
    20,
    'shape (0, 2^40)',
    npy({ shape: '(0, 1099511627776)', data: Buffer.alloc(0) }),
    'npy-empty-axis',
    /has an empty axis/,
  ],
  [21, 'scalar', npy({ shape: '()', data: Buffer.alloc(4) }), 'npy-scalar', /a single number, shape \(\)/],
  [
    22,
    'data 3 bytes short',
    npy({ data: Buffer.alloc(21) }),
    'npy-data-missing',
    /needs 24 bytes \(24 bytes\) but 21 are there/,
  ],
  [
    23,
    '400 trailing bytes',
    npy({ data: Buffer.alloc(424) }),
    'npy-trailing-bytes',
    /400 bytes follow the data of shape \(2, 3\)/,
  ],
  [25, 'fortran_order 1', npy({ fortran: '1' }), 'npy-fortran-order', /must be True or False, saw "1"/],
  [27, "'=f4'", npy({ descr: "'=f4'" }), 'npy-byte-order', /"=f4" does not state the byte order/],
  [27, "'f4'", npy({ descr: "'f4'" }), 'npy-byte-order', /"f4" does not state the byte order/],
  [27, "'|f4'", npy({ descr: "'|f4'" }), 'npy-byte-order', /does not state the byte order/],
  [
    28,
    'object array',
    npy({ descr: "'|O'", data: text('\x80\x04K\x01.') }),
    'npy-object',
    /is a pickle and is never opened/,
  ],
  [28, "object array 'O8'", npy({ descr: "'O8'" }), 'npy-object', /is a pickle and is never opened/],
  [
    28,
    'raw pickle',
    text('\x80\x04\x95\x1a\0\0\0\0\0\0\0\x8c\x02os\x94'),
    'npy-magic',
    /it is a Python pickle, which is never opened/,
  ],
  [29, 'struct hiding an object', npy({ descr: "[('a', '<f4'), ('b', '|O')]" }), 'npy-structured', /structured dtype/],
  [29, 'struct with a code point field', npy({ descr: "[('O', 'O')]" }), 'npy-structured', /object hidden in one/],
  [30, "plain struct '<f4,<f4'", npy({ descr: "'<f4,<f4'" }), 'npy-dtype', /"<f4,<f4" is not read/],
  [30, 'struct of plain fields', npy({ descr: "[('x', '<f4')]" }), 'npy-structured', /structured dtype/],
  [
    30,
    'version 3 unicode field',
    npy({ version: [3, 0], descr: "[('\xc3\xa9', '<f4')]" }),
    'npy-header-bytes',
    /holds the byte 0xc3/,
  ],
  [
    31,
    "zero-width 'S0', shape 2^40",
    npy({ descr: "'|S0'", shape: '(1099511627776,)', data: Buffer.alloc(0) }),
    'npy-dtype',
    /"\|S0" is not read/,
  ],
  [32, "'V1000000000000'", npy({ descr: "'|V1000000000000'" }), 'npy-dtype', /"\|V1000000000000" is not read/],
  [33, 'long double', npy({ descr: "'<f16'" }), 'npy-dtype', /"<f16" is not read/],
  [33, 'complex', npy({ descr: "'<c8'" }), 'npy-dtype', /"<c8" is not read/],
  [33, 'date', npy({ descr: "'<M8[ns]'" }), 'npy-dtype', /"<M8\[ns\]" is not read/],
  [33, 'unicode text', npy({ descr: "'<U4'" }), 'npy-dtype', /"<U4" is not read/],
  [
    34,
    'boolean bytes 0, 1, 2, 255',
    npy({ descr: "'|b1'", shape: '(4,)', data: Buffer.of(0, 1, 2, 255) }),
    'npy-bool',
    /holds the byte 2/,
  ],
  [
    35,
    'NaN and infinities',
    npy({ shape: '(4,)', data: Buffer.from(Float32Array.of(1, NaN, Infinity, -Infinity).buffer) }),
    'npy-non-finite',
    /1 values are NaN and 2 are infinite, of 4/,
  ],
  [36, "Python 2 '4L'", npy({ shape: '(2L, 3L)' }), 'npy-shape-python2', /"2L" is in the notation of Python 2/],
];

describe('untrusted .npy: refused with a kind and a message of its own', () => {
  test.each(REFUSED)('row %i: %s', async (_, __, content, kind, message) => {
    const alone = await refusalOf(() => decodeNpy(content, 'x.npy'), 'x.npy');
    expect(alone.kind).toBe(kind);
    expect(alone.message).toMatch(message);

    const path = put(folder, 'member.npz', zip([{ name: 'x.npy', data: content, deflate: true }]));
    const member = await refusalOf(() => readNpz(path), `${path}: x.npy`);
    expect(member.kind).toBe(kind);
    expect(member.message.slice(path.length + 2)).toBe(alone.message);
  });
});

const little = Buffer.from(Float32Array.of(1, 2, 3, 4, 5, 6).buffer);

/** Rows that are read. */
const ACCEPTED: readonly (readonly [row: number, input: string, content: Buffer, shape: number[], values: number[]])[] =
  [
    [24, 'Fortran order is brought to C order', npy({ fortran: 'True', data: little }), [2, 3], [1, 3, 5, 2, 4, 6]],
    [
      24,
      'Fortran order of rank 3',
      npy({ fortran: 'True', descr: "'|u1'", shape: '(2, 2, 2)', data: Buffer.of(0, 4, 2, 6, 1, 5, 3, 7) }),
      [2, 2, 2],
      [0, 1, 2, 3, 4, 5, 6, 7],
    ],
    [
      26,
      "big-endian '>f4' is swapped",
      npy({ descr: "'>f4'", data: Buffer.from(little).swap32() }),
      [2, 3],
      [1, 2, 3, 4, 5, 6],
    ],
    [34, 'booleans of 0 and 1', npy({ descr: "'|b1'", shape: '(3,)', data: Buffer.of(0, 1, 1) }), [3], [0, 1, 1]],
    [0, 'version 2.0', npy({ version: [2, 0], data: little }), [2, 3], [1, 2, 3, 4, 5, 6]],
    [0, 'version 3.0', npy({ version: [3, 0], data: little }), [2, 3], [1, 2, 3, 4, 5, 6]],
    [
      0,
      'keys in another order, double quotes, no spaces',
      npy({ header: '{"shape":(2,3),"descr":"<f4","fortran_order":False}', data: little }),
      [2, 3],
      [1, 2, 3, 4, 5, 6],
    ],
  ];

test.each(ACCEPTED)('row %i: %s', (_, __, content, shape, values) => {
  const array = decodeNpy(content, 'x.npy');
  expect(array.shape).toEqual(shape);
  expect([...array.data].map(Number)).toEqual(values);
});

test('NaN and infinities are passed on where the caller allows them', () => {
  const content = npy({ shape: '(2,)', data: Buffer.from(Float32Array.of(NaN, Infinity).buffer) });
  expect([...decodeNpy(content, 'x.npy', { nonFinite: 'accept' }).data]).toEqual([NaN, Infinity]);
});

test('readNpy reads a file, and says what is wrong with its path', async () => {
  expect((await readNpy(put(folder, 'good.npy', sound))).shape).toEqual([2, 3]);
  const missing = `${folder}/missing.npy`;
  expect((await refusalOf(() => readNpy(missing), missing)).kind).toBe('file-missing');
  expect((await refusalOf(() => readNpy(folder), folder)).kind).toBe('file-not-regular');
});
