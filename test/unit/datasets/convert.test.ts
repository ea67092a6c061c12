import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { loadDataset } from '../../../src-main/datasets/medmnist.js';
import { prepareDataset } from '../../../src-main/datasets/prepare.js';
import { refusalOf } from './expect-refusal.js';
import { bytes, medmnistArrays, npy, npz, put, temporaryFolder } from './fixtures.js';

const folder = temporaryFolder();
const home = join(folder, 'home');
const COUNTS = { train: 8, val: 2, test: 4 } as const;
const PIXELS = 144;
const each = (suffix: string, make: (count: number, part: string) => Buffer): Record<string, Buffer> =>
  Object.fromEntries(Object.entries(COUNTS).map(([part, count]) => [`${part}_${suffix}`, make(count, part)]));

type Typed = Float32Array | Float64Array | Uint16Array | Int16Array | Int32Array | Uint8Array;
const of = (descr: string, shape: string, values: Typed): Buffer =>
  npy({ descr: `'${descr}'`, shape, data: Buffer.from(values.buffer, values.byteOffset, values.byteLength) });
/** Images whose pixels are `value(i)` in every part; the first pixel of test is `first`. */
const images = (descr: string, typed: (values: number[]) => Typed, value: (i: number) => number, first: number) =>
  each('images', (n, part) => {
    const values = Array.from({ length: n * PIXELS }, (_, i) => value(i % PIXELS));
    if (part === 'test') values[0] = first;
    return of(descr, `(${n}, 12, 12)`, typed(values));
  });
const float32 = (value: (i: number) => number, first: number) =>
  images('<f4', (values) => Float32Array.from(values), value, first);
const uint16 = (value: (i: number) => number, first: number) =>
  images('<u2', (values) => Uint16Array.from(values), value, first);
const prepare = (path: string, labels: 'classes' | 'multi-label' | null = null) =>
  prepareDataset(path, { home, labels });

describe('images that are not uint8 become it by one rule for the whole set', () => {
  it.each<[string, Record<string, Buffer>, readonly number[], string]>([
    [
      'floats from 0 to 1',
      float32((i) => [0, 0.5, 0.2][i] ?? 0.25, 1),
      [0, 128, 51, 64],
      'Images were float32 from 0 to 1 over all parts: times 255, rounded to uint8.',
    ],
    [
      'floats from 0 to 255',
      float32((i) => [0, 1.4, 200][i] ?? 3.6, 255),
      [0, 1, 200, 4],
      'Images were float32 from 0 to 255 over all parts: rounded to uint8.',
    ],
    [
      '12 bits in 16',
      uint16((i) => [0, 4095, 2048][i] ?? 16, 4000),
      [0, 255, 128, 1],
      'Images were uint16 from 0 to 4095 over all parts, 12 bits in use: times 255/4095, rounded to uint8.',
    ],
    [
      '16 bits of which one part uses fewer',
      uint16((i) => [0, 300, 257][i] ?? 16, 65_535),
      [0, 1, 1, 0],
      'Images were uint16 from 0 to 65535 over all parts, 16 bits in use: times 255/65535, rounded to uint8.',
    ],
    [
      '8 bits in 16',
      uint16((i) => [0, 255, 7][i] ?? 16, 3),
      [0, 255, 7, 16],
      'Images were uint16 from 0 to 255 over all parts: taken as uint8 as they are.',
    ],
  ])('%s', async (_, arrays, pixels, sentence) => {
    const path = put(folder, 'scans.npz', npz({ ...medmnistArrays(), ...arrays }));
    const before = readFileSync(path);
    const description = await prepare(path);
    expect(description).toMatchObject({
      name: 'scans',
      notes: [sentence],
      identity: 'not-official',
      horizontalFlip: false,
    });
    const { parts, pixelRule } = await loadDataset(description.path);
    expect([...parts.train.images.pixels.subarray(0, 4)]).toEqual(pixels);
    // a picture that is predicted later is scaled as these were
    const bits = /, (\d+) bits in use/.exec(sentence)?.[1];
    expect(pixelRule?.intensity).toEqual(bits === undefined ? undefined : { kind: 'bits', bits: Number(bits) });
    expect(readFileSync(path)).toEqual(before);
    // the same bytes whenever it is made
    const again = readFileSync(description.path);
    expect((await prepare(path)).path).toBe(description.path);
    expect(readFileSync(description.path)).toEqual(again);
  });

  it.each<[string, Record<string, Buffer>, string, string]>([
    [
      'negative floats',
      float32(() => -1.5, 1),
      'dataset-images-range',
      'its images are float32 from -1.5 to 1: the values of black and white are not known. Scale them by one rule for the whole dataset to floats from 0 to 1 or integers from 0 to 65535, and save them again.',
    ],
    [
      'floats above 255',
      float32(() => 0, 4095),
      'dataset-images-range',
      'its images are float32 from 0 to 4095: the values of black and white are not known.',
    ],
    [
      'parts of two types',
      { ...float32(() => 0, 1), val_images: bytes([2, 12, 12]) },
      'dataset-parts-differ',
      'the images of its sets have the types float32, uint8, so no single rule fits all of them.',
    ],
    ['NaN', float32(() => NaN, 1), 'npy-non-finite', '1152 values are NaN'],
    [
      'images that are not square either',
      each('images', (n) => of('<f4', `(${n}, 12, 16)`, new Float32Array(n * 192))),
      'dataset-images-not-square',
      '12×16 pixels, which are not square',
    ],
  ])('%s are refused, and nothing is left behind', async (_, arrays, kind, message) => {
    const path = put(folder, 'refused.npz', npz({ ...medmnistArrays(), ...arrays }));
    const error = await refusalOf(() => prepare(path), path);
    expect(error.kind).toBe(kind);
    expect(error.message).toContain(message);
    expect(readdirSync(join(home, 'datasets', 'converted')).filter((name) => name.includes('refused'))).toEqual([]);
  });
});

