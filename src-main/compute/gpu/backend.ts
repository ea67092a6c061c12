import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { tf } from '../tensorflow.js';
import { adapterInfo } from './adapter.js';
import { ALIGNMENT, BindGroups } from './bind-groups.js';
import { BufferPool } from './buffer-pool.js';
import { ErrorScopes } from './error-scopes.js';
import { tooLargeForCard, type GpuFaultKind } from './faults.js';
import { FlatGradients } from './flat-gradients.js';
import { ARGUMENT_BYTES, ARGUMENT_VECTORS, compile, type Program, type Shader } from './program.js';

type DataId = tf.TensorInfo['dataId'];
type Values = Parameters<WebGPUBackend['write']>[0];

/** What of TensorFlow.js's WebGPU backend is used here although its types hide it. */
interface Internals {
  bufferManager: BufferPool;
  commandEncoder: GPUCommandEncoder | null;
  computePassEncoder: GPUComputePassEncoder | null;
  commandQueueOwnedIds: { has(id: object): boolean; add(id: object): void };
  tensorToBinding(tensor: tf.TensorInfo | null): GPUBindingResource | null;
  releaseResource(id: DataId): void;
}

/** A tensor's memory: a buffer of its own, or a part of one that many tensors share. */
interface Memory {
  readonly buffer: GPUBuffer;
  readonly offset: number;
}

/** A tensor's part of a buffer that goes back when none of its tensors is left; never when it is not counted (`among` null). */
interface SharedMemory extends Memory {
  readonly among: { left: number } | null;
}

/** A part of a buffer as a shader sees it. */
export interface Part {
  readonly buffer: GPUBuffer;
  readonly offset: number;
  readonly size: number;
  /** Bytes that a dispatch reads or writes of it, for the statistics; default: all, once. */
  readonly moved?: number;
}

/** The last vector of the arguments is `FIRST_GROUP`. */
const MOST_VALUES = 4 * (ARGUMENT_VECTORS - 1);
/** A part of which a dispatch moves so many bytes. */
export const touching = (part: Part, moved: number): Part => ({ ...part, moved });

/** Nothing is held back until a submission: see `GpuBackend`. */
const NOBODY: Internals['commandQueueOwnedIds'] = { has: () => false, add: () => undefined };
/** A dense step of a search has fewer than twice as many. */
const DISPATCHES_A_SUBMISSION = 240;
/**
 * Multiplications and additions that one dispatch may have: about 50 ms of a weak card (160 GFLOP/s). Windows resets a card that
 * answers nothing for two seconds.
 */
const MOST_OPERATIONS = 8e9;
/** The most workgroups along a side that every device takes. */
const MOST_GROUPS = 65_535;
const STAGING_BYTES = 4 * 1024 * 1024;
/** Zeros that tensors share. */
const CONSTANT_BYTES = 64 * 1024;
const align = (bytes: number): number => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
const STORAGE_USAGE = (): number => GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;

/** Counts since the device was opened. */
export interface GpuStatistics {
  readonly dispatches: number;
  readonly submissions: number;
  /** Buffers and bind groups made so far: constant in a steady training step. */
  readonly buffers: number;
  readonly bindGroups: number;
  readonly pipelines: number;
  /** Bytes that dispatches read and wrote, every array once a dispatch, twice where it changes in place; and copies. */
  readonly bytesMoved: number;
  readonly bytesInUse: number;
  readonly bytesAllocated: number;
}

/**
 * TensorFlow.js's WebGPU backend on a device of our own, with shaders of our own beside its own.
 *
 * Dispatches are recorded in one encoder and submitted when a value is read; numbers for shaders and small tensors
 * travel through one staging buffer that is written once a submission. Memory of a tensor that is gone is used again at
 * once: commands run in the order in which they were recorded.
 */
