import { EDGES } from '../../vocabulary/space.js';
import { hasKernel, runKernel } from '../fused.js';
import { tf } from '../tensorflow.js';
import { averagePool3x3Composition } from './average-pool.js';
import { convolutionBlockComposition } from './convolution-block.js';

/** Convolutions of one size on all six edges of a cell. */
export interface EdgeConvolutions {
  /** [6, k, k, C, C]. */
  readonly filter: tf.Tensor;
  /** [6, C]. */
  readonly bias: tf.Tensor2D;
}

/** Weights of one supernet cell; `five` and `three` exist after growth. */
export interface MixedCellWeights {
  readonly one: EdgeConvolutions;
  readonly seven: EdgeConvolutions;
  readonly five: EdgeConvolutions | null;
  readonly three: EdgeConvolutions | null;
}

/** What is computed: [edge][operation] and [edge][kernel]. What is left out must have probability exactly 0. */
export interface CellActivity {
  readonly operations: readonly (readonly boolean[])[];
  readonly kernels: readonly (readonly boolean[])[];
}

/**
 * One cell of the ZO-DARTS++ supernet: node j = Σ over incoming edges Σ over operations p·operation(source), output node 3.
 * Columns of `operations`: none, skip, 1×1, kernel-variable, 3×3 average pool; of `kernels`: 7, 5, 3.
 *
 * What `activity` leaves out costs nothing, forward or backward, and its gradients are exact zeros. Output and all other
 * gradients are bit for bit those of computing it with probability 0: every sum starts at +0 and takes its terms in one
 * fixed order, and adding 0·z (z finite) to a sum that is not −0 leaves its bits alone.
 * @param x [N, H, W, C]  @param operations [6, 5]  @param kernels [6, 3], or null: 7×7 alone
 */
export function mixedCell(
  x: tf.Tensor4D,
  weights: MixedCellWeights,
  operations: tf.Tensor2D,
  kernels: tf.Tensor2D | null,
  activity: CellActivity,
): tf.Tensor4D {
  if (!hasKernel('MixedCell')) return mixedCellComposition(x, weights, operations, kernels, activity);
  const { one, seven, five, three } = weights;
  const attributes = {
    activeOperations: activity.operations.flatMap((row) => row.map(Number)),
    activeKernels: activity.kernels.flatMap((row) => row.map(Number)),
  };
  const plain = { x, one: one.filter, oneBias: one.bias, seven: seven.filter, sevenBias: seven.bias, operations };
  if (!five || !three || !kernels) return runKernel<[tf.Tensor4D]>('MixedCell', plain, attributes)[0];
  const grown = {
    ...plain,
    five: five.filter,
    fiveBias: five.bias,
    three: three.filter,
    threeBias: three.bias,
    kernels,
  };
  return runKernel<[tf.Tensor4D]>('MixedCellGrown', grown, attributes)[0];
}

/** Through rank 2: on graphics cards nothing of rank 5 can be padded, which is what the gradient of a slice does. */
function edgeFilter(filter: tf.Tensor, edge: number): tf.Tensor4D {
  const [edges, ...shape] = filter.shape as [number, number, number, number, number];
  return tf.reshape(tf.slice(tf.reshape(filter, [edges, -1]), [edge, 0], [1, -1]), shape);
}

/** Defines `mixedCell`. */
export function mixedCellComposition(
  x: tf.Tensor4D,
  weights: MixedCellWeights,
  operations: tf.Tensor2D,
  kernels: tf.Tensor2D | null,
  activity: CellActivity,
): tf.Tensor4D {
  const nodes: (tf.Tensor4D | null)[] = [x, null, null, null];
  const add = (a: tf.Tensor4D | null, b: tf.Tensor4D): tf.Tensor4D => (a === null ? b : tf.add(a, b));
  const scalar = (table: tf.Tensor2D, row: number, column: number): tf.Scalar =>
    tf.reshape<tf.Rank.R0>(tf.slice(table, [row, column], [1, 1]), []);
  EDGES.forEach(([target, source], edge) => {
    const h = nodes[source] ?? tf.zerosLike(x);
    const convolve = (convolutions: EdgeConvolutions): tf.Tensor4D =>
      convolutionBlockComposition(h, {
        filter: edgeFilter(convolutions.filter, edge),
        bias: tf.squeeze<tf.Tensor1D>(tf.slice(convolutions.bias, edge, 1), [0]),
      }).output;
    const kernelVariable = (): tf.Tensor4D | null => {
      if (kernels === null) return convolve(weights.seven);
      let sum: tf.Tensor4D | null = null;
      [weights.seven, weights.five, weights.three].forEach((branch, k) => {
        if (branch && activity.kernels[edge]?.[k]) {
          sum = add(sum, tf.mul(scalar(kernels, edge, k), convolve(branch)));
        }
      });
      return sum;
    };
    const branches: ((() => tf.Tensor4D | null) | null)[] = [
      null,
      () => h,
      () => convolve(weights.one),
      kernelVariable,
      () => averagePool3x3Composition(h),
    ];
    branches.forEach((branch, operation) => {
      if (!branch || !activity.operations[edge]?.[operation]) return;
      const value = branch();
      if (value) nodes[target] = add(nodes[target] ?? null, tf.mul(scalar(operations, edge, operation), value));
    });
  });
  return nodes[3] ?? tf.zerosLike(x);
}
