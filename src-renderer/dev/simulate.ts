import type {
  Budget,
  EpochRecord,
  Genotype,
  GenotypeOperation,
  Trace,
  TraceDescription,
} from '../../src-main/ipc/contract.js';
import { EDGES_PER_STAGE, KERNEL_SIZES, OPERATIONS, STAGES } from '../logic/space.js';

/** A plausible search for the preview: annealed sparsemax over drifting scores. Made up, and never shown outside the preview. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function sparsemax(scores: readonly number[]): number[] {
  const sorted = [...scores].sort((a, b) => b - a);
  let sum = 0;
  let threshold = 0;
  sorted.forEach((score, index) => {
    sum += score;
    if (1 + (index + 1) * score > sum) threshold = (sum - 1) / (index + 1);
  });
  return scores.map((score) => Math.max(0, score - threshold));
}

export interface SimulatedEpoch {
  readonly record: EpochRecord;
  readonly trace: Trace;
}

export interface Simulated {
  readonly epochs: readonly SimulatedEpoch[];
  readonly genotype: Genotype;
  readonly parameters: number;
}

export function simulateSearch(
  seed: number,
  epochs: number,
  budget: Budget,
  { channels = 16, cells = 3, last = 0.93 }: { channels?: number; cells?: number; last?: number } = {},
): Simulated {
  const next = random(seed);
  const normal = (): number => Math.sqrt(-2 * Math.log(next() + 1e-12)) * Math.cos(2 * Math.PI * next());
  const rows = STAGES * EDGES_PER_STAGE;
  const taste = Array.from({ length: rows * OPERATIONS.length }, normal);
  const kernelTaste = Array.from({ length: rows * KERNEL_SIZES.length }, normal);
  const depthTaste = Array.from({ length: STAGES * cells }, normal);
  const target = budget.lower + (budget.upper - budget.lower) * (0.35 + 0.5 * next());
  const start = (channels / 16) ** 2 * cells * 620_000;
  const grow = Math.round(epochs * 0.4);
  const result: SimulatedEpoch[] = [];
  let alpha = taste.map(() => 0.001 * normal());
  let beta = kernelTaste.map(() => 0.001 * normal());
  let gamma = depthTaste.map(() => 0.001 * normal());
  const byRow = (values: readonly number[], width: number, temperature: number): number[] =>
    Array.from({ length: values.length / width }, (_, row) =>
      sparsemax(values.slice(row * width, (row + 1) * width).map((value) => value / temperature)),
    ).flat();

  for (let epoch = 1; epoch <= epochs; epoch++) {
    const temperature = 1.5 * 0.75 ** Math.floor(((epoch - 1) * 10) / epochs);
    const step = (values: number[], tastes: readonly number[]): number[] =>
      values.map((value, index) => value + 0.45 * ((tastes[index] ?? 0) * 0.03 + normal() * 0.03) * (50 / epochs));
    alpha = step(alpha, taste);
    const phase = epoch > grow ? 2 : 1;
    if (phase === 2) {
      beta = step(beta, kernelTaste);
      gamma = step(gamma, depthTaste);
    }
    const alphaProbabilities = byRow(alpha, OPERATIONS.length, temperature);
    const progress = epoch / epochs;
    const pull = phase === 2 ? 1 - Math.exp((-6 * (epoch - grow)) / (epochs - grow)) : 0;
    const expected = start + (target - start) * pull + start * 0.03 * normal() * (1 - progress);
    result.push({
      record: {
        seed,
        epoch,
        loss: 0.28 + 0.44 * Math.exp(-3.2 * progress) + 0.018 * normal() + (phase === 2 ? 0.06 * (1 - pull) : 0),
        accuracy: Math.min(0.995, last - (last - 0.62) * Math.exp(-3.4 * progress) + 0.012 * normal()),
        validationLoss: epoch < 3 ? null : 0.36 + 0.42 * Math.exp(-2.6 * progress) + 0.03 * normal(),
        validationAccuracy: epoch < 3 ? null : last - 0.05 - (last - 0.62) * Math.exp(-3 * progress) + 0.02 * normal(),
        validationAuc: null,
        learningRate: 0.001 + 0.05 * (1 + Math.cos(Math.PI * progress)),
        imagesPerSecond: 640 + 40 * normal() + 300 * pull,
        seconds: 9 - 3 * pull,
      },
      trace: {
        epoch,
        values: {
          phase,
          temperature,
          expectedParameters: expected,
          operationsInSupport: alphaProbabilities.filter((p) => p > 0).length / rows,
        },
        tables: {
          alpha,
          beta: phase === 2 ? beta : null,
          gamma: phase === 2 ? gamma : null,
          alphaProbabilities,
          betaProbabilities: phase === 2 ? byRow(beta, KERNEL_SIZES.length, temperature) : null,
          gammaProbabilities: phase === 2 ? byRow(gamma, cells, temperature) : null,
        },
      },
    });
  }
  const final = result.at(-1)?.trace;
  return { epochs: result, genotype: genotypeOf(final, cells), parameters: Math.round(target) };
}

const best = (values: readonly number[]): number => values.indexOf(Math.max(...values));

function genotypeOf(trace: Trace | undefined, cells: number): Genotype {
  const { alphaProbabilities, betaProbabilities, gammaProbabilities } = trace?.tables ?? {};
  const kernels = ['conv_7x7', 'conv_5x5', 'conv_3x3'] as const;
  return {
    stages: Array.from({ length: STAGES }, (_, stage) => ({
      depth: 1 + Math.max(0, best(gammaProbabilities?.slice(stage * cells, (stage + 1) * cells) ?? [1])),
      operations: Array.from({ length: EDGES_PER_STAGE }, (_, edge): GenotypeOperation => {
        const row = stage * EDGES_PER_STAGE + edge;
        const operation = OPERATIONS[best(alphaProbabilities?.slice(row * 5, row * 5 + 5) ?? [1])] ?? 'none';
        if (operation !== 'kernel_variable_conv') return operation;
        return kernels[best(betaProbabilities?.slice(row * 3, row * 3 + 3) ?? [1])] ?? 'conv_7x7';
      }),
    })),
  };
}

/** Epochs of a retraining with a validation part. */
export function simulateRetraining(seed: number, epochs: number, run = 0): EpochRecord[] {
  const next = random(seed * 77 + run * 1009);
  const last = 0.86 + 0.07 * next();
  return Array.from({ length: epochs }, (_, index) => {
    const progress = (index + 1) / epochs;
    const noise = (): number => (next() - 0.5) * 0.03;
    return {
      seed,
      epoch: index + 1,
      loss: 0.36 + 0.5 * Math.exp(-4 * progress) + noise(),
      accuracy: 0.95 - 0.35 * Math.exp(-4 * progress) + noise(),
      validationLoss: 0.4 + 0.4 * Math.exp(-5 * progress) + noise(),
      validationAccuracy: last - 0.3 * Math.exp(-5 * progress) + noise(),
      validationAuc: 0.94 - 0.3 * Math.exp(-5 * progress) + noise() / 2,
      learningRate: 0.05 * (1 + Math.cos(Math.PI * progress)),
      imagesPerSecond: 2100 + noise() * 1000,
      seconds: 0.6,
    };
  });
}

/** What the traces above mean. */
export function simulatedDescription(cells: number): TraceDescription {
  const edges = Array.from({ length: STAGES * EDGES_PER_STAGE }, (_, row) => `edge ${row}`);
  const stages = Array.from({ length: STAGES }, (_, stage) => `stage ${stage + 1}`);
  const depths = Array.from({ length: cells }, (_, depth) => `${depth + 1}`);
  return {
    series: [
      { name: 'phase', label: 'Phase', format: { of: 2 }, draw: 'figure' },
      { name: 'temperature', label: 'Temperature T', format: { decimals: 3 }, draw: 'figure' },
      { name: 'expectedParameters', label: 'Expected parameters', format: 'count', draw: 'line' },
      { name: 'operationsInSupport', label: 'Operations per edge', format: { decimals: 1 }, draw: 'figure' },
    ],
    tables: [
      { name: 'alphaProbabilities', label: 'α', rows: edges, columns: OPERATIONS, draw: 'operations', scores: 'alpha' },
      { name: 'betaProbabilities', label: 'β', rows: edges, columns: KERNEL_SIZES.map(String), draw: 'kernels' },
      { name: 'gammaProbabilities', label: 'γ', rows: stages, columns: depths, draw: 'depth' },
    ],
  };
}
