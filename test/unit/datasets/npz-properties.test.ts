import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createRandom } from '../../../src-main/compute/random.js';
import { decodeNpy, encodeNpy, type Dtype, type NpyArray, type NpyData } from '../../../src-main/datasets/npy.js';
import { encodeNpz } from '../../../src-main/datasets/npz-writer.js';
import { readNpz } from '../../../src-main/datasets/npz.js';
import { UserError } from '../../../src-main/errors.js';
import { put, temporaryFolder, zip } from './fixtures.js';

const folder = temporaryFolder();
const MIB = 1024 ** 2;

/** The arrays, or the UserError that refused them; anything else fails. Checks the memory. */
async function readOrRefusal(content: Uint8Array): Promise<Map<string, NpyArray> | UserError> {
  const path = put(folder, 'damaged.npz', content);
  const before = process.memoryUsage().arrayBuffers;
  let result: Map<string, NpyArray> | UserError;
  try {
    result = await readNpz(path);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    expect(error.message.startsWith(`${path}: `), error.message).toBe(true);
    expect(error.message).not.toMatch(/[\r\n]/);
    result = error;
  }
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(content.length * 4 + 16 * MIB);
  return result;
}

function equal(a: Map<string, NpyArray>, b: Map<string, NpyArray>): boolean {
  const same = (x: NpyArray, y: NpyArray | undefined): boolean =>
    y !== undefined &&
    x.dtype === y.dtype &&
    x.shape.join() === y.shape.join() &&
    Buffer.compare(raw(x.data), raw(y.data)) === 0;
  return a.size === b.size && [...a].every(([name, array]) => same(array, b.get(name)));
}

function raw(data: NpyData): Buffer {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}

const smallArrays: Record<string, NpyArray> = {
  images: { dtype: 'uint8', shape: [3, 4, 4], data: Uint8Array.from({ length: 48 }, (_, i) => (i * 37) & 255) },
  labels: { dtype: 'int64', shape: [3, 1], data: BigInt64Array.of(0n, 1n, -2n) },
};
/** One stored and one deflated member. */
const small = zip(
  Object.entries(smallArrays).map(([name, array], i) => ({
    name: `${name}.npy`,
    data: encodeNpy(array),
    deflate: i === 1,
  })),
);

test('cut at every byte a good archive is refused', async () => {
  expect(equal((await readOrRefusal(small)) as Map<string, NpyArray>, new Map(Object.entries(smallArrays)))).toBe(true);
  for (let length = 0; length < small.length; length++) {
    expect(await readOrRefusal(small.subarray(0, length)), `first ${length} bytes`).toBeInstanceOf(UserError);
  }
}, 60_000);

test('with any byte altered a good archive gives equal arrays or is refused', async () => {
  const truth = new Map(Object.entries(smallArrays));
  let refused = 0;
  for (let at = 0; at < small.length; at++) {
    const damaged = Buffer.from(small);
    damaged[at]! ^= 1 << (at % 8);
    const result = await readOrRefusal(damaged);
    if (result instanceof UserError) refused++;
    else expect(equal(result, truth), `byte ${at}`).toBe(true);
  }
  // dates, versions and attributes carry no data; every other byte must be noticed
  expect(refused / small.length).toBeGreaterThan(0.8);
}, 60_000);

test('a lone .npy, cut or altered anywhere, gives a whole array or a UserError', () => {
  const whole = Buffer.from(encodeNpy(smallArrays['images']!));
  const attempt = (content: Buffer): void => {
    try {
      const { shape, data } = decodeNpy(content, 'x.npy');
      expect(shape.reduce((product, n) => product * n, 1)).toBe(data.length);
    } catch (error) {
      expect(error).toBeInstanceOf(UserError);
    }
  };
  for (let at = 0; at < whole.length; at++) {
    expect(() => decodeNpy(whole.subarray(0, at), 'x.npy')).toThrow(UserError);
    for (let bit = 0; bit < 8; bit++) {
      const damaged = Buffer.from(whole);
      damaged[at]! ^= 1 << bit;
      attempt(damaged);
    }
  }
});

const realFile = ['../shared/data/breastmnist.npz'].find((path) => existsSync(path));

test.skipIf(realFile === undefined)(
  'BreastMNIST, cut or altered at sampled places, gives equal arrays or is refused (skipped where the file is absent)',
  async () => {
    const whole = readFileSync(realFile!);
    const truth = (await readOrRefusal(whole)) as Map<string, NpyArray>;
    expect(truth.size).toBe(6);
    const random = createRandom(1, 'damage');
    for (let i = 0; i < 30; i++) {
      const length = i < 10 ? whole.length - 1 - i * 7 : random.integer(whole.length);
      expect(await readOrRefusal(whole.subarray(0, length)), `first ${length} bytes`).toBeInstanceOf(UserError);
      const at = i < 15 ? whole.length - 1 - random.integer(500) : random.integer(whole.length);
      const damaged = Buffer.from(whole);
      damaged[at]! ^= 1 << random.integer(8);
      const result = await readOrRefusal(damaged);
      if (!(result instanceof UserError)) expect(equal(result, truth), `byte ${at}`).toBe(true);
    }
  },
);

