import { useEngine } from '../compute/index.js';
import type { Dataset } from '../datasets/dataset.js';
import { testTwins } from '../datasets/health/test-twins.js';
import { loadReferenced } from '../datasets/library.js';
import { evaluateModel, predictionsOf, type Evaluation } from '../training/evaluate.js';
import { readModel, type Model } from '../training/model-file.js';
import { writePredictions } from '../training/predictions-file.js';
import { exportedWeightBytes } from '../space/network-plan.js';
import { countMultiplyAccumulates } from '../space/parameter-count.js';
import type { TrainedModel } from '../vocabulary/results.js';
import type { Engine } from '../vocabulary/backend.js';
import type { DatasetReference } from '../vocabulary/dataset-reference.js';

export interface EvaluationRequest {
  /** The model file of a retraining. */
  readonly model: string;
  /** The dataset that it was trained on. */
  readonly dataset: DatasetReference;
  readonly engine?: Engine;
}

/** What is known of a model after it was measured, as a retraining of today tells it. */
export type MeasuredModel = Pick<TrainedModel, 'metrics' | 'multiplyAccumulates' | 'weightBytes'>;

/**
 * Measures a model on the validation and the test part of its own dataset and keeps what it says of each image beside its
 * weights, from which everything else is computed.
 * @throws UserError `backend-unavailable`, as `readModel`, `loadReferenced`
 */
export async function evaluateAndKeep({ model: file, dataset: reference, engine }: EvaluationRequest): Promise<{
  readonly validation: Evaluation;
  readonly test: Evaluation;
  readonly model: Model;
  readonly dataset: Dataset;
  /** For the history. */
  readonly measured: MeasuredModel;
}> {
  await useEngine(engine);
  const dataset = await loadReferenced(reference);
  const model = await readModel(file);
  const validation = await evaluateModel(model, dataset, 'val');
  const test = await evaluateModel(model, dataset, 'test');
  writePredictions(file, predictionsOf(dataset, validation, test, await testTwins(dataset)));
  const { space, genotype } = model.description;
  const measured: MeasuredModel = {
    metrics: { validation: validation.metrics, test: test.metrics },
    multiplyAccumulates: countMultiplyAccumulates(space, genotype, dataset.size),
    weightBytes: exportedWeightBytes(model.plan),
  };
  return { validation, test, model, dataset, measured };
}
