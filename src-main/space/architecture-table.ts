import {
  EDGE_ROWS,
  EDGES_PER_STAGE,
  GENOTYPE_OPERATIONS,
  KERNEL_SIZES,
  OPERATIONS,
  STAGES,
  type Genotype,
  type SpaceSettings,
} from '../vocabulary/space.js';
import { kernelSize } from './operations.js';

/** Probabilities, or any quantity with one entry per architecture parameter. Row-major. */
export interface ArchitectureTable {
  /** 18 × 5. */
  readonly operations: Float64Array;
  /** 18 × 3; null while the convolution is 7×7. */
  readonly kernels: Float64Array | null;
  /** 3 × cells; null while the depth is full. */
  readonly depth: Float64Array | null;
}

/** Probability of each operation of a finished network on one edge, in the order of GENOTYPE_OPERATIONS. */
export function edgeProbabilities(probabilities: ArchitectureTable, row: number): number[] {
  return GENOTYPE_OPERATIONS.map((operation) => {
    const column = OPERATIONS.indexOf(operation as (typeof OPERATIONS)[number]);
    if (column >= 0) return probabilities.operations[row * OPERATIONS.length + column]!;
    const p = probabilities.operations[row * OPERATIONS.length + OPERATIONS.indexOf('kernel_variable_conv')]!;
    const k = KERNEL_SIZES.indexOf(kernelSize(operation) as (typeof KERNEL_SIZES)[number]);
    if (!probabilities.kernels) return k === 0 ? p : 0;
    return p * probabilities.kernels[row * KERNEL_SIZES.length + k]!;
  });
}

/** Probability of each depth 1 .. cells of a stage. */
export function depthProbabilities(probabilities: ArchitectureTable, stage: number, cells: number): number[] {
  if (!probabilities.depth) return Array.from({ length: cells }, (_, j) => (j === cells - 1 ? 1 : 0));
  return [...probabilities.depth.subarray(stage * cells, (stage + 1) * cells)];
}

/** The table that says yes to one architecture: 1 at its choices, 0 elsewhere. */
export function genotypeTable(space: Pick<SpaceSettings, 'cells'>, genotype: Genotype): ArchitectureTable {
  const operations = new Float64Array(EDGE_ROWS * OPERATIONS.length);
  const kernels = new Float64Array(EDGE_ROWS * KERNEL_SIZES.length);
  const depth = new Float64Array(STAGES * space.cells);
  genotype.stages.forEach((stage, s) => {
    depth[s * space.cells + stage.depth - 1] = 1;
    stage.operations.forEach((operation, edge) => {
      const row = s * EDGES_PER_STAGE + edge;
      const column = OPERATIONS.indexOf(operation as (typeof OPERATIONS)[number]);
      const variable = OPERATIONS.indexOf('kernel_variable_conv');
      operations[row * OPERATIONS.length + (column < 0 ? variable : column)] = 1;
      const kernel = KERNEL_SIZES.indexOf(kernelSize(operation) as (typeof KERNEL_SIZES)[number]);
      kernels[row * KERNEL_SIZES.length + Math.max(0, kernel)] = 1;
    });
  });
  return { operations, kernels, depth };
}
