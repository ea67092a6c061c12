import { expect } from 'vitest';
import { tf } from '../../src-main/compute/tensorflow.js';
import { listBackends, useBackend } from '../../src-main/compute/index.js';
import { nativeBackend } from '../../src-main/compute/native/index.js';
import { loadBinding } from '../../src-main/compute/native/binding.js';

/** What this computer's processor runs; every test of a kernel goes through all of them. */
export const INSTRUCTION_SETS = loadBinding().instructionSets();

/** A backend with our own kernels, in one of the ways in which it computes. */
export interface Engine {
  readonly name: string;
  /** Makes it the active backend. */
  readonly use: () => Promise<void>;
}

export const NATIVE_ENGINES: readonly Engine[] = INSTRUCTION_SETS.map((set) => ({
  name: set,
  use: () => useNativeWith(set),
}));

const gpu = (await listBackends()).find(({ name }) => name === 'webgpu')!;
if (!gpu.available) console.warn(`not tested on webgpu: ${gpu.reason!}`);

/** Empty where no adapter is found, neither a card nor lavapipe. */
export const GPU_ENGINES: readonly Engine[] = gpu.available
  ? [{ name: `webgpu, ${gpu.device}`, use: async () => void (await useBackend('webgpu', { threads: 0 })) }]
  : [];

export const ENGINES = [...NATIVE_ENGINES, ...GPU_ENGINES];

/** TensorFlow.js greets users of its CPU backend in Node on the console; here it is the reference. */
export function quietReference(): void {
  tf.env().set('PROD', true);
}

export async function useNativeWith(instructionSet: string, threads = 2): Promise<void> {
  await useBackend('native', { threads });
  expect(nativeBackend().binding.setInstructionSet(instructionSet)).toBe(true);
}

/** Numbers in −0.5 .. 0.5 that depend on `seed` alone (a linear congruence modulo 2³¹ − 1). */
export function numbers(count: number, seed: number): Float32Array {
  let state = (seed * 7919 + 1) % 2147483647;
  return Float32Array.from({ length: count }, () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647 - 0.5;
  });
}

export function tensor(shape: number[], seed: number): tf.Tensor {
  return tf.tensor(numbers(tf.util.sizeFromShape(shape), seed), shape, 'float32');
}

/** Result of a function and its gradients by `inputs`, for a fixed gradient of the result. */
export interface Differentiated {
  readonly value: Float32Array;
  readonly gradients: { readonly [input: string]: Float32Array };
}

/** The values of a tensor, as every backend can give them. */
export async function valuesOf(t: tf.Tensor): Promise<Float32Array> {
  return (await t.data<'float32'>()).slice();
}

/** Runs `f` on the active backend on fresh tensors of the given shapes, and differentiates it. */
export async function differentiate(
  shapes: { readonly [input: string]: number[] },
  f: (inputs: { readonly [input: string]: tf.Tensor }) => tf.Tensor,
): Promise<Differentiated> {
  const names = Object.keys(shapes);
  const inputs = Object.fromEntries(names.map((name, i) => [name, tensor(shapes[name]!, i + 1)]));
  const { value, grads, dy } = tf.tidy(() => {
    const { shape } = tf.tidy(() => f(inputs));
    const along = tensor(shape, 99);
    return { ...tf.engine().gradients(() => f(inputs), Object.values(inputs), along, true), dy: along };
  });
  const gradients: Record<string, Float32Array> = {};
  for (const [i, gradient] of (grads as (tf.Tensor | null)[]).entries()) {
    const name = names[i]!;
    gradients[name] = gradient ? await valuesOf(gradient) : new Float32Array(tf.util.sizeFromShape(shapes[name]!));
  }
  const result = { value: await valuesOf(value), gradients };
  tf.dispose([inputs, value, grads.filter(Boolean), dy]);
  return result;
}

/** Runs `f` alone, for what has no gradient. */
export async function evaluate(
  shapes: { readonly [input: string]: number[] },
  f: (inputs: { readonly [input: string]: tf.Tensor }) => tf.Tensor,
): Promise<Differentiated> {
  const names = Object.keys(shapes);
  const inputs = Object.fromEntries(names.map((name, i) => [name, tensor(shapes[name]!, i + 1)]));
  const value = tf.tidy(() => f(inputs));
  const result = { value: await valuesOf(value), gradients: {} };
  tf.dispose([inputs, value]);
  return result;
}

/**
 * Largest difference must be a small part of the largest value (or of 1e-3, where all is rounding). Seven taps at ten
 * points round about six times as coarsely as a plain sum.
 */
export function expectClose(actual: Float32Array, expected: Float32Array, what: string, tolerance = 2e-5): void {
  expect(actual.length, what).toBe(expected.length);
  let difference = 0;
  let largest = 1e-3;
  for (let i = 0; i < expected.length; i++) {
    difference = Math.max(difference, Math.abs(actual[i]! - expected[i]!));
    largest = Math.max(largest, Math.abs(expected[i]!));
  }
  expect(difference / largest, `${what}: relative difference`).toBeLessThan(tolerance);
}

export function expectSame(actual: Differentiated, expected: Differentiated, what: string, tolerance?: number): void {
  expectClose(actual.value, expected.value, `${what}, value`, tolerance);
  for (const [name, gradient] of Object.entries(expected.gradients)) {
    // A bias in front of a batch norm cancels: the kernels give exact zeros, the compositions what rounding leaves.
    if (/bias$/i.test(name)) {
      expect(
        actual.gradients[name]!.every((g) => g === 0),
        `${what}, gradient by ${name}`,
      ).toBe(true);
      expect(Math.max(...gradient.map(Math.abs)), `${what}, gradient by ${name}`).toBeLessThan(1e-4);
      continue;
    }
    expectClose(actual.gradients[name]!, gradient, `${what}, gradient by ${name}`, tolerance);
  }
}

/** Bits, so that −0 differs from +0. */
export function bits(values: Float32Array): Uint32Array {
  return new Uint32Array(values.slice().buffer);
}

export function expectBitIdentical(actual: Differentiated, expected: Differentiated, what: string): void {
  const differing = (a: Float32Array, b: Float32Array): number => {
    const other = bits(b);
    return bits(a).reduce((count, word, i) => count + Number(word !== other[i]), 0);
  };
  expect(differing(actual.value, expected.value), `${what}, value: differing numbers`).toBe(0);
  for (const [name, gradient] of Object.entries(expected.gradients)) {
    expect(differing(actual.gradients[name]!, gradient), `${what}, gradient by ${name}: differing numbers`).toBe(0);
  }
}
