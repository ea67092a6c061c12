import { touching, type Part } from '../backend.js';
import * as cell from '../shaders/cell.js';
import { convolution, forwardChunks, forwardGroups, keyOf, operationsOf } from '../shaders/convolution.js';
import { channelBlocks, elementGroups, statistics } from '../shaders/normalisation.js';
import { KERNEL_SIZES } from '../../../vocabulary/space.js';
import { cellOf, EDGE_NUMBERS, FLOAT, filterParts, filterSize, pointwiseFilters, sidesOf, type Cell } from './cell.js';
import { BRANCHES, POINTWISE, SIDES, sourceOf, targetOf, type CellConvolution } from './cell-plan.js';
import { input, type Kernel } from './common.js';
import { mixedCellGradient, probabilityGradient } from './mixed-cell-gradient.js';

const SEVEN = BRANCHES.indexOf('seven');
const packed = ({ edge, branch }: CellConvolution): number => edge + 256 * branch;

/** Terms of a node in the order of the edges: skip, convolutions, pool. */
function termsInto(target: number, { plan }: Cell): number[][] {
  return EDGE_NUMBERS.filter((edge) => targetOf(edge) === target).flatMap((edge) => [
    ...(plan.skip[edge] ? [[cell.SKIP, sourceOf(edge), 0, edge]] : []),
    ...plan.convolutions
      .filter((convolved) => convolved.edge === edge)
      .map((convolved) => [
        convolved.branch === POINTWISE ? cell.POINTWISE : cell.CONVOLUTION,
        sourceOf(edge),
        convolved.slot,
        packed(convolved),
      ]),
    ...(plan.pool[edge] ? [[cell.POOL, sourceOf(edge), 0, edge]] : []),
  ]);
}

/** Nodes, of which a dispatch reads those that are named. */
const readOf = (nodes: readonly Part[], named: readonly number[]): Part[] =>
  nodes.map((node, i) => (named.includes(i) ? node : touching(node, 0)));

const convolutionsAmong = (terms: readonly number[][]): number =>
  terms.filter(([kind]) => kind === cell.CONVOLUTION).length;
const sourcesRead = (terms: readonly number[][]): number[] =>
  terms.flatMap(([kind, source]) => (kind === cell.CONVOLUTION ? [] : [source!]));

const convolutionJob = (of: Cell, { edge, branch, slot }: CellConvolution): number[] => [
  SIDES[branch]!,
  branch,
  edge * filterSize(of, branch),
  slot * of.size,
];

const forward: Kernel = (backend, inputs, attributes) => {
  const x = input(inputs, 'x');
  const of = cellOf(backend, inputs, attributes, x);
  const { plan, shape, convolved, size, key } = of;
  if (!plan.reached) return backend.zeros(x.shape);
  const norm = cell.normOf(shape);
  const chunks = forwardChunks(convolved);
  const slots = Math.max(1, plan.convolutions.length);
  // What will be needed after growth is asked for at once, rather than after two fifths of a search.
  const sevens = shape.grown ? 0 : plan.convolutions.filter(({ branch }) => branch === SEVEN).length;
  backend.requireBinding((slots + sevens * (KERNEL_SIZES.length - 1)) * size * 4, shape.images);
  const z = backend.acquire(slots * size * 4, shape.images);
  const taken = backend.acquire(cell.keptNumbers(slots, shape.channels) * FLOAT);
  const folded = 2 * slots * shape.channels;
  const momentsSize = (jobs: number): number => jobs * chunks.count * 2 * shape.channels * FLOAT;
  const partial = backend.acquire(momentsSize(slots));
  const nodes = [1, 2].map((node) => (plan.used[node] ? backend.acquire(size * 4) : null));
  const y = backend.output(x.shape);
  // Where a node is not there, something else takes its place and is not read.
  const values = [backend.part(x), ...nodes.map((node) => (node ? backend.whole(node) : backend.part(x)))];
  for (let source = 0; source < 3; source++) {
    const jobs = plan.convolutions.filter(({ edge }) => sourceOf(edge) === source);
    if (jobs.length > 0) {
      backend.dispatchInShares(
        backend.program(`convolution and moments ${keyOf(convolved)}`, () => convolution(convolved, 'moments')),
        [
          values[source]!,
          ...filterParts(backend, of, jobs),
          touching(backend.whole(z), jobs.length * size * FLOAT),
          touching(backend.whole(partial), momentsSize(jobs.length)),
        ],
        forwardGroups(convolved, jobs.length),
        jobs.flatMap((job) => convolutionJob(of, job)),
        operationsOf(convolved, sidesOf(jobs)),
      );
      backend.dispatch(
        backend.program(`statistics of a cell ${keyOf(norm)} ${keyOf(chunks)}`, () =>
          statistics(norm, chunks, { folded: true }),
        ),
        [
          touching(backend.whole(partial), momentsSize(jobs.length)),
          backend.whole(taken),
          pointwiseFilters(backend, of, jobs),
        ],
        [channelBlocks(norm), 1, jobs.length],
        jobs.flatMap(({ slot, edge, branch }) => {
          const filter = edge * shape.channels ** 2;
          return [slot, slot * 2 * shape.channels, branch === POINTWISE ? 1 + filter : 0, folded + filter];
        }),
      );
    }
    const target = source + 1;
    const result = target === 3 ? backend.part(y) : nodes[target - 1] && backend.whole(nodes[target - 1]!);
    if (!result) continue;
    const terms = termsInto(target, of);
    // The node itself is not among what is read.
    const known = values.map((value, node) => (node < target ? value : values[0]!));
    backend.dispatch(
      backend.program(`combine ${key}`, () => cell.combine(shape)),
      [
        ...of.probabilities,
        ...readOf(known, sourcesRead(terms)),
        touching(backend.whole(z), convolutionsAmong(terms) * size * FLOAT),
        backend.whole(taken),
        result,
      ],
      elementGroups(cell.combineThreads(shape)),
      [terms.length, 2 * slots, 0, 0, ...terms.flat()],
    );
  }
  backend.release(partial);
  backend.keep(y, [z, taken, ...nodes.filter((node) => node !== null)]);
  return y;
};

export const mixedCellKernels: Record<string, Kernel> = {
  MedForgeMixedCell: forward,
  MedForgeMixedCellGrown: forward,
  MedForgeMixedCellGradient: mixedCellGradient,
  MedForgeMixedCellProbabilityGradient: probabilityGradient,
};
