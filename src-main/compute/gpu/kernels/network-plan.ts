import type { NetworkStep } from '../../operations/network-steps.js';
import type { ImageShape } from '../shaders/arrays.js';
import type { ConvolutionShape } from '../shaders/convolution.js';
import { partsOf } from '../shaders/filter-gradient.js';
import { ARGUMENT_VECTORS } from '../program.js';

/** Channels of a batch norm among those of all norms, and where its weights begin among all weights, in numbers. */
export interface PlannedNorm {
  readonly first: number;
  readonly scale: number;
  readonly shift: number;
}

/** A convolution of a wave. Offsets in numbers. */
export interface WaveJob {
  /** The value that it makes. */
  readonly value: number;
  readonly side: number;
  /** Where its filter begins among all weights. */
  readonly filter: number;
  /** Where its result begins in the memory of the wave. */
  readonly start: number;
  /** Null: a convolution without batch norm. */
  readonly norm: PlannedNorm | null;
  /** The share of the sums of filter gradients that its own belong to, and where they begin there. */
  readonly share: number;
  readonly partial: number;
}

/** Convolutions of one value that a dispatch computes side by side: all with the same shape but for the side of the filter. */
export interface Wave {
  readonly source: number;
  readonly convolved: ConvolutionShape;
  readonly memory: number;
  readonly jobs: readonly WaveJob[];
}

/** Filter gradients whose partial sums are added up by one dispatch. */
export interface FilterShare {
  /** Numbers of all partial sums. */
  readonly size: number;
  readonly jobs: readonly {
    readonly size: number;
    readonly gradient: number;
    readonly partial: number;
    readonly parts: number;
  }[];
}

export type PoolKind = 'same' | 'half';

/** A term of a value: a place in memory, perhaps through a batch norm, perhaps pooled. */
export interface PlannedTerm {
  readonly memory: number;
  readonly start: number;
  readonly norm: PlannedNorm | null;
  readonly pool: PoolKind | null;
}

export interface PlannedValue {
  readonly shape: ImageShape;
  /** Steps, one twice where it reads the value twice. */
  readonly readers: readonly number[];
  /** What it is the sum of, where it is written as such; null: the images, a convolution, or left to whoever reads it. */
  readonly terms: readonly PlannedTerm[] | null;
  /** Where whoever wants it as it is finds it; null where it is left to readers. */
  readonly place: { readonly memory: number; readonly start: number } | null;
}

/** What the last step does. Offsets in numbers. */
export interface PlannedHead {
  readonly input: number;
  readonly shape: ImageShape;
  readonly classes: number;
  readonly norm: PlannedNorm;
  readonly kernel: number;
  readonly bias: number;
}

/** Numbers of each memory; memory 0 is the images. */
interface PlannedMemory {
  readonly size: number;
  /** The last value during whose making it is read; that of the head is the number of values. */
  lastRead: number;
}

/**
 * How a discrete network is computed. A block's result is left as its convolution where only sums and pools read it, a 3×3 pool
 * where only sums do: these take norm and pool as they read.
 */
export interface GpuNetworkPlan {
  readonly steps: readonly NetworkStep[];
  readonly values: readonly PlannedValue[];
  /** Of each value, those that read it. */
  readonly waves: readonly (readonly Wave[])[];
  readonly shares: readonly FilterShare[];
  readonly memories: readonly PlannedMemory[];
  readonly head: PlannedHead;
  /** Weights in the order of the steps. */
  readonly weights: number;
  /** Channels of all batch norms. */
  readonly channels: number;
}

export interface PlanOptions {
  /** Blocks have scale and shift rather than a bias. */
  readonly training: boolean;
  /** Bytes of the largest array that can be bound. */
  readonly mostBytes: number;
  /** Convolutions straight from storage: see shaders/direct.ts. */
  readonly direct?: boolean;
  /** Numbers at whose multiples weights begin, and what is bound by itself. */
  readonly alignment: number;
}

/** Jobs of a dispatch, where some have a vector before them. */
const MOST_JOBS = ARGUMENT_VECTORS - 2;
/** Numbers of the partial sums of a share: 16 MB, or those of one filter. */
const MOST_PARTIAL = 4 * 1024 * 1024;

const sizeOf = ({ images, height, width, channels }: ImageShape): number => images * height * width * channels;

/** @param images shape of value 0  @throws RangeError when the steps do not fit together */
export function planGpuNetwork(
  steps: readonly NetworkStep[],
  images: ImageShape,
  options: PlanOptions,
): GpuNetworkPlan {
  return new Planner(steps, images, options).plan();
}

interface Draft {
  readonly shape: ImageShape;
  readonly readers: number[];
  readonly norm: PlannedNorm | null;
  readonly filter: number;
  place: { readonly memory: number; readonly start: number } | null;
  terms: PlannedTerm[] | null;
}

class Planner {
  private readonly values: Draft[] = [];
  private readonly memories: PlannedMemory[] = [];
  private readonly waves: Wave[][] = [];
  private weights = 0;
  private weightsEnd = 0;
  private channels = 0;
  private head: PlannedHead | null = null;

