import type { tf } from '../../tensorflow.js';
import { touching, type GpuBackend, type Part } from '../backend.js';
import * as cell from '../shaders/cell.js';
import type { CellShape } from '../shaders/cell.js';
import {
  convolution,
  forwardGroups,
  inputGradient,
  inputGradientGroups,
  keyOf,
  operationsOf,
  type ConvolutionShape,
} from '../shaders/convolution.js';
import { filterGradient, filterGradientGroups, filterGradientSum, partsOf } from '../shaders/filter-gradient.js';
import { channelBlocks, chunksOf, elementGroups, moments, statistics } from '../shaders/normalisation.js';
import { KERNEL_SIZES } from '../../../vocabulary/space.js';
import { BRANCHES, cellPlan, SIDES, sourceOf, targetOf, type CellConvolution, type CellPlan } from './cell-plan.js';
import { input, sizeOf, type Attributes, type Inputs, type Kernel } from './common.js';

const FLOAT = 4;
const SEVEN = BRANCHES.indexOf('seven');
const EDGE_NUMBERS = [0, 1, 2, 3, 4, 5];

/** What a cell's kernels have in common. */
interface Cell {
  readonly plan: CellPlan;
  readonly shape: CellShape;
  readonly convolved: ConvolutionShape;
  /** Numbers of one value of the cell. */
  readonly size: number;
  readonly filters: readonly tf.TensorInfo[];
  /** Buffers of the probabilities, as the shaders want them. */
  readonly probabilities: readonly Part[];
  readonly key: string;
}

function cellOf(backend: GpuBackend, inputs: Inputs, attributes: Attributes, of: tf.TensorInfo): Cell {
  const [images, height, width, channels] = of.shape as [number, number, number, number];
  const kernels = inputs['kernels'];
  const filters = BRANCHES.flatMap((branch) => (inputs[branch] ? [inputs[branch]] : []));
  const shape: CellShape = { images, height, width, channels, grown: kernels !== undefined };
  const same = { images, height, width, from: channels, outHeight: height, outWidth: width, to: channels };
  return {
    plan: cellPlan(attributes),
    shape,
    convolved: { ...same, stride: 1, filters: filters.length, relu: true },
    size: sizeOf(of.shape),
    filters,
    probabilities: [backend.part(input(inputs, 'operations')), ...(kernels ? [backend.part(kernels)] : [])],
    key: keyOf(shape),
  };
}

const filterSize = ({ shape }: Cell, branch: number): number => SIDES[branch]! ** 2 * shape.channels ** 2;
const packed = ({ edge, branch }: CellConvolution): number => edge + 256 * branch;

/** Terms of a node in the order of the edges: skip, convolutions, pool. */
function termsInto(target: number, { plan }: Cell): { readonly numbers: number[]; readonly product: number }[] {
  return EDGE_NUMBERS.filter((edge) => targetOf(edge) === target).flatMap((edge) => [
    ...(plan.skip[edge]
      ? [{ numbers: [cell.SKIP, sourceOf(edge), 0, edge], product: edge * cell.PRODUCT_COLUMNS }]
      : []),
    ...plan.convolutions
      .filter((convolved) => convolved.edge === edge)
      .map((convolved) => ({
        numbers: [cell.CONVOLUTION, sourceOf(edge), convolved.slot, packed(convolved)],
        product: edge * cell.PRODUCT_COLUMNS + 1 + convolved.branch,
      })),
    ...(plan.pool[edge]
      ? [{ numbers: [cell.POOL, sourceOf(edge), 0, edge], product: edge * cell.PRODUCT_COLUMNS + 5 }]
      : []),
  ]);
}

/** The filters of the branches, of which these convolutions read theirs. */
const filterParts = (backend: GpuBackend, of: Cell, jobs: readonly CellConvolution[]): Part[] =>
  of.filters.map((filter, branch) => {
    const read = jobs.filter((job) => job.branch === branch).length;
    return touching(backend.part(filter), read * filterSize(of, branch) * FLOAT);
  });

/** Nodes, of which a dispatch reads those that are named. */
const readOf = (nodes: readonly Part[], named: readonly number[]): Part[] =>
  nodes.map((node, i) => (named.includes(i) ? node : touching(node, 0)));

