import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { listBackends, useBackend } from '../../src-main/compute/index.js';
import { checkCellLayout } from '../../src-main/compute/native/kernels/mixed-cell.js';
import { nativeBackend } from '../../src-main/compute/native/index.js';
import {
  movingAverageUpdate,
  movingAverageUpdateComposition,
} from '../../src-main/compute/operations/moving-average-update.js';
import { mixedCell } from '../../src-main/compute/operations/mixed-cell.js';
import { type SgdOptions, sgdUpdate, sgdUpdateComposition } from '../../src-main/compute/operations/sgd-update.js';
import { createRandom } from '../../src-main/compute/random.js';
import { tf } from '../../src-main/compute/tensorflow.js';
import { Learner } from '../../src-main/search/learner.js';
import { CELLS, cellCase } from './cells.js';
import { expectClose, numbers, quietReference, tensor } from './support.js';

beforeEach(async () => {
  quietReference();
  await useBackend('native', { threads: 2 });
});

const SPACE = { channels: 4, cells: 2, inputChannels: 1, classes: 3 };

/** A training step of a small supernet in phase 2. */
function supernetStep(): { step: () => Promise<void>; dispose: () => void } {
  const learner = Learner.create(SPACE, createRandom(1, 'weights'));
  learner.grow();
  const x = tensor([6, 8, 8, 1], 1) as tf.Tensor4D;
  const targets = tf.tidy(() => tf.oneHot(tf.tensor1d([0, 1, 2, 0, 1, 2], 'int32'), 3).toFloat() as tf.Tensor2D);
  const probabilities = {
    operations: new Float64Array(90).fill(0.2),
    kernels: new Float64Array(54).fill(1 / 3),
    depth: new Float64Array(6).fill(0.5),
  };
  return {
    step: async () => {
      const options = { learningRate: 0.01, sparse: true };
      await learner.step({ x, targets, task: 'multi-class' }, probabilities, options);
    },
    dispose: () => {
      learner.dispose();
      tf.dispose([x, targets]);
    },
  };
}

function variable(start: tf.Tensor): tf.Variable {
  const result: tf.Variable = tf.variable(start);
  start.dispose();
  return result;
}

/** Names of the kernels that ran, with how often. */
async function kernelsOf(work: () => Promise<void>): Promise<Map<string, number>> {
  const ran = new Map<string, number>();
  const engine = tf.engine();
  const original = engine.runKernel.bind(engine);
  engine.runKernel = (name: string, ...rest: [tf.NamedTensorMap, tf.NamedAttrMap?]) => {
    ran.set(name, (ran.get(name) ?? 0) + 1);
    return original(name, ...rest);
  };
  try {
    await work();
  } finally {
    engine.runKernel = original;
  }
  return ran;
}

describe('kernels are used', () => {
  test('a training step runs one kernel a cell forward and one backward, and few others', async () => {
    const { step, dispose } = supernetStep();
    const calls = nativeBackend().binding.statistics().calls;
    const ran = await kernelsOf(step);
    expect(ran.get('MedForgeMixedCellGrown')).toBe(6);
    expect(ran.get('MedForgeMixedCellGradient')).toBe(6);
    expect(ran.get('MedForgeConvolutionBlockScaled')).toBe(5);
    expect(ran.get('MedForgeConvolutionBlockFilterGradient')).toBe(5);
    expect(ran.get('MedForgeWeightedSum')).toBe(3);
    expect(ran.get('MedForgeBatchStatisticsNormScaled')).toBe(1);
    expect(ran.get('MedForgeSoftmaxCrossEntropy')).toBe(1);
    expect(ran.get('MedForgeSgdUpdate')).toBe(1);
    // The images have no gradient, so none is computed for the stem.
    expect(ran.get('MedForgeConvolutionBlockInputGradient')).toBe(4);
    expect(ran.get('MedForgeGlobalAveragePool')).toBe(1);
    ran.delete('Identity'); // how TensorFlow.js saves a tensor for its gradient
    expect([...ran.values()].reduce((a, b) => a + b)).toBeLessThan(100);
    expect(nativeBackend().binding.statistics().calls - calls).toBeGreaterThan(30);
    dispose();
  });
});

