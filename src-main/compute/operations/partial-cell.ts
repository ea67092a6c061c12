import { EDGES, KERNEL_SIZES, OPERATIONS } from '../../vocabulary/space.js';
import { tf } from '../tensorflow.js';
import { mixedCell, type CellActivity, type MixedCellWeights } from './mixed-cell.js';

const SKIP = OPERATIONS.indexOf('skip_connect');

/** How a mixed cell computes one edge alone: its input comes to the source, and goes on from the target, as it is. */
const ALONE = EDGES.map(([target, source], edge) => {
  const passing = EDGES.map(([to, from], other) => {
    return other !== edge && ((from === 0 && to === source) || (from === target && to === 3));
  });
  const table = (value: (row: number, column: number) => number): number[][] =>
    EDGES.map((_, row) => OPERATIONS.map((_, column) => value(row, column)));
  const own = table((row) => Number(row === edge));
  const skips = table((row, column) => Number(passing[row] === true && column === SKIP));
  const activity: CellActivity = {
    operations: own.map((row, i) => row.map((value, j) => value + skips[i]![j]! > 0)),
    kernels: EDGES.map(() => KERNEL_SIZES.map(() => true)),
  };
  return { own, skips, activity };
});

/**
 * A cell with partial channel connections and edge normalisation (PC-DARTS, arXiv 1907.05737, eq. 2 and 3): the operations of
 * an edge see the first 1/share of the channels, the others pass by, the edge as a whole counts with a weight of its own, and
 * the channels of each node are shuffled in groups, so that other ones are seen next. Six mixed cells of one edge each and plain
 * operations: it takes longer than its number of multiplications suggests.
 * @param x [N, H, W, C]  @param weights of C/share channels, all kernels
 * @param operations [6, 5]: edge weight × probability, so that each row sums to the weight of its edge  @param kernels [6, 3]
 */
export function partialCell(
  x: tf.Tensor4D,
  weights: MixedCellWeights,
  operations: tf.Tensor2D,
  kernels: tf.Tensor2D,
  share: number,
): tf.Tensor4D {
  const [images, height, width, channels] = x.shape;
  const seen = channels / share;
  const edgeWeights = tf.sum(operations, 1);
  const nodes: tf.Tensor4D[] = [x];
  for (let target = 1; target <= 3; target++) {
    const mixtures: tf.Tensor4D[] = [];
    const passed: tf.Tensor4D[] = [];
    EDGES.forEach(([to, from], edge) => {
      if (to !== target) return;
      const { own, skips, activity } = ALONE[edge]!;
      const h = tf.slice(nodes[from]!, [0, 0, 0, 0], [images, height, width, seen]);
      const rest = tf.slice(nodes[from]!, [0, 0, 0, seen], [images, height, width, channels - seen]);
      const row = tf.add<tf.Tensor2D>(tf.mul(operations, tf.tensor2d(own)), tf.tensor2d(skips));
      mixtures.push(mixedCell(h, weights, row, kernels, activity));
      passed.push(tf.mul(rest, tf.slice(edgeWeights, edge, 1)));
    });
    nodes.push(shuffled(tf.concat([sumOf(mixtures), sumOf(passed)], 3), share));
  }
  return nodes[3]!;
}

/** Channel i of group g comes to stand at i·groups + g. */
function shuffled(x: tf.Tensor4D, groups: number): tf.Tensor4D {
  const channels = x.shape[3];
  const grouped = tf.reshape(x, [x.size / channels, groups, channels / groups]);
  return tf.reshape(tf.transpose(grouped, [0, 2, 1]), x.shape);
}

function sumOf(terms: readonly tf.Tensor4D[]): tf.Tensor4D {
  return terms.reduce((sum, term) => tf.add(sum, term));
}