const sidesOf = (jobs: readonly CellConvolution[]): number[] => jobs.map(({ branch }) => SIDES[branch]!);

type Terms = ReturnType<typeof termsInto>;
const convolutionsAmong = (terms: Terms): number =>
  terms.filter(({ numbers }) => numbers[0] === cell.CONVOLUTION).length;
const plainSources = (terms: Terms): number[] =>
  terms.flatMap(({ numbers: [kind, source] }) => (kind === cell.CONVOLUTION ? [] : [source!]));

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
  const chunks = chunksOf(norm).count;
  const slots = Math.max(1, plan.convolutions.length);
  // What will be needed after growth is asked for at once, rather than after two fifths of a search.
  const sevens = shape.grown ? 0 : plan.convolutions.filter(({ branch }) => branch === SEVEN).length;
  backend.requireBinding((slots + sevens * (KERNEL_SIZES.length - 1)) * size * 4, shape.images);
  const z = backend.acquire(slots * size * 4, shape.images);
  const taken = backend.acquire(slots * 2 * shape.channels * 4);
  const partial = backend.acquire(slots * chunks * 2 * shape.channels * 4);
  const nodes = [1, 2].map((node) => (plan.used[node] ? backend.acquire(size * 4) : null));
  const y = backend.output(x.shape);
  // Where a node is not there, something else takes its place and is not read.
  const values = [backend.part(x), ...nodes.map((node) => (node ? backend.whole(node) : backend.part(x)))];
  for (let source = 0; source < 3; source++) {
    const jobs = plan.convolutions.filter(({ edge }) => sourceOf(edge) === source);
    if (jobs.length > 0) {
      backend.dispatchInShares(
        backend.program(`convolution ${keyOf(convolved)}`, () => convolution(convolved)),
        [values[source]!, ...filterParts(backend, of, jobs), touching(backend.whole(z), jobs.length * size * FLOAT)],
        forwardGroups(convolved, jobs.length),
        jobs.flatMap((job) => convolutionJob(of, job)),
        operationsOf(convolved, sidesOf(jobs)),
      );
      backend.dispatch(
        backend.program(`moments ${keyOf(norm)}`, () => moments(norm)),
        [touching(backend.whole(z), jobs.length * size * FLOAT), backend.whole(partial)],
        [chunks, channelBlocks(norm), jobs.length],
        jobs.flatMap(({ slot }) => [slot * size, slot, 0, 0]),
      );
      backend.dispatch(
        backend.program(`statistics alone ${keyOf(norm)}`, () => statistics(norm, false, false)),
        [backend.whole(partial), backend.whole(taken)],
        [Math.ceil(shape.channels / 64), 1, jobs.length],
        jobs.flatMap(({ slot }) => [slot, slot * 2 * shape.channels, 0, 0]),
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
        ...readOf(known, plainSources(terms)),
        touching(backend.whole(z), convolutionsAmong(terms) * size * FLOAT),
        backend.whole(taken),
        result,
      ],
      elementGroups(size),
      [terms.length, 0, 0, 0, ...terms.flatMap(({ numbers }) => numbers)],
    );
  }
  backend.release(partial);
  backend.keep(y, [z, taken, ...nodes.filter((node) => node !== null)]);
  return y;
};

/** Outputs: the gradient of x, products for `probabilityGradient`, gradients of the filters that there are. */
const backward: Kernel = (backend, inputs, attributes) => {
  const y = input(inputs, 'y');
  // The input of the cell is not among the inputs of the native kernel, which keeps a copy; here it is.
  const x = input(inputs, 'x');
  const of = cellOf(backend, inputs, attributes, y);
  const { plan, size } = of;
  const dx = backend.output(y.shape);
  const products = backend.zeros([EDGE_NUMBERS.length, cell.PRODUCT_COLUMNS]);
  const dFilters = of.filters.map((filter) => backend.output(filter.shape));
  const results = [dx, products, ...dFilters];
  of.filters.forEach((_, branch) => {
    const computed = plan.convolutions.filter((convolved) => convolved.branch === branch).length;
    if (computed < EDGE_NUMBERS.length) clear(backend, dFilters[branch]!);
  });
  if (!plan.reached) {
    clear(backend, dx);
    return results;
  }
  const [z, taken, ...kept] = backend.spend(y, 'a mixed cell') as [GPUBuffer, GPUBuffer, ...GPUBuffer[]];
  const nodes = [1, 2].map((node) => (plan.used[node] ? kept.shift()! : null));
  const values = [backend.part(x), ...nodes.map((node) => (node ? backend.whole(node) : backend.part(x)))];
  const steps = new CellBackward(backend, of, {
    products: backend.part(products),
    z: backend.whole(z),
    statistics: backend.whole(taken),
    values,
    gradients: [
      backend.part(dx),
      ...nodes.map((node) => (node ? backend.whole(backend.acquire(size * 4)) : null)),
      backend.part(input(inputs, 'dy')),
    ],
  });
  for (let target = 3; target >= 1; target--) {
    steps.differentiateTerms(target);
    steps.differentiateSource(target - 1);
  }
  steps.differentiateFilters(dFilters);
  steps.release();
  return results;
};

