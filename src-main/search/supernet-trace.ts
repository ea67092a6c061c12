import type { ArchitectureTable } from '../space/architecture-table.js';
import { EDGE_ROWS, EDGES, KERNEL_SIZES, OPERATIONS, STAGES, type SpaceSettings } from '../vocabulary/space.js';
import type { Trace, TraceDescription, TraceTable } from '../vocabulary/trace.js';
import type { Architecture } from './architecture.js';
import { expectedParameters } from './expected-parameters.js';

/** What every search over the supernet tells: α, β, γ, their probabilities, and two figures of these. */
export function supernetDescription(space: SpaceSettings): TraceDescription {
  const stages = Array.from({ length: STAGES }, (_, stage) => `stage ${stage + 1}`);
  const edges = stages.flatMap((stage) => EDGES.map(([target, source]) => `${stage}, edge ${source}→${target}`));
  const kernels = KERNEL_SIZES.map((size) => `${size}×${size}`);
  const depths = Array.from({ length: space.cells }, (_, j) => (j === 0 ? '1 cell' : `${j + 1} cells`));
  const pair = (
    name: string,
    letter: string,
    label: string,
    [rows, columns]: readonly [readonly string[], readonly string[]],
    draw: TraceTable['draw'],
  ): TraceTable[] => [
    { name, label: letter, rows, columns, draw: 'none' },
    { name: `${name}Probabilities`, label, rows, columns, draw, scores: name },
  ];
  return {
    series: [
      { name: 'expectedParameters', label: 'Expected parameters', format: 'count', draw: 'line' },
      { name: 'operationsInSupport', label: 'Operations per edge', format: { decimals: 1 }, draw: 'figure' },
    ],
    tables: [
      ...pair('alpha', 'α', 'Probabilities of operations', [edges, OPERATIONS], 'operations'),
      ...pair('beta', 'β', 'Probabilities of kernels', [edges, kernels], 'kernels'),
      ...pair('gamma', 'γ', 'Probabilities of the depth', [stages, depths], 'depth'),
    ],
  };
}

/** Values and tables of {@link supernetDescription}. @param probabilities those of `architecture` */
export function supernetTrace(
  space: SpaceSettings,
  architecture: Architecture,
  probabilities: ArchitectureTable,
): Pick<Trace, 'values' | 'tables'> {
  const { operations, kernels, depth } = architecture.parts;
  const list = (values: Float64Array | null): number[] | null => values && [...values];
  return {
    values: {
      expectedParameters: expectedParameters(space, probabilities).value,
      operationsInSupport: probabilities.operations.filter((p) => p > 0).length / EDGE_ROWS,
    },
    tables: {
      alpha: list(operations),
      beta: list(kernels),
      gamma: list(depth),
      alphaProbabilities: list(probabilities.operations),
      betaProbabilities: list(probabilities.kernels),
      gammaProbabilities: list(probabilities.depth),
    },
  };
}

/** The probabilities that a trace of a search over the supernet holds; null for another kind of search. */
export function probabilitiesOf(description: TraceDescription, { tables }: Trace): ArchitectureTable | null {
  const drawn = (draw: TraceTable['draw']): Float64Array | null => {
    const name = description.tables.find((table) => table.draw === draw)?.name;
    const values = name === undefined ? null : (tables[name] ?? null);
    return values && Float64Array.from(values);
  };
  const operations = drawn('operations');
  return operations && { operations, kernels: drawn('kernels'), depth: drawn('depth') };
}
