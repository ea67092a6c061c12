import { UserError } from '../errors.js';

/** A float32 array with its shape, as a safetensors file holds it. */
export interface StoredTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

export interface Safetensors {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly metadata: { readonly [key: string]: string };
}

/** As the reference implementation: a larger header is refused. */
const MAX_HEADER_BYTES = 100_000_000;

/**
 * The safetensors format (Hugging Face): u64 header length, JSON header {name: {dtype, shape, data_offsets}}, data.
 * Only float32 is written; names are sorted, the header is padded with spaces to 8 bytes, so equal content gives equal bytes.
 */
export function encodeSafetensors(content: Safetensors): Uint8Array {
  const names = [...content.tensors.keys()].sort();
  const header: Record<string, unknown> = { __metadata__: content.metadata };
  let offset = 0;
  for (const name of names) {
    const { shape, values } = content.tensors.get(name)!;
    header[name] = { dtype: 'F32', shape, data_offsets: [offset, offset + values.byteLength] };
    offset += values.byteLength;
  }
  let json = Buffer.from(JSON.stringify(header), 'utf8');
  json = Buffer.concat([json, Buffer.alloc((8 - (json.length % 8)) % 8, ' ')]);
  const bytes = Buffer.alloc(8 + json.length + offset);
  bytes.writeBigUInt64LE(BigInt(json.length), 0);
  json.copy(bytes, 8);
  let position = 8 + json.length;
  for (const name of names) {
    for (const value of content.tensors.get(name)!.values) position = bytes.writeFloatLE(value, position);
  }
  return bytes;
}

/**
 * Reads a safetensors file of float32 arrays. Nothing is taken on trust: lengths, offsets without gap or overlap, shapes.
 * @param source names the file in errors
 * @throws UserError `safetensors-damaged`
 */
export function decodeSafetensors(bytes: Uint8Array, source: string): Safetensors {
  const fail = (what: string): never => {
    throw new UserError(
      'safetensors-damaged',
      `${source} is not a complete safetensors model (${what}): train or copy the model again`,
    );
  };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 8) fail(`it has ${String(bytes.length)} bytes`);
  const headerLength = Number(view.getBigUint64(0, true));
  if (headerLength > Math.min(MAX_HEADER_BYTES, bytes.length - 8)) fail('its header is longer than the file');
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, 8 + headerLength)));
  } catch {
    fail('its header is not JSON');
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header)) fail('its header is not an object');
  const { __metadata__: metadata = {}, ...entries } = header as Record<string, unknown>;
  if (typeof metadata !== 'object' || metadata === null || Object.values(metadata).some((v) => typeof v !== 'string')) {
    fail('its metadata values are not text');
  }
  const data = bytes.subarray(8 + headerLength);
  const tensors = new Map<string, StoredTensor>();
  const ranges: [number, number][] = [];
  for (const [name, entry] of Object.entries(entries)) {
    const { dtype, shape, data_offsets: offsets } = (entry ?? {}) as Record<string, unknown>;
    if (dtype !== 'F32') fail(`${name} is ${String(dtype)}, not F32`);
    if (!isCounts(shape)) fail(`${name} has no shape`);
    if (!isCounts(offsets) || offsets.length !== 2) fail(`${name} has no offsets`);
    const dimensions = shape as number[];
    const [start, end] = offsets as [number, number];
    const product = dimensions.reduce((total, n) => total * BigInt(n), 4n);
    if (end > data.length || BigInt(end - start) !== product) fail(`${name} does not fit its shape`);
    ranges.push([start, end]);
    const values = new Float32Array((end - start) / 4);
    const part = new DataView(data.buffer, data.byteOffset + start, end - start);
    for (let i = 0; i < values.length; i++) values[i] = part.getFloat32(4 * i, true);
    tensors.set(name, { shape: dimensions, values });
  }
  let covered = 0;
  for (const [start, end] of ranges.sort((a, b) => a[0] - b[0] || a[1] - b[1])) {
    if (start !== covered) fail('its data have gaps or overlap');
    covered = end;
  }
  if (covered !== data.length) fail(`${String(data.length - covered)} bytes belong to no array`);
  return { tensors, metadata: metadata as Record<string, string> };
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && (n as number) >= 0);
}
