import { expect, it } from 'vitest';
import type { LabelledImages } from '../../../src-main/datasets/dataset.js';
import { identicalImages } from '../../../src-main/datasets/identical-images.js';

/** Images of 2×2 pixels of one shade each, with a label. */
function part(...images: readonly (readonly [shade: number, label: number])[]): LabelledImages {
  const count = images.length;
  return {
    images: { count, height: 2, width: 2, channels: 1, pixels: Uint8Array.from(images.flatMap(([s]) => [s, s, s, s])) },
    labels: { count, labelsPerImage: 1, values: Uint8Array.from(images, ([, label]) => label) },
  };
}

it.each([
  ['none', [[1, 0]], [[2, 0]], [[3, 0]], {}],
  [
    'in training',
    [
      [1, 0],
      [1, 0],
    ],
    [[2, 0]],
    [
      [1, 0],
      [3, 0],
    ],
    { testInTraining: 1 },
  ],
  [
    'with another label there',
    [[1, 0]],
    [[2, 0]],
    [
      [1, 1],
      [2, 1],
    ],
    { testInTraining: 1, testInValidation: 1, testOtherLabel: 2 },
  ],
  [
    'twice there, with both labels',
    [
      [1, 0],
      [1, 1],
    ],
    [[2, 0]],
    [[1, 1]],
    { testInTraining: 1 },
  ],
  ['in validation and training', [[1, 0]], [[1, 0]], [[3, 0]], { validationInTraining: 1 }],
  [
    'repeated in the test set',
    [[1, 0]],
    [[2, 0]],
    [
      [3, 0],
      [3, 0],
      [3, 1],
    ],
    { testRepeated: 2 },
  ],
] as [string, [number, number][], [number, number][], [number, number][], object][])(
  'counts images that are alike: %s',
  (_, train, val, test, found) => {
    const none = {
      testInTraining: 0,
      testInValidation: 0,
      testOtherLabel: 0,
      validationInTraining: 0,
      testRepeated: 0,
    };
    const parts = { train: part(...train), val: part(...val), test: part(...test) };
    expect(identicalImages({ parts })).toEqual({ ...none, ...found });
  },
);
