import { asChosen } from '../actions/dataset-choices.js';
import { oneHotQuestion } from '../datasets/convert.js';
import { inspectDataset, type DatasetDescription } from '../datasets/medmnist.js';
import type { ReadableHistory } from '../history/interface.js';

export { findDataset } from '../actions/named-dataset.js';

/** A dataset file as it is used: under the names that the user chose for its contents. @throws as `inspectDataset` */
export async function inspectChosen(history: ReadableHistory, path: string): Promise<DatasetDescription> {
  return asChosen(history, await inspectDataset(path));
}

/** As {@link inspectChosen}, of a file to compute with. @throws UserError `dataset-labels-one-hot` where it must be decided first */
export async function inspectDecided(history: ReadableHistory, path: string): Promise<DatasetDescription> {
  const description = await inspectChosen(history, path);
  if (description.oneHot) throw oneHotQuestion(path, description.classes);
  return description;
}
