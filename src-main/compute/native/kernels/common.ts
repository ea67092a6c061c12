import { type tf } from '../../tensorflow.js';
import type { NativeBackend } from '../backend.js';

export type Inputs = tf.NamedTensorInfoMap;
export type Attributes = tf.NamedAttrMap;

/** A kernel of the native backend; names of our own begin with `MedForge`. */
export type Kernel = (
  backend: NativeBackend,
  inputs: Inputs,
  attributes: Attributes,
) => tf.TensorInfo | tf.TensorInfo[];

export function input(inputs: Inputs, name: string): tf.TensorInfo {
  const tensor = inputs[name];
  if (!tensor) throw new TypeError(`input ${name} is missing`);
  return tensor;
}

/** Float values of an input that may be left out. */
export function optionalFloats(backend: NativeBackend, inputs: Inputs, name: string): Float32Array | null {
  const tensor = inputs[name];
  return tensor ? backend.floats(tensor) : null;
}

export function shapeOf(tensor: tf.TensorInfo): Int32Array {
  if (tensor.shape.length !== 4)
    throw new RangeError(`images must have rank 4, saw shape [${tensor.shape.join(', ')}]`);
  return Int32Array.from(tensor.shape);
}
