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

/**
 * What the classes of a dataset that a model was not trained on are called by the model. A file without names has its classes'
 * numbers for names, and those say only how many there are.
 * @returns the names, and whether the classes were paired by their numbers because the file or the model has no names
 * @throws UserError `model-classes` unless both have the same classes in the same order; `model-dataset` when a file without
 * names has more or fewer
 */
export function pairClasses(
  { description: { labels } }: Pick<Model, 'description'>,
  dataset: Pick<Dataset, 'labels' | 'path'>,
): { readonly labels: readonly string[]; readonly byNumber: boolean } {
  const same = labels.length === dataset.labels.length && labels.every((label, k) => label === dataset.labels[k]);
  if (same) return { labels, byNumber: false };
  const [ofModel, ofFile] = [isUnnamed(labels), isUnnamed(dataset.labels)];
  if (!ofModel && !ofFile) {
    throw new UserError(
      'model-classes',
      `the model was trained for the classes ${quoted(labels)}, ${dataset.path} has ${quoted(dataset.labels)}: ` +
        'give a dataset with the same classes in the same order',
    );
  }
  if (labels.length !== dataset.labels.length) {
    throw otherDataset(dataset.path, classesText(labels), classesText(dataset.labels));
  }
  return { labels: ofModel ? dataset.labels : labels, byNumber: true };
}

const isUnnamed = (labels: readonly string[]): boolean => labels.every((label, k) => label === String(k));

const quoted = (labels: readonly string[]): string => labels.map((label) => `"${label}"`).join(', ');

const classesText = (labels: readonly string[]): string =>
  `${String(labels.length)} classes${isUnnamed(labels) ? ' without names' : ` (${quoted(labels)})`}`;

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
  if (found) throw otherDataset(dataset.path, found[1], found[2]);
}

function otherDataset(path: string, ofModel: string, ofFile: string): UserError {
  return new UserError(
    'model-dataset',
    `the model was trained for ${ofModel}, but ${path} has ${ofFile}: give the dataset that it was trained on`,
  );
}
