import { useBackend } from '../compute/index.js';
import type { Dataset } from '../datasets/dataset.js';
import { loadReferenced } from '../datasets/library.js';
import { evaluateModel, predictionsOf, type Evaluation } from '../training/evaluate.js';
import { readModel, type Model } from '../training/model-file.js';
import { writePredictions } from '../training/predictions-file.js';
import type { DatasetReference } from '../vocabulary/dataset-reference.js';

export interface EvaluationRequest {
  /** The model file of a retraining. */
  readonly model: string;
  /** The dataset that it was trained on. */
  readonly dataset: DatasetReference;
}

/**
 * Measures a model on the validation and the test part of its own dataset and keeps what it says of each image beside its
 * weights, from which everything else is computed.
 * @throws UserError as `readModel`, `loadReferenced`
 */
export async function evaluateAndKeep({ model: file, dataset: reference }: EvaluationRequest): Promise<{
  readonly validation: Evaluation;
  readonly test: Evaluation;
  readonly model: Model;
  readonly dataset: Dataset;
}> {
  await useBackend('auto', { threads: 0 });
  const dataset = await loadReferenced(reference);
  const model = await readModel(file);
  const validation = await evaluateModel(model, dataset, 'val');
  const test = await evaluateModel(model, dataset, 'test');
  writePredictions(file, predictionsOf(dataset, validation, test));
  return { validation, test, model, dataset };
}
