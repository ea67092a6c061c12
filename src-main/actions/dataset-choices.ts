import { namedLike } from '../datasets/catalogue.js';
import { UserError } from '../errors.js';
import type { DatasetChoices, ReadableHistory, WritableHistory } from '../history/interface.js';
import type { DatasetReference } from '../vocabulary/dataset-reference.js';

/** What of a dataset the user may say otherwise. */
export interface ChosenSubject {
  readonly name: string;
  readonly sha256: string;
  /** In class order. */
  readonly labels: readonly string[];
  readonly horizontalFlip: boolean;
}

/** A dataset whose names are the user's to give: no set of the catalogue, and not the demo. */
export type NamedSubject = ChosenSubject & { readonly catalogueId: string | null; readonly synthetic: boolean };

const NOTHING: DatasetChoices = { name: null, labels: null, horizontalFlip: null };
/** Characters of a name or a label. */
export const LONGEST_NAME = 100;

/** A dataset with the names and the mirroring that the user chose for its contents. */
export function asChosen<T extends ChosenSubject>(history: Pick<ReadableHistory, 'datasetChoices'>, dataset: T): T {
  const choices = history.datasetChoices(dataset.sha256);
  if (!choices) return dataset;
  const labels = choices.labels?.length === dataset.labels.length ? choices.labels : dataset.labels;
  const { name, horizontalFlip } = choices;
  return { ...dataset, name: name ?? dataset.name, labels, horizontalFlip: horizontalFlip ?? dataset.horizontalFlip };
}

/** The dataset of a run under the names of today. How it was trained stays as it was. */
export function referenceAsChosen(
  history: Pick<ReadableHistory, 'datasetChoices'>,
  reference: DatasetReference,
): DatasetReference {
  const choices = history.datasetChoices(reference.sha256);
  const { reading } = reference;
  if (!choices || !reading) return reference;
  const name = choices.name ?? reference.name;
  return { ...reference, name, reading: { ...reading, labels: choices.labels ?? reading.labels } };
}

/**
 * Remembers a name and labels of a dataset with the contents of its file. What is undefined stays as it is.
 * @returns the dataset under its new names
 * @throws UserError `dataset-names-catalogue`, `dataset-name`, `dataset-labels`
 */
export function nameDataset<T extends NamedSubject>(
  history: WritableHistory,
  dataset: T,
  { name, labels }: { readonly name?: string | undefined; readonly labels?: readonly string[] | undefined },
): T {
  requireOwn(dataset, 'has the names of its publishers');
  const former = history.datasetChoices(dataset.sha256) ?? NOTHING;
  history.setDatasetChoices(dataset.sha256, {
    ...former,
    ...(name === undefined ? {} : { name: requireName(name) }),
    ...(labels === undefined ? {} : { labels: checkedLabels(dataset, labels) }),
  });
  return asChosen(history, dataset);
}

/**
 * Remembers whether training mirrors the images of a dataset left to right. What it does anyway may be said of any dataset.
 * @throws UserError `dataset-names-catalogue`
 */
export function chooseMirroring<T extends NamedSubject>(
  history: WritableHistory,
  dataset: T,
  horizontalFlip: boolean,
): T {
  if (dataset.horizontalFlip === horizontalFlip) return dataset;
  requireOwn(dataset, `is mirrored or not as its labels allow (${dataset.horizontalFlip ? 'it is' : 'it is not'})`);
  history.setDatasetChoices(dataset.sha256, {
    ...(history.datasetChoices(dataset.sha256) ?? NOTHING),
    horizontalFlip,
  });
  return asChosen(history, dataset);
}

function requireOwn({ name, catalogueId, synthetic }: NamedSubject, why: string): void {
  if (catalogueId === null && !synthetic) return;
  throw new UserError('dataset-names-catalogue', `${name} ${why}: you can change this only for your own datasets.`);
}

export function requireName(name: string): string {
  const text = checkedText(name, 'dataset-name', 'A name of a dataset');
  const like = namedLike(text);
  if (!like) return text;
  throw new UserError(
    'dataset-name',
    `"${text}" could be confused with ${like.name}, which this file is not: choose another name.`,
  );
}

function checkedLabels({ name, labels: former }: ChosenSubject, labels: readonly string[]): readonly string[] {
  const texts = labels.map((label) => checkedText(label, 'dataset-labels', 'The name of a class'));
  if (texts.length !== former.length) {
    throw new UserError(
      'dataset-labels',
      `${name} has ${former.length} classes, but ${texts.length} names were given: name all of them, in the order ${former.join(', ')}.`,
    );
  }
  const twice = texts.find((text, k) => texts.slice(0, k).some((other) => other.toLowerCase() === text.toLowerCase()));
  if (twice === undefined) return texts;
  throw new UserError('dataset-labels', `Two classes are called "${twice}": give each class a different name.`);
}

function checkedText(text: string, kind: string, what: string): string {
  const trimmed = text.trim();
  if (trimmed !== '' && trimmed.length <= LONGEST_NAME && !/\p{Cc}/u.test(trimmed)) return trimmed;
  throw new UserError(
    kind,
    `${what} has 1 to ${LONGEST_NAME} characters, all of them visible, saw "${trimmed.replace(/\p{Cc}/gu, '?').slice(0, LONGEST_NAME)}".`,
  );
}
