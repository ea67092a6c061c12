import { batchNorm } from '../compute/operations/batch-norm.js';
import { convolutionBlock } from '../compute/operations/convolution-block.js';
import { rectifiedGlobalAveragePool } from '../compute/operations/global-average-pool.js';
import {
  mixedCell,
  type CellActivity,
  type EdgeConvolutions,
  type MixedCellWeights,
} from '../compute/operations/mixed-cell.js';
import { partialCell } from '../compute/operations/partial-cell.js';
import { weightedSum } from '../compute/operations/weighted-sum.js';
import type { Random } from '../compute/random.js';
import { tf } from '../compute/tensorflow.js';
import { copyOf, variable } from '../learning/variables.js';
import type { ProbabilityTensors } from './probability-tensors.js';
import { EDGES_PER_STAGE, STAGES, stageChannels, type SpaceSettings } from '../vocabulary/space.js';
import { stemBlocks } from '../space/stem.js';

/** Kernel sizes that growth adds, with the rows and columns that it cuts off the 7×7 kernel on each side. */
const GROWN_KERNELS = [
  { size: 5, cut: 1 },
  { size: 3, cut: 2 },
] as const;

/** Shape and starting bound of each weight, in a fixed order. */
interface WeightShape {
  readonly name: string;
  readonly shape: number[];
  /** Fan-in of a uniform start in ±1/√fan-in (PyTorch's default of convolutions and linear layers), or a constant. */
  readonly start: { readonly fanIn: number } | { readonly constant: number };
}

/**
 * The weights of a ZO-DARTS++ supernet and its forward pass. Names say where a weight belongs:
 * `stem.filter`, `stages.0.1.seven.filter` (stage 0, cell 1, all six edges stacked), `reductions.0.a.scale`, `classifier.bias`.
 */
export class Supernet {
  private constructor(
    readonly space: SpaceSettings,
    readonly weights: Map<string, tf.Variable>,
    private readonly channelShare: number,
  ) {}

  /**
   * A supernet of phase 1 with weights drawn as PyTorch draws them.
   * @param channelShare operations see one channel in so many (`partialCell`), all of them by default
   */
  static create(space: SpaceSettings, random: Random, channelShare = 1): Supernet {
    const weights = new Map<string, tf.Variable>();
    for (const { name, shape, start } of weightShapes(space, channelShare)) {
      const values = new Float32Array(shape.reduce((a, b) => a * b, 1));
      if ('constant' in start) values.fill(start.constant);
      else {
        const bound = 1 / Math.sqrt(start.fanIn);
        for (let i = 0; i < values.length; i++) values[i] = bound * (2 * random.uniform() - 1);
      }
      weights.set(name, variable(name, values, shape));
    }
    return new Supernet(space, weights, channelShare);
  }

  /** A supernet with given weights, of phase 2 when `five` and `three` are among them. */
  static fromArrays(
    space: SpaceSettings,
    arrays: { readonly [name: string]: Float32Array },
    channelShare = 1,
  ): Supernet {
    const weights = new Map<string, tf.Variable>();
    const shapes = weightShapes(space, channelShare);
    if (arrays['stages.0.0.five.filter']) shapes.push(...grownShapes(space, channelShare));
    for (const { name, shape } of shapes) weights.set(name, variable(name, arrays[name], shape));
    return new Supernet(space, weights, channelShare);
  }

  get grown(): boolean {
    return this.weights.has('stages.0.0.five.filter');
  }

  async clone(): Promise<Supernet> {
    return new Supernet(this.space, await copyOf(this.weights), this.channelShare);
  }

  /** Gives every edge its 5×5 and 3×3 branch: the centre of its 7×7 kernel and its bias. */
  grow(): void {
    for (let stage = 0; stage < STAGES; stage++) {
      for (let cell = 0; cell < this.space.cells; cell++) {
        const prefix = `stages.${stage}.${cell}`;
        const channels = stageChannels(this.space, stage) / this.channelShare;
        GROWN_KERNELS.forEach(({ size, cut }, i) => {
          const branch = `${prefix}.${i === 0 ? 'five' : 'three'}`;
          tf.tidy(() => {
            const centre = tf.slice(
              this.weight(`${prefix}.seven.filter`),
              [0, cut, cut, 0, 0],
              [EDGES_PER_STAGE, size, size, channels, channels],
            );
            this.weights.set(`${branch}.filter`, tf.variable(centre));
            const bias = this.weight<tf.Tensor2D>(`${prefix}.seven.bias`);
            this.weights.set(`${branch}.bias`, tf.variable(tf.slice(bias, [0, 0], [EDGES_PER_STAGE, channels])));
          });
        });
      }
    }
  }

  /**
   * Logits of a batch, with batch statistics in every batch norm.
   * @param x [N, size, size, input channels], normalised  @returns [N, classes]
   */
  forward(x: tf.Tensor4D, probabilities: ProbabilityTensors): tf.Tensor2D {
    let h = x;
    for (const { name, stride } of stemBlocks(this.space)) {
      h = convolutionBlock(h, this.block(name), { relu: name !== 'stem', stride }).output;
    }
    for (let stage = 0; stage < STAGES; stage++) {
      h = this.stage(h, stage, probabilities);
      if (stage + 1 < STAGES) h = this.reduction(h, `reductions.${stage}`);
    }
    const last = batchNorm(h, this.weight('last.scale'), this.weight('last.shift')).output;
    const pooled = rectifiedGlobalAveragePool(last);
    return tf.add(tf.matMul(pooled, this.weight('classifier.kernel')), this.weight('classifier.bias'));
  }

