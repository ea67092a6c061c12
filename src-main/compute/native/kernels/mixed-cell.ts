import { EDGES, KERNEL_SIZES } from '../../../vocabulary/space.js';
import { tf } from '../../tensorflow.js';
import { type Attributes, input, type Inputs, type Kernel, optionalFloats, shapeOf } from './common.js';
import type { NativeBackend } from '../backend.js';
import type { CellLayout } from '../binding.js';

/** Inputs with the filters of the branches, in the order in which the addon takes them, and their sizes. */
const BRANCHES = ['one', 'seven', 'five', 'three'] as const;
const SIZES = [1, ...KERNEL_SIZES];

/** @throws Error when the addon was compiled for a cell of other edges or kernels than the search space has */
export function checkCellLayout({ edges, kernelSizes }: CellLayout): void {
  const differs = (compiled: Int32Array, wanted: readonly number[]): boolean => compiled.join() !== wanted.join();
  if (!differs(edges, EDGES.flat()) && !differs(kernelSizes, SIZES)) return;
  throw new Error(
    `the native addon was compiled for cells with the edges ${edges.join()} and the kernels ${kernelSizes.join()}; ` +
      'run `node forge-scripts/build-native.mjs`',
  );
}

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
  const { statistics, statisticsPerChannel } = backend.cellLayout;
  const slots = [...backend.binding.cellSlots(activeOperations, activeKernels)].map((needed, slot) =>
    needed ? backend.pool.take(slot === statistics ? statisticsPerChannel * x.shape[3]! : size) : null,
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
  const { branchOfSlot } = backend.cellLayout;
  const used = BRANCHES.map((_, b) => slots.some((slot, i) => branchOfSlot[i] === b && slot !== null));
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
