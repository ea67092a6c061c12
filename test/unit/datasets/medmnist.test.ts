import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { datasetBalance, inspectDataset, loadDataset } from '../../../src-main/datasets/medmnist.js';
import { refusalOf } from './expect-refusal.js';
import { bytes, medmnistArrays, npy, npz, put, temporaryFolder } from './fixtures.js';

const folder = temporaryFolder();

function int64(values: readonly number[], shape = `(${values.length}, 1)`): Buffer {
  return npy({ descr: "'<i8'", shape, data: Buffer.from(BigInt64Array.from(values, BigInt).buffer) });
}

const zeros = (count: number): number[] => new Array<number>(count).fill(0);
const labels = (...values: number[]): Buffer => bytes([values.length, 1], Uint8Array.from(values));
const float32 = (shape: string, count: number): Buffer => npy({ shape, data: Buffer.alloc(4 * count) });
const everyPart = (suffix: string, make: (count: number) => Buffer): Record<string, Buffer> =>
  Object.fromEntries(
    (
      [
        ['train', 8],
        ['val', 2],
        ['test', 4],
      ] as const
    ).map(([part, n]) => [`${part}_${suffix}`, make(n)]),
  );
const without = (name: string): Record<string, Buffer> =>
  Object.fromEntries(Object.entries(medmnistArrays()).filter(([key]) => key !== name));

type Row = readonly [input: string, file: string, changed: Record<string, Buffer>, kind: string, message: RegExp];

