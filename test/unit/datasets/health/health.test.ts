import { existsSync } from 'node:fs';
import { expect, it, test } from 'vitest';
import { datasetHealth } from '../../../../src-main/datasets/health/health.js';
import { loadDataset } from '../../../../src-main/datasets/medmnist.js';
import { datasetHealthSchema } from '../../../../src-main/vocabulary/dataset-health.js';
import { exampleHealth } from '../../report/example-health.js';
import { brighter, dataset, grey, mirrored, picture, sound, type Shown } from './made.js';

type Parts = { train: Shown[]; val: Shown[]; test: Shown[] };

const withPatients = (parts: Parts, first: { readonly [part in keyof Parts]: number }): Parts => ({
  train: parts.train.map(([image, label], i) => [image, label, first.train + i]),
  val: parts.val.map(([image, label], i) => [image, label, first.val + i]),
  test: parts.test.map(([image, label], i) => [image, label, first.test + i]),
});

/** The first lines white in one class and black in the other. */
const marked = (shown: readonly Shown[]): Shown[] =>
  shown.map(([image, label]) => [image.map((value, at) => (at < 24 ? 255 * Number(label) : value)), label]);

/** What is found, and a piece of its sentence. */
it.each<[string, (parts: Parts) => Parts, string, string, RegExp]>([
  [
    'a brighter copy of a training image',
    (p) => ({ ...p, test: [[brighter(p.train[0]![0]), 0], ...p.test.slice(1)] }),
    'test-twins',
    'serious',
    /^1 test image of 20 \(5\.0 %\) has a near-identical .* image in the training or validation set: .* without it\.$/,
  ],
  [
    'copies with another label',
    (p) => ({ ...p, test: [[p.train[0]![0], 1], [brighter(p.val[1]![0]), 0], ...p.test.slice(2)] }),
    'twin-other-label',
    'serious',
    /^2 test images have a twin in the training or validation set with a different label/,
  ],
  [
    'the training set as test set',
    (p) => ({ ...p, test: p.train }),
    'test-in-training',
    'serious',
    /^Every test image is also in the training set/,
  ],
  [
    'a validation image in training',
    (p) => ({ ...p, val: [p.train[0]!, ...p.val.slice(1)] }),
    'validation-twins',
    'warning',
    /^1 validation image has an identical image in the training set/,
  ],
  [
    'a training image twice, with both labels',
    (p) => ({ ...p, train: [...p.train, [p.train[0]![0], 1]] }),
    'label-conflict',
    'warning',
    /^2 images in the training and validation sets have a twin with a different label/,
  ],
  [
    'a test image twice',
    (p) => ({ ...p, test: [...p.test, p.test[0]!] }),
    'test-repeats',
    'note',
    /^2 test images have a twin in the test set/,
  ],
  [
    'a training image twice',
    (p) => ({ ...p, train: [...p.train, p.train[0]!] }),
    'training-repeats',
    'note',
    /^2 training images have a twin in the training set/,
  ],
  [
    'a patient in two parts',
    (p) => withPatients(p, { train: 0, val: 20, test: 39 }),
    'patients-across-parts',
    'serious',
    /^1 of 59 patients has images in more than one set; 1 test image is of a patient whom the model knows/,
  ],
  ['no word of patients', (p) => p, 'patients-unknown', 'note', /^The file does not record patients/],
  [
    'some black images',
    (p) => ({ ...p, val: [[grey(0), 0], [grey(9), 1], ...p.val.slice(2)] }),
    'images-empty',
    'warning',
    /^2 validation images of 20 are of a single grey value \(1 black\)/,
  ],
  [
    'a black part',
    (p) => ({ ...p, test: p.test.map(([, label]) => [grey(0), label]) }),
    'part-empty',
    'serious',
    /^Every image of the test set is black: nothing can be measured on it/,
  ],
  [
    'a part of one class',
    (p) => ({ ...p, test: p.test.map(([image]) => [image, 1]) }),
    'labels-constant',
    'serious',
    /^Every test image is “wild”/,
  ],
  [
    'one image of a class',
    (p) => ({ ...p, test: p.test.map(([image], i) => [image, Number(i === 3)]) }),
    'class-of-one-image',
    'warning',
    /^The test set has only one image of “wild”: its sensitivity can only be 0 or 1/,
  ],
  [
    'few images of a class',
    (p) => ({ ...p, test: p.test.map(([image], i) => [image, Number(i < 4)]) }),
    'class-few',
    'warning',
    /^Fewer than 10 test images of “wild”/,
  ],
  [
    'unequal classes',
    (p) => ({ ...p, train: p.train.map(([image], i) => [image, Number(i < 2)]) }),
    'classes-unequal',
    'note',
    /^There are 9\.0 times as many training images of “calm” as of “wild”/,
  ],
  [
    'a marker that gives the class away',
    (p) => ({ train: marked(p.train), val: marked(p.val), test: marked(p.test) }),
    'too-easy',
    'warning',
    /on downscaled images reaches 100\.0 % accuracy on the test set/,
  ],
])('finds %s', async (_, change, kind, severity, sentence) => {
  const clean = await datasetHealth(dataset(withPatients(sound(), { train: 0, val: 20, test: 40 })));
  expect(clean.findings).toEqual([]);
  const report = await datasetHealth(dataset(change(sound())));
  const found = report.findings.find((finding) => finding.kind === kind);
  expect(found?.severity).toBe(severity);
  expect(found?.sentence).toMatch(sentence);
  expect(datasetHealthSchema.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
});

it.each([
  [{ contents: 773, of: 773 }, undefined],
  [
    { contents: 700, of: 1773 },
    'Too many images are similar to compare all of them: 700 of 1,773 were, those of the test set first, so there may be more twins among the others.',
  ],
])('says where not all could be compared: %o', (compared, sentence) => {
  const { findings } = exampleHealth(
    ['a', 'b'],
    [
      [20, 20, 20],
      [20, 20, 20],
    ],
    'binary-class',
    { compared },
  );
  expect(findings.find(({ kind }) => kind === 'search-unfinished')?.sentence).toBe(sentence);
});

it('measures how much a pair differs, what a copy would leave out, and what each simple method reaches', async () => {
  const parts = sound();
  const lighter = parts.train[0]![0].map((value) => value + 5);
  const { twins, cleaning } = await datasetHealth(dataset({ ...parts, test: [[lighter, 0], ...parts.test.slice(1)] }));
  expect(twins.pairs.map(({ difference }) => difference)).toEqual([5]);
  expect(cleaning.trainingTwins).toEqual({ train: 1, val: 0, test: 0 });
  expect(cleaning.conflictingTest).toEqual({ train: 0, val: 0, test: 0 });
  const { train, val, test } = sound();
  const { baselines } = await datasetHealth(dataset({ train: marked(train), val: marked(val), test: marked(test) }));
  expect(baselines.map(({ method, test: reached }) => [method, reached.accuracy.value])).toEqual([
    ['majority vote', 0.5],
    ['nearest neighbour', 1],
    ['linear model', 1],
  ]);
});

it('finds no twin in a mirrored copy', async () => {
  const parts = sound();
  const { twins } = await datasetHealth(
    dataset({ ...parts, test: [[mirrored(parts.train[0]![0]), 0], ...parts.test.slice(1)] }),
  );
  expect(twins.testElsewhere.images).toBe(0);
});

it('finds a class that a part lacks', async () => {
  const parts = sound();
  const test = parts.test.map(([image], i): Shown => [image, i % 2]);
  const train = parts.train.map(([image], i): Shown => [image, i % 3]);
  const { findings } = await datasetHealth(dataset({ train, val: train, test }, ['a', 'b', 'c'], 'multi-class'));
  expect(findings.find(({ kind }) => kind === 'class-missing')?.sentence).toMatch(
    /^No image of “c” is in the test set/,
  );
});

it.each([
  [
    'exactly one label',
    [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ],
    true,
  ],
  [
    'none or two',
    [
      [1, 0, 0],
      [0, 1, 1],
      [0, 0, 1],
    ],
    false,
  ],
] as const)('takes labels of which every image has %s for what they are', async (_, rows, oneHot) => {
  const shown = (): Shown[] => Array.from({ length: 12 }, (__, i) => [picture(), rows[i % 3]!] as const);
  const task = 'multi-label, binary-class';
  const { findings } = await datasetHealth(
    dataset({ train: shown(), val: shown(), test: shown() }, ['a', 'b', 'c'], task),
  );
  expect(findings.some(({ kind }) => kind === 'one-hot')).toBe(oneHot);
});

it('tells the worst pairs first: labels that contradict, then the test part, then the most alike', async () => {
  const p = sound();
  const report = await datasetHealth(
    dataset({
      train: p.train,
      val: [[p.train[3]![0], 0], [p.train[4]![0], 0], ...p.val.slice(2)],
      test: [[brighter(p.train[1]![0]), 1], [p.train[2]![0], 0], ...p.test.slice(2)],
    }),
  );
  expect(
    report.twins.pairs.map(({ images: [a, b], otherLabel }) => [a.part, a.index, b.part, b.index, otherLabel]),
  ).toEqual([
    ['val', 0, 'train', 3, true],
    ['test', 1, 'train', 2, false],
    ['test', 0, 'train', 1, false],
    ['val', 1, 'train', 4, false],
  ]);
  expect(report.twins.testInTraining).toEqual({ images: 2, identical: 1, otherLabel: 0 });
});

it('ends where it is told to, and says how far it is', async () => {
  const steps: string[] = [];
  const stopped = datasetHealth(dataset(sound()), {
    progress: (step) => steps.push(step),
    turn: () =>
      steps.some((step) => step.startsWith('measuring')) ? Promise.reject(new Error('stopped')) : Promise.resolve(),
  });
  await expect(stopped).rejects.toThrow('stopped');
  expect(new Set(steps)).toEqual(new Set(['searching for similar images', 'measuring simple methods']));
});

test.for([
  ['breastmnist', { testElsewhere: 42, otherLabel: 3, validationInTraining: 22, contradicting: 4 }],
  ['pneumoniamnist', { testElsewhere: 0, otherLabel: 0, validationInTraining: 8, contradicting: 0 }],
] as const)('official %s', { timeout: 60_000 }, async ([id, expected], { skip }) => {
  const path = `../shared/data/${id}.npz`;
  if (!existsSync(path)) skip(`${path} is not on this machine`);
  const { twins } = await datasetHealth(await loadDataset(path));
  const contradicting = twins.pairs.filter(({ images: [a], otherLabel }) => a.part === 'test' && otherLabel).length;
  expect({
    testElsewhere: twins.testElsewhere.images,
    otherLabel: twins.testElsewhere.otherLabel,
    validationInTraining: twins.validationInTraining.images,
    contradicting,
  }).toEqual(expected);
});
