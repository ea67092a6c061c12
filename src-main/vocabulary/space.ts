/**
 * The search space of ZO-DARTS++ (arXiv 2503.06092) as data: operations, kernels, edges, stages.
 * Stem → stage 0 (C channels) → reduction → stage 1 (2C) → reduction → stage 2 (4C) → head.
 */

/** Operations of an edge during the search, in the column order of α. */
export const OPERATIONS = ['none', 'skip_connect', 'conv_1x1', 'kernel_variable_conv', 'avg_pool_3x3'] as const;
export type Operation = (typeof OPERATIONS)[number];

/** Kernel sizes of `kernel_variable_conv`, in the column order of β. */
export const KERNEL_SIZES = [7, 5, 3] as const;
export type KernelSize = (typeof KERNEL_SIZES)[number];

/** Edges of a cell as [target node, source node], in the row order of α and β inside a stage. */
export const EDGES = [
  [1, 0],
  [2, 0],
  [2, 1],
  [3, 0],
  [3, 1],
  [3, 2],
] as const;

export const STAGES = 3;
export const EDGES_PER_STAGE = EDGES.length;
/** Rows of α and β: edges of all stages, stage by stage. */
export const EDGE_ROWS = STAGES * EDGES_PER_STAGE;

/** Operations of an edge in a finished network: the kernel of `kernel_variable_conv` is decided. */
export const GENOTYPE_OPERATIONS = [
  'none',
  'skip_connect',
  'conv_1x1',
  'conv_7x7',
  'conv_5x5',
  'conv_3x3',
  'avg_pool_3x3',
] as const;
export type GenotypeOperation = (typeof GENOTYPE_OPERATIONS)[number];

/** One stage of a finished network: how many cells, and the operation of each edge in the order of EDGES. */
export interface GenotypeStage {
  readonly depth: number;
  readonly operations: readonly GenotypeOperation[];
}

/** A finished architecture: one entry per stage. */
export interface Genotype {
  readonly stages: readonly GenotypeStage[];
}

/** What fixes the size of a supernet and of every network in it. */
export interface SpaceSettings {
  /** Channels of the stem and of stage 0; doubled by each reduction. Default 16. */
  readonly channels: number;
  /** Largest number of cells in a stage. Default 3. */
  readonly cells: number;
  /** Channels of an input image: 1 or 3. */
  readonly inputChannels: number;
  /** Number of outputs of the classifier. */
  readonly classes: number;
}

/** Channels of stage `stage` (0, 1, 2). */
export function stageChannels(space: SpaceSettings, stage: number): number {
  return space.channels << stage;
}