export class GpuBackend extends WebGPUBackend {
  private readonly programs = new Map<string, Program>();
  private readonly bindGroups: BindGroups;
  private readonly scopes: ErrorScopes;
  private readonly shared = new WeakMap<object, SharedMemory>();
  private readonly kept = new WeakMap<object, Kept>();
  /** By the buffer of the weights. */
  private readonly flat = new WeakMap<GPUBuffer, FlatGradients>();
  private readonly flatPlaces = new WeakMap<object, { readonly flat: FlatGradients; readonly offset: number }>();
  private zeroBuffer: GPUBuffer | null = null;
  private readonly staging: GPUBuffer;
  private readonly staged = new ArrayBuffer(STAGING_BYTES);
  private readonly words = new Uint32Array(this.staged);
  private stagedFrom = 0;
  private stagedTo = 0;
  private submitSoon: Promise<void> | null = null;
  /** Settles when the card has said whether all that was submitted is valid. */
  private validated: Promise<unknown> = Promise.resolve();
  private fault: Error | null = null;
  private readonly lost: Promise<void>;
  private readonly counts = { dispatches: 0, submissions: 0, buffers: 0, bytesMoved: 0 };
  private recorded = 0;
  /** The pass that `pipeline` was set in. */
  private pass: GPUComputePassEncoder | null = null;
  private pipeline: GPUComputePipeline | null = null;
  private readonly dynamicOffset = new Uint32Array(1);
  /** Convolutions straight from storage, for renderers on the processor (see shaders/direct.ts). */
  direct: boolean;
  /** Operations above which a dispatch is cut, and the largest array that can be bound. */
  limits: { mostOperations: number; mostBytes: number };

  constructor(
    device: GPUDevice,
    info: GPUAdapterInfo,
    private readonly asError: (message: string, kind?: GpuFaultKind) => Error,
  ) {
    super(device, info);
    this.direct = adapterInfo(info, false).software;
    this.limits = {
      mostOperations: MOST_OPERATIONS,
      mostBytes: Math.min(device.limits.maxStorageBufferBindingSize, device.limits.maxBufferSize),
    };
    const { internals } = this;
    internals.commandQueueOwnedIds = NOBODY;
    internals.tensorToBinding = (tensor) => (tensor ? this.part(tensor) : null);
    const create = device.createBuffer.bind(device);
    device.createBuffer = (descriptor) => {
      this.counts.buffers++;
      return create(descriptor);
    };
    internals.bufferManager = new BufferPool(device);
    this.staging = device.createBuffer({
      size: STAGING_BYTES,
      usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC | GPUBufferUsage.UNIFORM,
    });
    this.bindGroups = new BindGroups(device, this.staging);
    device.addEventListener('uncapturederror', (event: Event) => {
      this.report((event as GPUUncapturedErrorEvent).error);
    });
    this.lost = device.lost.then(({ message }) => {
      this.fault ??= asError(message, 'gpu-lost');
    });
    this.scopes = new ErrorScopes(device);
  }

  private get internals(): Internals {
    return this as unknown as Internals;
  }

  statistics(): GpuStatistics {
    const { numBytesInGPU, numBytesAllocatedInGPU } = this.memory();
    return {
      ...this.counts,
      bindGroups: this.bindGroups.made,
      pipelines: this.programs.size,
      bytesInUse: numBytesInGPU,
      bytesAllocated: numBytesAllocatedInGPU,
    };
  }

  /** @throws Error when the device reported an error since it was opened: from then on no number can be trusted */
  check(): void {
    if (this.fault) throw this.fault;
  }

  /** Remembers the first error; that memory was missing is told rather than what followed from it. */
  private report(error: GPUError): void {
    this.fault ??= this.asError(error.message, error instanceof GPUOutOfMemoryError ? 'out-of-memory' : 'gpu-fault');
  }

  private async closeScopes(): Promise<void> {
    for (const error of await this.scopes.next()) this.report(error);
  }

  // --- memory ---