describe('memory', () => {
  test('a steady step makes no array and leaves no tensor', async () => {
    const { step, dispose } = supernetStep();
    for (let i = 0; i < 3; i++) await step();
    const state = (): unknown => ({
      tensors: tf.memory().numTensors,
      buffers: tf.memory().numDataBuffers,
      bytes: tf.memory().numBytes,
      pool: nativeBackend().pool.statistics(),
      scratch: nativeBackend().binding.statistics().scratchBytes,
    });
    const before = state();
    for (let i = 0; i < 5; i++) await step();
    expect(state()).toEqual(before);
    dispose();
  });

  test('inference keeps nothing for a gradient that is never taken', () => {
    const { shapes, fused } = cellCase(CELLS['phase 2, 4 channels']!);
    const inputs = Object.fromEntries(Object.entries(shapes).map(([name, shape], i) => [name, tensor(shape, i)]));
    const before = nativeBackend().pool.statistics().usedBytes;
    tf.tidy(() => {
      fused(inputs);
    });
    expect(nativeBackend().pool.statistics().usedBytes).toBe(before);
    tf.dispose(inputs);
  });

  test('an array that was read stays as it was when its tensor is gone', () => {
    const a = tensor([1000], 1);
    const values = a.dataSync<'float32'>();
    a.dispose();
    tensor([1000], 2).dispose();
    expect(values).toEqual(numbers(1000, 1));
  });

  test('an array that a tensor was made of is not the tensor', () => {
    const values = numbers(100, 1);
    const a = tf.tensor1d(values);
    values.fill(7);
    expect(a.dataSync()).toEqual(numbers(100, 1));
    a.dispose();
  });

  test('a slice has memory of its own', () => {
    const a = tensor([4, 100], 1);
    const row = tf.slice(a, [1, 0], [1, 100]);
    a.dispose();
    tensor([4, 100], 2).dispose();
    expect(row.dataSync()).toEqual(numbers(400, 1).slice(100, 200));
    row.dispose();
  });

  test('whole numbers that become floats reach the kernels', () => {
    const sum = tf.tidy(() =>
      tf.add(tf.tensor1d([1, 2, 3], 'int32').toFloat(), tf.tensor1d([0.5, 0.5, 0.5])).dataSync(),
    );
    expect([...sum]).toEqual([1.5, 2.5, 3.5]);
  });
});

