import type { CellActivity } from '../compute/operations/mixed-cell.js';
import { tf } from '../compute/tensorflow.js';
import type { ArchitectureTable } from '../space/architecture-table.js';
import { EDGES_PER_STAGE, KERNEL_SIZES, OPERATIONS, STAGES } from '../vocabulary/space.js';

/** Probabilities of one stage on the backend, with what of the stage has to be computed. */
export interface StageProbabilities {
  /** [6, 5]. */
  readonly operations: tf.Tensor2D;
  /** [6, 3]; null while the convolution is 7×7. */
  readonly kernels: tf.Tensor2D | null;
  readonly activity: CellActivity;
  readonly depth: {
    /** γ of the cells named by `cells`; null while the depth is full and the output is that of the last cell. */
    readonly weights: tf.Tensor1D | null;
    /** Cells whose output counts, ascending from 0. */
    readonly cells: readonly number[];
    /** Last cell that is computed. */
    readonly last: number;
  };
}

/** The probabilities of a whole supernet as tensors: what a forward pass takes and differentiates by. */
export class ProbabilityTensors {
  private constructor(readonly stages: readonly StageProbabilities[]) {}

  /**
   * @param sparse leave out what has probability exactly 0: operations, kernels, cells, depths. The result is the same.
   */
  static create(probabilities: ArchitectureTable, cells: number, sparse: boolean): ProbabilityTensors {
    const { operations, kernels, depth } = probabilities;
    const active = (p: number): boolean => !sparse || p > 0;
    const rows = (values: Float64Array, stage: number, columns: number): number[][] =>
      Array.from({ length: EDGES_PER_STAGE }, (_, edge) => {
        const start = (stage * EDGES_PER_STAGE + edge) * columns;
        return [...values.subarray(start, start + columns)];
      });
    const stages = Array.from({ length: STAGES }, (_, stage): StageProbabilities => {
      const operationRows = rows(operations, stage, OPERATIONS.length);
      const kernelRows = kernels && rows(kernels, stage, KERNEL_SIZES.length);
      const depthRow = depth && [...depth.subarray(stage * cells, (stage + 1) * cells)];
      const counted = Array.from({ length: cells }, (_, cell) => cell).filter(
        (cell) => !depthRow || active(depthRow[cell]!),
      );
      return {
        operations: tf.tensor2d(operationRows, [EDGES_PER_STAGE, OPERATIONS.length], 'float32'),
        kernels: kernelRows && tf.tensor2d(kernelRows, [EDGES_PER_STAGE, KERNEL_SIZES.length], 'float32'),
        activity: {
          operations: operationRows.map((row) => row.map(active)),
          kernels: kernelRows
            ? kernelRows.map((row) => row.map(active))
            : operationRows.map(() => KERNEL_SIZES.map((kernel) => kernel === 7)),
        },
        depth: {
          weights:
            depthRow &&
            tf.tensor1d(
              counted.map((cell) => depthRow[cell]!),
              'float32',
            ),
          cells: counted,
          last: counted.at(-1)!,
        },
      };
    });
    return new ProbabilityTensors(stages);
  }

  /** Every tensor, in a fixed order: stage by stage operations, kernels, depth. */
  tensors(): tf.Tensor[] {
    return this.stages.flatMap(({ operations, kernels, depth }) =>
      [operations, kernels, depth.weights].filter((tensor) => tensor !== null),
    );
  }

  /** ∂L/∂p as a table from gradients in the order of `tensors`; what was not computed gets 0. */
  async table(gradients: readonly (tf.Tensor | null)[], cells: number): Promise<ArchitectureTable> {
    const grown = this.stages[0]!.kernels !== null;
    const operations = new Float64Array(STAGES * EDGES_PER_STAGE * OPERATIONS.length);
    const kernels = grown ? new Float64Array(STAGES * EDGES_PER_STAGE * KERNEL_SIZES.length) : null;
    const depth = grown ? new Float64Array(STAGES * cells) : null;
    const values = await Promise.all(gradients.map(async (g) => (g ? await g.data<'float32'>() : null)));
    let next = 0;
    for (const [stage, { depth: stageDepth }] of this.stages.entries()) {
      const operationGradient = values[next++];
      if (operationGradient) operations.set(operationGradient, stage * EDGES_PER_STAGE * OPERATIONS.length);
      if (!kernels || !depth) continue;
      const kernelGradient = values[next++];
      if (kernelGradient) kernels.set(kernelGradient, stage * EDGES_PER_STAGE * KERNEL_SIZES.length);
      const depthGradient = values[next++];
      stageDepth.cells.forEach((cell, i) => {
        depth[stage * cells + cell] = depthGradient?.[i] ?? 0;
      });
    }
    return { operations, kernels, depth };
  }

  dispose(): void {
    tf.dispose(this.tensors());
  }
}