  override uploadToGPU(dataId: DataId): void {
    const data = this.tensorMap.get(dataId);
    if (data.resource) return;
    const values = data.values as Values | null | undefined;
    const count = data.shape.reduce((a, b) => a * b, 1);
    const buffer = this.acquire(count * 4, data.shape.length === 4 ? data.shape[0] : 0);
    data.resource = buffer;
    if (!values) return;
    const array = data.dtype === 'float32' ? Float32Array : Int32Array;
    const bytes = new Uint8Array(array.from(values as ArrayLike<number>).buffer);
    if (bytes.length > STAGING_BYTES / 4) {
      this.submitPending();
      this.queue.writeBuffer(buffer, 0, bytes);
    } else {
      const offset = this.stage(bytes.length);
      new Uint8Array(this.staged, offset, bytes.length).set(bytes);
      this.copy(this.staging, offset, buffer, 0, bytes.length);
    }
    data.values = null as unknown as Values;
  }

  /** Reads that begin in one turn share a submission. Never cached: values may change in place. */
  override async read(dataId: DataId): Promise<Values> {
    const data = this.tensorMap.get(dataId);
    const known = data.values as Values | null | undefined;
    if (known && !data.resource) return known;
    const count = data.shape.reduce((a, b) => a * b, 1);
    const bytes = count * 4;
    const { buffer, offset } = this.memoryOf(dataId);
    const target = this.bufferManager.acquireBuffer(bytes, GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ);
    this.copy(buffer, offset, target, 0, bytes);
    this.submitSoon ??= Promise.resolve().then(() => {
      this.submitSoon = null;
      this.submitPending();
      this.validated = this.closeScopes();
    });
    await this.submitSoon;
    const { validated } = this;
    try {
      await target.mapAsync(GPUMapMode.READ);
    } catch (error) {
      await validated;
      // What a lost device says of itself comes a little later.
      await Promise.race([this.lost, new Promise((resolve) => setTimeout(resolve, 100))]);
      throw this.fault ?? this.asError((error as Error).message, 'gpu-lost');
    }
    await validated;
    this.check();
    const values = target.getMappedRange().slice(0);
    target.unmap();
    this.bufferManager.releaseBuffer(target);
    if (data.dtype === 'float32') return new Float32Array(values);
    const whole = new Int32Array(values);
    return data.dtype === 'bool' ? Uint8Array.from(whole) : whole;
  }

  override disposeData(dataId: DataId, force = false): boolean {
    const gone = super.disposeData(dataId, force);
    if (gone && !this.tensorMap.has(dataId)) {
      const kept = this.kept.get(dataId);
      if (kept) for (const buffer of kept.buffers) this.release(buffer);
      this.kept.delete(dataId);
      this.leaveShared(dataId);
      const place = this.flatPlaces.get(dataId);
      place?.flat.leave(place.offset);
    }
    return gone;
  }

  private leaveShared(dataId: DataId): void {
    const memory = this.shared.get(dataId);
    if (!memory) return;
    this.shared.delete(dataId);
    if (memory.among && --memory.among.left === 0) this.release(memory.buffer);
  }

  /** A new tensor for a shader to fill. */
  output(shape: readonly number[]): tf.TensorInfo {
    const info = this.makeTensorInfo([...shape], 'float32');
    this.uploadToGPU(info.dataId);
    return info;
  }

  /** A tensor of zeros. */
  zeros(shape: readonly number[]): tf.TensorInfo {
    const info = this.output(shape);
    const part = this.part(info);
    this.clear(part.buffer, part.offset, part.size);
    return info;
  }

  /** A tensor of zeros that nobody changes: all share one memory. */
  constantZeros(shape: readonly number[]): tf.TensorInfo {
    const bytes = shape.reduce((a, b) => a * b, 1) * 4;
    if (bytes > CONSTANT_BYTES) return this.zeros(shape);
    this.zeroBuffer ??= this.device.createBuffer({ size: CONSTANT_BYTES, usage: STORAGE_USAGE() });
    return this.view(shape, this.zeroBuffer, 0);
  }

  /** Is it one of `constantZeros`? */
  isConstantZero(tensor: tf.TensorInfo): boolean {
    return this.zeroBuffer !== null && this.shared.get(tensor.dataId)?.buffer === this.zeroBuffer;
  }

