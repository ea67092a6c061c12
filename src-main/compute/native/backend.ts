import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import { tf } from '../tensorflow.js';
import type { CellLayout, NativeBinding } from './binding.js';
import { BufferPool } from './buffer-pool.js';

type DataId = Parameters<MathBackendCPU['disposeData']>[0];
type Values = Parameters<MathBackendCPU['write']>[0];

/** Arrays that a kernel keeps for its gradient; they live as long as the kernel's output. */
export interface Kept {
  readonly arrays: readonly (Float32Array | null)[];
  /** The gradient works inside these arrays, so it can be taken once. */
  spent: boolean;
}

/**
 * Data handling of TensorFlow.js's CPU backend with float arrays from a pool. Kernels that are not ours are the CPU
 * backend's own; whatever they hand over is copied into the pool, so no two tensors ever share memory by accident.
 */
export class NativeBackend extends MathBackendCPU {
  readonly pool: BufferPool;
  readonly cellLayout: CellLayout;
  private readonly kept = new WeakMap<DataId, Kept>();
  /** Arrays that belong to a tensor. */
  private readonly attached = new WeakSet<Float32Array>();
  private readonly constantZeros = new Map<number, Float32Array>();
  private readonly zeroArrays = new WeakSet<Float32Array>();
  private readonly converted = new WeakMap<object, Float32Array>();
  private nextId = 0;

  constructor(readonly binding: NativeBinding) {
    super();
    this.pool = new BufferPool(binding);
    this.cellLayout = binding.cellLayout();
  }

  override write(values: Values, _shape: number[], dtype: tf.DataType): DataId {
    const dataId = { id: this.nextId++ };
    this.data.set(dataId, { values: this.adopt(values, dtype), dtype, refCount: 1 });
    return dataId;
  }

  override move(dataId: DataId, values: Values, _shape: number[], dtype: tf.DataType, refCount: number): void {
    this.data.set(dataId, { values: this.adopt(values, dtype), dtype, refCount });
  }

  /** A copy: the memory of a tensor is used again after its disposal. */
  override readSync(dataId: DataId): Values {
    const values = super.readSync(dataId);
    return values instanceof Float32Array ? values.slice() : values;
  }

  override read(dataId: DataId): Promise<Values> {
    return Promise.resolve(this.readSync(dataId));
  }

  override disposeData(dataId: DataId, force = false): boolean {
    const values = this.data.has(dataId) ? this.data.get(dataId).values : undefined;
    const gone = super.disposeData(dataId, force);
    if (gone && values && !this.data.has(dataId)) {
      this.release(values);
      for (const array of this.kept.get(dataId)?.arrays ?? []) if (array) this.pool.give(array);
      this.kept.delete(dataId);
    }
    return gone;
  }

  /** The float values of a tensor, to be read by a kernel. */
  floats(tensor: tf.TensorInfo): Float32Array {
    const { values } = this.data.get(tensor.dataId);
    if (this.pool.owns(values)) return values;
    if (tensor.dtype !== 'float32' || !ArrayBuffer.isView(values)) {
      throw new TypeError(`the native backend computes with float32, saw a tensor of ${tensor.dtype}`);
    }
    // TensorFlow.js casts whole numbers to floats by giving the same memory another type.
    let converted = this.converted.get(values);
    if (!converted) {
      converted = this.pool.take(values.length);
      converted.set(values);
      this.converted.set(values, converted);
    }
    return converted;
  }

  /** The float values of a variable, to be changed in place. Nothing else may hold them (`refCount` 1). */
  writable(tensor: tf.TensorInfo): Float32Array {
    const values = this.floats(tensor);
    if (!this.zeroArrays.has(values)) return values;
    const own = this.pool.take(values.length).fill(0);
    this.attached.add(own);
    this.data.get(tensor.dataId).values = own;
    return own;
  }

  /** A new tensor for a kernel to fill. */
  output(shape: readonly number[]): { readonly info: tf.TensorInfo; readonly values: Float32Array } {
    const values = this.pool.take(tf.util.sizeFromShape([...shape]));
    return { info: this.makeTensorInfo([...shape], 'float32', values), values };
  }

  /** A tensor of zeros that costs nothing; its memory is shared and never written. */
  zeros(shape: readonly number[]): tf.TensorInfo {
    const size = tf.util.sizeFromShape([...shape]);
    let values = this.constantZeros.get(size);
    if (!values) {
      values = this.pool.take(size).fill(0);
      this.constantZeros.set(size, values);
      this.zeroArrays.add(values);
    }
    const dataId = { id: this.nextId++ };
    this.data.set(dataId, { values, dtype: 'float32', refCount: 1 });
    return { dataId, shape: [...shape], dtype: 'float32' };
  }

  isZeros(values: Float32Array): boolean {
    return this.zeroArrays.has(values);
  }

  keep(output: tf.TensorInfo, arrays: readonly (Float32Array | null)[]): void {
    this.kept.set(output.dataId, { arrays, spent: false });
  }

  /** What was kept with an output, for the one time that its gradient is taken. */
  spend(output: tf.TensorInfo, kernel: string): readonly (Float32Array | null)[] {
    const kept = this.kept.get(output.dataId);
    if (!kept || kept.spent) throw new Error(`the gradient of ${kernel} can be taken once only`);
    kept.spent = true;
    return kept.arrays;
  }

  /** What was kept with an output, after the first part of its gradient was taken. */
  keptOf(output: tf.TensorInfo): readonly (Float32Array | null)[] {
    return this.kept.get(output.dataId)?.arrays ?? [];
  }

  private adopt(values: Values, dtype: tf.DataType): Values {
    if (dtype !== 'float32' || !ArrayBuffer.isView(values)) return values;
    let own = values as Float32Array;
    if (!this.pool.owns(own) || this.attached.has(own)) {
      own = this.pool.take(values.length);
      own.set(values);
    }
    this.attached.add(own);
    return own;
  }

  private release(values: Values): void {
    const converted = this.converted.get(values);
    if (converted) this.pool.give(converted);
    this.converted.delete(values);
    if (!this.pool.owns(values) || this.zeroArrays.has(values)) return;
    this.attached.delete(values);
    this.pool.give(values);
  }
}
