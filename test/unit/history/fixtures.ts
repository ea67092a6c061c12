import { mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EpochRecord } from '../../../src-main/vocabulary/events.js';
import type { Trace, TraceDescription } from '../../../src-main/vocabulary/trace.js';
import type { PartMetrics } from '../../../src-main/vocabulary/metrics.js';
import type { RetrainConfig, SearchConfig } from '../../../src-main/vocabulary/run-config.js';
import type { RetrainResult, SearchResult } from '../../../src-main/vocabulary/results.js';
import type { Genotype } from '../../../src-main/vocabulary/space.js';

/** In memory where there is room: these tests do not cut the power, so none has to wait for a disk. */
function temporaryRoot(): string {
  try {
    const { bavail, bsize } = statfsSync('/dev/shm');
    return bavail * bsize > 1e9 ? '/dev/shm' : tmpdir();
  } catch {
    return tmpdir();
  }
}

/** A new empty folder and what removes it. */
export function temporaryFolder(): { readonly folder: string; remove(): void } {
  const folder = mkdtempSync(join(temporaryRoot(), 'medforge-'));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Plain JavaScript without types, because measurements outside the tests use it too. */
const EXAMPLE: string = '../../../forge-scripts/lib/example-run.mjs';
const example = (await import(EXAMPLE)) as {
  readonly config: SearchConfig;
  readonly result: SearchResult;
  record(epoch: number): EpochRecord;
};

export const searchConfig = example.config;
export const genotype: Genotype = example.result.genotype;

export const retrainConfig: RetrainConfig = {
  kind: 'retrain',
  dataset: searchConfig.dataset,
  space: searchConfig.space,
  genotype,
  searchRun: 1,
  epochs: 3,
  batch: 16,
  seeds: [7, 8],
  backend: 'native',
  threads: 2,
  learningRate: 0.1,
  warmupEpochs: 1,
  weightDecay: 3e-4,
  labelSmoothing: 0.1,
  mixup: 0.1,
  cutmix: 0.1,
  movingAverage: null,
  classWeighting: false,
  selection: 'last',
};

export const searchResult = example.result;

const part = (name: PartMetrics['part'], accuracy: number, auc: number): PartMetrics => ({
  part: name,
  images: 78,
  accuracy,
  auc,
  accuracyInterval: [accuracy - 0.05, accuracy + 0.05],
  aucInterval: [auc - 0.05, auc + 0.05],
  balancedAccuracy: accuracy - 0.1,
  balancedAccuracyInterval: [accuracy - 0.17, accuracy - 0.03],
  perClass: [
    {
      label: 'malignant',
      images: 42,
      sensitivity: 0.5,
      specificity: 1,
      sensitivityInterval: [0.34, 0.66],
      specificityInterval: null,
      precision: NaN,
      f1: 0,
    },
  ],
  confusion: [
    [40, 2],
    [9, 27],
  ],
  roc: [{ label: 'malignant', points: [[0, 0]] }],
});

/** Two networks, one of them with an AUC that is not a number. */
export const retrainResult: RetrainResult = {
  kind: 'retrain',
  models: [7, 8].map((seed) => ({
    seed,
    file: `model-seed-${seed}.safetensors`,
    selectedEpoch: 3,
    selectionRule: 'last epoch',
    parameters: 198000,
    multiplyAccumulates: 41_000_000,
    weightBytes: 780_000,
    metrics: {
      validation: part('val', 0.8, 0.8),
      test: part('test', seed === 7 ? 0.85 : 0.87, seed === 7 ? 0.9 : NaN),
    },
  })),
  summary: { accuracyMean: 0.86, accuracyDeviation: 0.01, aucMean: NaN, aucDeviation: NaN },
  seconds: 3,
};

export function epochRecord(epoch: number, changes: Partial<EpochRecord> = {}): EpochRecord {
  return { ...example.record(epoch), ...changes };
}

/** Numbers with every bit in use, −0 and a denormal among them. */
export function exampleTrace(epoch: number, values: Trace['values'] = {}, grown = epoch > 2): Trace {
  const numbers = (count: number): number[] =>
    Array.from({ length: count }, (_, index) => [Math.sin(index + epoch) / 3, -0, 5e-324][index % 3] ?? 0);
  return {
    epoch,
    values: { phase: grown ? 2 : 1, temperature: 1.5 * 0.75 ** epoch, expectedParameters: 1e6 / epoch, ...values },
    tables: {
      alpha: numbers(90),
      beta: grown ? numbers(54) : null,
      gamma: grown ? numbers(9) : null,
      alphaProbabilities: numbers(90),
      betaProbabilities: grown ? numbers(54) : null,
      gammaProbabilities: grown ? numbers(9) : null,
    },
  };
}

/** What the values of `exampleTrace` mean. */
export const exampleDescription: TraceDescription = {
  series: [
    { name: 'phase', label: 'Phase', format: { of: 2 }, draw: 'figure' },
    { name: 'temperature', label: 'Temperature T', format: { decimals: 3 }, draw: 'figure' },
    { name: 'expectedParameters', label: 'Expected parameters', format: 'count', draw: 'line' },
  ],
  tables: [],
};
