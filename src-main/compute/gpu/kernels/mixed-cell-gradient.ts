import type { tf } from '../../tensorflow.js';
import { touching, type GpuBackend, type Part } from '../backend.js';
import * as cell from '../shaders/cell.js';
import { keyOf, operationsOf } from '../shaders/convolution.js';
import { filterGradient, filterGradientGroups, filterGradientSum, partsOf } from '../shaders/filter-gradient.js';
import { channelBlocks, chunksOf } from '../shaders/normalisation.js';
import { coefficientNumbers, COEFFICIENTS } from '../shaders/small-numbers.js';
import { HAS_POOL, HAS_SKIP } from '../shaders/source-parts.js';
import { sourceGradient, sourceGradientGroups, sourceGradientSteps } from '../shaders/source-gradient.js';
import { cellOf, EDGE_NUMBERS, FLOAT, filterSize, pointwiseFilters, sidesOf, storedAmong, type Cell } from './cell.js';
import { SIDES, sourceOf, targetOf } from './cell-plan.js';
import { input, type Kernel } from './common.js';
import { joined } from './joined.js';

/** Outputs: the gradient of x, products for `probabilityGradient`, gradients of the filters that there are. */
export const mixedCellGradient: Kernel = (backend, inputs, attributes) => {
  const y = input(inputs, 'y');
  // The input of the cell is not among the inputs of the native kernel, which keeps a copy; here it is.
  const x = input(inputs, 'x');
  const of = cellOf(backend, inputs, attributes, y);
  const { plan, size } = of;
  const dx = backend.output(y.shape);
  const products = backend.zeros([EDGE_NUMBERS.length, cell.PRODUCT_COLUMNS]);
  const dFilters = of.filters.map((filter) => backend.gradientOf(filter));
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
      ...nodes.map((node) => (node ? backend.whole(backend.acquire(size * FLOAT)) : null)),
      backend.part(input(inputs, 'dy')),
    ],
  });
  for (let target = 3; target >= 1; target--) {
    steps.differentiateConvolutions(target);
    steps.differentiateSource(target - 1);
  }
  steps.sumPlain();
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

/** Where the sums of skip and pool of an edge lie: an entry of each workgroup. */
interface PlainSums {
  readonly edge: number;
  readonly start: number;
  readonly count: number;
  readonly flags: number;
}

class CellBackward {
  private readonly acquired: GPUBuffer[] = [];
  private readonly plain: PlainSums[] = [];
  /** See small-numbers.ts. Partial sums of the filters are the last. */
  private readonly numbers: Part;
  /** Entry of the weights of edge 0. */
  private readonly weights: number;
  private nextEntry: number;
  /** Row of the scaled 1×1 filter of edge 0. */
  private readonly scaled: number;
  private readonly filterShape;
  private readonly filters;

  constructor(
    private readonly backend: GpuBackend,
    private readonly of: Cell,
    private readonly memory: CellMemory,
  ) {
    const { plan, shape } = of;
    this.filterShape = { ...of.convolved, cell: true };
    this.scaled = Math.max(1, plan.convolutions.length) * COEFFICIENTS;
    this.weights = coefficientNumbers(Math.max(1, plan.convolutions.length), shape.channels) / 4;
    this.nextEntry = this.weights + EDGE_NUMBERS.length;
    const entries = [0, 1, 2].reduce((sum, source) => {
      const [across, down] = sourceGradientGroups(shape, 3 - source);
      return sum + (3 - source) * across * down;
    }, this.nextEntry);
    const partial = plan.convolutions.reduce((sum, { branch }) => sum + filterSize(of, branch), 0);
    this.numbers = backend.whole(this.acquire((entries * 4 + partsOf(this.filterShape) * partial) * FLOAT));
    this.filters = joined(
      backend,
      of.filters.map((filter) => backend.part(filter)),
    );
    if (this.filters.made) this.acquired.push(this.filters.buffer);
  }

  /** What turns the gradient of a node into those of its convolutions before their norms, and gradients of their probabilities. */
  differentiateConvolutions(target: number): void {
    const gradient = this.memory.gradients[target];
    if (!gradient) return;
    const { backend, of, memory, numbers } = this;
    const { shape, key, plan } = of;
    const jobs = plan.convolutions.filter(({ edge }) => targetOf(edge) === target);
    const norm = cell.normOf(shape);
    const chunks = chunksOf(norm).count;
    const sums = this.acquire(Math.max(1, jobs.length) * chunks * 2 * shape.channels * FLOAT);
    backend.dispatch(
      backend.program(`convolution sums ${key}`, () => cell.convolutionSums(shape)),
      [gradient, touching(memory.z, jobs.length * of.size * FLOAT), memory.statistics, backend.whole(sums)],
      [chunks, channelBlocks(norm), jobs.length],
      jobs.flatMap(({ slot }) => [slot, 0, 0, 0]),
    );
    backend.dispatch(
      backend.program(`convolution totals ${key}`, () => cell.convolutionTotals(shape)),
      [
        ...of.probabilities,
        pointwiseFilters(backend, of, jobs),
        backend.whole(sums),
        memory.statistics,
        touching(numbers, this.nextEntry * 4 * FLOAT),
        memory.products,
      ],
      [jobs.length + 1],
      [this.weights, this.scaled, 0, 0, ...jobs.flatMap(({ slot, edge, branch }) => [slot, edge, branch, 0])],
    );
  }

