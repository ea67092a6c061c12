import type { Genotype, GenotypeOperation, KernelSize, Operation } from '../../src-main/ipc/contract.js';

/**
 * The search space as the window shows it. The orders are those of the columns and rows of α, β, γ in the contract;
 * a test holds them equal to the search's own.
 */
export const OPERATIONS = [
  'none',
  'skip_connect',
  'conv_1x1',
  'kernel_variable_conv',
  'avg_pool_3x3',
] as const satisfies readonly Operation[];

export const KERNEL_SIZES = [7, 5, 3] as const satisfies readonly KernelSize[];

/** Edges of a cell as [target node, source node]. */
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

export const KERNEL_OPERATIONS = { 7: 'conv_7x7', 5: 'conv_5x5', 3: 'conv_3x3' } as const satisfies Record<
  KernelSize,
  GenotypeOperation
>;

const OPERATION_NAMES: Readonly<Record<Operation | GenotypeOperation, string>> = {
  none: 'None',
  skip_connect: 'Skip',
  conv_1x1: 'Conv 1×1',
  kernel_variable_conv: 'Conv 7·5·3',
  conv_7x7: 'Conv 7×7',
  conv_5x5: 'Conv 5×5',
  conv_3x3: 'Conv 3×3',
  avg_pool_3x3: 'Avg pool 3×3',
};

const SHORT_NAMES: Readonly<Record<Operation | GenotypeOperation, string>> = {
  none: 'none',
  skip_connect: 'skip',
  conv_1x1: '1×1',
  kernel_variable_conv: '7·5·3',
  conv_7x7: '7×7',
  conv_5x5: '5×5',
  conv_3x3: '3×3',
  avg_pool_3x3: 'pool',
};

export const operationName = (operation: Operation | GenotypeOperation): string => OPERATION_NAMES[operation];
export const shortOperationName = (operation: Operation | GenotypeOperation): string => SHORT_NAMES[operation];

/** Colour class of an operation: the three fixed kernels share the colour of the variable one. */
export function operationClass(operation: Operation | GenotypeOperation): string {
  switch (operation) {
    case 'none':
      return 'op-none';
    case 'skip_connect':
      return 'op-skip';
    case 'conv_1x1':
      return 'op-conv1';
    case 'avg_pool_3x3':
      return 'op-pool';
    case 'kernel_variable_conv':
    case 'conv_7x7':
    case 'conv_5x5':
    case 'conv_3x3':
      return 'op-convk';
  }
}

/** Name of an edge by its row in α: "Stage 2, edge 0→3". */
export function edgeName(row: number): string {
  const stage = Math.floor(row / EDGES_PER_STAGE);
  return `Stage ${stage + 1}, edge ${shortEdgeName(row)}`;
}

export function shortEdgeName(row: number): string {
  const [target, source] = EDGES[row % EDGES_PER_STAGE] ?? [0, 0];
  return `${source}→${target}`;
}

/** A genotype as probabilities: every decided operation has 1, so that graphs draw both the same way. */
export interface DrawnEdge {
  readonly operation: GenotypeOperation;
  readonly probability: number;
}

export function genotypeEdges(genotype: Genotype, stage: number): DrawnEdge[][] {
  return EDGES.map((_, edge) => {
    const operation = genotype.stages[stage]?.operations[edge] ?? 'none';
    return operation === 'none' ? [] : [{ operation, probability: 1 }];
  });
}

/** "2 cells: 0→1 Conv 3×3, 0→2 Skip, …": a stage in words, for screen readers. */
export function stageInWords(edges: readonly (readonly DrawnEdge[])[]): string {
  return edges
    .map((operations, edge) => {
      const strongest = operations.reduce<DrawnEdge | null>(
        (best, next) => (best === null || next.probability > best.probability ? next : best),
        null,
      );
      const share = strongest && strongest.probability < 1 ? ` ${Math.round(strongest.probability * 100)} %` : '';
      return `${shortEdgeName(edge)} ${strongest ? operationName(strongest.operation).toLowerCase() : 'none'}${share}`;
    })
    .join(', ');
}
