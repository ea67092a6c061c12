import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../../../src-main/compute/index.js';
import { createRandom } from '../../../src-main/compute/random.js';
import { tf } from '../../../src-main/compute/tensorflow.js';
import type { Genotype, GenotypeOperation, SpaceSettings } from '../../../src-main/vocabulary/space.js';
import { countParameters } from '../../../src-main/space/parameter-count.js';
import { taskLoss } from '../../../src-main/learning/task-head.js';
import { InferenceNetwork } from '../../../src-main/training/inference-network.js';
import { batchNormSpecs, elements, planNetwork, weightSpecs } from '../../../src-main/space/network-plan.js';
import { liveEdges } from '../../../src-main/space/live-edges.js';
import { TrainingNetwork } from '../../../src-main/training/training-network.js';

const space: SpaceSettings = { channels: 2, cells: 3, inputChannels: 3, classes: 3 };
// stage 2: edge 3 (2←1) leads nowhere, because nothing reaches node 1
const genotype: Genotype = {
  stages: [
    { depth: 2, operations: ['conv_3x3', 'skip_connect', 'avg_pool_3x3', 'none', 'conv_1x1', 'conv_5x5'] },
    { depth: 1, operations: ['none', 'conv_7x7', 'conv_3x3', 'none', 'none', 'skip_connect'] },
    { depth: 1, operations: ['conv_1x1', 'none', 'none', 'skip_connect', 'avg_pool_3x3', 'none'] },
  ],
};
const plan = planNetwork(space, genotype);

const fill = (count: number, salt: number): Float32Array =>
  Float32Array.from({ length: count }, (_, i) => Math.sin(i * 12.9898 + salt));

function formulaWeights(): Record<string, Float32Array> {
  const arrays: Record<string, Float32Array> = {};
  for (const { name, shape } of weightSpecs(plan)) {
    const count = elements(shape);
    if (name.endsWith('.scale')) arrays[name] = fill(count, 1).map((v) => 1 + 0.3 * v);
    else if (name.endsWith('.shift')) arrays[name] = fill(count, 2).map((v) => 0.2 * v);
    else if (name.endsWith('.down.filter')) arrays[name] = fill(count, 9).map((v) => 0.4 * v);
    else if (name.endsWith('.filter')) arrays[name] = fill(count, shape[0]! + shape[2]!).map((v) => 0.4 * v);
    else if (name === 'classifier.kernel') arrays[name] = fill(count, 3);
    else arrays[name] = fill(count, 4).map((v) => 0.1 * v);
  }
  for (const { name, channels } of batchNormSpecs(plan)) {
    arrays[`${name}.mean`] = new Float32Array(channels);
    arrays[`${name}.variance`] = new Float32Array(channels).fill(1);
  }
  return arrays;
}

