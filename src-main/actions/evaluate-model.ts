import { useEngine } from '../compute/index.js';
import type { Part } from '../datasets/dataset.js';
import { loadDataset } from '../datasets/medmnist.js';
import type { ReadableHistory, WritableHistory } from '../history/interface.js';
import { requirePredictions } from '../jobs/model-diagnosis.js';
import { evaluateAndKeep } from '../jobs/model-evaluation.js';
import { evaluateModel as evaluate, pairClasses, type Evaluation as Measured } from '../training/evaluate.js';
import { diagnose } from '../training/metrics/diagnostics.js';
import { readModel } from '../training/model-file.js';
import type { Engine } from '../vocabulary/backend.js';
import type { Diagnostics } from '../vocabulary/diagnostics.js';
import { referenceAsChosen } from './dataset-choices.js';
import { diagnosisRequest } from './diagnose-model.js';

export interface Evaluation extends Measured {
  readonly dataset: { readonly name: string; readonly labels: readonly string[] };
}

/**
 * Measures a trained model on a part of its own dataset, as the MedMNIST evaluator does, and keeps what the model says of the
 * validation and the test part, which `modelDiagnostics` needs, and its figures in the history.
 * @throws UserError `model-unknown`, `model-invalid`, `dataset-changed`, `backend-unavailable`, and what reading the dataset refuses
 */
export async function evaluateModel(
  history: WritableHistory,
  model: number,
  part: Part,
  engine: Engine = {},
): Promise<Evaluation> {
  const { file, summary } = history.getModel(model);
  const kept = await evaluateAndKeep({
    model: file,
    dataset: referenceAsChosen(history, history.getRun(summary.run).dataset),
    engine,
  });
  history.keepMeasured(model, kept.measured);
  const { validation, test, dataset } = kept;
  const asked = part === 'val' ? validation : part === 'test' ? test : await evaluate(kept.model, dataset, part);
  return { ...asked, dataset: namesOf(dataset) };
}

const namesOf = ({ name, labels }: Evaluation['dataset']): Evaluation['dataset'] => ({ name, labels });

export interface ElsewhereEvaluation extends Evaluation {
  /** True where the file or the model has no names of classes, so that nothing but their number says that they are the same. */
  readonly classesByNumber: boolean;
  readonly diagnostics: Diagnostics;
}

/**
 * Measures a trained model on a part of another dataset, and says its figures on the test part of that, with the operating
 * point and the temperature that its own validation part gave it. Each part is classified once.
 * @param path of a file with the same classes in the same order, or without names of classes
 * @throws UserError as `evaluateModel`, `predictions-missing`, `model-classes`
 */
export async function evaluateElsewhere(
  history: ReadableHistory,
  model: number,
  part: Part,
  path: string,
  engine: Engine = {},
): Promise<ElsewhereEvaluation> {
  const { model: file, number, ...choices } = diagnosisRequest(history, model);
  const own = await requirePredictions(file, number);
  await useEngine(engine);
  const network = await readModel(file);
  const loaded = await loadDataset(path);
  const { labels, byNumber } = pairClasses(network, loaded);
  const dataset = { ...loaded, labels };
  const asked = await evaluate(network, dataset, part);
  const { scores } = part === 'test' ? asked : await evaluate(network, dataset, 'test');
  const test = { task: dataset.task, scores, truth: dataset.parts.test.labels };
  const diagnostics = await diagnose({ ...own, test, testTwins: undefined }, { ...choices, labels });
  return { ...asked, dataset: namesOf(dataset), classesByNumber: byNumber, diagnostics };
}
