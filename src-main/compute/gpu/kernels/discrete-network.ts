import type { tf } from '../../tensorflow.js';
import { touching, type GpuBackend, type Part } from '../backend.js';
import { convolution, forwardGroups, keyOf, operationsOf } from '../shaders/convolution.js';
import { networkHead } from '../shaders/network-head.js';
import { networkStatistics } from '../shaders/network-norms.js';
import { NORM_ROWS, type NormNumbers } from '../shaders/network-values.js';
import { channelBlocks, chunksOf, moments, type NormShape } from '../shaders/normalisation.js';
import type { Kernel } from './common.js';
import { addUp, FLOAT, normOf, planOf, sizeOf, within, type Term } from './network-memory.js';
import type { GpuNetworkPlan, PlannedNorm, PlannedTerm, Wave } from './network-plan.js';

/** What the statistics of a batch are written to. */
export interface Statistics {
  /** [norm][`NORM_ROWS`][channels] */
  readonly numbers: Part;
  readonly means: Part;
  readonly variances: Part;
}

/** A forward pass, as it was recorded. */
interface Forward {
  /** Of the plan's memories; those that are no longer needed are null, and so are the images. */
  readonly buffers: (GPUBuffer | null)[];
  readonly pooled: GPUBuffer;
}

/** Records the forward pass of a network. */
class NetworkForward {
  private readonly buffers: (GPUBuffer | null)[];

  /** @param statistics null: the batch norms are folded away, and memory is used again as soon as nobody reads it */
  constructor(
    private readonly backend: GpuBackend,
    private readonly plan: GpuNetworkPlan,
    private readonly images: Part,
    private readonly weights: Part,
    private readonly statistics: Statistics | null,
  ) {
    this.buffers = plan.memories.map(() => null);
  }

  run(logits: Part): Forward {
    const { plan } = this;
    plan.values.forEach((value, v) => {
      if (value.terms && value.place) {
        const result = this.acquire(value.place.memory, value.shape.images);
        const terms = value.terms.map((term) => this.termOf(term));
        addUp(this.backend, value.shape, terms, result, this.numbers());
      }
      for (const wave of plan.waves[v]!) this.convolve(wave);
      this.releaseAfter(v);
    });
    const pooled = this.head(logits);
    this.releaseAfter(plan.values.length);
    return { buffers: this.buffers, pooled };
  }

  private acquire(memory: number, images: number): Part {
    const buffer = this.backend.acquire(this.plan.memories[memory]!.size * FLOAT, images);
    this.buffers[memory] = buffer;
    return this.backend.whole(buffer);
  }

  private memory(memory: number): Part {
    return memory === 0 ? this.images : this.backend.whole(this.buffers[memory]!);
  }

  private releaseAfter(during: number): void {
    if (this.statistics) return;
    this.plan.memories.forEach(({ lastRead }, memory) => {
      const buffer = this.buffers[memory];
      if (!buffer || lastRead !== during) return;
      this.backend.release(buffer);
      this.buffers[memory] = null;
    });
  }

  private numbers(): { readonly part: Part; readonly kind: NormNumbers } {
    return this.statistics
      ? { part: this.statistics.numbers, kind: 'statistics' }
      : { part: this.weights, kind: 'bias' };
  }

  private numbersAt(norm: PlannedNorm): number {
    return this.statistics ? norm.first * NORM_ROWS : norm.shift;
  }

  private termOf({ memory, start, norm, pool }: PlannedTerm): Term {
    return { array: this.memory(memory), start, kind: pool ?? 'plain', norm: norm && this.numbersAt(norm) };
  }

  private convolve(wave: Wave): void {
    const { backend, plan, weights } = this;
    const { convolved, jobs } = wave;
    const source = plan.values[wave.source]!;
    const { memory, start } = source.place!;
    const results = this.acquire(wave.memory, convolved.images);
    const read = jobs.reduce((sum, { side }) => sum + side * side * convolved.from * convolved.to, 0);
    const { norm } = jobs[0]!;
    // Of a block whose result is wanted as it is, when norms are folded away.
    const bias = norm && !this.statistics && plan.values[jobs[0]!.value]!.place ? norm.shift : null;
    backend.dispatchInShares(
      backend.program(`network convolution ${keyOf(convolved)} ${String(bias !== null)}`, () =>
        convolution(convolved, bias === null ? undefined : 'bias'),
      ),
      [
        within(this.memory(memory), start, sizeOf(source.shape)),
        touching(weights, read * FLOAT),
        ...(bias === null ? [] : [within(weights, bias, convolved.to)]),
        results,
      ],
      forwardGroups(convolved, jobs.length),
      jobs.flatMap(({ side, filter, start: to }) => [side, 0, filter, to]),
      operationsOf(
        convolved,
        jobs.map(({ side }) => side),
      ),
    );
    if (!norm || !this.statistics) return;
    const size = normOf(plan.values[jobs[0]!.value]!.shape);
    this.takeStatistics(
      size,
      results,
      jobs.map((job) => ({ start: job.start, norm: job.norm! })),
    );
  }