describe('labels', () => {
  const oneHot = each('labels', (n) =>
    bytes(
      [n, 3],
      Uint8Array.from({ length: 3 * n }, (_, i) => Number(i % 3 === Math.floor(i / 3) % 3)),
    ),
  );

  it('that are one-hot are asked about, and are classes or separate labels as it is said', async () => {
    const path = put(folder, 'grades.npz', npz({ ...medmnistArrays(), ...oneHot }));
    const question = await refusalOf(() => prepare(path), path);
    expect(question.kind).toBe('dataset-labels-one-hot');
    expect(question.message).toContain(
      "the labels have 3 columns with exactly one 1 in every row, which can be 3 classes or 3 separate labels. Choose one: 'medforge datasets add FILE' reads them as classes, '--labels multi-label' as separate labels.",
    );
    const classes = await prepare(path, 'classes');
    expect(classes).toMatchObject({ task: 'multi-class', classes: 3, labelsPerImage: 1 });
    expect(classes.notes[0]).toBe(
      'Labels have 3 columns with exactly one 1 in every row (one-hot): taken as 3 classes of which an image has one. Where they are separate labels, add the file with --labels multi-label.',
    );
    expect([...(await loadDataset(classes.path)).parts.train.labels.values]).toEqual([0, 1, 2, 0, 1, 2, 0, 1]);
    const several = await prepare(path, 'multi-label');
    expect(several).toMatchObject({ task: 'multi-label, binary-class', classes: 3, labelsPerImage: 3, oneHot: false });
    expect(several.path).not.toBe(classes.path);
  });

  it('of several columns that are not one-hot stay as they are', async () => {
    const several = each('labels', (n) => bytes([n, 3], new Uint8Array(3 * n).fill(1)));
    const path = put(folder, 'findings.npz', npz({ ...medmnistArrays(), ...several }));
    expect(await prepare(path)).toMatchObject({ path, task: 'multi-label, binary-class', notes: [] });
  });

  it('that are whole numbers in floats are read, and it is said', async () => {
    const floats = each('labels', (n) =>
      of(
        '<f8',
        `(${n}, 1)`,
        Float64Array.from({ length: n }, (_, i) => i % 2),
      ),
    );
    const path = put(folder, 'floats.npz', npz({ ...medmnistArrays(), ...floats }));
    expect(await prepare(path)).toMatchObject({
      task: 'binary-class',
      notes: ['Labels are float64 and all whole numbers: read as integers.'],
    });
  });

  it.each<[string, Record<string, Buffer>, string, string]>([
    [
      'a half',
      { val_labels: of('<f4', '(2, 1)', Float32Array.of(0.5, 1)) },
      'dataset-labels-float',
      'val_labels has type float32 and the value 0.5. Save class numbers as integers',
    ],
    [
      'a negative number',
      { val_labels: of('<f4', '(2, 1)', Float32Array.of(-1, 1)) },
      'dataset-labels-negative',
      'val_labels has the class -1. Number the classes from 0 to at most 255',
    ],
  ])('with %s are refused', async (_, arrays, kind, message) => {
    const path = put(folder, 'wrong.npz', npz({ ...medmnistArrays(), ...arrays }));
    const error = await refusalOf(() => prepare(path), path);
    expect(error.kind).toBe(kind);
    expect(error.message).toContain(message);
  });
});

const CASES = '../shared/data/cases';
test.runIf(existsSync(CASES)).each([
  ['float01', [expect.stringMatching(/^Images were float32 from 0 to 0\.\d+ over all parts: times 255/)]],
  ['uint16', [expect.stringMatching(/^Images were uint16 .* bits in use: times 255/)]],
  ['labels_onehot5', [expect.stringMatching(/^Labels have 5 columns/)]],
  ['test_missing_class', [expect.stringMatching(/^The test set has no image of /)]],
] as const)('case %s', async (name, notes) => {
  expect((await prepare(`${CASES}/${name}.npz`, 'classes')).notes).toEqual(notes);
});