  constructor(
    private readonly steps: readonly NetworkStep[],
    images: ImageShape,
    private readonly options: PlanOptions,
  ) {
    this.values.push({
      shape: images,
      readers: [],
      norm: null,
      filter: 0,
      place: this.takeMemory(sizeOf(images)),
      terms: null,
    });
  }

  plan(): GpuNetworkPlan {
    if (this.steps.at(-1)?.kind !== 'head') throw new RangeError('a network must end with a head');
    this.steps.forEach((step, i) => {
      if (this.head) throw new RangeError('the head must be the last step');
      this.addValue(step, i);
    });
    this.values.forEach(({ readers }, value) => {
      if (readers.length === 0) throw new RangeError(`no step reads value ${String(value)}`);
    });
    for (let value = 0; value < this.values.length; value++) {
      this.place(value);
      this.waves.push(this.wavesOf(value));
    }
    const head = this.head!;
    const { input } = head;
    this.read(this.values[input]!.place!.memory, this.steps.length);
    const { waves, shares } = withShares(this.waves);
    return {
      steps: this.steps,
      values: this.values,
      waves,
      shares,
      memories: this.memories,
      head,
      weights: this.weights,
      channels: this.channels,
    };
  }

  private takeMemory(size: number): { readonly memory: number; readonly start: number } {
    this.memories.push({ size, lastRead: 0 });
    return { memory: this.memories.length - 1, start: 0 };
  }

  private takeWeight(size: number): number {
    const { alignment } = this.options;
    const start = this.weightsEnd;
    this.weightsEnd += Math.ceil(size / alignment) * alignment;
    this.weights++;
    return start;
  }

  private takeNorm(channels: number): PlannedNorm {
    const first = this.channels;
    this.channels += channels;
    const scale = this.takeWeight(channels);
    return { first, scale, shift: this.takeWeight(channels) };
  }

  /** A block's norm; where it is folded away only the shift is left, as a bias. */
  private normOf(channels: number): PlannedNorm {
    if (this.options.training) return this.takeNorm(channels);
    const bias = this.takeWeight(channels);
    return { first: 0, scale: bias, shift: bias };
  }

  private addValue(step: NetworkStep, index: number): void {
    const inputs = step.kind === 'sum' ? step.inputs : [step.input];
    if (inputs.length === 0) throw new RangeError('a sum has no inputs');
    const shapes = inputs.map((input) => {
      const value = this.values[input];
      if (!value) throw new RangeError('a step reads a value that is not there yet');
      value.readers.push(index);
      return value.shape;
    });
    const of = shapes[0]!;
    if ('from' in step && step.from !== of.channels)
      throw new RangeError('a step reads another number of channels than there are');
    const add = (shape: ImageShape, filter = 0, norm: PlannedNorm | null = null): void => {
      this.values.push({ shape, readers: [], norm, filter, place: null, terms: null });
    };
    switch (step.kind) {
      case 'block': {
        const { kernel, stride, from, to } = step;
        if (kernel < 1 || kernel % 2 === 0 || stride < 1)
          throw new RangeError('filters must be odd and strides positive');
        const out = (size: number): number => Math.floor((size + 2 * (kernel >> 1) - kernel) / stride) + 1;
        const filter = this.takeWeight(kernel * kernel * from * to);
        add({ ...of, height: out(of.height), width: out(of.width), channels: to }, filter, this.normOf(to));
        break;
      }
      case 'convolution':
        add({ ...of, channels: step.to }, this.takeWeight(step.from * step.to));
        break;
      case 'pool':
        if (step.pool === 'same') add(of);
        else {
          if (of.height % 2 || of.width % 2) throw new RangeError('the 2x2 average needs even height and width');
          add({ ...of, height: of.height / 2, width: of.width / 2 });
        }
        break;
      case 'sum':
        if (
          shapes.some(
            ({ height, width, channels }) => height !== of.height || width !== of.width || channels !== of.channels,
          )
        )
          throw new RangeError('a sum has inputs of different shapes');
        add(of);
        break;
      case 'head': {
        const norm = this.takeNorm(step.from);
        const kernel = this.takeWeight(step.from * step.to);
        this.head = { input: step.input, shape: of, classes: step.to, norm, kernel, bias: this.takeWeight(step.to) };
      }
    }
  }

  /** Is a value left to whoever reads it? */
  private isLeft(value: number): boolean {
    const step = this.steps[value - 1];
    const readers = this.values[value]!.readers.map((reader) => this.steps[reader]!.kind);
    if (step?.kind === 'block') return readers.every((kind) => kind === 'sum' || kind === 'pool');
    if (step?.kind === 'pool' && step.pool === 'same') return readers.every((kind) => kind === 'sum');
    return false;
  }