const REFUSED: readonly Row[] = [
  [
    'images not uint8',
    'x.npz',
    { val_images: float32('(2, 12, 12)', 288) },
    'dataset-images-dtype',
    /val_images has type float32, not uint8\. Add it in the window or with 'medforge datasets add FILE', which converts it and states the rule\./,
  ],
  [
    'images of 16 bits',
    'x.npz',
    { train_images: npy({ descr: "'<u2'", shape: '(8, 12, 12)', data: Buffer.alloc(2304) }) },
    'dataset-images-dtype',
    /train_images has type uint16/,
  ],
  [
    'images of rank 2',
    'x.npz',
    { train_images: bytes([8, 144]) },
    'dataset-images-rank',
    /train_images has shape \(8, 144\), not N×H×W or N×H×W×3/,
  ],
  [
    'images of rank 5',
    'x.npz',
    { test_images: bytes([4, 12, 12, 1, 1]) },
    'dataset-images-rank',
    /test_images has shape \(4, 12, 12, 1, 1\)/,
  ],
  [
    '4 channels',
    'x.npz',
    everyPart('images', (n) => bytes([n, 12, 12, 4])),
    'dataset-images-rank',
    /shape \(8, 12, 12, 4\)/,
  ],
  [
    'channels first',
    'x.npz',
    everyPart('images', (n) => bytes([n, 3, 12, 12])),
    'dataset-images-rank',
    /shape \(8, 3, 12, 12\)/,
  ],
  [
    'not square',
    'x.npz',
    everyPart('images', (n) => bytes([n, 12, 16])),
    'dataset-images-not-square',
    /12×16 pixels, which are not square/,
  ],
  [
    'more images than labels',
    'x.npz',
    { train_labels: labels(0, 1, 0) },
    'dataset-counts-differ',
    /train has 8 images but 3 labels/,
  ],
  [
    'empty part',
    'x.npz',
    { val_images: bytes([0, 12, 12]), val_labels: bytes([0, 1]) },
    'dataset-empty-part',
    /the validation set is empty/,
  ],
  [
    'empty labels',
    'x.npz',
    { test_labels: bytes([0, 1]) },
    'dataset-empty-part',
    /the test set is empty \(test_labels/,
  ],
  [
    'negative labels',
    'x.npz',
    { val_labels: int64([0, -1]) },
    'dataset-labels-negative',
    /val_labels has the negative class -1/,
  ],
  [
    'labels above the classes of train',
    'x.npz',
    { test_labels: labels(0, 1, 2, 0) },
    'dataset-labels-range',
    /test_labels has the class 2 but train has only the classes 0 to 1/,
  ],
  [
    'labels above 255',
    'x.npz',
    { train_labels: int64([0, 1, 300, 0, 0, 0, 0, 0]) },
    'dataset-labels-range',
    /train_labels has the class 300; at most 256/,
  ],
  [
    'labels far above 2^53',
    'x.npz',
    { train_labels: npy({ descr: "'<u8'", shape: '(8,)', data: Buffer.alloc(64, 255) }) },
    'dataset-labels-range',
    /class 18446744073709551615/,
  ],
  [
    'float labels',
    'x.npz',
    { train_labels: float32('(8, 1)', 8) },
    'dataset-labels-float',
    /train_labels has type float32, not integers/,
  ],
  [
    'class missing from train',
    'x.npz',
    { train_labels: labels(0, 2, 0, 2, 0, 2, 0, 2) },
    'dataset-class-missing',
    /train has no image of class 1\./,
  ],
  [
    'only one class',
    'x.npz',
    everyPart('labels', (n) => labels(...zeros(n))),
    'dataset-one-class',
    /all images of train have the same class 0/,
  ],
  [
    'labels of rank 3',
    'x.npz',
    { train_labels: bytes([8, 1, 1]) },
    'dataset-labels-rank',
    /train_labels has shape \(8, 1, 1\)/,
  ],
  [
    'parts of different size',
    'x.npz',
    { test_images: bytes([4, 16, 16]) },
    'dataset-parts-differ',
    /train has images of 12×12×1 but test of 16×16×1/,
  ],
  [
    'parts of different channels',
    'x.npz',
    { val_images: bytes([2, 12, 12, 3]) },
    'dataset-parts-differ',
    /12×12×1 but val of 12×12×3/,
  ],
  [
    'parts of different label counts',
    'x.npz',
    { val_labels: bytes([2, 3]) },
    'dataset-parts-differ',
    /train has 1 labels per image but val has 3/,
  ],
  [
    'size not a multiple of 4',
    'x.npz',
    everyPart('images', (n) => bytes([n, 30, 30])),
    'dataset-image-size',
    /30×30 pixels do not fit the search space/,
  ],
  ['too small', 'x.npz', everyPart('images', (n) => bytes([n, 8, 8])), 'dataset-image-size', /8×8 pixels/],
  ['too large', 'x.npz', everyPart('images', (n) => bytes([n, 260, 260])), 'dataset-image-size', /from 12 to 256/],
  [
    'several labels not 0 or 1',
    'x.npz',
    everyPart('labels', (n) => bytes([n, 3], new Uint8Array(3 * n).fill(2))),
    'dataset-labels-range',
    /has the value 2 where several labels/,
  ],
  [
    'one of several labels never set',
    'x.npz',
    everyPart('labels', (n) =>
      bytes(
        [n, 3],
        new Uint8Array(3 * n).map((_, i) => (i % 3 === 2 ? 0 : 1)),
      ),
    ),
    'dataset-class-missing',
    /no image of class 2/,
  ],
  [
    'NaN labels are floats',
    'x.npz',
    { val_labels: npy({ shape: '(2, 1)', data: Buffer.from(Float32Array.of(NaN, 1).buffer) }) },
    'dataset-labels-float',
    /val_labels/,
  ],
  ['object labels', 'x.npz', { val_labels: npy({ descr: "'|O'" }) }, 'npy-object', /val_labels\.npy: an object array/],
];

describe('a well-formed .npz that is no MedMNIST file is refused', () => {
  test.each(REFUSED)('%s', async (_, file, changed, kind, message) => {
    const path = put(folder, file, npz({ ...medmnistArrays(), ...changed }));
    for (const read of [loadDataset, inspectDataset]) {
      const error = await refusalOf(() => read(path), path);
      expect(error.kind).toBe(kind);
      expect(error.message).toMatch(message);
    }
  });

  test.each(Object.keys(medmnistArrays()))('%s missing', async (name) => {
    const path = put(folder, 'x.npz', npz(without(name)));
    const error = await refusalOf(() => loadDataset(path), path);
    expect(error.kind).toBe('dataset-missing-array');
    expect(error.message).toContain(`it lacks ${name} (it has `);
  });
});

describe('a sound file', () => {
  test('is loaded with everything that is known of it', async () => {
    const content = npz(medmnistArrays());
    const path = put(folder, 'my scans.npz', content);
    const dataset = await loadDataset(path);
    const { parts, ...facts } = dataset;
    expect(facts).toEqual({
      name: 'my scans',
      path,
      sha256: createHash('sha256').update(content).digest('hex'),
      bytes: content.length,
      task: 'binary-class',
      labels: ['0', '1'],
      classes: 2,
      size: 12,
      channels: 1,
      horizontalFlip: false,
      identity: 'not-official',
      catalogueId: null,
      licence: null,
      synthetic: false,
    });
    expect(parts.train.images).toMatchObject({ count: 8, height: 12, width: 12, channels: 1 });
    expect([...parts.val.images.pixels]).toEqual([...new Uint8Array(288).map((_, i) => (i * 31 + 2) & 255)]);
    expect(parts.test.labels).toEqual({ count: 4, labelsPerImage: 1, values: Uint8Array.of(0, 1, 0, 1) });
    expect(datasetBalance(dataset)).toEqual([
      [4, 1, 2],
      [4, 1, 2],
    ]);
  });

  const VARIANTS: readonly (readonly [string, string, Record<string, Buffer>, object])[] = [
    ['three classes', 'x.npz', { train_labels: labels(0, 1, 2, 0, 1, 2, 0, 1) }, { task: 'multi-class', classes: 3 }],
    [
      'labels of shape N',
      'x.npz',
      everyPart('labels', (n) =>
        bytes(
          [n],
          new Uint8Array(n).map((_, i) => i & 1),
        ),
      ),
      { classes: 2, labelsPerImage: 1 },
    ],
    [
      'int64 labels',
      'x.npz',
      everyPart('labels', (n) => int64(Array.from({ length: n }, (_, i) => i & 1))),
      { classes: 2 },
    ],
    [
      'several labels',
      'x.npz',
      everyPart('labels', (n) => bytes([n, 3], new Uint8Array(3 * n).fill(1))),
      {
        task: 'multi-label, binary-class',
        classes: 3,
        labelsPerImage: 3,
        balance: [
          [8, 2, 4],
          [8, 2, 4],
          [8, 2, 4],
        ],
      },
    ],
    ['colour', 'x.npz', everyPart('images', (n) => bytes([n, 16, 16, 3])), { channels: 3, size: 16 }],
    ['one explicit channel', 'x.npz', everyPart('images', (n) => bytes([n, 12, 12, 1])), { channels: 1 }],
    ['an array that is none of ours', 'x.npz', { notes: bytes([3]) }, { classes: 2 }],
    [
      'a catalogued name',
      'BreastMNIST.npz',
      {},
      {
        name: 'BreastMNIST.npz (not official)',
        identity: 'not-official',
        catalogueId: null,
        labels: ['0', '1'],
        licence: null,
        md5Matches: null,
        horizontalFlip: false,
      },
    ],
    [
      'a catalogued name of another size',
      'breastmnist_64.npz',
      everyPart('images', (n) => bytes([n, 64, 64])),
      { name: 'breastmnist_64.npz (not official)', catalogueId: null, size: 64, md5Matches: null },
    ],
    [
      'a part without a class',
      'x.npz',
      { test_labels: labels(0, 0, 0, 0), val_labels: labels(1, 1) },
      {
        notes: [
          'The validation set has no image of "0": no figure can be measured for it there.',
          'The test set has no image of "1": no figure can be measured for it there.',
        ],
      },
    ],
    [
      'one-hot labels, which can be two things',
      'x.npz',
      everyPart('labels', (n) =>
        bytes(
          [n, 2],
          new Uint8Array(2 * n).map((_, i) => Number(i % 2 === (i >> 1) % 2)),
        ),
      ),
      { task: 'multi-label, binary-class', oneHot: true },
    ],
  ];

  test.each(VARIANTS)('%s', async (_, file, changed, expected) => {
    const arrays = { ...medmnistArrays(), ...changed };
    const path = put(folder, file, npz(arrays));
    expect(await inspectDataset(path)).toMatchObject(expected);
    const { classes, channels } = await loadDataset(path);
    expect({ classes, channels }).toMatchObject(
      Object.fromEntries(Object.entries(expected).filter(([key]) => key === 'classes' || key === 'channels')),
    );
  });

  test('images in Fortran order load as the same pixels', async () => {
    const plain = medmnistArrays();
    const truth = await loadDataset(put(folder, 'c.npz', npz(plain)));
    for (const [part, count] of [
      ['train', 8],
      ['val', 2],
      ['test', 4],
    ] as const) {
      const pixels = truth.parts[part].images.pixels;
      const swapped = new Uint8Array(pixels.length).map(
        (_, i) => pixels[(i % count) * 144 + (Math.floor(i / count) % 12) * 12 + Math.floor(i / count / 12)]!,
      );
      plain[`${part}_images`] = npy({ descr: "'|u1'", fortran: 'True', shape: `(${count}, 12, 12)`, data: swapped });
    }
    const { parts } = await loadDataset(put(folder, 'f.npz', npz(plain)));
    for (const part of ['train', 'val', 'test'] as const)
      expect(parts[part].images.pixels).toEqual(truth.parts[part].images.pixels);
  });

  test('damage in the pixels is found by loading', async () => {
    const content = npz(medmnistArrays());
    content[60]! ^= 1;
    const path = put(folder, 'damaged.npz', content);
    expect((await refusalOf(() => loadDataset(path), path)).kind).toMatch(/^np[yz]-/);
  });

  test('a cancelled loading ends with the reason', async () => {
    const path = put(folder, 'cancel.npz', npz(medmnistArrays()));
    await expect(loadDataset(path, { signal: AbortSignal.abort(new Error('stopped')) })).rejects.toThrow('stopped');
  });
});

const OFFICIAL = [
  [
    'breastmnist',
    {
      name: 'BreastMNIST',
      samples: { train: 546, val: 78, test: 156 },
      balance: [
        [147, 21, 42],
        [399, 57, 114],
      ],
    },
  ],
  [
    'pneumoniamnist',
    {
      name: 'PneumoniaMNIST',
      samples: { train: 4708, val: 524, test: 624 },
      balance: [
        [1214, 135, 234],
        [3494, 389, 390],
      ],
    },
  ],
] as const;

test.for(OFFICIAL)('official %s', async ([id, expected], { skip }) => {
  const path = `../shared/data/${id}.npz`;
  if (!existsSync(path)) skip(`${path} is not on this computer`);
  const description = await inspectDataset(path);
  expect(description).toMatchObject({
    ...expected,
    catalogueId: id,
    task: 'binary-class',
    size: 28,
    channels: 1,
    md5Matches: true,
  });
  const renamed = put(folder, 'renamed.npz', readFileSync(path));
  const dataset = await loadDataset(renamed);
  expect(dataset).toMatchObject({ catalogueId: id, name: expected.name, sha256: description.sha256 });
  expect(dataset.parts.test.images.pixels.length).toBe(expected.samples.test * 784);
});
