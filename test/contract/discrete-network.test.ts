import { beforeAll, describe, expect, test } from 'vitest';
import { planGpuNetwork } from '../../src-main/compute/gpu/kernels/network-plan.js';
import { nativeBackend } from '../../src-main/compute/native/index.js';
import { discreteNetwork, discreteNetworkComposition } from '../../src-main/compute/operations/discrete-network.js';
import {
  discreteNetworkInference,
  discreteNetworkInferenceComposition,
} from '../../src-main/compute/operations/discrete-network-inference.js';
import { decodeSteps, encodeSteps } from '../../src-main/compute/operations/network-steps.js';
import { tf } from '../../src-main/compute/tensorflow.js';
import { imagesOf, NETWORKS, type NetworkCase, weightShapes } from './networks.js';
import {
  bits,
  differentiate,
  type Differentiated,
  ENGINES,
  expectBitIdentical,
  expectClose,
  expectSame,
  INSTRUCTION_SETS,
  quietReference,
  tensor,
  useNativeWith,
  valuesOf,
} from './support.js';

/** Rounding grows on its way through norms of few pixels. */
const TOLERANCE = 2e-4;

const trained = (of: NetworkCase, network: typeof discreteNetwork): Promise<Differentiated> =>
  differentiate(weightShapes(of.steps), (weights) => network(imagesOf(of), of.steps, Object.values(weights)).logits);

const statistics = async (of: NetworkCase, network: typeof discreteNetwork): Promise<Float32Array> => {
  const joined = tf.tidy(() => {
    const weights = Object.values(weightShapes(of.steps)).map((shape, i) => tensor(shape, i + 1));
    const { means, variances } = network(imagesOf(of), of.steps, weights);
    return tf.concat([means, variances]);
  });
  const values = await valuesOf(joined);
  joined.dispose();
  return values;
};

/** @param images first image and how many; default: all */
const inferred = async (
  of: NetworkCase,
  network: typeof discreteNetworkInference,
  [first, count]: readonly [number, number] = [0, of.images],
): Promise<Float32Array> => {
  const logits = tf.tidy(() => {
    const weights = Object.values(weightShapes(of.steps, true)).map((shape, i) => tensor(shape, i + 1));
    return network(tf.slice(imagesOf(of), [first, 0, 0, 0], [count, -1, -1, -1]), of.steps, weights);
  });
  const values = await valuesOf(logits);
  logits.dispose();
  return values;
};

const expected = new Map<string, { trained: Differentiated; statistics: Float32Array; inferred: Float32Array }>();

beforeAll(async () => {
  quietReference();
  await tf.setBackend('cpu');
  for (const [name, of] of Object.entries(NETWORKS)) {
    expected.set(name, {
      trained: await trained(of, discreteNetworkComposition),
      statistics: await statistics(of, discreteNetworkComposition),
      inferred: await inferred(of, discreteNetworkInferenceComposition),
    });
  }
}, 300_000);

describe.each(ENGINES)('$name: a discrete network is its composition on the CPU backend', ({ use }) => {
  test.each(Object.entries(NETWORKS))('%s', async (name, of) => {
    await use();
    const wanted = expected.get(name)!;
    const actual = await trained(of, discreteNetwork);
    const { [of.cancelled ?? '']: cancelled = [], ...gradients } = wanted.trained.gradients;
    for (const gradient of [cancelled, actual.gradients[of.cancelled ?? ''] ?? []]) {
      expect(Math.max(0, ...gradient.map(Math.abs)), `${name}, a gradient that cancels`).toBeLessThan(2e-5);
    }
    expectSame(actual, { value: wanted.trained.value, gradients }, name, TOLERANCE);
    expectClose(await statistics(of, discreteNetwork), wanted.statistics, `${name}, statistics`);
    expectClose(await inferred(of, discreteNetworkInference), wanted.inferred, `${name}, inference`);
  });

  test('inference of an image does not depend on those beside it', async () => {
    await use();
    const of = { ...NETWORKS['a reduction']!, images: 70 };
    const all = await inferred(of, discreteNetworkInference);
    for (const [first, count] of [
      [0, 1],
      [31, 3],
      [69, 1],
    ] as const) {
      const some = await inferred(of, discreteNetworkInference, [first, count]);
      expect(bits(some)).toEqual(bits(all.slice(first * 5, (first + count) * 5)));
    }
  });
});

describe.each(INSTRUCTION_SETS)('%s', (set) => {
  test.each(Object.entries(NETWORKS))('%s: bit-identical for any number of threads', async (name, of) => {
    await useNativeWith(set, 1);
    const alone = await trained(of, discreteNetwork);
    for (const threads of [2, 3, 8]) {
      await useNativeWith(set, threads);
      expectBitIdentical(await trained(of, discreteNetwork), alone, `${name}, ${String(threads)} threads`);
    }
  });
});

test.each(Object.entries(NETWORKS))('steps are the same after they were numbers: %s', (_, { steps }) => {
  expect(decodeSteps(encodeSteps(steps))).toEqual(steps);
});

test('steps that do not fit together are refused with what is wrong', async () => {
  await useNativeWith(INSTRUCTION_SETS[0]!);
  const { binding } = nativeBackend();
  const shape = Int32Array.of(2, 5, 5, 3);
  const head = [5, 1, 4, 2];
  const refusals: Record<string, readonly number[]> = {
    'a network must end with a head': [0, 0, 3, 1, 0, 3, 4],
    'a step reads another number of channels than there are': [0, 0, 3, 1, 0, 4, 4, ...head],
    'a step reads a value that is not there yet': [0, 3, 3, 1, 0, 3, 4, ...head],
    'the 2x2 average needs even height and width': [3, 0, ...head],
    'a sum has inputs of different shapes': [0, 0, 3, 1, 0, 3, 4, 4, 2, 0, 1, 5, 2, 3, 2],
    'no step reads value 1': [0, 0, 3, 1, 0, 3, 4, 5, 0, 3, 2],
    'filters must be odd and strides positive': [0, 0, 2, 1, 0, 3, 4, ...head],
    'the last step is cut off': [0, 0, 3],
    'a step has the kind 9': [9],
    'a sum has no inputs': [4, 0, ...head],
  };
  for (const [message, steps] of Object.entries(refusals)) {
    expect(() => binding.networkSizes(Int32Array.from(steps), shape), message).toThrow(message);
    const planned = (): unknown =>
      planGpuNetwork(
        decodeSteps(steps),
        { images: 2, height: 5, width: 5, channels: 3 },
        { training: true, mostBytes: 2 ** 27, alignment: 64 },
      );
    expect(planned, `${message}, on a graphics card`).toThrow(message);
  }
});
