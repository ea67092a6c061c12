import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../../../src-main/compute/index.js';
import { disposeBatch } from '../../../src-main/learning/batch-stream.js';
import { adamStart, adamStep } from '../../../src-main/search/adam.js';
import { Architecture } from '../../../src-main/search/architecture.js';
import { gradientOn, type GradientInputs } from '../../../src-main/search/gradient-search.js';
import { Learner } from '../../../src-main/search/learner.js';
import { unrolledGradient } from '../../../src-main/search/methods/darts-v2/unrolled-gradient.js';
import { mixedLevelGradient } from '../../../src-main/search/methods/milenas/search.js';
import { partialGradient } from '../../../src-main/search/methods/pc-darts/search.js';
import { searchMethod } from '../../../src-main/search/methods/registry.js';
import { SOFTMAX } from '../../../src-main/search/softmax.js';
import { SPARSEMAX } from '../../../src-main/search/sparsemax.js';
import { Supernet } from '../../../src-main/search/supernet.js';
import { directionalGradient, measureRound } from '../../../src-main/search/zeroth-order-round.js';
import { difference, expectedRound, expectedWeights, fill, onBackend } from './worked-round.js';

interface Expected {
  /** dL/da, and a after one step of Adam by it. */
  readonly gradient: readonly number[];
  readonly after: readonly number[];
}

const EXPECTED = JSON.parse(readFileSync(new URL('expected-methods.json', import.meta.url), 'utf8')) as Readonly<
  Record<string, Expected>
>;
const { space, architecture: vector, direction, distance, training, validation } = expectedRound();
const EDGES = fill(18, 11);
const LEARNING_RATE = 0.05;
/** Of a gradient in float32, relative to its largest entry. */
const TOLERANCE = 1e-3;

beforeAll(async () => {
  await useBackend('native', { threads: 2 });
});

/** The bits of weights and momenta. */
async function digests(net: Learner): Promise<string[]> {
  const arrays = Object.values(await net.arrays('')) as Float32Array[];
  return arrays.map((values) => createHash('sha256').update(values).digest('hex'));
}

/** The architecture that a method steps to by its default learning rate. */
function stepped(method: string, from: Float64Array, gradient: Float64Array): Float64Array {
  const after = from.slice();
  const { architectureLearningRate } = searchMethod(method).parse({}) as { architectureLearningRate: number };
  adamStep(after, gradient, adamStart(after.length), architectureLearningRate);
  return after;
}

function check(method: string, from: Float64Array, gradient: Float64Array): void {
  expect(difference(gradient, EXPECTED[method]!.gradient)).toBeLessThan(TOLERANCE);
  const after = stepped(method, from, gradient);
  expect(Math.max(...EXPECTED[method]!.after.map((value, i) => Math.abs(after[i]! - value)))).toBeLessThan(1e-5);
}

describe('one step of the architecture, worked out by expected-methods.py in float64, is that of', () => {
  it.each([
    ['darts-v1', (inputs: GradientInputs) => gradientOn(inputs, inputs.net, inputs.validation), vector, 1],
    ['darts-v2', unrolledGradient, vector, 1],
    ['milenas', (inputs: GradientInputs) => mixedLevelGradient(inputs, 0.5), vector, 1],
    [
      'pc-darts',
      (inputs: GradientInputs) => partialGradient(inputs, EDGES),
      Float64Array.from([...vector, ...EDGES]),
      4,
    ],
  ] as const)('%s', async (method, gradientOf, from, channelShare) => {
    const net = Learner.of(Supernet.fromArrays(space, expectedWeights(channelShare), channelShare));
    const before = await digests(net);
    const batches = { training: onBackend(space, training[0]!), validation: onBackend(space, validation) };
    const inputs: GradientInputs = {
      net,
      ...batches,
      architecture: Architecture.fromVector(space.cells, vector),
      relaxation: SOFTMAX,
      learningRate: LEARNING_RATE,
      sparse: true,
    };
    const { gradient } = await gradientOf(inputs);
    check(method, from, gradient);
    expect(await digests(net)).toEqual(before);
    net.dispose();
    for (const batch of Object.values(batches)) disposeBatch(batch);
  });

  it.each([
    ['zo-darts', SOFTMAX, 1],
    ['zo-darts+', SPARSEMAX, 1.5],
  ] as const)('a round of %s', async (method, relaxation, temperature) => {
    const net = Learner.of(Supernet.fromArrays(space, expectedWeights()));
    const twin = await net.clone();
    const architecture = Architecture.fromVector(space.cells, vector);
    const moved = architecture.moved(direction, distance);
    for (const images of training) {
      const batch = onBackend(space, images);
      const options = { learningRate: LEARNING_RATE, sparse: true };
      await net.step(batch, architecture.probabilities(temperature, relaxation), options);
      await twin.step(batch, moved.probabilities(temperature, relaxation), options);
      disposeBatch(batch);
    }
    const batch = onBackend(space, validation);
    const options = { temperature, sparse: true, relaxation };
    const measured = await measureRound(net, twin, architecture, { direction, distance }, batch, options);
    check(method, vector, directionalGradient(measured, direction));
    disposeBatch(batch);
    net.dispose();
    twin.dispose();
  });
});