describe('updates in place', () => {
  const options: SgdOptions = { learningRate: 0.1, momentum: 0.9, weightDecay: 3e-4, clipNorm: 5 };
  const variants: Record<string, Partial<SgdOptions>> = {
    'as the search has it': {},
    'without clipping': { clipNorm: null },
    'with a bound that clips': { clipNorm: 0.01 },
    'without momentum': { momentum: 0 },
  };

  test.each(Object.entries(variants))('sgdUpdate is its composition on the CPU backend: %s', async (_, variant) => {
    const shapes = [[3, 5], [40_000], [7]];
    const run = async (backend: string, update: typeof sgdUpdate): Promise<Float32Array[]> => {
      await tf.setBackend(backend);
      const make = (seed: number) => shapes.map((shape, i) => variable(tensor(shape, seed + i)));
      const [parameters, momenta] = [make(1), make(10)];
      // The last parameter has no gradient: it decays and coasts.
      const gradients = shapes.map((shape, i) => (i === 2 ? null : tensor(shape, 20 + i)));
      update(parameters, momenta, gradients, { ...options, ...variant });
      update(parameters, momenta, gradients, { ...options, ...variant });
      const result = [...parameters, ...momenta].map((v) => v.dataSync<'float32'>().slice());
      tf.dispose([parameters, momenta, gradients.filter((g) => g !== null)]);
      return result;
    };
    const expected = await run('cpu', sgdUpdateComposition);
    const actual = await run('native', sgdUpdate);
    actual.forEach((values, i) => {
      expectClose(values, expected[i]!, `variable ${String(i)}`, 1e-6);
    });
  });

  test('movingAverageUpdate is its composition on the CPU backend', async () => {
    const run = async (backend: string, update: typeof movingAverageUpdate): Promise<Float32Array> => {
      await tf.setBackend(backend);
      const average = variable(tensor([33_000], 1));
      const value = tensor([33_000], 2);
      update([average], [value], 0.99);
      const result = average.dataSync<'float32'>().slice();
      tf.dispose([average, value]);
      return result;
    };
    const expected = await run('cpu', movingAverageUpdateComposition);
    expectClose(await run('native', movingAverageUpdate), expected, 'average', 1e-6);
  });

  test('a clone of a variable does not move with it', () => {
    const parameter = variable(tensor([100], 1));
    const momentum = variable(tf.zeros([100]));
    const clone = tf.clone(parameter);
    const gradient = tensor([100], 2);
    sgdUpdate([parameter], [momentum], [gradient], options);
    expect(clone.dataSync()).toEqual(numbers(100, 1));
    expect(parameter.dataSync()).not.toEqual(numbers(100, 1));
    tf.dispose([parameter, momentum, clone, gradient]);
  });

  test('a gradient of zeros stays one when it becomes a variable that is trained', () => {
    const { shapes, fused } = cellCase(CELLS['one path']!);
    const inputs = Object.fromEntries(Object.entries(shapes).map(([name, shape], i) => [name, tensor(shape, i)]));
    const [zero] = tf.tidy(() => tf.grads((one: tf.Tensor) => fused({ ...inputs, one }).sum())([inputs['one']!]));
    expect(zero!.dataSync().every((value) => value === 0)).toBe(true);
    const momentum = tf.variable(zero!);
    zero!.dispose();
    const parameter = variable(tensor(shapes['one']!, 1));
    const gradient = tensor(shapes['one']!, 2);
    sgdUpdate([parameter], [momentum], [gradient], options);
    expect(momentum.dataSync().some((value) => value !== 0)).toBe(true);
    const [again] = tf.tidy(() => tf.grads((one: tf.Tensor) => fused({ ...inputs, one }).sum())([inputs['one']!]));
    expect(again!.dataSync().every((value) => value === 0)).toBe(true);
    tf.dispose([inputs, momentum, parameter, gradient, again!]);
  });
});

