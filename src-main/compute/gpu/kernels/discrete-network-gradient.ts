import type { tf } from '../../tensorflow.js';
import { touching, type GpuBackend, type Part } from '../backend.js';
import { inputGradient, inputGradientGroups, keyOf, operationsOf } from '../shaders/convolution.js';
import { filterGradient, filterGradientGroups } from '../shaders/filter-gradient.js';
import { headGradientSize, networkHeadGradient } from '../shaders/network-head.js';
import {
  networkFilterSums,
  networkNormGradient,
  networkNormSums,
  networkNormTotals,
  type NormGradientSource,
} from '../shaders/network-norms.js';
import { NORM_ROWS, type TermKind } from '../shaders/network-values.js';
import { channelBlocks, chunksOf, elementGroups, type NormShape } from '../shaders/normalisation.js';
import type { Kernel } from './common.js';
import { addUp, FLOAT, normOf, planOf, sizeOf, within, type Term } from './network-memory.js';
import type { GpuNetworkPlan, PlannedNorm, Wave, WaveJob } from './network-plan.js';

/** Arrays of gradients that a shader may choose from: with numbers, z and sums no more buffers than the smallest device has. */
const GRADIENTS_AT_ONCE = 4;

/** What a forward pass left. */
interface NetworkMemory {
  readonly images: Part;
  readonly weights: Part;
  readonly numbers: Part;
  readonly pooled: Part;
  /** The plan's memories but for the first, the images. */
  readonly memories: readonly GPUBuffer[];
}

/** The gradient of a value. Values that have the same share it. */
interface Gradient {
  readonly part: Part;
  users: number;
}

/** A batch norm whose gradient is taken: what it reads begins there, and the array of its gradient. */
interface NormJob {
  readonly norm: PlannedNorm;
  readonly start: number;
  readonly array: number;
}

/** Records the gradient of a network by its weights. */
class NetworkGradient {
  private readonly gradients: (Gradient | null)[];
  private readonly partial = new Map<number, GPUBuffer>();
  private readonly jobsLeft: number[];

  /** @param results gradients of the weights, side by side */
  constructor(
    private readonly backend: GpuBackend,
    private readonly plan: GpuNetworkPlan,
    private readonly kept: NetworkMemory,
    private readonly results: Part,
  ) {
    this.gradients = plan.values.map(() => null);
    this.jobsLeft = plan.shares.map(({ jobs }) => jobs.length);
  }

  run(dLogits: Part): void {
    const { plan } = this;
    let ofHead: Gradient | null = this.head(dLogits);
    for (let v = plan.values.length - 1; v >= 0; v--) {
      const convolved = plan.waves[v]!.flatMap((wave) => this.differentiateWave(wave, v > 0));
      if (v > 0) {
        const terms = [...this.termsOf(v), ...(v === plan.head.input ? [ofHead!] : []).map(plainTerm)];
        this.gradients[v] = this.collect(v, [...convolved.map(plainTerm), ...terms]);
      }
      if (v === plan.head.input) ofHead = this.drop(ofHead);
      for (const gradient of convolved) this.drop(gradient);
      this.dropReaders(v);
    }
  }

  private memory(memory: number): Part {
    return memory === 0 ? this.kept.images : this.backend.whole(this.kept.memories[memory - 1]!);
  }

  private acquire(bytes: number, images = 0): Gradient {
    return { part: this.backend.whole(this.backend.acquire(bytes, images)), users: 1 };
  }

  private drop(gradient: Gradient | null): null {
    if (gradient && --gradient.users === 0) this.backend.release(gradient.part.buffer);
    return null;
  }

  /** Of steps all of whose values have their gradients by now. */
  private dropReaders(v: number): void {
    for (const reader of new Set(this.plan.values[v]!.readers)) {
      const step = this.plan.steps[reader]!;
      const least = step.kind === 'sum' ? Math.min(...step.inputs) : step.input;
      if (least === v && step.kind !== 'head') this.gradients[reader + 1] = this.drop(this.gradients[reader + 1]!);
    }
  }

  /** What sums and pools that read a value give. */
  private termsOf(v: number): Term[] {
    return this.plan.values[v]!.readers.flatMap((reader) => {
      const step = this.plan.steps[reader]!;
      if (step.kind !== 'sum' && step.kind !== 'pool') return [];
      const kind: TermKind = step.kind === 'sum' ? 'plain' : step.pool === 'same' ? 'same-gradient' : 'half-gradient';
      return [{ ...plainTerm(this.gradients[reader + 1]!), kind }];
    });
  }

