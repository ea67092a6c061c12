import { expect, it } from 'vitest';
import { computedOn, logLine } from '../../../src-main/attempts/run-log.js';

it('tells from its own log which machines computed a run, each once', () => {
  const started = (device: string, threads: number): string => {
    const event = {
      type: 'started',
      backend: 'native',
      device,
      threads,
      epochs: 3,
      stepsPerEpoch: 9,
      epoch: 1,
      trace: null,
    } as const;
    const { level, text } = logLine(event)!;
    return `2026-11-01T10:00:00.000Z ${level.padEnd(7)} ${text}`;
  };
  const log = [started('AMD (old), avx2', 2), 'epoch 1', started('AMD (old), avx2', 2), started('Other', 8), ''].join(
    '\n',
  );
  expect(computedOn(log)).toEqual([
    { device: 'AMD (old), avx2', backend: 'native', threads: 2 },
    { device: 'Other', backend: 'native', threads: 8 },
  ]);
  expect(computedOn('')).toEqual([]);
});
