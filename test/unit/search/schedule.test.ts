import { describe, expect, it } from 'vitest';
import { adamStart, adamStep } from '../../../src-main/search/adam.js';
import { growthEpoch, learningRateAt, temperatureAt } from '../../../src-main/search/schedule.js';

describe('schedule', () => {
  it.each([
    [0, 50, 1.5],
    [4, 50, 1.5],
    [5, 50, 1.125],
    [49, 50, 1.5 * 0.75 ** 9],
    [1, 4, 1.5 * 0.75 ** 2],
  ])('temperature of epoch %i of %i is %f', (epoch, epochs, expected) => {
    expect(temperatureAt(epoch, epochs)).toBeCloseTo(expected, 12);
  });

  it.each([
    [0, 50, 0.1],
    [25, 50, 0.0505],
    [49, 50, 0.0010976],
  ])('learning rate of epoch %i of %i is %f', (epoch, epochs, expected) => {
    expect(learningRateAt(epoch, epochs)).toBeCloseTo(expected, 6);
  });

  it.each([
    [50, 20],
    [4, 2],
    [5, 2],
    [10, 4],
    [1, 1],
  ])('a search of %i epochs grows after %i', (epochs, expected) => {
    expect(growthEpoch(epochs)).toBe(expected);
  });
});

describe('adam', () => {
  it('moves as torch.optim.Adam(lr=1.5e-2, betas=(0.5, 0.999), weight_decay=1e-3) does', () => {
    const vector = Float64Array.from([0.5, -1, 2]);
    const state = adamStart(3);
    adamStep(vector, Float64Array.from([1, -2, 0.1]), state);
    adamStep(vector, Float64Array.from([0.5, 1, -0.3]), state);
    adamStep(vector, Float64Array.from([-0.25, 0.5, 0]), state);
    expect([...vector]).toEqual(ADAM_EXPECTED.map((v) => expect.closeTo(v, 12) as number));
  });
});

/** Printed by PyTorch 1.13 in float64 for the three steps above. */
const ADAM_EXPECTED = [0.46909701487045313, -0.9882199441114919, 2.001815491756556];
