import { runKernel } from '../../fused.js';
import { tf } from '../../tensorflow.js';
import { type Attributes, input, type Inputs, type Kernel, optionalFloats, ready, shapeOf } from './common.js';
import type { NativeBackend } from '../backend.js';

/** Order of the branches in `cc/cell.h`. */
const BRANCHES = ['one', 'seven', 'five', 'three'] as const;
/** Index of the statistics among the slots of `cc/cell.h`; all others are as large as the cell's input. */
const STATISTICS = 33;
const STATISTICS_PER_CHANNEL = 48;

interface CellInputs {
  readonly filters: (Float32Array | null)[];
  readonly operations: Float32Array;
  readonly kernels: Float32Array | null;
  readonly activeOperations: Uint8Array;
  readonly activeKernels: Uint8Array;
}

function cellInputs(backend: NativeBackend, inputs: Inputs, attributes: Attributes): CellInputs {
  return {
    filters: BRANCHES.map((branch) => optionalFloats(backend, inputs, branch)),
    operations: backend.floats(input(inputs, 'operations')),
    kernels: optionalFloats(backend, inputs, 'kernels'),
    activeOperations: Uint8Array.from(attributes['activeOperations'] as number[]),
    activeKernels: Uint8Array.from(attributes['activeKernels'] as number[]),
  };
}

const forward: Kernel = (backend, inputs, attributes) => {
  const x = input(inputs, 'x');
  const { filters, operations, kernels, activeOperations, activeKernels } = cellInputs(backend, inputs, attributes);
  const size = tf.util.sizeFromShape(x.shape);
  const slots = [...backend.binding.cellSlots(activeOperations, activeKernels)].map((needed, slot) =>
    needed ? backend.pool.take(slot === STATISTICS ? STATISTICS_PER_CHANNEL * x.shape[3]! : size) : null,
  );
  const y = backend.output(x.shape);
  backend.binding.cellForward(
    shapeOf(x),
    backend.floats(x),
    filters,
    operations,
    kernels,
    activeOperations,
    activeKernels,
    slots,
    y.values,
  );
  backend.keep(y.info, slots);
  return y.info;
};

/** Outputs: gradients of x, operations, kernels (if any), then of the filters that there are. */
const backward: Kernel = (backend, inputs, attributes) => {
  const y = input(inputs, 'y');
  const { filters, operations, kernels, activeOperations, activeKernels } = cellInputs(backend, inputs, attributes);
  const slots = backend.spend(y, 'a mixed cell');
  const dx = backend.output(y.shape);
  const dOperations = backend.output(input(inputs, 'operations').shape);
  const dKernels = kernels ? backend.output(input(inputs, 'kernels').shape) : null;
  // Slots of the convolutions come first, edge by edge.
  const used = BRANCHES.map((_, b) => slots.some((slot, i) => i < 24 && i % 4 === b && slot !== null));
  const gradients = BRANCHES.map((branch, b) => (used[b] ? backend.output(input(inputs, branch).shape) : null));
  backend.binding.cellBackward(
    shapeOf(y),
    backend.floats(input(inputs, 'dy')),
    filters,
    operations,
    kernels,
    activeOperations,
    activeKernels,
    slots,
    dx.values,
    gradients.map((gradient) => gradient?.values ?? null),
    dOperations.values,
    dKernels?.values ?? null,
  );
  return [
    dx.info,
    dOperations.info,
    ...(dKernels ? [dKernels.info] : []),
    ...BRANCHES.flatMap((branch, b) => {
      const filter = inputs[branch];
      return filter ? [gradients[b]?.info ?? backend.zeros(filter.shape)] : [];
    }),
  ];
};

const zeros: Kernel = (backend, _, attributes) => backend.zeros(attributes['shape'] as number[]);

export const mixedCellKernels: Record<string, Kernel> = {
  MedForgeMixedCell: forward,
  MedForgeMixedCellGrown: forward,
  MedForgeMixedCellGradient: backward,
  MedForgeZeros: zeros,
};

function gradient(names: readonly string[], shapes: Readonly<Record<string, number>>): tf.GradConfig['gradFunc'] {
  return (dy, saved, attributes) => {
    const given = Object.fromEntries(names.map((name, i) => [name, saved[i]!]));
    const inputs = { dy: dy as tf.Tensor, y: saved[names.length]!, ...given };
    const results = runKernel('MixedCellGradient', inputs, attributes);
    const order = ['x', 'operations', ...(given['kernels'] ? ['kernels'] : []), ...BRANCHES.filter((b) => given[b])];
    const channels = inputs.y.shape[3]!;
    // A bias in front of a batch norm with batch statistics moves values and mean alike: its gradient is exactly zero.
    const biases = Object.entries(shapes).map(([name, edges]) => [
      name,
      (): tf.Tensor => runKernel('Zeros', {}, { shape: [edges, channels] })[0]!,
    ]);
    return {
      ...ready(Object.fromEntries(order.map((name, i) => [name, results[i]!]))),
      ...(Object.fromEntries(biases) as Record<string, () => tf.Tensor>),
    };
  };
}

const PLAIN = ['one', 'seven', 'operations'];
const GROWN = [...PLAIN, 'five', 'three', 'kernels'];

export const mixedCellGradients: tf.GradConfig[] = [
  {
    kernelName: 'MedForgeMixedCell',
    inputsToSave: PLAIN,
    outputsToSave: [true],
    gradFunc: gradient(PLAIN, { oneBias: 6, sevenBias: 6 }),
  },
  {
    kernelName: 'MedForgeMixedCellGrown',
    inputsToSave: GROWN,
    outputsToSave: [true],
    gradFunc: gradient(GROWN, { oneBias: 6, sevenBias: 6, fiveBias: 6, threeBias: 6 }),
  },
];
