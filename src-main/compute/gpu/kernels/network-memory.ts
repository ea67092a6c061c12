import type { tf } from '../../tensorflow.js';
import { decodeSteps } from '../../operations/network-steps.js';
import { touching, type GpuBackend, type Part } from '../backend.js';
import { ALIGNMENT } from '../bind-groups.js';
import type { ImageShape } from '../shaders/arrays.js';
import { elementGroups, type NormShape } from '../shaders/normalisation.js';
import { keyOf } from '../shaders/convolution.js';
import { sumOfTerms, type NormNumbers, type SumTerm, type TermKind } from '../shaders/network-values.js';
import type { Attributes } from './common.js';
import { planGpuNetwork, type GpuNetworkPlan } from './network-plan.js';

export const FLOAT = 4;
/** Terms that one shader adds up, each perhaps of another array: with numbers and result no more buffers than the smallest device has. */
const TERMS_AT_ONCE = 6;

const MOST_PLANS = 200;
const plans = new Map<string, GpuNetworkPlan>();

/** The plan of the steps in the attributes, made once. @throws RangeError when steps, images and weights do not fit together */
export function planOf(
  backend: GpuBackend,
  attributes: Attributes,
  images: tf.TensorInfo,
  weights: readonly tf.TensorInfo[],
  training: boolean,
): GpuNetworkPlan {
  if (images.shape.length !== 4)
    throw new RangeError(`images must have rank 4, saw shape [${images.shape.join(', ')}]`);
  const numbers = attributes['steps'] as number[];
  const { direct } = backend;
  const { mostBytes } = backend.limits;
  const key = `${images.shape.join(' ')} ${String(training)} ${String(mostBytes)} ${String(direct)} ${numbers.join(' ')}`;
  let plan = plans.get(key);
  if (!plan) {
    const [count, height, width, channels] = images.shape as [number, number, number, number];
    const shape = { images: count, height, width, channels };
    plan = planGpuNetwork(decodeSteps(numbers), shape, { training, mostBytes, direct, alignment: ALIGNMENT / FLOAT });
    if (plans.size >= MOST_PLANS) plans.clear();
    plans.set(key, plan);
  }
  if (plan.weights !== weights.length)
    throw new RangeError(`a network of these steps has ${String(plan.weights)} weights, saw ${String(weights.length)}`);
  return plan;
}

export const sizeOf = ({ images, height, width, channels }: ImageShape): number => images * height * width * channels;
export const normOf = ({ images, height, width, channels }: ImageShape): NormShape => ({
  rows: images * height * width,
  channels,
});

/** A part of a part. Offsets in numbers, on a boundary that a shader may be bound to. */
export const within = (part: Part, start: number, size: number): Part => ({
  buffer: part.buffer,
  offset: part.offset + start * FLOAT,
  size: size * FLOAT,
});

/** A term of a sum: an array, where it begins there, how it counts, and where the numbers of its norm begin. In numbers. */
export interface Term {
  readonly array: Part;
  readonly start: number;
  readonly kind: TermKind;
  readonly norm: number | null;
}

/**
 * result = the sum of the terms, in their order.
 * @param shape of the result  @param numbers of the norms, where terms have any
 */
export function addUp(
  backend: GpuBackend,
  shape: ImageShape,
  terms: readonly Term[],
  result: Part,
  numbers: { readonly part: Part; readonly kind: NormNumbers },
): void {
  for (let first = 0; first < terms.length; first += TERMS_AT_ONCE) {
    const some = terms.slice(first, first + TERMS_AT_ONCE);
    const arrays: Part[] = [];
    const written = some.map(({ array, kind, norm }): SumTerm => {
      let at = arrays.findIndex(({ buffer, offset }) => buffer === array.buffer && offset === array.offset);
      if (at < 0) at = arrays.push(array) - 1;
      return { array: at, kind, norm: norm !== null };
    });
    const onTop = first > 0;
    const key = written.map(({ array, kind, norm }) => `${String(array)}${kind}${norm ? 'n' : ''}`).join(' ');
    const normed = written.some(({ norm }) => norm);
    const moved = (array: number): number => {
      const kinds = written.filter((term) => term.array === array).map(({ kind }) => kind);
      const shares = kinds.map((kind) => (kind === 'half' ? 4 : kind === 'half-gradient' ? 0.25 : 1));
      return shares.reduce((sum, share) => sum + share, 0) * sizeOf(shape) * FLOAT;
    };
    backend.dispatch(
      backend.program(`network sum ${keyOf(shape)} ${numbers.kind} ${String(onTop)} ${key}`, () =>
        sumOfTerms(shape, written, numbers.kind, onTop),
      ),
      [
        ...(normed ? [touching(numbers.part, 0)] : []),
        ...arrays.map((array, i) => touching(array, moved(i))),
        onTop ? touching(result, 2 * result.size) : result,
      ],
      elementGroups(sizeOf(shape)),
      some.flatMap(({ start, norm }) => [start, norm ?? 0, 0, 0]),
    );
  }
}
