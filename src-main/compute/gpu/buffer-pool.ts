/// <reference types="@webgpu/types" />

/**
 * Buffers that are used again, with the interface of TensorFlow.js's pool. Of those that fit, the one that was made first is taken:
 * work that is the same in every step gets the same buffers in every step, and bind groups that are made once.
 */
export class BufferPool {
  numBytesUsed = 0;
  numBytesAllocated = 0;
  /** In the order in which they were made. */
  private readonly free = new Map<number, GPUBuffer[]>();
  private readonly used = new Set<GPUBuffer>();
  private readonly numbers = new WeakMap<GPUBuffer, number>();
  private made = 0;
  private disposed = false;

  constructor(private readonly device: GPUDevice) {}

  /** @param size bytes */
  acquireBuffer(size: number, usage: GPUBufferUsageFlags, mappedAtCreation = false, reuse = true): GPUBuffer {
    let buffer = reuse ? this.free.get(keyOf(size, usage))?.shift() : undefined;
    if (!buffer) {
      buffer = this.device.createBuffer({ size, usage, mappedAtCreation });
      this.numbers.set(buffer, this.made++);
      this.numBytesAllocated += size;
    }
    this.used.add(buffer);
    this.numBytesUsed += size;
    return buffer;
  }

  /** Tensors may outlive the pool. @throws RangeError when the buffer is not in use */
  releaseBuffer(buffer: GPUBuffer, reuse = true): void {
    if (this.disposed) return;
    if (!this.used.delete(buffer)) throw new RangeError('a buffer was released that is not in use');
    const { size, usage } = buffer;
    this.numBytesUsed -= size;
    if (!reuse) {
      buffer.destroy();
      this.numBytesAllocated -= size;
      return;
    }
    const key = keyOf(size, usage);
    const list = this.free.get(key);
    if (!list) {
      this.free.set(key, [buffer]);
      return;
    }
    const number = this.numbers.get(buffer)!;
    let at = list.length;
    while (at > 0 && this.numbers.get(list[at - 1]!)! > number) at--;
    list.splice(at, 0, buffer);
  }

  dispose(): void {
    this.disposed = true;
    for (const list of [...this.free.values(), this.used]) for (const buffer of list) buffer.destroy();
    this.free.clear();
    this.used.clear();
    this.numBytesUsed = this.numBytesAllocated = 0;
  }
}

/** Usages are flags below 1024. */
const keyOf = (size: number, usage: number): number => size * 1024 + usage;