  /** Where gradients lie of weights that were joined into a buffer. */
  flatGradients(weights: GPUBuffer): FlatGradients {
    let flat = this.flat.get(weights);
    if (!flat) {
      flat = new FlatGradients(this.device.createBuffer({ size: weights.size, usage: STORAGE_USAGE() }));
      this.flat.set(weights, flat);
    }
    return flat;
  }

  /** A new tensor for a shader to fill with the gradient of a weight: where the optimiser wants it, if that place is free. */
  gradientOf(weight: tf.TensorInfo): tf.TensorInfo {
    const memory = this.shared.get(weight.dataId);
    const flat = memory && this.flat.get(memory.buffer);
    if (!flat?.take(memory!.offset)) return this.output(weight.shape);
    const info = this.view(weight.shape, flat.buffer, memory!.offset);
    this.flatPlaces.set(info.dataId, { flat, offset: memory!.offset });
    return info;
  }

  private view(shape: readonly number[], buffer: GPUBuffer, offset: number): tf.TensorInfo {
    const info = this.makeTensorInfo([...shape], 'float32');
    const data = this.tensorMap.get(info.dataId);
    data.resource = buffer;
    data.external = true;
    this.shared.set(info.dataId, { buffer, offset, among: null });
    return info;
  }

  /**
   * A buffer whose contents are whatever was there before.
   * @param images that it is for, where its size grows with the batch  @throws UserError `batch-too-large`
   */
  acquire(bytes: number, images = 0): GPUBuffer {
    this.requireBinding(bytes, images);
    return this.bufferManager.acquireBuffer(Math.max(4, bytes), STORAGE_USAGE());
  }

  /** @throws UserError `batch-too-large` when so many bytes cannot be bound at once */
  requireBinding(bytes: number, images: number): void {
    if (bytes > this.limits.mostBytes) throw tooLargeForCard(bytes, this.limits.mostBytes, images);
  }

  release(buffer: GPUBuffer): void {
    this.bufferManager.releaseBuffer(buffer);
  }

  whole(buffer: GPUBuffer): Part {
    return { buffer, offset: 0, size: buffer.size };
  }

  /** The memory of a tensor, on the card. */
  part(tensor: tf.TensorInfo): Part {
    this.uploadToGPU(tensor.dataId);
    const { buffer, offset } = this.memoryOf(tensor.dataId);
    return { buffer, offset, size: Math.max(4, tensor.shape.reduce((a, b) => a * b, 1) * 4) };
  }

  /** The buffer in which tensors lie side by side in this order, if they do. */
  sideBySide(tensors: readonly tf.TensorInfo[]): Joined | null {
    const { offsets, bytes } = layoutOf(tensors);
    const first = tensors[0] && this.shared.get(tensors[0].dataId);
    if (first?.buffer.size !== bytes) return null;
    const lie = tensors.every((tensor, i) => {
      const memory = this.shared.get(tensor.dataId);
      return memory?.among === first.among && memory.offset === offsets[i];
    });
    return lie ? { buffer: first.buffer, offsets } : null;
  }

  /** Puts tensors side by side into one buffer, where they stay until they are disposed. */
  join(tensors: readonly tf.TensorInfo[]): Joined {
    const known = this.sideBySide(tensors);
    if (known) return known;
    const joined = this.acquireJoined(tensors);
    const among = { left: 0 };
    tensors.forEach((tensor, i) => {
      const own = this.part(tensor);
      const offset = joined.offsets[i]!;
      this.copy(own.buffer, own.offset, joined.buffer, offset, own.size);
      const data = this.tensorMap.get(tensor.dataId);
      if (this.shared.has(tensor.dataId)) this.leaveShared(tensor.dataId);
      else this.release(data.resource as GPUBuffer);
      this.share(tensor, joined.buffer, offset, among);
    });
    return joined;
  }

