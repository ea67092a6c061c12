import { expect, it } from 'vitest';
import { measurementText, roughly } from '../../../src-main/cli/output.js';

it.each([
  [3, 'under a minute'],
  [50, 'about 1 min'],
  [1857, 'about 31 min'],
  [3580, 'about 1 h 00 min'],
  [9700, 'about 2 h 40 min'],
  [360_000, 'about 100 h 00 min'],
])('%d seconds are %s', (seconds, text) => expect(roughly(seconds)).toBe(text));

it('an estimate says what was measured', () => {
  expect(measurementText({ stepsPerEpoch: 1, batch: 128, imagesPerSecond: 940.4 })).toMatch(
    /^Just measured with these settings: 1 step of 128 images per epoch, 940 images\/s\..* Nothing was started\.$/,
  );
});