  dispose(): void {
    for (const weight of this.weights.values()) weight.dispose();
  }

  private stage(x: tf.Tensor4D, stage: number, probabilities: ProbabilityTensors): tf.Tensor4D {
    const { operations, kernels, depth, activity } = probabilities.stages[stage]!;
    const outputs: tf.Tensor4D[] = [];
    let h = x;
    for (let cell = 0; cell <= depth.last; cell++) {
      const weights = this.cell(stage, cell);
      h =
        this.channelShare === 1
          ? mixedCell(h, weights, operations, kernels, activity satisfies CellActivity)
          : partialCell(h, weights, operations, kernels!, this.channelShare);
      if (depth.weights === null || depth.cells.includes(cell)) outputs.push(h);
    }
    return depth.weights === null ? h : weightedSum(outputs, depth.weights);
  }

  private reduction(x: tf.Tensor4D, name: string): tf.Tensor4D {
    const a = convolutionBlock(x, this.block(`${name}.a`), { stride: 2 }).output;
    const b = convolutionBlock(a, this.block(`${name}.b`)).output;
    const down = tf.conv2d(tf.avgPool(x, 2, 2, 'valid'), this.weight<tf.Tensor4D>(`${name}.down.filter`), 1, 'valid');
    return tf.add(down, b);
  }

  private cell(stage: number, cell: number): MixedCellWeights {
    const convolutions = (branch: string): EdgeConvolutions => ({
      filter: this.weight(`stages.${stage}.${cell}.${branch}.filter`),
      bias: this.weight<tf.Tensor2D>(`stages.${stage}.${cell}.${branch}.bias`),
    });
    return {
      one: convolutions('one'),
      seven: convolutions('seven'),
      five: this.grown ? convolutions('five') : null,
      three: this.grown ? convolutions('three') : null,
    };
  }

  private block(name: string): { filter: tf.Tensor4D; scale: tf.Tensor1D; shift: tf.Tensor1D } {
    return {
      filter: this.weight(`${name}.filter`),
      scale: this.weight(`${name}.scale`),
      shift: this.weight(`${name}.shift`),
    };
  }

  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the caller knows the rank by the name
  private weight<T extends tf.Tensor>(name: string): T {
    return this.weights.get(name) as tf.Tensor as T;
  }
}

function convolutionShapes(name: string, edges: number, k: number, channels: number): WeightShape[] {
  const fanIn = k * k * channels;
  return [
    { name: `${name}.filter`, shape: [edges, k, k, channels, channels], start: { fanIn } },
    { name: `${name}.bias`, shape: [edges, channels], start: { fanIn } },
  ];
}

function blockShapes(name: string, k: number, from: number, to: number): WeightShape[] {
  return [
    { name: `${name}.filter`, shape: [k, k, from, to], start: { fanIn: k * k * from } },
    { name: `${name}.scale`, shape: [to], start: { constant: 1 } },
    { name: `${name}.shift`, shape: [to], start: { constant: 0 } },
  ];
}

function weightShapes(space: SpaceSettings, channelShare: number): WeightShape[] {
  const shapes = stemBlocks(space).flatMap(({ name, from }) => blockShapes(name, 3, from, space.channels));
  for (let stage = 0; stage < STAGES; stage++) {
    const channels = stageChannels(space, stage);
    for (let cell = 0; cell < space.cells; cell++) {
      const seen = channels / channelShare;
      shapes.push(...convolutionShapes(`stages.${stage}.${cell}.one`, EDGES_PER_STAGE, 1, seen));
      shapes.push(...convolutionShapes(`stages.${stage}.${cell}.seven`, EDGES_PER_STAGE, 7, seen));
    }
    if (stage + 1 < STAGES) {
      const name = `reductions.${stage}`;
      shapes.push(...blockShapes(`${name}.a`, 3, channels, 2 * channels));
      shapes.push(...blockShapes(`${name}.b`, 3, 2 * channels, 2 * channels));
      shapes.push({ name: `${name}.down.filter`, shape: [1, 1, channels, 2 * channels], start: { fanIn: channels } });
    }
  }
  const last = stageChannels(space, STAGES - 1);
  shapes.push(
    { name: 'last.scale', shape: [last], start: { constant: 1 } },
    { name: 'last.shift', shape: [last], start: { constant: 0 } },
    { name: 'classifier.kernel', shape: [last, space.classes], start: { fanIn: last } },
    { name: 'classifier.bias', shape: [space.classes], start: { fanIn: last } },
  );
  return shapes;
}

function grownShapes(space: SpaceSettings, channelShare: number): WeightShape[] {
  const shapes: WeightShape[] = [];
  for (let stage = 0; stage < STAGES; stage++) {
    for (let cell = 0; cell < space.cells; cell++) {
      const seen = stageChannels(space, stage) / channelShare;
      shapes.push(...convolutionShapes(`stages.${stage}.${cell}.five`, EDGES_PER_STAGE, 5, seen));
      shapes.push(...convolutionShapes(`stages.${stage}.${cell}.three`, EDGES_PER_STAGE, 3, seen));
    }
  }
  return shapes;
}