  private collect(v: number, terms: readonly Term[]): Gradient {
    const [first] = terms;
    if (terms.length === 1 && first!.kind === 'plain') {
      const shared = (first as PlainTerm).gradient;
      shared.users++;
      return shared;
    }
    const { shape } = this.plan.values[v]!;
    const sum = this.acquire(sizeOf(shape) * FLOAT, shape.images);
    addUp(this.backend, shape, terms, sum.part, { part: this.kept.numbers, kind: 'statistics' });
    return sum;
  }

  private head(dLogits: Part): Gradient {
    const { backend, plan, kept } = this;
    const { input, shape, classes, norm, kernel, bias } = plan.head;
    const pooled = this.acquire(shape.images * shape.channels * FLOAT);
    backend.dispatch(
      backend.program(`network head gradient ${keyOf(shape)} ${String(classes)}`, () =>
        networkHeadGradient(shape, classes),
      ),
      [touching(kept.weights, 0), kept.pooled, dLogits, touching(this.results, 0), pooled.part],
      elementGroups(headGradientSize(shape, classes)),
      [kernel, bias],
    );
    const { memory, start } = plan.values[input]!.place!;
    const result = this.acquire(sizeOf(shape) * FLOAT, shape.images);
    this.differentiateNorms(
      normOf(shape),
      { kind: 'head', shape },
      [pooled.part],
      [{ norm, start, array: 0 }],
      this.memory(memory),
      result.part,
    );
    this.drop(pooled);
    return result;
  }

  /** Gradients of scales and shifts, and by what norms read; that of blocks takes the place of what they read, `z`. */
  private differentiateNorms(
    size: NormShape,
    source: NormGradientSource,
    arrays: readonly Part[],
    jobs: readonly NormJob[],
    z: Part,
    result: Part | null,
  ): void {
    const { backend, kept } = this;
    const { channels } = size;
    const key = `${keyOf(size)} ${source.kind === 'head' ? keyOf(source.shape) : String(source.count)} ${source.kind}`;
    const chunks = chunksOf(size).count;
    const sums = backend.acquire(jobs.length * chunks * 2 * channels * FLOAT);
    const totals = backend.acquire(jobs.length * 2 * channels * FLOAT);
    const bytes = size.rows * channels * FLOAT * jobs.length;
    const gradients = arrays.map((part, i) =>
      touching(part, jobs.filter(({ array }) => array === i).length * part.size),
    );
    const numbers = touching(kept.numbers, 0);
    const given = jobs.flatMap(({ norm, start, array }, i) => [start, norm.first * NORM_ROWS, array, i]);
    backend.dispatch(
      backend.program(`network norm sums ${key}`, () => networkNormSums(size, source)),
      [numbers, touching(z, bytes), ...gradients, backend.whole(sums)],
      [chunks, channelBlocks(size), jobs.length],
      given,
    );
    backend.dispatch(
      backend.program(`network norm totals ${keyOf(size)}`, () => networkNormTotals(size)),
      [backend.whole(sums), backend.whole(totals), touching(this.results, 0)],
      [Math.ceil(channels / 64), 1, jobs.length],
      jobs.flatMap(({ norm: { scale, shift } }, i) => [i, scale, shift, 0]),
    );
    backend.dispatch(
      backend.program(`network norm gradient ${key}`, () => networkNormGradient(size, source)),
      [
        numbers,
        ...gradients,
        backend.whole(totals),
        touching(z, result ? bytes : 2 * bytes),
        ...(result ? [result] : []),
      ],
      elementGroups(size.rows * channels, jobs.length),
      given,
    );
    backend.release(sums);
    backend.release(totals);
  }

  /** Gradients of the weights of a wave. @returns that of what it reads, where it is wanted */
  private differentiateWave(wave: Wave, wanted: boolean): Gradient[] {
    const { plan } = this;
    const { jobs, memory } = wave;
    const own = (job: WaveJob): Part => this.gradients[job.value]!.part;
    const blocks = jobs.every(({ norm }) => norm);
    if (blocks) {
      const size = normOf(plan.values[jobs[0]!.value]!.shape);
      for (const { arrays, of } of chooseArrays(jobs, own)) {
        this.differentiateNorms(size, { kind: 'arrays', count: arrays.length }, arrays, of, this.memory(memory), null);
      }
    }
    // A convolution without norm is a wave of its own.
    const dz = blocks ? this.memory(memory) : own(jobs[0]!);
    const result = wanted ? this.differentiateInput(wave, dz) : null;
    this.differentiateFilters(wave, dz);
    return result ? [result] : [];
  }

  private sourceOf(wave: Wave): Part {
    const { place, shape } = this.plan.values[wave.source]!;
    return within(this.memory(place!.memory), place!.start, sizeOf(shape));
  }

