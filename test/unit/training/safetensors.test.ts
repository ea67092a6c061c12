import { describe, expect, it } from 'vitest';
import { UserError } from '../../../src-main/errors.js';
import { decodeSafetensors, encodeSafetensors, type Safetensors } from '../../../src-main/training/safetensors.js';

const content: Safetensors = {
  tensors: new Map([
    ['b', { shape: [2, 2], values: Float32Array.of(1, -2.5, 3e-40, Infinity) }],
    ['a', { shape: [1], values: Float32Array.of(7) }],
  ]),
  metadata: { note: 'größe' },
};
const bytes = encodeSafetensors(content);

function withHeader(header: unknown, data = 20): Uint8Array {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, Buffer.alloc(data)]);
}
const a = { dtype: 'F32', shape: [1], data_offsets: [0, 4] };
const b = { dtype: 'F32', shape: [2, 2], data_offsets: [4, 20] };

describe('safetensors', () => {
  it('has the published layout', () => {
    const length = Number(Buffer.from(bytes).readBigUInt64LE(0));
    expect(length % 8).toBe(0);
    expect(JSON.parse(Buffer.from(bytes.subarray(8, 8 + length)).toString())).toEqual({
      __metadata__: { note: 'größe' },
      a,
      b,
    });
    expect(Buffer.from(bytes).readFloatLE(8 + length)).toBe(7);
    expect(bytes.length).toBe(8 + length + 20);
  });

  it('reads what it wrote, also from an odd offset', () => {
    const shifted = Buffer.concat([Buffer.of(0), bytes]).subarray(1);
    for (const source of [bytes, shifted]) {
      const read = decodeSafetensors(source, 'm');
      expect(read.metadata).toEqual(content.metadata);
      expect(new Map(read.tensors)).toEqual(content.tensors);
    }
  });

  it.each<[string, Uint8Array, string]>([
    ['nothing', new Uint8Array(0), 'it has 0 bytes'],
    ['a header longer than the file', Buffer.from('ffffffffffffff7f00', 'hex'), 'its header is longer than the file'],
    ['text', withHeader('hello'), 'its header is not JSON'],
    ['a list', withHeader([]), 'its header is not an object'],
    ['numbers as metadata', withHeader({ __metadata__: { x: 1 }, a, b }), 'its metadata values are not text'],
    ['double precision', withHeader({ a: { ...a, dtype: 'F64' }, b }), 'a is F64, not F32'],
    ['no shape', withHeader({ a: { ...a, shape: null }, b }), 'a has no shape'],
    ['a negative dimension', withHeader({ a: { ...a, shape: [-1] }, b }), 'a has no shape'],
    ['one offset', withHeader({ a: { ...a, data_offsets: [0] }, b }), 'a has no offsets'],
    ['a null entry', withHeader({ a: null, b }), 'a is undefined, not F32'],
    ['a shape that wraps', withHeader({ a: { ...a, shape: [2 ** 32, 2 ** 32] }, b }), 'a does not fit its shape'],
    [
      'offsets past the end',
      withHeader({ a, b: { ...b, data_offsets: [4, 24], shape: [5] } }),
      'b does not fit its shape',
    ],
    ['overlap', withHeader({ a, b: { ...b, data_offsets: [0, 16] } }, 16), 'its data have gaps or overlap'],
    ['a gap', withHeader({ b }), 'its data have gaps or overlap'],
    ['trailing bytes', withHeader({ a, b }, 21), '1 bytes belong to no array'],
  ])('refuses %s', (_, bad, reason) => {
    expect(() => decodeSafetensors(bad, 'm')).toThrow(
      `m is not a complete safetensors model (${reason}): train or copy the model again`,
    );
  });

  it('cut at any byte is refused', () => {
    for (let n = 0; n < bytes.length; n++)
      expect(() => decodeSafetensors(bytes.subarray(0, n), 'm')).toThrow(UserError);
  });
});
