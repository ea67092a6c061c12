import { EDGES } from '../../../vocabulary/space.js';
import { elementOf, projection, readFour, repeat } from './tiles.js';

/*
 * The small numbers of the gradient of a cell lie in one buffer, as shaders may bind eight only: what turns the gradient of a
 * node into that of a convolution before its norm, [slot][mean, A, B, C][channels] with ∂z = A·∂node + B·(z − mean) + C; then B·filter of
 * the 1×1 convolutions, [edge][channels][channels], by which they are computed again rather than read; then entries of four numbers, which begin at multiples of four: the weights of the edges, and sums.
 */

/** Rows of the coefficients of a convolution. */
export const COEFFICIENTS = 4;

/** Numbers of the coefficients of so many convolutions and of the scaled filters, rounded to whole entries. */
export const coefficientNumbers = (slots: number, channels: number): number =>
  Math.ceil(((slots * COEFFICIENTS + EDGES.length * channels) * channels) / 4) * 4;

export const numbersType = elementOf;

/**
 * WGSL: `coefficientsOf(slot, channel)`, of four neighbouring channels, `differentiated(z, g, …)`, and for 1×1 convolutions
 * `differentiatedPointwise(which, row, first, channel, g, …)`. @param value four channels of a pixel of node `which`
 */
export const readCoefficients = (
  channels: number,
  value: (row: string, channel: string) => string,
): string => `${readFour('readNumbers', 'numbers', channels)}
struct Coefficients { mean: vec4<f32>, a: vec4<f32>, b: vec4<f32>, c: vec4<f32> }
fn coefficientsOf(slot: u32, channel: u32) -> Coefficients {
  let row = slot * ${COEFFICIENTS}u;
  return Coefficients(readNumbers(row, channel), readNumbers(row + 1u, channel), readNumbers(row + 2u, channel), readNumbers(row + 3u, channel));
}
fn differentiated(z: vec4<f32>, g: vec4<f32>, by: Coefficients) -> vec4<f32> {
  return fma(by.b, z - by.mean, fma(by.a, g, by.c));
}
${projection('pointwise', channels, value, 'readNumbers')}
fn differentiatedPointwise(which: u32, row: u32, first: u32, channel: u32, g: vec4<f32>, by: Coefficients) -> vec4<f32> {
  return pointwise(which, row, first, channel) - by.b * by.mean + fma(by.a, g, by.c);
}`;

/** WGSL: `readEntry(at)` and `writeEntry(at, v)`. */
export const entries = (channels: number): string =>
  channels % 4 === 0
    ? `fn readEntry(at: u32) -> vec4<f32> { return numbers[at]; }
fn writeEntry(at: u32, v: vec4<f32>) { numbers[at] = v; }`
    : `fn readEntry(at: u32) -> vec4<f32> { return vec4<f32>(numbers[at * 4u], numbers[at * 4u + 1u], numbers[at * 4u + 2u], numbers[at * 4u + 3u]); }
fn writeEntry(at: u32, v: vec4<f32>) {
${repeat(4, (i) => `  numbers[at * 4u + ${i}u] = v[${i}];`)}
}`;
