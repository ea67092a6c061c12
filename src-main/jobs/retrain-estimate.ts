import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { useBackend } from '../compute/index.js';
import type { Dataset, LabelledImages } from '../datasets/dataset.js';
import { loadReferenced } from '../datasets/library.js';
import { planNetwork } from '../space/network-plan.js';
import { classifiedAtOnce, classify } from '../training/classify.js';
import { InferenceNetwork } from '../training/inference-network.js';
import { Trainer } from '../training/trainer.js';
import { backendOf, type RetrainConfig } from '../vocabulary/run-config.js';
import { FolderCheckpoints } from './checkpoint.js';
import type { Door } from './door.js';
import { foreseenNeeds } from './run-needs.js';
import type { Pace, PaceEstimate } from './tasks.js';

/** Steps that warm up and steps that are timed: as many as these seconds hold, and at least so many. */
const WARM_UP = { seconds: 1.5, fewest: 2 } as const;
const TIMED = { seconds: 1, fewest: 3 } as const;
/** The measurement never ends inside a schedule, whose learning rate would be none. */
const LONG_SCHEDULE = 100_000;

/**
 * Measures a few steps of a retraining, the classification of some images and a checkpoint, all on the real data, network and
 * disk, and estimates the seconds of the whole.
 * @param place `home`: where checkpoints are written to, nothing stays in it; `door`: where the answer is read
 * @param signal ends it between two steps
 * @throws as `loadReferenced`, `foreseenNeeds`; the signal's reason
 */
export async function measureRetraining(
  config: RetrainConfig,
  { home, door }: { readonly home: string; readonly door: Door },
  signal?: AbortSignal,
): Promise<PaceEstimate> {
  const backend = await useBackend(backendOf(config), { threads: config.threads });
  const dataset = await loadReferenced(config.dataset);
  const needs = foreseenNeeds({ config, size: dataset.size, backend: backend.name, folder: home, door });
  return { ...(await measureOn(dataset, config, home, signal)), needs };
}

/** As {@link measureRetraining}, with the dataset in memory and a backend active. */
export async function measureOn(
  dataset: Dataset,
  config: RetrainConfig,
  home: string,
  signal?: AbortSignal,
): Promise<Pace> {
  const plan = planNetwork(config.space, config.genotype);
  const recipe = { ...config, epochs: LONG_SCHEDULE, selection: 'last' as const };
  const trainer = Trainer.create(dataset, plan, recipe, config.seeds[0]!, { validate: false });
  const turn = async (): Promise<void> => {
    await setImmediate();
    signal?.throwIfAborted();
  };
  try {
    const step = await stepSeconds(trainer, turn);
    const network = new InferenceNetwork(plan, (await trainer.selected()).weights);
    const image = await imageSeconds(network, dataset, turn).finally(() => network.dispose());
    const checkpoint = await checkpointSeconds(trainer, config, home);
    const { stepsPerEpoch, batch } = trainer;
    const { val, test } = dataset.parts;
    const epoch = stepsPerEpoch * step + val.images.count * image + checkpoint;
    const measurement = (val.images.count + test.images.count) * image;
    return {
      seconds: config.seeds.length * (config.epochs * epoch + measurement),
      imagesPerSecond: batch / step,
      stepsPerEpoch,
    };
  } finally {
    trainer.dispose();
  }
}

/** While the first steps run, code is compiled: they take up to half as long again as those after some seconds. */
async function stepSeconds(trainer: Trainer, turn: () => Promise<void>): Promise<number> {
  await advanceFor(trainer, turn, WARM_UP);
  return advanceFor(trainer, turn, TIMED);
}

/** @returns mean seconds of a step */
async function advanceFor(
  trainer: Trainer,
  turn: () => Promise<void>,
  { seconds, fewest }: typeof WARM_UP | typeof TIMED,
): Promise<number> {
  const start = performance.now();
  let steps = 0;
  do {
    await turn();
    await trainer.advance();
    steps++;
  } while (steps < fewest || since(start) < seconds);
  return since(start) / steps;
}

/** Seconds to classify one image of the validation part, among as many as are classified at once. */
async function imageSeconds(
  network: InferenceNetwork,
  { parts, task }: Dataset,
  turn: () => Promise<void>,
): Promise<number> {
  const images = firstOf(parts.val, classifiedAtOnce(parts.val.images));
  await classify(network, images, task, turn);
  const start = performance.now();
  await classify(network, images, task, turn);
  return since(start) / images.count;
}

function firstOf({ images }: LabelledImages, most: number): LabelledImages['images'] {
  const count = Math.min(most, images.count);
  const { height, width, channels, pixels } = images;
  return { ...images, count, pixels: pixels.subarray(0, count * height * width * channels) };
}

async function checkpointSeconds(trainer: Trainer, { dataset }: RetrainConfig, home: string): Promise<number> {
  const folder = mkdtempSync(join(home, 'measurement-'));
  try {
    const identity = { run: 0, configSha256: '', datasetSha256: dataset.sha256 };
    const checkpoints = new FolderCheckpoints({ folder, identity });
    const start = performance.now();
    await checkpoints.save(1, await trainer.snapshot());
    return since(start);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const since = (start: number): number => (performance.now() - start) / 1000;
