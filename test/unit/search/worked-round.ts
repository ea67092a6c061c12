import { readFileSync } from 'node:fs';
import { createRandom } from '../../../src-main/compute/random.js';
import { tf } from '../../../src-main/compute/tensorflow.js';
import type { Batch } from '../../../src-main/learning/batch-stream.js';
import { Supernet } from '../../../src-main/search/supernet.js';
import type { SpaceSettings } from '../../../src-main/vocabulary/space.js';

/** Images (row-major N×8×8×channels) and classes of one batch. */
export interface WorkedBatch {
  readonly pixels: ArrayLike<number>;
  readonly labels: ArrayLike<number>;
}

/** One zeroth-order round worked out by another program in float64. */
export interface WorkedRound {
  readonly space: SpaceSettings;
  readonly weights: Record<string, Float32Array>;
  /** α, β, γ as one vector. */
  readonly architecture: Float64Array;
  readonly direction: Float64Array;
  readonly distance: number;
  readonly temperature: number;
  readonly learningRate: number;
  readonly training: readonly WorkedBatch[];
  readonly validation: WorkedBatch;
  readonly answers: WorkedAnswers;
}

export interface WorkedAnswers {
  readonly operations: readonly number[];
  readonly kernels: readonly number[];
  readonly depth: readonly number[];
  /** Net and twin, before each step. */
  readonly trainingLosses: readonly number[];
  readonly validationLoss: number;
  readonly architectureGradient: readonly number[];
  readonly direct: number;
  readonly slope: number;
  readonly gradient: readonly number[];
}

export function onBackend({ classes, inputChannels }: SpaceSettings, { pixels, labels }: WorkedBatch): Batch {
  const targets = Array.from(labels, (label) => Array.from({ length: classes }, (_, k) => Number(k === label)));
  const x = tf.tensor4d(Float32Array.from(pixels), [labels.length, 8, 8, inputChannels]);
  return { x, targets: tf.tensor2d(targets), task: 'multi-class' };
}

/** Largest difference relative to the largest expected magnitude. */
export function difference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  const scale = Math.max(...Array.from(expected, Math.abs));
  return Math.max(...Array.from(expected, (value, i) => Math.abs(actual[i]! - value))) / scale;
}

const SPACE = { channels: 4, cells: 2, inputChannels: 3, classes: 3 };
const BATCH = 5;

/** The round of expected-round.py: its formulas, and the answers that it wrote down. */
export function expectedRound(): WorkedRound {
  const file = new URL('expected-round.json', import.meta.url);
  const answers = JSON.parse(readFileSync(file, 'utf8')) as WorkedAnswers & { readonly distance: number };
  const direction = fill(90 + 54 + 3 * SPACE.cells, 8);
  const length = Math.hypot(...direction);
  const batch = (salt: number, first: number): WorkedBatch => ({
    pixels: fill(BATCH * 8 * 8 * SPACE.inputChannels, salt),
    labels: Array.from({ length: BATCH }, (_, i) => (first + 2 * i) % SPACE.classes),
  });
  return {
    space: SPACE,
    weights: expectedWeights(),
    architecture: Float64Array.from([...fill(90, 5), ...fill(54, 6), ...fill(3 * SPACE.cells, 7).map((x) => 0.4 * x)]),
    direction: direction.map((x) => x / length),
    distance: answers.distance,
    temperature: 0.75,
    learningRate: 0.05,
    training: [0, 1, 2].map((step) => batch(0.5 + step, step)),
    validation: batch(9.5, 1),
    answers,
  };
}

/** The weights of expected-round.py. @param channelShare as of `Supernet.create` */
export function expectedWeights(channelShare = 1): Record<string, Float32Array> {
  const net = Supernet.create(SPACE, createRandom(1, 'shapes'), channelShare);
  net.grow();
  const weights = [...net.weights].map(([name, { size }]) => {
    const [centre, spread] = name.endsWith('.scale') ? [1, 0.3] : [0, SPREADS[name.split('.').at(-1)!]!];
    const salt = Buffer.from(name).reduce((sum, code) => sum + code, 0) % 31;
    return [name, Float32Array.from(fill(size, salt), (x) => centre + spread * x)] as const;
  });
  net.dispose();
  return Object.fromEntries(weights);
}

const SPREADS: Readonly<Record<string, number>> = { filter: 0.3, kernel: 0.3, bias: 0.1, shift: 0.2 };

/** Numbers in -1..1 as good as random, as expected-round.py has them. */
export function fill(count: number, salt: number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => {
    const wave = 43758.5453 * Math.sin(12.9898 * i + 78.233 * salt);
    return 2 * (wave - Math.floor(wave)) - 1;
  });
}
