import { tf } from '../../tensorflow.js';
import type { GpuBackend } from '../backend.js';

export type Inputs = tf.NamedTensorInfoMap;
export type Attributes = tf.NamedAttrMap;

/** A kernel of the GPU backend; names of our own begin with `MedForge`. */
export type Kernel = (backend: GpuBackend, inputs: Inputs, attributes: Attributes) => tf.TensorInfo | tf.TensorInfo[];

export function input(inputs: Inputs, name: string): tf.TensorInfo {
  const tensor = inputs[name];
  if (!tensor) throw new TypeError(`input ${name} is missing`);
  return tensor;
}

export const sizeOf = (shape: readonly number[]): number => tf.util.sizeFromShape([...shape]);

const word = new DataView(new ArrayBuffer(4));

/** A float as the whole number of its bits, for the arguments of a shader. */
export function bitsOf(value: number): number {
  word.setFloat32(0, value);
  return word.getUint32(0);
}
