import { useBackend } from '../compute/index.js';
import type { Part } from '../datasets/dataset.js';
import { loadDataset } from '../datasets/medmnist.js';
import type { ReadableHistory, WritableHistory } from '../history/interface.js';
import { requirePredictions } from '../jobs/model-diagnosis.js';
import { evaluateAndKeep } from '../jobs/model-evaluation.js';
import { evaluateModel as evaluate } from '../training/evaluate.js';
import { diagnose } from '../training/metrics/diagnostics.js';
import { readModel } from '../training/model-file.js';
import type { Diagnostics } from '../vocabulary/diagnostics.js';
import { diagnosisRequest } from './diagnose-model.js';

export interface EvaluationChoices {
  readonly part: Part;
  /** Path of a file to measure on. Default: the file of the training, proved to be the same. */
  readonly dataset?: string | undefined;
}

export type Evaluation = Awaited<ReturnType<typeof evaluate>> & {
  readonly dataset: { readonly name: string; readonly labels: readonly string[] };
};

/**
 * Measures a trained model on a part of a dataset, as the MedMNIST evaluator does. On its own dataset it also keeps what the
 * model says of the validation and the test part, which `modelDiagnostics` needs, and its figures in the history.
 * @throws UserError `model-unknown`, `model-invalid`, `dataset-changed`, and what reading the dataset refuses
 */
export async function evaluateModel(
  history: WritableHistory,
  model: number,
  { part, dataset: path }: EvaluationChoices,
): Promise<Evaluation> {
  const { file, summary } = history.getModel(model);
  if (path !== undefined) {
    await useBackend('auto', { threads: 0 });
    const dataset = await loadDataset(path);
    return { ...(await evaluate(await readModel(file), dataset, part)), dataset: namesOf(dataset) };
  }
  const kept = await evaluateAndKeep({ model: file, dataset: history.getRun(summary.run).dataset });
  history.keepMeasured(model, kept.measured);
  const { validation, test, dataset } = kept;
  const asked = part === 'val' ? validation : part === 'test' ? test : await evaluate(kept.model, dataset, part);
  return { ...asked, dataset: namesOf(dataset) };
}

const namesOf = ({ name, labels }: Evaluation['dataset']): Evaluation['dataset'] => ({ name, labels });

/**
 * The figures of a model on the test part of another dataset, with the operating point and the temperature that its own
 * validation part gave it.
 * @throws UserError as `evaluateModel`, `predictions-missing`
 */
export async function diagnoseElsewhere(history: ReadableHistory, model: number, path: string): Promise<Diagnostics> {
  const { model: file, number, ...choices } = diagnosisRequest(history, model);
  const own = await requirePredictions(file, number);
  await useBackend('auto', { threads: 0 });
  const dataset = await loadDataset(path);
  const { scores } = await evaluate(await readModel(file), dataset, 'test');
  const test = { task: dataset.task, scores, truth: dataset.parts.test.labels };
  return diagnose({ ...own, test }, choices);
}