  private differentiateInput(wave: Wave, dz: Part): Gradient {
    const { backend, kept } = this;
    const { convolved, jobs } = wave;
    const { shape } = this.plan.values[wave.source]!;
    const result = this.acquire(sizeOf(shape) * FLOAT, shape.images);
    const read = jobs.reduce((sum, { side }) => sum + side * side * convolved.from * convolved.to, 0);
    backend.dispatchInShares(
      backend.program(`network input gradient ${keyOf(convolved)}`, () => inputGradient(convolved)),
      [dz, touching(kept.weights, read * FLOAT), this.sourceOf(wave), result.part],
      inputGradientGroups(convolved),
      [jobs.length, 0, 0, 0, ...jobs.flatMap(({ side, filter, start }) => [side, 0, filter, start])],
      operationsOf(
        convolved,
        jobs.map(({ side }) => side),
      ),
    );
    return result;
  }

  private differentiateFilters(wave: Wave, dz: Part): void {
    const { backend, plan } = this;
    const shape = { ...wave.convolved, cell: false };
    for (const share of new Set(wave.jobs.map((job) => job.share))) {
      const jobs = wave.jobs.filter((job) => job.share === share);
      const { size, jobs: all } = plan.shares[share]!;
      let partial = this.partial.get(share);
      if (!partial) this.partial.set(share, (partial = backend.acquire(size * FLOAT)));
      const sides = jobs.map(({ side }) => side);
      const written = jobs.reduce((sum, job) => {
        const { size: one, parts } = all.find(({ partial: at }) => at === job.partial)!;
        return sum + one * parts;
      }, 0);
      backend.dispatchInShares(
        backend.program(`network filter gradient ${keyOf(shape)}`, () => filterGradient(shape)),
        [this.sourceOf(wave), dz, touching(backend.whole(partial), written * FLOAT)],
        filterGradientGroups(shape, Math.max(...sides), jobs.length),
        jobs.flatMap((job) => [job.side, 0, job.start, job.partial]),
        operationsOf(shape, sides),
      );
      this.jobsLeft[share]! -= jobs.length;
      if (this.jobsLeft[share] === 0) this.sumFilters(share, partial);
    }
  }

  private sumFilters(share: number, partial: GPUBuffer): void {
    const { backend } = this;
    const { jobs } = this.plan.shares[share]!;
    backend.dispatch(
      backend.program('network filter sums', networkFilterSums),
      [backend.whole(partial), touching(this.results, jobs.reduce((sum, { size }) => sum + size, 0) * FLOAT)],
      [Math.ceil(Math.max(...jobs.map(({ size }) => size)) / 256), 1, jobs.length],
      jobs.flatMap(({ size, gradient, partial: at, parts }) => [size, gradient, at, parts]),
    );
    backend.release(partial);
    this.partial.delete(share);
  }
}

interface PlainTerm extends Term {
  readonly gradient: Gradient;
}

const plainTerm = (gradient: Gradient): PlainTerm => ({
  gradient,
  array: gradient.part,
  start: 0,
  kind: 'plain',
  norm: null,
});

/** Divides the jobs of a wave so that each dispatch chooses from a few arrays. */
function chooseArrays(
  jobs: readonly WaveJob[],
  own: (job: WaveJob) => Part,
): { readonly arrays: Part[]; readonly of: NormJob[] }[] {
  const groups: { arrays: Part[]; of: NormJob[] }[] = [];
  for (const job of jobs) {
    const part = own(job);
    let group = groups[groups.length - 1];
    let array = group ? group.arrays.findIndex(({ buffer }) => buffer === part.buffer) : -1;
    if (!group || (array < 0 && group.arrays.length === GRADIENTS_AT_ONCE))
      groups.push((group = { arrays: [], of: [] }));
    if (array < 0) array = group.arrays.push(part) - 1;
    group.of.push({ norm: job.norm!, start: job.start, array });
  }
  return groups;
}

/** Inputs: gradient of the logits, logits, images, weights. Outputs: gradients of the weights, side by side as the weights are. */
export const discreteNetworkGradient: Kernel = (backend, inputs, attributes) => {
  const [dLogits, logits, x, ...weights] = Object.values(inputs) as [
    tf.TensorInfo,
    tf.TensorInfo,
    tf.TensorInfo,
    ...tf.TensorInfo[],
  ];
  const plan = planOf(backend, attributes, x, weights, true);
  const [numbers, pooled, ...memories] = backend.spend(logits, 'a network') as [GPUBuffer, GPUBuffer, ...GPUBuffer[]];
  const results = backend.outputsTogether(weights);
  const kept = {
    images: backend.part(x),
    weights: backend.whole(backend.join(weights).buffer),
    numbers: backend.whole(numbers),
    pooled: backend.whole(pooled),
    memories,
  };
  new NetworkGradient(backend, plan, kept, backend.whole(results.buffer)).run(backend.part(dLogits));
  return [...results.tensors];
};