function clear(backend: GpuBackend, tensor: tf.TensorInfo): void {
  const { buffer, offset, size } = backend.part(tensor);
  backend.clear(buffer, offset, size);
}

/** Everything a cell's gradient works on. `gradients`: of nodes 0 to 3; null where a node leads nowhere. */
interface CellMemory {
  /** Of gradient and value, [edge][skip, 1×1, 7×7, 5×5, 3×3, pool]. */
  readonly products: Part;
  readonly z: Part;
  readonly statistics: Part;
  readonly values: readonly Part[];
  readonly gradients: readonly (Part | null)[];
}

class CellBackward {
  private readonly acquired: GPUBuffer[] = [];

  constructor(
    private readonly backend: GpuBackend,
    private readonly of: Cell,
    private readonly memory: CellMemory,
  ) {}

  /** Gradients of the probabilities of the edges into a node, and by their convolutions before the norm. */
  differentiateTerms(target: number): void {
    const gradient = this.memory.gradients[target];
    const terms = termsInto(target, this.of);
    if (!gradient || terms.length === 0) return;
    const { backend, of, memory } = this;
    const { shape, key } = of;
    const norm = cell.normOf(shape);
    const chunks = chunksOf(norm).count;
    const count = terms.length + 1;
    const sums = this.acquire(count * chunks * shape.channels * 4);
    const totals = this.acquire(count * shape.channels * 4);
    backend.dispatch(
      backend.program(`term sums ${key}`, () => cell.termSums(shape)),
      [
        gradient,
        ...readOf(memory.values, plainSources(terms)),
        touching(memory.z, convolutionsAmong(terms) * of.size * FLOAT),
        memory.statistics,
        backend.whole(sums),
      ],
      [chunks, channelBlocks(norm), count],
      [cell.GRADIENT, 0, 0, 0, ...terms.flatMap(({ numbers }) => numbers)],
    );
    backend.dispatch(
      backend.program(`term totals ${key}`, () => cell.termTotals(shape)),
      [backend.whole(sums), backend.whole(totals), memory.products],
      [count],
      [cell.GRADIENT, 0, 0, 0, ...terms.flatMap(({ numbers, product }) => [numbers[0]!, product, 0, 0])],
    );
    const jobs = terms.flatMap(({ numbers: [kind, , slot, edge] }, i) =>
      kind === cell.CONVOLUTION ? [slot!, edge!, i + 1, 0] : [],
    );
    backend.dispatch(
      backend.program(`term norms ${key}`, () => cell.termNorms(shape)),
      [
        ...of.probabilities,
        gradient,
        memory.statistics,
        backend.whole(totals),
        touching(memory.z, 2 * convolutionsAmong(terms) * of.size * FLOAT),
      ],
      elementGroups(of.size, jobs.length / 4),
      jobs,
    );
  }

