import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { arrayOf, groupOf, valuesOf, weightsOf, withPrefix } from '../../../src-main/learning/snapshot-codec.js';

const AFTERWARDS = ': resume with the version that wrote it, or start the run again';
const BEFORE = 'the checkpoint does not contain what this version of MedForge needs to resume ';

describe('groups of arrays', () => {
  it('come back under their first names, and only theirs', () => {
    const filter = Float32Array.of(1, 2);
    const arrays = { ...withPrefix('net/', { filter }), ...withPrefix('twin/', { filter: Float32Array.of(3) }) };
    expect(Object.keys(arrays)).toEqual(['net/filter', 'twin/filter']);
    expect(groupOf(arrays, 'net/')).toEqual({ filter });
    expect(weightsOf(arrays, 'net/')['filter']).toBe(filter);
  });
});

describe('what a checkpoint lacks', () => {
  it.each([
    [() => arrayOf({}, 'order', Uint32Array), '(order: expected a Uint32Array, saw nothing)'],
    [
      () => arrayOf({ order: new Float32Array(1) }, 'order', Uint32Array),
      '(order: expected a Uint32Array, saw Float32Array)',
    ],
    [() => weightsOf({ 'net/bias': new Float64Array(1) }, 'net/'), '(bias: expected a Float32Array, saw Float64Array)'],
    [
      () => valuesOf({ epoch: -1 }, z.object({ epoch: z.int().min(0) })),
      '(epoch: Too small: expected number to be >=0)',
    ],
    [() => valuesOf(undefined, z.object({})), '(Invalid input: expected object, received undefined)'],
  ])('is named %#', (read, what) => {
    expect(read).toThrow(`${BEFORE}${what}${AFTERWARDS}`);
    expect(read).toThrow(expect.objectContaining({ kind: 'checkpoint-content' }) as Error);
  });
});