  /** The gradient of a node, from all that leaves it. */
  differentiateSource(source: number): void {
    const { backend, of, memory } = this;
    const { shape, plan, convolved } = of;
    const result = memory.gradients[source];
    if (!result) return;
    const leaving = EDGE_NUMBERS.filter((edge) => sourceOf(edge) === source).toSorted(
      (a, b) => targetOf(a) - targetOf(b),
    );
    const edges = leaving.length;
    const groups = sourceGradientGroups(shape, edges);
    const workgroups = groups[0] * groups[1];
    const start = this.nextEntry;
    this.nextEntry += edges * workgroups;
    const jobs = leaving.map((edge) => plan.convolutions.filter((job) => job.edge === edge));
    const stepsOf = (side: number): number => sourceGradientSteps(shape, edges, side);
    const most = Math.max(...jobs.map((own) => sidesOf(own).reduce((sum, side) => sum + stepsOf(side), 0)));
    const headers: number[] = [];
    let first = 1 + edges;
    leaving.forEach((edge, i) => {
      const flags = (plan.skip[edge] ? HAS_SKIP : 0) + (plan.pool[edge] ? HAS_POOL : 0);
      headers.push(jobs[i]!.length, first, flags, edge);
      first += jobs[i]!.length;
      if (flags) this.plain.push({ edge, start: start + i * workgroups, count: workgroups, flags });
    });
    const all = jobs.flat();
    const read = all.reduce((sum, { branch }) => sum + filterSize(of, branch) * FLOAT, 0);
    // Where a target leads nowhere, something else takes its place and is not read.
    const targets = leaving.map((edge) => {
      const live = plan.skip[edge] || plan.pool[edge] || jobs[leaving.indexOf(edge)]!.length > 0;
      return live ? memory.gradients[targetOf(edge)]! : touching(memory.gradients[3]!, 0);
    });
    backend.dispatchInShares(
      backend.program(`source gradient ${of.key} ${edges}`, () => sourceGradient(shape, edges)),
      [
        touching(memory.z, storedAmong(all) * of.size * FLOAT),
        ...targets,
        touching(this.filters, read),
        touching(this.numbers, this.nextEntry * 4 * FLOAT),
        memory.values[source]!,
        result,
      ],
      groups,
      [
        ...[most, this.weights, start, this.scaled],
        ...headers,
        ...all.flatMap(({ edge, branch, slot }) => [
          SIDES[branch]!,
          this.filters.starts[branch]! + edge * filterSize(of, branch),
          slot,
          0,
        ]),
      ],
      operationsOf(convolved, sidesOf(all)),
    );
  }

  /** Gradients of the probabilities of skips and pools. */
  sumPlain(): void {
    const { backend, memory, plain, numbers } = this;
    backend.dispatch(
      backend.program('plain totals', () => cell.plainTotals()),
      [touching(numbers, plain.reduce((sum, { count }) => sum + count, 0) * 4 * FLOAT), memory.products],
      [plain.length],
      plain.flatMap(({ edge, start, count, flags }) => [edge, start, count, flags]),
    );
  }

  differentiateFilters(results: readonly tf.TensorInfo[]): void {
    const { backend, of, memory, filterShape, numbers } = this;
    const { convolutions } = of.plan;
    if (convolutions.length === 0) return;
    const parts = partsOf(filterShape);
    const starts: number[] = [];
    const first = this.nextEntry * 4;
    let next = first;
    for (const { branch } of convolutions) {
      starts.push(next);
      next += parts * filterSize(of, branch);
    }
    const partial = touching(numbers, (next - first) * FLOAT);
    const last = memory.gradients[3]!;
    const side = Math.max(...sidesOf(convolutions));
    backend.dispatchInShares(
      backend.program(`filter gradient ${keyOf(filterShape)}`, () => filterGradient(filterShape)),
      [
        ...memory.values,
        touching(memory.z, storedAmong(convolutions) * of.size * FLOAT),
        ...[1, 2].map((node) => memory.gradients[node] ?? touching(last, 0)),
        last,
        partial,
      ],
      filterGradientGroups(filterShape, side, convolutions.length),
      convolutions.flatMap(({ edge, branch, slot }, i) => [
        SIDES[branch]!,
        sourceOf(edge) + 4 * targetOf(edge) + 16 * (this.scaled + edge * of.shape.channels),
        slot,
        starts[i]!,
      ]),
      operationsOf(filterShape, sidesOf(convolutions)),
    );
    backend.dispatch(
      backend.program(`filter gradient sum ${parts} ${results.length}`, () => filterGradientSum(parts, results.length)),
      [partial, ...results.map((result) => backend.part(result))],
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

  private acquire(bytes: number): GPUBuffer {
    const buffer = this.backend.acquire(bytes);
    this.acquired.push(buffer);
    return buffer;
  }
}

/** Outputs: gradients of operations and, if there are any, kernels. */
export const probabilityGradient: Kernel = (backend, inputs) => {
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
