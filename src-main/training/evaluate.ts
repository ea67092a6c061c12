import { classBalance } from '../datasets/medmnist-labels.js';
import type { Dataset, Part } from '../datasets/dataset.js';
import { UserError } from '../errors.js';
import { classify } from './classify.js';
import { InferenceNetwork } from './inference-network.js';
import { evaluatorCsv, evaluatorFileName } from './metrics/evaluator-csv.js';
import { partMetrics, type Metrics } from './metrics/part-metrics.js';
import type { Predictions } from './metrics/diagnostics.js';
import type { Scores } from './metrics/scores.js';
import type { Model } from './model-file.js';
import type { Turn } from './turn.js';

export interface Evaluation {
  readonly metrics: Metrics;
  /** Probabilities of the part's images, as the engine computes them. */
  readonly scores: Scores;
  /** The MedMNIST evaluator's result file, and its name for it. */
  readonly csv: string;
  readonly csvName: string;
}

/**
 * Classifies one part of a dataset and measures it as the MedMNIST evaluator does. A backend must be active.
 * @param turn between two pieces of the work
 * @throws UserError `model-dataset` when the dataset has other images or classes than the model was trained on
 */
export async function evaluateModel(model: Model, dataset: Dataset, part: Part, turn?: Turn): Promise<Evaluation> {
  checkFits(model, dataset);
  const { images, labels } = dataset.parts[part];
  const network = new InferenceNetwork(model.plan, model.weights);
  let scores: Scores;
  try {
    scores = await classify(network, images, dataset.task, turn);
  } finally {
    network.dispose();
  }
  const metrics = await partMetrics(part, { task: dataset.task, scores, truth: labels }, dataset.labels, turn);
  const name = dataset.catalogueId ?? dataset.name.toLowerCase().replace(/[^a-z0-9]+/g, '');
  return {
    metrics,
    scores,
    csv: evaluatorCsv(scores),
    csvName: evaluatorFileName(name, dataset.size, part, metrics, String(model.description.seed)),
  };
}

/**
 * What is kept of two evaluations of a model, so that everything else can be computed from it.
 * @param testTwins of `testTwins` (datasets/health)
 */
export function predictionsOf(
  dataset: Dataset,
  validation: Evaluation,
  test: Evaluation,
  testTwins: Uint8Array,
): Predictions {
  const { task, classes, parts } = dataset;
  const balance = classBalance({ train: parts.train.labels, val: parts.val.labels, test: parts.test.labels }, classes);
  return {
    validation: { task, scores: validation.scores, truth: parts.val.labels },
    test: { task, scores: test.scores, truth: parts.test.labels },
    testTwins,
    training: { images: parts.train.images.count, ofClass: balance.map(([train = 0]) => train) },
  };
}

/** @throws UserError `model-dataset` */
export function checkFits(model: Model, dataset: Dataset): void {
  const { space, size, task } = model.description;
  const differences = [
    [
      size !== dataset.size,
      `${String(size)}×${String(size)} pixels`,
      `${String(dataset.size)}×${String(dataset.size)}`,
    ],
    [space.inputChannels !== dataset.channels, `${String(space.inputChannels)} channels`, String(dataset.channels)],
    [space.classes !== dataset.classes, `${String(space.classes)} classes`, String(dataset.classes)],
    [task !== dataset.task, `the task ${task}`, dataset.task],
  ] as const;
  const found = differences.find(([differs]) => differs);
  if (!found) return;
  throw new UserError(
    'model-dataset',
    `the model was trained for ${found[1]}, ${dataset.path} has ${found[2]}: give the dataset that it was trained on`,
  );
}
