import { describe, expect, it } from 'vitest';
import type { ShownImage, Twin } from '../../../src-main/ipc/contract.js';
import { cornerOf, matrixAt } from '../../../src-renderer/logic/diagnostics.js';
import { imageText, moveInGallery, outcomeAt, quoted, twinText } from '../../../src-renderer/logic/gallery.js';

describe('keys in a gallery of 10 images, 4 in a line', () => {
  it.each<[string, number, number | null]>([
    ['ArrowRight', 3, 4],
    ['ArrowRight', 9, 9],
    ['ArrowLeft', 0, 0],
    ['ArrowDown', 5, 9],
    ['ArrowDown', 6, 6],
    ['ArrowUp', 6, 2],
    ['ArrowUp', 2, 2],
    ['Home', 7, 0],
    ['End', 2, 9],
    ['Enter', 2, null],
  ])('%s from %i leads to %s', (key, from, to) => {
    expect(moveInGallery(key, from, 10, 4)).toBe(to);
  });
});

const labels = ['malignant', 'benign'];
const twin: Twin = {
  ...{ part: 'train', index: 481, image: null, truth: [1], correlation: 0.99996, identical: false, otherLabel: true },
};
const image: ShownImage = {
  ...{ index: 48, image: null, truth: [0], said: [1], subject: 1, probability: 0.9 },
  ...{ probabilities: [0.1, 0.9], twins: [], twinCount: 0, activation: null },
};

it.each<[Partial<ShownImage>, string]>([
  [{}, 'Image 48: malignant, classified as benign, 90.0\u202f%'],
  [{ said: [0] }, 'Image 48: correctly classified as malignant, 90.0\u202f%'],
  [{ truth: [], said: [0, 1] }, 'Image 48: no label, classified as malignant, benign, 90.0\u202f%'],
  [
    { twins: [{ ...twin, otherLabel: false }], twinCount: 1 },
    'Image 48: malignant, classified as benign, 90.0\u202f%; 1 twin',
  ],
  [
    { twins: [twin, { ...twin, otherLabel: false }], twinCount: 2 },
    'Image 48: malignant, classified as benign, 90.0\u202f%; 2 twins, 1 with another label',
  ],
])('an image in words: %#', (change, text) => {
  expect(imageText({ ...image, ...change }, labels)).toBe(text);
});

it.each<[Partial<Twin>, string]>([
  // what is not identical is not rounded to 1
  [{}, 'training image 481, correlation 0.999, different label: “benign”'],
  [{ identical: true, correlation: 1 }, 'training image 481, identical, different label: “benign”'],
  [{ part: 'val', otherLabel: false }, 'validation image 481, correlation 0.999, same label: “benign”'],
])('a twin in words: %#', (change, text) => {
  expect(twinText({ ...twin, ...change }, labels)).toBe(text);
});

it('quotation marks are those of the window', () => {
  expect(quoted('2 of 3 "a" test images classified as "b", most confident first')).toBe(
    '2 of 3 “a” test images classified as “b”, most confident first',
  );
});

it('the most probable class decides a matrix of its own, whatever the curve says', () => {
  const share = (value: number) => ({ value, interval: [0, 1] as const, missing: null });
  const usual = {
    ...{ truePositives: 3, falseNegatives: 2, trueNegatives: 8, falsePositives: 1, confusion: null },
    ...{ sensitivity: share(0.6), specificity: share(8 / 9) },
    ...{ positivePredictiveValue: share(0.75), negativePredictiveValue: share(0.8) },
  };
  const finding = { positives: 5, negatives: 9 };
  expect(matrixAt(cornerOf(usual), finding)).toEqual([
    [3, 2],
    [1, 8],
  ]);
  expect(cornerOf(usual)).toMatchObject({ sensitivity: 0.6, specificity: 8 / 9 });
  expect(cornerOf(null)).toBeNull();
  const places = [0, 1].map((truth) => [0, 1].map((prediction) => outcomeAt(truth, prediction)));
  expect(places).toEqual([
    ['true-positive', 'false-negative'],
    ['false-positive', 'true-negative'],
  ]);
});