describe('errors say what is wrong', () => {
  const binding = () => nativeBackend().binding;
  const shape = Int32Array.of(1, 2, 2, 3);
  const floats = (length: number): Float32Array => nativeBackend().pool.take(length);
  const table: Record<string, [() => void, string]> = {
    'too few values': [
      () => {
        binding().averagePool3x3(shape, floats(11), floats(12));
      },
      'input must have 12 values, saw 11',
    ],
    'no room for a whole vector': [
      () => {
        binding().averagePool3x3(shape, new Float32Array(12), floats(12));
      },
      'input must have 64 bytes behind it in its buffer',
    ],
    'not floats': [
      () => {
        binding().averagePool3x3(shape, new Float64Array(12) as unknown as Float32Array, floats(12));
      },
      'input must be a Float32Array',
    ],
    'a shape without pixels': [
      () => {
        binding().averagePool3x3(Int32Array.of(1, 0, 2, 3), floats(12), floats(12));
      },
      'shape must be positive, saw 0',
    ],
    'an odd side': [
      () => {
        binding().averagePool2x2(Int32Array.of(1, 3, 2, 3), floats(18), floats(6));
      },
      'height and width must be even',
    ],
    'too many threads': [
      () => {
        binding().setThreads(2000);
      },
      'threads must be from 0 to 1024, saw 2000',
    ],
    'a filter of even size': [
      () => {
        tf.tidy(() =>
          tf
            .engine()
            .runKernel(
              'MedForgeConvolutionBlock',
              { x: tf.ones([1, 4, 4, 1]), filter: tf.ones([2, 2, 1, 1]) },
              { stride: 1, relu: true },
            ),
        );
      },
      'filter must be square and odd, saw [2, 2, 1, 1]',
    ],
    'other channels than the filter has': [
      () => {
        tf.tidy(() =>
          tf
            .engine()
            .runKernel(
              'MedForgeConvolutionBlock',
              { x: tf.ones([1, 4, 4, 2]), filter: tf.ones([3, 3, 1, 1]) },
              { stride: 1, relu: true },
            ),
        );
      },
      'x must be [N, H, W, 1], saw [1, 4, 4, 2]',
    ],
    'whole numbers': [
      () => {
        nativeBackend().floats(tf.scalar(1, 'int32'));
      },
      'the native backend computes with float32, saw a tensor of int32',
    ],
  };
  test.each(Object.entries(table))('%s', (_, [run, message]) => {
    expect(run).toThrow(message);
  });

  test('an addon that was compiled for other cells is refused', () => {
    const layout = nativeBackend().cellLayout;
    expect(() => checkCellLayout(layout)).not.toThrow();
    const other = { ...layout, edges: Int32Array.of(2, ...layout.edges.slice(1)) };
    expect(() => checkCellLayout(other)).toThrow(
      'the native addon was compiled for cells with the edges 2,0,2,0,2,1,3,0,3,1,3,2 and the kernels 1,7,5,3; ' +
        'run `node forge-scripts/build-native.mjs`',
    );
  });

  test('an unknown instruction set is refused and nothing changes', () => {
    const before = binding().instructionSet();
    expect(binding().setInstructionSet('mmx')).toBe(false);
    expect(binding().instructionSet()).toBe(before);
  });

  test('a gradient is taken once', () => {
    const { shapes, fused } = cellCase(CELLS['one path']!);
    const inputs = Object.fromEntries(Object.entries(shapes).map(([name, shape], i) => [name, tensor(shape, i)]));
    tf.tidy(() => {
      const y = fused(inputs);
      nativeBackend().spend(y, 'a mixed cell');
      expect(() => nativeBackend().spend(y, 'a mixed cell')).toThrow(
        'the gradient of a mixed cell can be taken once only',
      );
    });
    tf.dispose(inputs);
  });
});

describe('the choice of the backend', () => {
  afterEach(() => {
    delete process.env['MEDFORGE_NATIVE_ADDON'];
  });

  test('native says processor, instruction set and threads', async () => {
    const active = await useBackend('native', { threads: 3 });
    expect(active.name).toBe('native');
    expect(active.threads).toBe(3);
    expect(active.device).toContain(nativeBackend().binding.instructionSet());
  });

  test('the list names all three, best first, and says what to do about those that are missing', async () => {
    const reports = await listBackends();
    expect(reports.map(({ name }) => name)).toEqual(['tensorflow', 'webgpu', 'native']);
    expect(reports.at(-1)).toMatchObject({ available: true, reason: null });
    for (const { available, reason } of reports) {
      if (!available)
        expect(reason).toMatch(
          /^the package .* is not installed; run `npm install |driver|works with Node 20 to 22 only/,
        );
    }
  });

  test('a backend that is missing is refused with the reason and what to do', async () => {
    const missing = (await listBackends()).filter(({ available }) => !available);
    for (const { name, reason } of missing) {
      await expect(useBackend(name, { threads: 0 })).rejects.toThrow(`The ${name} backend cannot be used: ${reason!}.`);
    }
  });

  test('mixedCell falls back to its composition on a backend without the kernel', async () => {
    await tf.setBackend('cpu');
    const { shapes, fused } = cellCase(CELLS['one path']!);
    const ran = await kernelsOf(() => {
      tf.tidy(() => {
        fused(Object.fromEntries(Object.entries(shapes).map(([name, shape], i) => [name, tensor(shape, i)])));
      });
      return Promise.resolve();
    });
    expect([...ran.keys()].some((name) => name.startsWith('MedForge'))).toBe(false);
    expect(ran.get('Conv2D')).toBeGreaterThan(0);
    expect(typeof mixedCell).toBe('function');
  });
});
