import { useBackend } from '../compute/index.js';
import type { Part } from '../datasets/dataset.js';
import { loadReferenced } from '../datasets/library.js';
import { loadDataset } from '../datasets/medmnist.js';
import type { ReadableHistory } from '../history/interface.js';
import { evaluateModel as evaluate } from '../training/evaluate.js';
import { readModel } from '../training/model-file.js';

export interface EvaluationChoices {
  readonly part: Part;
  /** Path of a file to measure on. Default: the file of the training, proved to be the same. */
  readonly dataset?: string | undefined;
}

export type Evaluation = Awaited<ReturnType<typeof evaluate>> & {
  readonly dataset: { readonly name: string; readonly labels: readonly string[] };
};

/**
 * Measures a trained model on a part of a dataset, as the MedMNIST evaluator does.
 * @throws UserError `model-unknown`, `model-invalid`, `dataset-changed`, and what reading the dataset refuses
 */
export async function evaluateModel(
  history: ReadableHistory,
  model: number,
  { part, dataset: path }: EvaluationChoices,
): Promise<Evaluation> {
  const { file, summary } = history.getModel(model);
  await useBackend('auto', { threads: 0 });
  const dataset = await (path === undefined ? loadReferenced(history.getRun(summary.run).dataset) : loadDataset(path));
  const { name, labels } = dataset;
  return { ...(await evaluate(await readModel(file), dataset, part)), dataset: { name, labels } };
}