  /** New tensors side by side in one buffer of zeros, for shaders to fill. */
  outputsTogether(like: readonly tf.TensorInfo[]): Joined & { readonly tensors: readonly tf.TensorInfo[] } {
    const joined = this.acquireJoined(like);
    const among = { left: 0 };
    const tensors = like.map(({ shape }, i) => {
      const info = this.makeTensorInfo([...shape], 'float32');
      this.share(info, joined.buffer, joined.offsets[i]!, among);
      return info;
    });
    return { ...joined, tensors };
  }

  /** Room for tensors side by side, zeros between them too. */
  private acquireJoined(tensors: readonly tf.TensorInfo[]): Joined {
    const { offsets, bytes } = layoutOf(tensors);
    const buffer = this.acquire(bytes);
    this.clear(buffer, 0, bytes);
    return { buffer, offsets };
  }

  private share(tensor: tf.TensorInfo, buffer: GPUBuffer, offset: number, among: { left: number }): void {
    const data = this.tensorMap.get(tensor.dataId);
    data.resource = buffer;
    data.external = true;
    among.left++;
    this.shared.set(tensor.dataId, { buffer, offset, among });
  }

  keep(output: tf.TensorInfo, buffers: readonly GPUBuffer[]): void {
    this.kept.set(output.dataId, { buffers, spent: false });
  }

  /** What was kept with an output, for the one time that its gradient is taken. */
  spend(output: tf.TensorInfo, kernel: string): readonly GPUBuffer[] {
    const kept = this.kept.get(output.dataId);
    if (!kept || kept.spent) throw new Error(`the gradient of ${kernel} can be taken once only`);
    kept.spent = true;
    return kept.buffers;
  }

  /** What was kept with an output, after the first part of its gradient was taken. */
  keptOf(output: tf.TensorInfo): readonly GPUBuffer[] {
    return this.kept.get(output.dataId)?.buffers ?? [];
  }

  // --- commands ---

  /** The shader that `make` writes, compiled once. @param key names it and every number that is written into it */
  program(key: string, make: () => Shader): Program {
    let program = this.programs.get(key);
    if (!program) {
      program = compile(this.device, this.programs.size, key, make());
      this.programs.set(key, program);
    }
    return program;
  }

  /**
   * Records a dispatch.
   * @param values what `arguments` holds: whole numbers, and floats as their bits; what is not given is 0
   * @param first the first workgroup along x and y, for shaders that add `FIRST_GROUP` to theirs
   */
  dispatch(
    program: Program,
    parts: readonly Part[],
    groups: readonly [number, number?, number?],
    values: readonly number[] = [],
    first: readonly [number, number] | null = null,
  ): void {
    const [x, y = 1, z = 1] = groups;
    if (x === 0 || y === 0 || z === 0) return;
    if (values.length > MOST_VALUES)
      throw new RangeError(`a dispatch takes ${MOST_VALUES} values, saw ${values.length}`);
    const offset = this.stage(ARGUMENT_BYTES);
    const { words, internals } = this;
    let at = offset / 4;
    const end = at + ARGUMENT_BYTES / 4;
    for (const value of values) words[at++] = value;
    words.fill(0, at, end);
    if (first) {
      words[end - 4] = first[0];
      words[end - 3] = first[1];
    }
    const group = this.bindGroups.of(program, parts);
    this.ensureCommandEncoderReady();
    const pass = (internals.computePassEncoder ??= internals.commandEncoder!.beginComputePass());
    if (pass !== this.pass || program.pipeline !== this.pipeline) {
      pass.setPipeline(program.pipeline);
      this.pass = pass;
      this.pipeline = program.pipeline;
    }
    this.dynamicOffset[0] = offset;
    pass.setBindGroup(0, group, this.dynamicOffset, 0, 1);
    pass.dispatchWorkgroups(x, y, z);
    this.counts.dispatches++;
    for (const part of parts) this.counts.bytesMoved += part.moved ?? part.size;
    // The card begins while the rest is recorded.
    if (++this.recorded >= DISPATCHES_A_SUBMISSION) this.submitPending();
  }

