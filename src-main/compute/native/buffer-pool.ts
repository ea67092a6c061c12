import type { NativeBinding } from './binding.js';

/** Bytes that must follow the values of every array: kernels read whole vectors. */
const SLACK = 64;
const LINE = 64;
/** Idle bytes beyond which a request for a new size first lets the oldest idle arrays go. */
const IDLE_LIMIT = 256 * 1024 * 1024;

export interface PoolStatistics {
  /** Bytes of arrays that are handed out, and of those that wait to be. */
  readonly usedBytes: number;
  readonly idleBytes: number;
  /** Arrays made so far: constant in a steady training step. */
  readonly made: number;
}

/** Float arrays on cache lines, reused by length. */
export class BufferPool {
  private readonly idle = new Map<number, Float32Array[]>();
  private readonly owned = new WeakSet<Float32Array>();
  private usedBytes = 0;
  private idleBytes = 0;
  private made = 0;

  constructor(private readonly binding: NativeBinding) {}

  /** An array whose values are whatever was there before. */
  take(length: number): Float32Array {
    const waiting = this.idle.get(length)?.pop();
    if (waiting) {
      this.idleBytes -= waiting.byteLength;
      this.usedBytes += waiting.byteLength;
      return waiting;
    }
    if (this.idleBytes > IDLE_LIMIT) this.trim();
    const buffer = new ArrayBuffer(length * 4 + LINE + SLACK);
    const array = new Float32Array(buffer, this.binding.lineOffset(buffer), length);
    this.owned.add(array);
    this.made++;
    this.usedBytes += array.byteLength;
    return array;
  }

  /** Takes an array back; one that is not from here is left alone. */
  give(array: Float32Array): void {
    if (!this.owned.has(array)) return;
    const waiting = this.idle.get(array.length) ?? [];
    waiting.push(array);
    // Lengths used last come last, so `trim` lets go of what has not been asked for the longest.
    this.idle.delete(array.length);
    this.idle.set(array.length, waiting);
    this.idleBytes += array.byteLength;
    this.usedBytes -= array.byteLength;
  }

  owns(array: unknown): array is Float32Array {
    return array instanceof Float32Array && this.owned.has(array);
  }

  statistics(): PoolStatistics {
    return { usedBytes: this.usedBytes, idleBytes: this.idleBytes, made: this.made };
  }

  private trim(): void {
    for (const [length, arrays] of this.idle) {
      if (this.idleBytes <= IDLE_LIMIT / 2) return;
      this.idleBytes -= arrays.length * length * 4;
      this.idle.delete(length);
    }
  }
}
