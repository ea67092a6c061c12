import { kernelSize } from '../space/operations.js';
import { liveGenotype } from '../space/live-edges.js';
import { ridge } from '../statistics/ridge.js';
import {
  EDGES,
  GENOTYPE_OPERATIONS,
  type Genotype,
  type GenotypeOperation,
  type GenotypeStage,
} from '../vocabulary/space.js';

/** On the squared weights of standardised descriptors; measured to matter little between 10 and 300. */
const PENALTY = 30;

/**
 * A surrogate (Baker et al. 2018, "performance prediction"): guesses the merit of networks that were never trained from what
 * those that were have in common. Ridge regression on fourteen descriptors of each stage.
 * @param merits one for each genotype, larger is better
 */
export function fitSurrogate(
  genotypes: readonly Genotype[],
  merits: readonly number[],
): (genotype: Genotype) => number {
  const predict = ridge(genotypes.map(descriptors), merits, PENALTY);
  return (genotype) => predict(descriptors(genotype));
}

function descriptors(genotype: Genotype): number[] {
  return liveGenotype(genotype).stages.flatMap(ofStage);
}

/**
 * Of one stage, over its live edges: cells; edges of each operation; then, over all of its cells, convolutions on the shortest and
 * on the longest path from its input to its output and the reach of the widest path in pixels; and the logarithms of the
 * number of paths through a cell and of the kernels' areas.
 */
function ofStage({ depth, operations }: GenotypeStage): number[] {
  const edges = EDGES.flatMap(([target, source], edge) => {
    const operation = operations[edge]!;
    return operation === 'none' ? [] : [{ target, source, operation, kernel: kernelSize(operation) }];
  });
  const ofCells = [
    along(edges, 0, (value, { kernel }) => value + convolutions(kernel), Math.min),
    along(edges, 0, (value, { kernel }) => value + convolutions(kernel), Math.max),
    along(edges, 0, (value, { operation, kernel }) => value + reach(operation, kernel), Math.max),
  ];
  const paths = along(
    edges,
    1,
    (value) => value,
    (...values) => values.reduce((a, b) => a + b),
  );
  const area = edges.reduce((sum, { kernel }) => sum + kernel ** 2, 0);
  return [
    depth,
    ...GENOTYPE_OPERATIONS.slice(1).map((operation) => edges.filter((edge) => edge.operation === operation).length),
    ...ofCells.map((value) => depth * value),
    Math.log(paths),
    Math.log1p(depth * area),
  ];
}

interface Edge {
  readonly target: number;
  readonly source: number;
  readonly operation: GenotypeOperation;
  /** 0 for an operation without weights. */
  readonly kernel: number;
}

/** A value carried from node 0 to node 3 of a cell whose edges all lie on such a path. */
function along(
  edges: readonly Edge[],
  start: number,
  through: (value: number, edge: Edge) => number,
  join: (...values: number[]) => number,
): number {
  const values = [start];
  for (const node of [1, 2, 3]) {
    const into = edges.filter(({ target }) => target === node);
    if (into.length > 0) values[node] = join(...into.map((edge) => through(values[edge.source]!, edge)));
  }
  return values[3]!;
}

const convolutions = (kernel: number): number => (kernel > 0 ? 1 : 0);

function reach(operation: GenotypeOperation, kernel: number): number {
  return operation === 'avg_pool_3x3' ? 1 : Math.max(0, kernel - 1) / 2;
}
