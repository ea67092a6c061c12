import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Snapshot } from '../../../src-main/compute/snapshot.js';
import type { Dataset, Task } from '../../../src-main/datasets/dataset.js';
import { loadReferenced, type FileReference } from '../../../src-main/datasets/library.js';
import { inspectDataset } from '../../../src-main/datasets/medmnist.js';
import { fromJsonText, toJsonText } from '../../../src-main/json-numbers.js';
import { hostHere } from '../../../src-main/jobs/host-here.js';
import type { JobContext, JobOutcome } from '../../../src-main/jobs/job.js';
import type { JobControl, JobEvent } from '../../../src-main/vocabulary/events.js';
import type { RetrainConfig } from '../../../src-main/vocabulary/run-config.js';
import type { RetrainResult } from '../../../src-main/vocabulary/results.js';
import { retrainConfig } from '../../../src-main/jobs/retrain-config.js';
import { retrainJob } from '../../../src-main/jobs/retrain-job.js';
import { accuracy } from '../../../src-main/training/metrics/accuracy.js';
import { auc } from '../../../src-main/training/metrics/auc.js';
import { readModel } from '../../../src-main/training/model-file.js';
import { predictionsFile, readPredictions } from '../../../src-main/training/predictions-file.js';
import { tinyDataset } from './tiny-dataset.js';
import { writeNpz } from './tiny-npz.js';
import { TINY_GENOTYPE } from './tiny-model.js';

const home = mkdtempSync(join(tmpdir(), 'retrain-'));
afterAll(() => {
  rmSync(home, { recursive: true, force: true });
});

async function configFor(task: Task = 'multi-class', classes = 3): Promise<RetrainConfig> {
  const path = join(home, `${task.slice(0, 7)}.npz`);
  writeNpz(tinyDataset({ task, classes, size: 12 }), path);
  const choices = { epochs: 2, batch: 12, seeds: [5, 6], backend: 'native', threads: 1, movingAverage: 0.9 } as const;
  const architecture = { genotype: TINY_GENOTYPE, channels: 4, cells: 3, searchRun: null };
  return retrainConfig(await inspectDataset(path), architecture, choices);
}

let folders = 0;

/** A run: its folder, its checkpoints in memory, what it said. */
class Run implements JobContext {
  readonly run = 1;
  readonly folder = join(home, `run-${String(folders++)}`);
  readonly events: JobEvent[] = [];
  readonly saved: { epoch: number; snapshot: Snapshot; file: string }[] = [];
  asked = 0;
  reference: FileReference | null = null;
  constructor(readonly decide: (step: number) => JobControl = () => 'continue') {
    mkdirSync(this.folder);
  }
  readonly checkpoints = {
    latest: () => Promise.resolve(this.saved.at(-1) ?? null),
    requireRoom: () => ({ free: 1e12, forCheckpoints: 1e12 }),
    save: (epoch: number, snapshot: Snapshot): Promise<string> => {
      const values = fromJsonText(toJsonText(snapshot.values)) as Snapshot['values'];
      this.saved.push({
        epoch,
        snapshot: { values, arrays: structuredClone(snapshot.arrays) },
        file: `e${String(epoch)}`,
      });
      return Promise.resolve(`e${String(epoch)}`);
    },
  };
  readonly host = hostHere(this);
  dataset(): Promise<Dataset> {
    return loadReferenced(this.reference!);
  }
  emit(event: JobEvent): void {
    this.events.push(event);
  }
  control(): JobControl {
    return this.decide(this.asked++);
  }
}

/** Everything but the times. */
function timeless(run: Run, result: RetrainResult): unknown {
  const records = run.events.flatMap((event) => (event.type === 'epoch' ? [event.record] : []));
  return {
    models: result.models,
    summary: result.summary,
    records: records.map(({ seconds: _, imagesPerSecond: __, ...record }) => record),
    files: readdirSync(run.folder)
      .sort()
      .map((file) => [file, readFileSync(join(run.folder, file)).toString('base64')]),
  };
}

function start(config: RetrainConfig, run: Run): Promise<JobOutcome> {
  run.reference = config.dataset;
  return retrainJob(config, run);
}

async function finish(config: RetrainConfig, run: Run): Promise<RetrainResult> {
  let outcome: JobOutcome;
  do outcome = await start(config, run);
  while (outcome.state === 'paused');
  if (outcome.state !== 'finished') throw new Error(outcome.state);
  return outcome.result as RetrainResult;
}

