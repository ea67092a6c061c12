import { describe, expect, it } from 'vitest';
import { adamStart, adamStep } from '../../../src-main/search/adam.js';
import { growthEpoch, temperatureAt } from '../../../src-main/search/methods/zo-darts-plus-plus/schedule.js';
import { learningRateAt } from '../../../src-main/search/weight-schedule.js';
import { halvingRungs } from '../../../src-main/search/halving-rungs.js';

const NO_WARMUP = { warmup: 0 };

describe('schedule', () => {
  it.each([
    [0, 50, 1.5],
    [4, 50, 1.5],
    [5, 50, 1.125],
    [49, 50, 1.5 * 0.75 ** 9],
    [1, 4, 1.5 * 0.75 ** 2],
  ])('temperature of epoch %i of %i is %f', (epoch, epochs, expected) => {
    expect(temperatureAt(epoch, epochs, 'steps')).toBeCloseTo(expected, 12);
    expect(temperatureAt(epoch + 0.9, epochs, 'steps')).toBeCloseTo(expected, 12);
  });

  it('falls smoothly to the same end', () => {
    expect(temperatureAt(25, 50, 'smooth')).toBeCloseTo(1.5 * 0.75 ** 4.5, 12);
    expect(temperatureAt(50, 50, 'smooth')).toBeCloseTo(temperatureAt(49, 50, 'steps'), 12);
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
    expect(growthEpoch(epochs, NO_WARMUP)).toBe(expected);
  });

  it.each([
    [50, 0.3, 15],
    [10, 0.25, 3],
    [1, 0.9, 0],
  ])('a search of %i epochs that warms up for %f of them grows after %i', (epochs, warmup, expected) => {
    expect(growthEpoch(epochs, { warmup })).toBe(expected);
  });
});

describe('successive halving', () => {
  it.each([
    [50, 64, [8, 1], [4, 3], [2, 6], [1, 18]],
    [80, 64, [16, 1], [8, 2], [4, 4], [2, 8], [1, 16]],
    [50, 3, [2, 12], [1, 26]],
    [5, 64, [2, 1], [1, 3]],
    [1, 64, [1, 1]],
  ])('%i epochs, at most %i networks', (epochs, most, ...expected) => {
    const rungs = halvingRungs(epochs, most);
    expect(rungs).toEqual((expected as number[][]).map(([networks, each]) => ({ networks, epochs: each })));
    expect(rungs.reduce((sum, rung) => sum + rung.networks * rung.epochs, 0)).toBe(epochs);
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
