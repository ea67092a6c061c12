import { EDGES, KERNEL_SIZES, OPERATIONS } from '../../../vocabulary/space.js';
import type { Attributes } from './common.js';

/** Inputs with the filters of the branches, and their sides. */
export const BRANCHES = ['one', 'seven', 'five', 'three'] as const;
export const SIDES = [1, ...KERNEL_SIZES] as const;
/** The branch of the 1×1 convolutions. */
export const POINTWISE = SIDES.indexOf(1);

/** A convolution that is computed, with its place among the slots. */
export interface CellConvolution {
  readonly edge: number;
  readonly branch: number;
  readonly slot: number;
}

/** What has to be computed: active, reachable from the input and leading to the output. */
export interface CellPlan {
  readonly reached: boolean;
  readonly skip: readonly boolean[];
  readonly pool: readonly boolean[];
  readonly convolutions: readonly CellConvolution[];
  /** Has node 0, 1, 2 anything that leaves it? */
  readonly used: readonly boolean[];
}

export const sourceOf = (edge: number): number => EDGES[edge]![1];
export const targetOf = (edge: number): number => EDGES[edge]![0];

const plans = new Map<string, CellPlan>();

export function cellPlan(attributes: Attributes): CellPlan {
  const operations = attributes['activeOperations'] as number[];
  const kernels = attributes['activeKernels'] as number[];
  const key = `${operations.join('')} ${kernels.join('')}`;
  let plan = plans.get(key);
  if (!plan) {
    plan = makePlan(operations, kernels);
    if (plans.size > 1000) plans.clear();
    plans.set(key, plan);
  }
  return plan;
}

function makePlan(operations: readonly number[], kernels: readonly number[]): CellPlan {
  const edges = EDGES.map((_, edge) => edge);
  const active = (edge: number, operation: number): boolean => operations[edge * OPERATIONS.length + operation] === 1;
  const branches = edges.map((edge) => [
    active(edge, 2),
    ...KERNEL_SIZES.map((_, k) => active(edge, 3) && kernels[edge * KERNEL_SIZES.length + k] === 1),
  ]);
  const any = edges.map((edge) => active(edge, 1) || active(edge, 4) || branches[edge]!.includes(true));
  const reached = [true, false, false, false];
  const needed = [false, false, false, true];
  for (const edge of edges) if (any[edge] && reached[sourceOf(edge)]) reached[targetOf(edge)] = true;
  for (const edge of edges.toReversed()) if (any[edge] && needed[targetOf(edge)]) needed[sourceOf(edge)] = true;
  const live = edges.map((edge) => any[edge]! && reached[sourceOf(edge)]! && needed[targetOf(edge)]!);
  const convolutions: CellConvolution[] = [];
  for (const edge of edges) {
    branches[edge]!.forEach((computed, branch) => {
      if (live[edge] && computed) convolutions.push({ edge, branch, slot: convolutions.length });
    });
  }
  return {
    reached: reached[3]!,
    skip: edges.map((edge) => live[edge]! && active(edge, 1)),
    pool: edges.map((edge) => live[edge]! && active(edge, 4)),
    convolutions,
    used: [0, 1, 2].map((node) => edges.some((edge) => live[edge] && sourceOf(edge) === node)),
  };
}
