import { expect, test } from 'vitest';
import { classifiedAtOnce } from '../../../src-main/training/classify.js';

test.each([
  [8, 256],
  [28, 256],
  [64, 48],
  [128, 16],
  [224, 16],
])('of images of %i pixels so many at once that memory hardly grows: %i', (size, count) => {
  expect(classifiedAtOnce({ height: size, width: size })).toBe(count);
});
