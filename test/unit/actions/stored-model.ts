import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Dataset } from '../../../src-main/datasets/dataset.js';
import { DEMO_CLASSES } from '../../../src-main/datasets/demo-format.js';
import { inspectDataset } from '../../../src-main/datasets/medmnist.js';
import type { WritableHistory } from '../../../src-main/history/interface.js';
import { evaluateAndKeep } from '../../../src-main/jobs/model-evaluation.js';
import { writeModel, type ModelDescription } from '../../../src-main/training/model-file.js';
import { retrainConfig, retrainResult } from '../history/fixtures.js';
import { tinyDataset } from '../training/tiny-dataset.js';
import { tinyModel } from '../training/tiny-model.js';
import { writeNpz } from '../training/tiny-npz.js';

const SIZE = 12;

/** A small file whose classes are those of the demo dataset, or with no names of classes. */
export function writeClasses(folder: string, name: string, of: { named: boolean; classes?: number }): string {
  const path = join(folder, name);
  writeNpz(tinyDataset({ size: SIZE, classes: of.classes ?? DEMO_CLASSES.length }), path, of);
  return path;
}

/**
 * A retraining whose one network, untrained, lies in its folder and was measured on the file.
 * @param changes of the description of the network, after it was measured
 * @returns its number, the network's and the network's file
 */
export async function storeModel(
  history: WritableHistory,
  path: string,
  changes: Partial<ModelDescription> = {},
): Promise<{ readonly run: number; readonly model: number; readonly file: string }> {
  const { name, sha256, bytes, labels, classes, catalogueId, licence, synthetic } = await inspectDataset(path);
  const of: Dataset = {
    ...tinyDataset({ size: SIZE, classes }),
    name,
    sha256,
    labels,
    catalogueId,
    licence,
    synthetic,
  };
  const network = await tinyModel(of);
  const { space, genotype } = network.description;
  const dataset = { ...retrainConfig.dataset, name, path, sha256, bytes };
  const run = history.createRun({ ...retrainConfig, dataset, space, genotype, searchRun: null, seeds: [1] });
  history.claimRun(run);
  const [first] = retrainResult.models;
  const file = join(dirname(history.getRun(run).folder), String(run), 'model-seed-1.safetensors');
  mkdirSync(dirname(file), { recursive: true });
  await writeModel(file, network);
  const { measured } = await evaluateAndKeep({ model: file, dataset });
  const trained = { ...first!, ...measured, seed: 1, file: 'model-seed-1.safetensors' };
  history.finishRun(run, { ...retrainResult, models: [trained] }, 1);
  await writeModel(file, { ...network, description: { ...network.description, ...changes } });
  return { run, model: history.listModels(run)[0]!.model, file };
}