  /**
   * Records a dispatch whose shader adds `FIRST_GROUP` to its workgroup, cut into several where it would take long or have more
   * workgroups than a device takes. @param operations multiplications and additions of all of it
   */
  dispatchInShares(
    program: Program,
    parts: readonly Part[],
    [across, down, jobs]: readonly [number, number, number],
    values: readonly number[],
    operations: number,
  ): void {
    const shares = Math.ceil(operations / this.limits.mostOperations);
    // Along the longer side.
    const wide = across >= down;
    const whole = wide ? across : down;
    const share = Math.max(1, Math.min(Math.ceil(whole / Math.max(1, shares)), MOST_GROUPS));
    for (let first = 0; first < whole; first += share) {
      const count = Math.min(share, whole - first);
      if (wide) this.dispatch(program, parts, [count, down, jobs], values, [first, 0]);
      else this.dispatch(program, parts, [across, count, jobs], values, [0, first]);
    }
  }

  /** A kernel of TensorFlow.js, in the same pass as ours. */
  override runWebGPUProgram(...args: Parameters<WebGPUBackend['runWebGPUProgram']>): tf.TensorInfo {
    this.pass = null;
    this.counts.dispatches++;
    const output = super.runWebGPUProgram(...args);
    for (const tensor of [...args[1], output]) this.counts.bytesMoved += this.part(tensor).size;
    return output;
  }

  copy(from: GPUBuffer, fromOffset: number, to: GPUBuffer, toOffset: number, bytes: number): void {
    this.counts.bytesMoved += 2 * bytes;
    this.encoder().copyBufferToBuffer(from, fromOffset, to, toOffset, bytes);
  }

  clear(buffer: GPUBuffer, offset: number, bytes: number): void {
    this.counts.bytesMoved += bytes;
    this.encoder().clearBuffer(buffer, offset, bytes);
  }

  /** Sends what was recorded to the card, where nothing is read. */
  submitRecorded(): void {
    this.submitPending();
  }

  override submitQueue(): void {
    this.recorded = 0;
    this.counts.submissions++;
    if (this.stagedTo > this.stagedFrom) {
      this.queue.writeBuffer(
        this.staging,
        this.stagedFrom,
        this.staged,
        this.stagedFrom,
        this.stagedTo - this.stagedFrom,
      );
    }
    // A submission that runs reads its own part; the next one is written behind it, or after it was submitted.
    this.stagedFrom = this.stagedTo;
    super.submitQueue();
    this.internals.commandQueueOwnedIds = NOBODY;
  }

  private submitPending(): void {
    this.ensureCommandEncoderReady();
    this.endComputePassEncoder();
    this.submitQueue();
  }

  private encoder(): GPUCommandEncoder {
    this.ensureCommandEncoderReady();
    this.endComputePassEncoder();
    return this.internals.commandEncoder!;
  }

  /** Room in the staging buffer, on a boundary that a shader may be bound to. */
  private stage(bytes: number): number {
    if (this.stagedTo + align(bytes) > STAGING_BYTES) {
      if (this.internals.commandEncoder) this.submitPending();
      this.stagedFrom = this.stagedTo = 0;
    }
    const offset = this.stagedTo;
    this.stagedTo += align(bytes);
    return offset;
  }

  private memoryOf(dataId: DataId): Memory {
    return this.shared.get(dataId) ?? { buffer: this.tensorMap.get(dataId).resource as GPUBuffer, offset: 0 };
  }
}

/** Tensors side by side: their buffer, and where each begins in it, in bytes. */
export interface Joined {
  readonly buffer: GPUBuffer;
  readonly offsets: readonly number[];
}

/** Buffers that a kernel keeps for its gradient; they live as long as the kernel's output. */
interface Kept {
  readonly buffers: readonly GPUBuffer[];
  spent: boolean;
}

/** Where tensors lie that are put side by side. */
export function layoutOf(tensors: readonly tf.TensorInfo[]): { offsets: number[]; bytes: number } {
  const offsets: number[] = [];
  let bytes = 0;
  for (const { shape } of tensors) {
    offsets.push(bytes);
    bytes += align(shape.reduce((a, b) => a * b, 1) * 4);
  }
  return { offsets, bytes };
}
