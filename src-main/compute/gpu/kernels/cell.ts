import type { tf } from '../../tensorflow.js';
import { touching, type GpuBackend, type Part } from '../backend.js';
import type { CellShape } from '../shaders/cell.js';
import { keyOf, type ConvolutionShape } from '../shaders/convolution.js';
import { BRANCHES, cellPlan, POINTWISE, SIDES, type CellConvolution, type CellPlan } from './cell-plan.js';
import { input, sizeOf, type Attributes, type Inputs } from './common.js';

export const FLOAT = 4;
export const EDGE_NUMBERS = [0, 1, 2, 3, 4, 5];

/** What a cell's kernels have in common. */
export interface Cell {
  readonly plan: CellPlan;
  readonly shape: CellShape;
  readonly convolved: ConvolutionShape;
  /** Numbers of one value of the cell. */
  readonly size: number;
  readonly filters: readonly tf.TensorInfo[];
  /** Buffers of the probabilities, as the shaders want them. */
  readonly probabilities: readonly Part[];
  readonly key: string;
}

export function cellOf(backend: GpuBackend, inputs: Inputs, attributes: Attributes, of: tf.TensorInfo): Cell {
  const [images, height, width, channels] = of.shape as [number, number, number, number];
  const kernels = inputs['kernels'];
  const filters = BRANCHES.flatMap((branch) => (inputs[branch] ? [inputs[branch]] : []));
  const { direct } = backend;
  const shape: CellShape = { images, height, width, channels, grown: kernels !== undefined, direct };
  const same = { images, height, width, from: channels, outHeight: height, outWidth: width, to: channels };
  return {
    plan: cellPlan(attributes),
    shape,
    convolved: { ...same, stride: 1, filters: filters.length, relu: true, direct },
    size: sizeOf(of.shape),
    filters,
    probabilities: [backend.part(input(inputs, 'operations')), ...(kernels ? [backend.part(kernels)] : [])],
    key: keyOf(shape),
  };
}

export const filterSize = ({ shape }: Cell, branch: number): number => SIDES[branch]! ** 2 * shape.channels ** 2;
/** The filters of the branches, of which these convolutions read theirs. */
export const filterParts = (backend: GpuBackend, of: Cell, jobs: readonly CellConvolution[]): Part[] =>
  of.filters.map((filter, branch) => {
    const read = jobs.filter((job) => job.branch === branch).length;
    return touching(backend.part(filter), read * filterSize(of, branch) * FLOAT);
  });

/** Those that are stored and read: 1×1 convolutions are computed again. */
export const storedAmong = (jobs: readonly CellConvolution[]): number =>
  jobs.filter(({ branch }) => branch !== POINTWISE).length;

/** The 1×1 filters, of which these convolutions read theirs. */
export const pointwiseFilters = (backend: GpuBackend, of: Cell, jobs: readonly CellConvolution[]): Part =>
  filterParts(backend, of, jobs)[POINTWISE]!;

export const sidesOf = (jobs: readonly CellConvolution[]): number[] => jobs.map(({ branch }) => SIDES[branch]!);