const expected = JSON.parse(readFileSync(new URL('expected-network.json', import.meta.url), 'utf8')) as {
  training: number[][];
  running: Record<string, number[]>;
  gradients: Record<string, number[]>;
  inference: number[][];
};

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe.each(['cpu', 'native'])('the network of a genotype equals the same network in PyTorch, on %s', (backend) => {
  beforeAll(async () => {
    if (backend === 'native') await useBackend('native', { threads: 1 });
    else await tf.setBackend(backend);
    network = TrainingNetwork.fromArrays(plan, formulaWeights());
  });

  const image = (): tf.Tensor4D => tf.tensor4d(fill(3 * 8 * 8 * 3, 0.5), [3, 8, 8, 3]);
  let network: TrainingNetwork;

  it('in training, its gradients, its running statistics, and at inference', async () => {
    const x = image();
    const { logits, means, variances } = network.forward(x);
    expectClose(logits.dataSync(), expected.training.flat());
    const weights = [...network.weights.values()];
    const { grads } = tf.variableGrads(
      () => taskLoss('multi-class', network.forward(x).logits, tf.oneHot([0, 2, 1], 3).toFloat() as tf.Tensor2D, null),
      weights,
    );
    for (const [name, values] of Object.entries(expected.gradients)) {
      expectClose(grads[network.weights.get(name)!.name]!.dataSync(), values, name);
    }
    network.updateRunning(means, variances, 3, 8);
    const arrays = await network.arrays();
    for (const [name, values] of Object.entries(expected.running)) expectClose(arrays[name]!, values, name);
    const inference = new InferenceNetwork(plan, arrays);
    expectClose(inference.forward(x).dataSync(), expected.inference.flat());
  });

  it('at inference gives an image the same logits alone as in a batch', async () => {
    const inference = new InferenceNetwork(plan, await network.arrays());
    const x = image();
    const batch = inference.forward(x).dataSync();
    for (let i = 0; i < 3; i++) {
      const alone = inference.forward(tf.slice(x, [i, 0, 0, 0], [1, 8, 8, 3])).dataSync();
      expect([...alone]).toEqual([...batch.slice(3 * i, 3 * i + 3)]);
    }
  });

  it('leaves no tensor behind', async () => {
    const before = tf.memory().numTensors;
    const fresh = TrainingNetwork.create(plan, createRandom(1, 'weights'));
    const inference = new InferenceNetwork(plan, await fresh.arrays());
    const x = image();
    inference.forward(x).dispose();
    x.dispose();
    inference.dispose();
    fresh.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

const FULL: SpaceSettings = { channels: 16, cells: 3, inputChannels: 1, classes: 2 };

function everyStage(depth: number, operation: GenotypeOperation): Genotype {
  return { stages: [0, 1, 2].map(() => ({ depth, operations: Array.from({ length: 6 }, () => operation) })) };
}

function expectClose(actual: ArrayLike<number>, wanted: readonly number[], name = ''): void {
  expect(actual.length, name).toBe(wanted.length);
  wanted.forEach((value, i) =>
    expect(Math.abs(actual[i]! - value), name).toBeLessThan(2e-5 * Math.max(1, Math.abs(value))),
  );
}

describe('parameters', () => {
  it.each([
    ['the genotype of this test', space, genotype],
    ['skips alone', FULL, everyStage(3, 'skip_connect')],
    ['7×7 everywhere', FULL, everyStage(2, 'conv_7x7')],
  ])('are counted as the network has them: %s', (_, settings, architecture) => {
    const built = weightSpecs(planNetwork(settings, architecture)).reduce((sum, { shape }) => sum + elements(shape), 0);
    expect(countParameters(settings, architecture)).toBe(built);
  });
});

describe('edges', () => {
  it.each([
    [['conv_3x3', 'none', 'none', 'skip_connect', 'none', 'none'], [3]],
    [
      ['conv_3x3', 'none', 'none', 'none', 'conv_1x1', 'none'],
      [0, 4],
    ],
    [
      ['none', 'conv_3x3', 'conv_3x3', 'none', 'conv_1x1', 'avg_pool_3x3'],
      [1, 5],
    ],
    [['none', 'none', 'none', 'none', 'none', 'none'], []],
  ] as const)('%j are alive at %j', (operations, alive) => {
    expect(liveEdges(operations).flatMap((live, edge) => (live ? [edge] : []))).toEqual(alive);
  });

  it('that connect nothing are refused', () => {
    const stages = [...genotype.stages];
    stages[1] = { depth: 1, operations: ['conv_3x3', 'none', 'none', 'none', 'none', 'none'] };
    expect(() => planNetwork(space, { stages })).toThrow(
      'stage 2 of the genotype has no path from node 0 to node 3: give at least one chain of edges an operation other than none',
    );
  });
});

describe('a fresh network', () => {
  it('is drawn in ±1/√fan-in from its seed alone', async () => {
    const draw = async (seed: number): Promise<Record<string, Float32Array>> =>
      TrainingNetwork.create(plan, createRandom(seed, 'weights')).arrays();
    const one = await draw(1);
    expect(await draw(1)).toEqual(one);
    expect(await draw(2)).not.toEqual(one);
    const filter = one['stages.1.0.edges.1.filter']!;
    const largest = Math.max(...filter.map(Math.abs));
    expect(largest).toBeLessThanOrEqual(1 / Math.sqrt(49 * 4));
    expect(largest).toBeGreaterThan(0.98 / Math.sqrt(49 * 4));
  });

  it('refuses weights of another network', () => {
    const arrays = formulaWeights();
    expect(() => TrainingNetwork.fromArrays(plan, { ...arrays, 'stem.filter': new Float32Array(3) })).toThrow(
      'stem.filter must have 54 values, saw 3',
    );
    expect(() => TrainingNetwork.fromArrays(plan, { ...arrays, 'stem.bias': new Float32Array(2) })).toThrow(
      'stem.bias is not a weight of this network',
    );
  });
});
