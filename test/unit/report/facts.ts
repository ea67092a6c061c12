import { exampleHealth } from './example-health.js';
import type { Labels, Task } from '../../../src-main/datasets/dataset.js';
import type { ModelFacts } from '../../../src-main/report/facts.js';
import { diagnose, type DiagnosticChoices } from '../../../src-main/training/metrics/diagnostics.js';
import { partMetrics } from '../../../src-main/training/metrics/part-metrics.js';
import type { ScoredPart } from '../../../src-main/training/metrics/scores.js';
import type { Evidence } from '../../../src-main/vocabulary/evidence.js';
import type { RunDetails } from '../../../src-main/vocabulary/run.js';
import { genotype, retrainConfig, searchConfig, searchResult } from '../history/fixtures.js';
import { exampleModel } from '../renderer/example-model.js';

export interface Case {
  readonly labels: readonly string[];
  /** Images of each class in validation and test sets. */
  readonly images: readonly number[];
  /** How often, in ten, the truth is the most probable class. */
  readonly right?: number;
  readonly choices?: Partial<Pick<DiagnosticChoices, 'finding' | 'operatingPoint'>>;
  readonly name?: string;
  readonly dataset?: string;
  readonly synthetic?: boolean;
  readonly seeds?: readonly number[];
  readonly evidence?: Partial<Evidence>;
  readonly search?: ModelFacts['search'];
}

/** Scores of so many images of each class: one score and one decision for each case, without chance. */
export function scored({ labels, images, right = 7 }: Pick<Case, 'labels' | 'images' | 'right'>): ScoredPart {
  const truth = images.flatMap((count, k) => Array.from({ length: count }, () => k));
  const outputs = labels.length;
  const values = Float64Array.from({ length: truth.length * outputs }, (_, n) => {
    const [i, k] = [Math.floor(n / outputs), n % outputs];
    const said = i % 10 < right ? truth[i]! : (truth[i]! + 1) % outputs;
    const p = 0.5 + 0.045 * (i % 11);
    return k === said ? p : (1 - p) / (outputs - 1);
  });
  const task: Task = outputs === 2 ? 'binary-class' : 'multi-class';
  const marks: Labels = { count: truth.length, labelsPerImage: 1, values: Uint8Array.from(truth) };
  return { task, scores: { count: truth.length, outputs, values }, truth: marks };
}

export const searchRun: RunDetails = {
  summary: {
    ...{ run: 1, kind: 'search', name: 'Source', state: 'finished', dataset: 'BreastMNIST', synthetic: false },
    ...{ createdAt: '2026-11-01T10:00:00.000Z', finishedAt: '2026-11-01T11:00:00.000Z', epoch: 3, epochs: 3, seed: 1 },
    ...{
      budget: searchConfig.budget,
      expectedParameters: null,
      parameters: 200_000,
      searchValidation: null,
      test: null,
    },
    ...{ seconds: 4000, secondsLeft: null, tags: [], note: '', error: null, queuePosition: null },
  },
  config: searchConfig,
  dataset: searchConfig.dataset,
  result: searchResult,
  genotype,
  folder: '/home/ada/runs/1',
  trace: null,
};

/** Facts as `actions/report-facts.ts` gathers them, with figures that are really computed. */
export async function factsOf(given: Case): Promise<ModelFacts> {
  const { labels, seeds = [7], name = 'Retrained', dataset = 'BreastMNIST', synthetic = false } = given;
  const part = scored(given);
  const training = { images: part.scores.count, ofClass: given.images };
  const choices = { labels, finding: null, operatingPoint: null, ...given.choices };
  const validation = await partMetrics('val', part, labels);
  const test = await partMetrics('test', part, labels);
  const config = { ...retrainConfig, seeds, space: { ...retrainConfig.space, classes: labels.length } };
  const summary = exampleModel({
    ...{ model: 3, run: 2, searchRun: 1, name, dataset, synthetic, seed: seeds[0]!, parameters: 198_000 },
    ...{ accuracy: test.accuracy, auc: test.auc, createdAt: '2026-11-02T10:00:00.000Z' },
  });
  const counts = given.images.map((count) => [count, count, count]);
  const count = part.scores.count;
  return {
    maker: { version: '0.1.0', machine: 'linux x64, Node.js 22.0.0', createdAt: '2026-11-03T12:30:00.000Z' },
    model: {
      summary,
      result: {
        ...{ seed: seeds[0]!, file: 'model.safetensors', selectedEpoch: 3, selectionRule: 'last epoch' },
        ...{ parameters: 198_000, multiplyAccumulates: 5_000_000, weightBytes: 800_000, metrics: { validation, test } },
      },
    },
    run: {
      config,
      details: {
        ...searchRun,
        summary: { ...searchRun.summary, run: 2, kind: 'retrain', name, dataset, synthetic, seconds: 75 },
        dataset: { ...searchRun.dataset, name: dataset },
        config,
        result: null,
      },
      computedOn: [{ device: 'a processor, avx2', backend: 'native', threads: 2 }],
    },
    search: given.search === undefined ? { details: searchRun, computedOn: [] } : given.search,
    siblings: seeds.map((seed, i) => ({ model: 3 + i, seed, test })),
    measuredOnTest: seeds.length,
    evidence: {
      dataset: {
        health: exampleHealth(labels, counts, part.task),
        identity: 'the official BreastMNIST file (MD5)',
      },
      balance: counts,
      weights: {
        ...{ sha256: 'a'.repeat(64), bytes: 800_000, program: '0.1.0', task: part.task, size: 28, labels: [...labels] },
        ...{
          licence: 'CC BY 4.0',
          catalogueId: 'breastmnist',
          identity: 'not known',
          samples: { train: count, val: count, test: count },
        },
        multiplyAccumulates: 5_000_000,
      },
      diagnostics: await diagnose({ validation: part, test: part, training }, choices),
      bundles: [],
      ...given.evidence,
    },
  };
}
