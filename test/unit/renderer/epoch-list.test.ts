import { describe, expect, it } from 'vitest';
import type { EpochRecord, Trace } from '../../../src-main/ipc/contract.js';
import { addEpochs, EMPTY_EPOCHS, seedsOf, traceAt } from '../../../src-renderer/logic/epoch-list.js';
import { decimate, thin } from '../../../src-renderer/logic/thin.js';

const record = (epoch: number, seed = 1, loss = 1): EpochRecord => ({
  seed,
  epoch,
  loss,
  accuracy: 0,
  validationLoss: null,
  validationAccuracy: null,
  validationAuc: null,
  learningRate: 0,
  imagesPerSecond: 0,
  seconds: 0,
});
const trace = (epoch: number): Trace => ({ epoch, values: {}, tables: {} });
const epochs = (list: readonly { epoch: number }[]): number[] => list.map(({ epoch }) => epoch);

describe('epochs of a run', () => {
  it.each([
    ['in order', [[1, 2], [3]], [1, 2, 3]],
    ['pushed before the answer', [[4], [1, 2, 3]], [1, 2, 3, 4]],
    [
      'crossing',
      [
        [1, 2, 3],
        [3, 4],
      ],
      [1, 2, 3, 4],
    ],
    ['twice the same', [[1], [1]], [1]],
    ['nothing', [[], []], []],
  ])('%s', (_, parts, expected) => {
    const list = parts.reduce(
      (sum, part) =>
        addEpochs(
          sum,
          part.map((epoch) => record(epoch)),
          part.map(trace),
        ),
      EMPTY_EPOCHS,
    );
    expect(epochs(list.records)).toEqual(expected);
    expect(epochs(list.traces)).toEqual(expected);
  });

  it('the newer record of an epoch wins', () => {
    const list = addEpochs(addEpochs(EMPTY_EPOCHS, [record(1, 1, 5)], []), [record(1, 1, 3)], []);
    expect(list.records.map(({ loss }) => loss)).toEqual([3]);
  });

  it('keeps the seeds of a retraining apart, in the order they were trained', () => {
    let list = addEpochs(EMPTY_EPOCHS, [record(1, 3), record(2, 3)], []);
    list = addEpochs(list, [record(1, 1)], []);
    list = addEpochs(list, [record(3, 3), record(2, 1)], []);
    expect(list.records.map(({ seed, epoch }) => [seed, epoch])).toEqual([
      [3, 1],
      [3, 2],
      [3, 3],
      [1, 1],
      [1, 2],
    ]);
    expect(seedsOf(list.records)).toEqual([3, 1]);
  });

  it('stays bounded over ten hours of an epoch every 100 ms, with first and last kept', () => {
    let list = EMPTY_EPOCHS;
    for (let epoch = 1; epoch <= 36_000; epoch += 100) {
      const part = Array.from({ length: 100 }, (_, index) => epoch + index);
      list = addEpochs(
        list,
        part.map((number) => record(number)),
        part.map(trace),
      );
    }
    expect(list.records.length).toBeLessThanOrEqual(20_000);
    expect(list.traces.length).toBeLessThanOrEqual(2_000);
    expect([list.traces[0]?.epoch, list.traces.at(-1)?.epoch]).toEqual([1, 36_000]);
  });

  it.each([
    [0, 2],
    [2, 2],
    [3, 2],
    [4, 4],
    [99, 9],
  ])('epoch %d shows the trace of epoch %d', (asked, shown) =>
    expect(traceAt([2, 4, 9].map(trace), asked)?.epoch).toBe(shown),
  );

  it('has no trace before the first epoch', () => expect(traceAt([], 3)).toBeNull());
});

describe('thinning', () => {
  const list = Array.from({ length: 1001 }, (_, index) => index);
  it('leaves short lists alone', () => expect(thin(list, 1001)).toBe(list));
  it('keeps first, last and the order', () => {
    const thinned = thin(list, 100);
    expect(thinned.length).toBeLessThanOrEqual(100);
    expect([thinned[0], thinned.at(-1)]).toEqual([0, 1000]);
    expect([...thinned].sort((a, b) => a - b)).toEqual(thinned);
  });
  it('decimates evenly to exactly the cap', () => {
    const few = decimate(list, 11);
    expect(few).toEqual([0, 100, 200, 300, 400, 500, 600, 700, 800, 900, 1000]);
    expect(decimate(list, 5000)).toBe(list);
  });
});
