import { tf } from '../compute/tensorflow.js';

/** Weights by name, in a fixed order. */
export type Variables = ReadonlyMap<string, tf.Variable>;

/** A variable with a copy of the values. @throws RangeError when they do not fill the shape */
export function variable(name: string, values: Float32Array | undefined, shape: readonly number[]): tf.Variable {
  const length = shape.reduce((a, b) => a * b, 1);
  if (values?.length !== length) {
    throw new RangeError(`weight ${name} must have shape [${shape.join(', ')}], saw ${values?.length ?? 0} values`);
  }
  return tf.tidy(() => tf.variable(tf.tensor(values.slice(), [...shape], 'float32')));
}

/** The values of variables (copies). */
export async function readVariables(variables: Variables): Promise<Record<string, Float32Array>> {
  const arrays: Record<string, Float32Array> = {};
  for (const [name, tensor] of variables) arrays[name] = (await tensor.data<'float32'>()).slice();
  return arrays;
}

/** Variables with the same names and values in memory of their own: both may then be changed in place. */
export async function copyOf(variables: Variables): Promise<Map<string, tf.Variable>> {
  const arrays = await readVariables(variables);
  return new Map([...variables].map(([name, { shape }]) => [name, variable(name, arrays[name], shape)]));
}