  /** Decides where a value lies and what it is made of; those before it are placed, and convolutions that make it. */
  private place(value: number): void {
    const step = this.steps[value - 1];
    const draft = this.values[value]!;
    const makesItself = step?.kind === 'block' && !this.options.training;
    if (!step || step.kind === 'convolution' || makesItself || this.isLeft(value)) return;
    const inputs =
      step.kind === 'sum' ? step.inputs : step.kind === 'block' ? [value] : [(step as { input: number }).input];
    const pool = step.kind === 'pool' ? step.pool : null;
    draft.terms = inputs.map((input) => {
      const term = this.termOf(input);
      return pool ? { ...term, pool } : term;
    });
    for (const { memory } of draft.terms) this.read(memory, value);
    draft.place = this.takeMemory(sizeOf(draft.shape));
  }

  private termOf(value: number): PlannedTerm {
    const step = this.steps[value - 1];
    const { place } = this.values[value]!;
    if (place) return { ...place, norm: null, pool: null };
    if (step?.kind === 'pool') return { ...this.termOf(step.input), pool: step.pool };
    const { memory, job } = this.jobOf(value);
    return { memory, start: job.start, norm: job.norm, pool: null };
  }

  private jobOf(value: number): { memory: number; job: WaveJob } {
    const step = this.steps[value - 1] as Extract<NetworkStep, { kind: 'block' }>;
    for (const { memory, jobs } of this.waves[step.input]!) {
      const job = jobs.find((made) => made.value === value);
      if (job) return { memory, job };
    }
    throw new RangeError(`value ${String(value)} is made by no wave`);
  }

  private read(memory: number, during: number): void {
    this.memories[memory]!.lastRead = Math.max(this.memories[memory]!.lastRead, during);
  }

  private wavesOf(source: number): Wave[] {
    const { shape, readers } = this.values[source]!;
    const alike = new Map<string, number[]>();
    for (const reader of readers) {
      const step = this.steps[reader]!;
      if (step.kind !== 'block' && step.kind !== 'convolution') continue;
      const value = reader + 1;
      const shared = step.kind === 'block' && (this.options.training || this.isLeft(value));
      const key = shared ? `${String(step.stride)} ${String(step.relu)} ${String(step.to)}` : `alone ${String(value)}`;
      alike.set(key, [...(alike.get(key) ?? []), value]);
    }
    const { mostBytes, alignment } = this.options;
    return [...alike.values()].flatMap((values) => {
      const stride = Math.ceil(sizeOf(this.values[values[0]!]!.shape) / alignment) * alignment;
      const most = Math.min(MOST_JOBS, Math.max(1, Math.floor(mostBytes / (4 * stride))));
      const waves: Wave[] = [];
      for (let first = 0; first < values.length; first += most)
        waves.push(this.wave(source, shape, values.slice(first, first + most), stride));
      return waves;
    });
  }

  private wave(source: number, shape: ImageShape, values: readonly number[], stride: number): Wave {
    const step = this.steps[values[0]! - 1] as Extract<NetworkStep, { kind: 'block' | 'convolution' }>;
    const out = this.values[values[0]!]!.shape;
    // What lies behind the last result is not read.
    const { memory } = this.takeMemory((values.length - 1) * stride + sizeOf(out));
    const jobs = values.map((value, i) => {
      const { filter, norm } = this.values[value]!;
      const made = this.steps[value - 1]!;
      return {
        value,
        side: made.kind === 'block' ? made.kernel : 1,
        filter,
        start: i * stride,
        norm,
        share: 0,
        partial: 0,
      };
    });
    this.read(this.values[source]!.place!.memory, source);
    for (const { value, start } of jobs) {
      const draft = this.values[value]!;
      const left = this.isLeft(value);
      if (step.kind === 'convolution' || (!this.options.training && !left)) draft.place = { memory, start };
    }
    const block = step.kind === 'block';
    return {
      source,
      memory,
      jobs,
      convolved: {
        images: shape.images,
        height: shape.height,
        width: shape.width,
        from: shape.channels,
        outHeight: out.height,
        outWidth: out.width,
        to: out.channels,
        stride: block ? step.stride : 1,
        filters: 1,
        relu: block && step.relu,
        direct: this.options.direct ?? false,
      },
    };
  }
}

/** Divides the filter gradients into shares, in the order in which the gradient comes to them. */
function withShares(waves: readonly (readonly Wave[])[]): { waves: Wave[][]; shares: FilterShare[] } {
  const shares: { size: number; jobs: FilterShare['jobs'][number][] }[] = [];
  const place = (job: WaveJob, { from, to }: ConvolutionShape, parts: number): WaveJob => {
    const size = job.side * job.side * from * to;
    // Rows of four numbers are written at once.
    const padded = Math.ceil((parts * size) / 4) * 4;
    let share = shares[shares.length - 1];
    if (!share || share.size + padded > MOST_PARTIAL || share.jobs.length === MOST_JOBS)
      shares.push((share = { size: 0, jobs: [] }));
    const partial = share.size;
    share.size += padded;
    share.jobs.push({ size, gradient: job.filter, partial, parts });
    return { ...job, share: shares.length - 1, partial };
  };
  const shared = waves
    .toReversed()
    .map((of) =>
      of.map((wave) => {
        const parts = partsOf({ ...wave.convolved, cell: false });
        return { ...wave, jobs: wave.jobs.map((job) => place(job, wave.convolved, parts)) };
      }),
    )
    .toReversed();
  return { waves: shared, shares };
}