describe('a retraining', () => {
  let config: RetrainConfig;
  let whole: RetrainResult;
  const wholeRun = new Run();
  beforeAll(async () => {
    config = await configFor();
    whole = await finish(config, wholeRun);
  });

  it('trains one network per seed, writes and measures each', async () => {
    expect(whole.models.map(({ seed, file, selectedEpoch }) => [seed, file, selectedEpoch])).toEqual([
      [5, 'model-seed-5.safetensors', 2],
      [6, 'model-seed-6.safetensors', 2],
    ]);
    const [a, b] = whole.models.map(({ metrics }) => metrics.test.auc);
    expect(whole.summary.aucMean).toBeCloseTo((a! + b!) / 2, 12);
    expect(whole.summary.aucDeviation).toBeCloseTo(Math.abs(a! - b!) / Math.SQRT2, 12);
    const model = await readModel(join(wholeRun.folder, whole.models[1]!.file));
    expect(model.description).toMatchObject({
      seed: 6,
      parameters: whole.models[1]!.parameters,
      recipe: { epochs: 2, batch: 12 },
    });
  });

  it('keeps what each network says of validation and test sets, as it was measured', async () => {
    for (const { file, metrics } of whole.models) {
      const predictions = (await readPredictions(join(wholeRun.folder, file)))!;
      expect(auc(predictions.test)).toBe(metrics.test.auc);
      expect(accuracy(predictions.validation)).toBe(metrics.validation.accuracy);
      expect(predictions.training).toEqual({ images: 37, ofClass: [13, 12, 12] });
    }
  });

  it('says what it does', () => {
    expect(wholeRun.events.find(({ type }) => type !== 'log')).toMatchObject({
      type: 'started',
      epochs: 4,
      stepsPerEpoch: 3,
      epoch: 1,
      backend: 'native',
    });
    const records = wholeRun.events.flatMap((event) => (event.type === 'epoch' ? [event.record] : []));
    expect(records.map(({ seed, epoch }) => [seed, epoch])).toEqual([
      [5, 1],
      [5, 2],
      [6, 1],
      [6, 2],
    ]);
    for (const record of records) expect(record.imagesPerSecond).toBeGreaterThan(0);
    expect(wholeRun.saved.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4]);
  });

  it('paused wherever it asks, in validations and measurements too, and resumed is bit-identical', async () => {
    // of each network two epochs of three steps and a validation, two parts measured: scores and intervals; once, the twins of the test set
    expect(wholeRun.asked).toBe(2 * (2 * (3 + 1) + 2 * (1 + 1)) + 1);
    for (let pause = 0; pause < wholeRun.asked; pause++) {
      const run = new Run((step) => (step === pause ? 'pause' : 'continue'));
      const result = await finish(config, run);
      expect(run.asked).toBeGreaterThan(wholeRun.asked);
      expect(timeless(run, result)).toEqual(timeless(wholeRun, whole));
    }
  });

  it.each([
    [4, 0],
    [8, 1],
    [9, 2],
    [12, 2],
  ])('cancelled in a validation or a measurement, when it asks for time %d, ends there', async (asked, epoch) => {
    const run = new Run((step) => (step === asked - 1 ? 'cancel' : 'continue'));
    expect(await start(config, run)).toEqual({ state: 'cancelled', epoch });
    expect(run.asked).toBe(asked);
  });

  it.each([1, 2, 3])('killed after checkpoint %d and resumed is bit-identical', async (checkpoints) => {
    const killed = new Run();
    killed.saved.push(...wholeRun.saved.slice(0, checkpoints));
    const earlier = wholeRun.events.filter((event) => event.type === 'epoch').slice(0, checkpoints);
    if (checkpoints > 2) {
      const { file } = whole.models[0]!;
      for (const name of [file, predictionsFile(file)]) {
        writeFileSync(join(killed.folder, name), readFileSync(join(wholeRun.folder, name)));
      }
    }
    const result = await finish(config, killed);
    killed.events.unshift(...earlier);
    expect(killed.events.find((event) => event.type === 'started')).toMatchObject({ epoch: checkpoints + 1 });
    expect(timeless(killed, result)).toEqual(timeless(wholeRun, whole));
  });

  it('with another number of threads is bit-identical', async () => {
    const run = new Run();
    expect(timeless(run, await finish({ ...config, threads: 2 }, run))).toEqual(timeless(wholeRun, whole));
  });

  it('cancelled stops within a step', async () => {
    const run = new Run((step) => (step === 4 ? 'cancel' : 'continue'));
    expect(await start(config, run)).toEqual({ state: 'cancelled', epoch: 1 });
    expect(run.asked).toBe(5);
  });

  it('of a dataset file that has changed is refused', async () => {
    const other = { ...config, dataset: { ...config.dataset, sha256: 'ab'.repeat(32) } };
    await expect(start(other, new Run())).rejects.toMatchObject({ kind: 'dataset-changed' });
  });

  it('whose loss explodes fails and keeps the last checkpoint', async () => {
    const run = new Run();
    await expect(start({ ...config, learningRate: 1e30 }, run)).rejects.toMatchObject({ kind: 'loss-not-finite' });
    expect(run.saved).toEqual([]);
  });
});

it('works for several labels per image', async () => {
  const run = new Run();
  const { models } = await finish(await configFor('multi-label, binary-class'), run);
  expect(models[0]!.metrics.test.confusion).toBeNull();
  expect(models[0]!.metrics.test.perClass).toHaveLength(3);
});
