import type { GpuBackend, Part } from '../backend.js';

const FLOAT = 4;

/** Parts as one, that a shader binds once. */
export interface Joined extends Part {
  /** Where each part begins, in numbers. */
  readonly starts: readonly number[];
  /** Is it a copy, of which the caller releases the buffer? */
  readonly made: boolean;
}

/** Weights lie in one buffer from the first step on (`GpuBackend.join`); what does not is copied. */
export function joined(backend: GpuBackend, parts: readonly Part[]): Joined {
  const { buffer } = parts[0]!;
  const offset = Math.min(...parts.map((part) => part.offset));
  const size = Math.max(...parts.map((part) => part.offset + part.size)) - offset;
  if (parts.every((part) => part.buffer === buffer) && size <= backend.limits.mostBytes) {
    return { buffer, offset, size, starts: parts.map((part) => (part.offset - offset) / FLOAT), made: false };
  }
  // Shaders read four numbers at once.
  const starts: number[] = [];
  let bytes = 0;
  for (const part of parts) {
    starts.push(bytes / FLOAT);
    bytes += Math.ceil(part.size / 16) * 16;
  }
  const copy = backend.acquire(bytes);
  parts.forEach((part, i) => {
    backend.copy(part.buffer, part.offset, copy, starts[i]! * FLOAT, part.size);
  });
  return { ...backend.whole(copy), starts, made: true };
}
