import { beforeEach, describe, expect, it } from 'vitest';
import { Pace } from '../../../src-main/jobs/pace.js';

const SIZE = { totalSteps: 100, stepsPerEpoch: 10, imagesPerStep: 32 };
let milliseconds: number;
let pace: Pace;

beforeEach(() => {
  milliseconds = 5_000_000;
  pace = Pace.restore(null, SIZE, () => milliseconds);
});

function steps(count: number, seconds: number): void {
  for (let step = 0; step < count; step++) {
    milliseconds += 1000 * seconds;
    pace.step();
  }
}

describe('the pace of a run', () => {
  it('knows nothing before the first step', () => {
    expect([pace.secondsLeft, pace.imagesPerSecond, pace.totalSeconds]).toEqual([null, 0, 0]);
  });

  it('tells the seconds left and the images per second of equal steps', () => {
    steps(20, 2);
    expect(pace.secondsLeft).toBeCloseTo(160, 6);
    expect(pace.imagesPerSecond).toBeCloseTo(16, 6);
    expect(pace.endEpoch()).toEqual({ seconds: 40, imagesPerSecond: 8 });
  });

  it('counts a step during which the process was stopped as a usual one', () => {
    steps(5, 0.5);
    steps(1, 8 * 3600);
    expect(pace.secondsLeft).toBeCloseTo(94 * 0.5, 6);
    expect(pace.totalSeconds).toBeCloseTo(3, 6);
  });

  it('counts a step that is only slow', () => {
    steps(5, 1);
    steps(1, 15);
    expect(pace.totalSeconds).toBe(20);
  });

  it('tells the measurements at the end of an epoch from its steps', () => {
    for (let epoch = 0; epoch < 5; epoch++) {
      steps(9, 1);
      milliseconds += 31_000;
      pace.step(true);
    }
    expect(pace.imagesPerSecond).toBeCloseTo(32, 6);
    expect(pace.secondsLeft).toBeCloseTo(50 + 5 * 30, 6);
    expect(pace.totalSeconds).toBe(200);
  });

  it('counts what is between steps as time of the run and of no step', () => {
    steps(2, 1);
    milliseconds += 60_000;
    pace.pause();
    steps(1, 1);
    expect(pace.secondsLeft).toBeCloseTo(97, 6);
    expect([pace.totalSeconds, pace.endEpoch().seconds]).toEqual([63, 3]);
  });

  it('adds up over resumes, and does not count the time between them', () => {
    steps(20, 2);
    const state = pace.state();
    milliseconds += 3_600_000;
    pace = Pace.restore(state, SIZE, () => milliseconds);
    expect(pace.totalSeconds).toBe(40);
    steps(1, 2);
    expect([pace.totalSeconds, pace.secondsLeft]).toEqual([42, 79 * 2]);
  });
});