  /** Statistics of several results in one array. */
  private takeStatistics(
    size: NormShape,
    results: Part,
    jobs: readonly { readonly start: number; readonly norm: PlannedNorm }[],
  ): void {
    const { backend } = this;
    const { numbers, means, variances } = this.statistics!;
    const chunks = chunksOf(size).count;
    const partial = backend.acquire(jobs.length * chunks * 2 * size.channels * FLOAT);
    backend.dispatch(
      backend.program(`network moments ${keyOf(size)}`, () => moments(size)),
      [results, backend.whole(partial)],
      [chunks, channelBlocks(size), jobs.length],
      jobs.flatMap(({ start }, i) => [start, i, 0, 0]),
    );
    backend.dispatch(
      backend.program(`network statistics ${keyOf(size)}`, () => networkStatistics(size)),
      [
        backend.whole(partial),
        ...[this.weights, numbers, means, variances].map((part) => touching(part, size.channels * jobs.length * FLOAT)),
      ],
      [Math.ceil(size.channels / 64), 1, jobs.length],
      jobs.flatMap(({ norm: { first, scale, shift } }, i) => [i, first, scale, shift]),
    );
    backend.release(partial);
  }

  private head(logits: Part): GPUBuffer {
    const { backend, plan, statistics, weights } = this;
    const { input, shape, classes, norm, kernel, bias } = plan.head;
    const { memory, start } = plan.values[input]!.place!;
    const x = this.memory(memory);
    if (statistics) this.takeStatistics(normOf(shape), x, [{ start, norm }]);
    const pooled = backend.acquire(shape.images * shape.channels * FLOAT);
    const given = statistics ? [this.numbersAt(norm), 0] : [norm.scale, norm.shift];
    backend.dispatch(
      backend.program(`network head ${keyOf(shape)} ${String(classes)} ${String(statistics !== null)}`, () =>
        networkHead(shape, classes, statistics !== null),
      ),
      [
        ...(statistics ? [touching(statistics.numbers, 0)] : []),
        touching(weights, 0),
        within(x, start, sizeOf(shape)),
        backend.whole(pooled),
        logits,
      ],
      [shape.images],
      [...given, kernel, bias],
    );
    return pooled;
  }
}

/** Inputs: the images, then the weights. */
const forward: Kernel = (backend, inputs, attributes) => {
  const [x, ...weights] = Object.values(inputs) as [tf.TensorInfo, ...tf.TensorInfo[]];
  const plan = planOf(backend, attributes, x, weights, true);
  const logits = backend.output([x.shape[0]!, plan.head.classes]);
  const means = backend.output([plan.channels]);
  const variances = backend.output([plan.channels]);
  const numbers = backend.acquire(plan.channels * NORM_ROWS * FLOAT);
  const joined = backend.whole(backend.join(weights).buffer);
  const statistics = {
    numbers: backend.whole(numbers),
    means: backend.part(means),
    variances: backend.part(variances),
  };
  const { buffers, pooled } = new NetworkForward(backend, plan, backend.part(x), joined, statistics).run(
    backend.part(logits),
  );
  backend.keep(logits, [numbers, pooled, ...buffers.slice(1).map((buffer) => buffer!)]);
  return [logits, means, variances];
};

const inference: Kernel = (backend, inputs, attributes) => {
  const [x, ...weights] = Object.values(inputs) as [tf.TensorInfo, ...tf.TensorInfo[]];
  const plan = planOf(backend, attributes, x, weights, false);
  const logits = backend.output([x.shape[0]!, plan.head.classes]);
  const joined = backend.whole(backend.join(weights).buffer);
  const { pooled } = new NetworkForward(backend, plan, backend.part(x), joined, null).run(backend.part(logits));
  backend.release(pooled);
  return logits;
};

export const discreteNetworkForward: Record<string, Kernel> = {
  MedForgeDiscreteNetwork: forward,
  MedForgeDiscreteNetworkInference: inference,
};