  /** The gradient of a node, from all that leaves it. */
  differentiateSource(source: number): void {
    const { backend, of, memory } = this;
    const result = memory.gradients[source];
    if (!result) return;
    const jobs = of.plan.convolutions.filter(({ edge }) => sourceOf(edge) === source);
    const convolved = this.acquire(Math.max(1, jobs.length) * of.size * 4, of.shape.images);
    backend.dispatchInShares(
      backend.program(`input gradient, split ${keyOf(of.convolved)}`, () => inputGradient(of.convolved, true)),
      [touching(memory.z, jobs.length * of.size * FLOAT), ...filterParts(backend, of, jobs), backend.whole(convolved)],
      inputGradientGroups(of.convolved, jobs.length),
      jobs.flatMap((job) => convolutionJob(of, job)),
      operationsOf(of.convolved, sidesOf(jobs)),
    );
    const plain = EDGE_NUMBERS.filter((edge) => sourceOf(edge) === source).flatMap((edge) => [
      ...(of.plan.skip[edge] ? [[cell.SKIP, targetOf(edge), edge, 0]] : []),
      ...(of.plan.pool[edge] ? [[cell.POOL, targetOf(edge), edge, 0]] : []),
    ]);
    const last = memory.gradients[3]!;
    const targets = [1, 2, 3].map((target) => (target > source && memory.gradients[target]) || last);
    backend.dispatch(
      backend.program(`node gradient ${of.key}`, () => cell.nodeGradient(of.shape)),
      [
        of.probabilities[0]!,
        ...targets.map((node, i) => (plain.some((term) => term[1] === i + 1) ? node : touching(node, 0))),
        touching(backend.whole(convolved), jobs.length * of.size * FLOAT),
        memory.values[source]!,
        result,
      ],
      elementGroups(of.size),
      [plain.length, jobs.length, 0, 0, ...plain.flat()],
    );
  }

  differentiateFilters(results: readonly tf.TensorInfo[]): void {
    const { backend, of, memory } = this;
    const { convolutions } = of.plan;
    if (convolutions.length === 0) return;
    const shape = { ...of.convolved, sources: 3 };
    const parts = partsOf(shape);
    const starts: number[] = [];
    let numbers = 0;
    for (const { branch } of convolutions) {
      starts.push(numbers);
      numbers += parts * filterSize(of, branch);
    }
    const partial = this.acquire(numbers * 4);
    const side = Math.max(...convolutions.map(({ branch }) => SIDES[branch]!));
    backend.dispatchInShares(
      backend.program(`filter gradient ${keyOf(shape)}`, () => filterGradient(shape)),
      [...memory.values, memory.z, backend.whole(partial)],
      filterGradientGroups(shape, side, convolutions.length),
      convolutions.flatMap(({ edge, branch, slot }, i) => [SIDES[branch]!, sourceOf(edge), slot * of.size, starts[i]!]),
      operationsOf(shape, sidesOf(convolutions)),
    );
    backend.dispatch(
      backend.program(`filter gradient sum ${parts} ${results.length}`, () => filterGradientSum(parts, results.length)),
      [backend.whole(partial), ...results.map((result) => backend.part(result))],
      [Math.ceil((side * side * of.shape.channels ** 2) / 256), 1, convolutions.length],
      convolutions.flatMap(({ edge, branch }, i) => {
        const size = filterSize(of, branch);
        return [size, branch, edge * size, starts[i]!];
      }),
    );
  }

  release(): void {
    for (const buffer of this.acquired) this.backend.release(buffer);
    for (const node of [1, 2]) {
      const part = this.memory.gradients[node];
      if (part) this.backend.release(part.buffer);
    }
  }

  private acquire(bytes: number, images = 0): GPUBuffer {
    const buffer = this.backend.acquire(bytes, images);
    this.acquired.push(buffer);
    return buffer;
  }
}

/** Outputs: gradients of operations and, if there are any, kernels. */
const probabilityGradient: Kernel = (backend, inputs) => {
  const given = ['operations', 'kernels'].flatMap((name) => (inputs[name] ? [inputs[name]] : []));
  const results = given.map(({ shape }) => backend.output(shape));
  const grown = given.length === 2;
  backend.dispatch(
    backend.program(`probability gradients ${String(grown)}`, () => cell.probabilityGradients(grown)),
    [
      ...given.map((tensor) => backend.part(tensor)),
      backend.part(input(inputs, 'products')),
      ...results.map((result) => backend.part(result)),
    ],
    [1],
  );
  return results;
};

export const mixedCellKernels: Record<string, Kernel> = {
  MedForgeMixedCell: forward,
  MedForgeMixedCellGrown: forward,
  MedForgeMixedCellGradient: backward,
  MedForgeMixedCellProbabilityGradient: probabilityGradient,
};