const DTYPES: readonly Dtype[] = [
  'bool',
  'int8',
  'uint8',
  'int16',
  'uint16',
  'int32',
  'uint32',
  'int64',
  'uint64',
  'float32',
  'float64',
];

const NUMPY_SCRIPT = `
import json, sys, numpy as np
folder, dtypes = sys.argv[1], sys.argv[2].split(',')
rng = np.random.default_rng(1)
expected = {}
for endian in '<>':
    for order in 'CF':
        arrays = {}
        for name in dtypes:
            for shape in [(7,), (3, 4), (2, 1, 3, 2)]:
                values = rng.integers(0, 2, shape) if name == 'bool' else rng.integers(0, 100, shape) if name[0] == 'u' else rng.integers(-100, 100, shape)
                if name.startswith('float'): values = values / 8
                kind = np.dtype(name).newbyteorder(endian)
                arrays[f'{name}_{len(shape)}'] = np.array(values, dtype=kind, order=order)
        expected[f'{"big" if endian == ">" else "little"}-{order}'] = {k: {'shape': v.shape, 'values': [float(x) for x in v.ravel(order='C')]} for k, v in arrays.items()}
        key = f'{"big" if endian == ">" else "little"}-{order}'
        np.savez(f'{folder}/{key}-stored.npz', **arrays)
        np.savez_compressed(f'{folder}/{key}-deflated.npz', **arrays)
json.dump(expected, open(f'{folder}/expected.json', 'w'))
`;

function pythonWithNumpy(): string | undefined {
  return ['python3', '/usr/bin/python3'].find((python) => {
    try {
      execFileSync(python, ['-c', 'import numpy'], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  });
}

const python = pythonWithNumpy();

test.skipIf(python === undefined)(
  'what numpy writes reads back equal: all types, both orders, both byte orders, stored and deflated (skipped without python3-numpy)',
  async () => {
    execFileSync(python!, ['-c', NUMPY_SCRIPT, folder, DTYPES.join(',')]);
    const expected = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as Record<
      string,
      Record<string, { shape: number[]; values: number[] }>
    >;
    for (const [key, arrays] of Object.entries(expected)) {
      for (const form of ['stored', 'deflated']) {
        const read = await readNpz(join(folder, `${key}-${form}.npz`));
        expect([...read.keys()]).toEqual(Object.keys(arrays));
        for (const [name, { shape, values }] of Object.entries(arrays)) {
          const array = read.get(name)!;
          expect({ name, dtype: array.dtype, shape: array.shape }).toEqual({ name, dtype: name.split('_')[0], shape });
          expect([...array.data].map(Number), `${key} ${form} ${name}`).toEqual(values);
        }
      }
    }
  },
);

test.skipIf(python === undefined)(
  'what this program writes numpy reads back equal (skipped without python3-numpy)',
  () => {
    const arrays: Record<string, NpyArray> = {
      f4: { dtype: 'float32', shape: [2, 2], data: Float32Array.of(1.5, -2, 0.25, 1e30) },
      i8: { dtype: 'int64', shape: [2], data: BigInt64Array.of(-(2n ** 62n), 5n) },
      u1: { dtype: 'uint8', shape: [2, 1, 2], data: Uint8Array.of(0, 255, 7, 8) },
      b1: { dtype: 'bool', shape: [2], data: Uint8Array.of(0, 1) },
    };
    const path = put(folder, 'ours.npz', Buffer.concat(encodeNpz(arrays)));
    const script =
      'import numpy, sys; d = numpy.load(sys.argv[1]); print([(k, d[k].dtype.str, d[k].shape, d[k].ravel().tolist()) for k in d])';
    const said = execFileSync(python!, ['-c', script, path], { encoding: 'utf8' }).trim();
    expect(said).toBe(
      "[('f4', '<f4', (2, 2), [1.5, -2.0, 0.25, 1.0000000150474662e+30]), ('i8', '<i8', (2,), [-4611686018427387904, 5]), " +
        "('u1', '|u1', (2, 1, 2), [0, 255, 7, 8]), ('b1', '|b1', (2,), [False, True])]",
    );
  },
);

test('every type survives writing and reading', () => {
  for (const dtype of DTYPES) {
    const wide = dtype.includes('64') && !dtype.startsWith('float');
    const data = wide
      ? dtype === 'int64'
        ? BigInt64Array.of(1n, 0n, 1n)
        : BigUint64Array.of(1n, 0n, 1n)
      : typed(dtype, [1, 0, 1]);
    expect(decodeNpy(encodeNpy({ dtype, shape: [3, 1], data }), 'x.npy')).toEqual({ dtype, shape: [3, 1], data });
  }
});

function typed(dtype: Dtype, values: number[]): NpyData {
  if (dtype === 'float32') return Float32Array.from(values);
  if (dtype === 'float64') return Float64Array.from(values);
  if (dtype === 'int8') return Int8Array.from(values);
  if (dtype === 'int16') return Int16Array.from(values);
  if (dtype === 'uint16') return Uint16Array.from(values);
  if (dtype === 'int32') return Int32Array.from(values);
  if (dtype === 'uint32') return Uint32Array.from(values);
  return Uint8Array.from(values);
}
