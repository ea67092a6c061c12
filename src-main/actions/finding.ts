import { defaultFinding } from '../datasets/finding.js';
import { UserError } from '../errors.js';
import type { ReadableHistory, WritableHistory } from '../history/interface.js';

/** What of a dataset decides about its finding. */
export interface FindingSubject {
  readonly name: string;
  readonly sha256: string;
  /** In class order. */
  readonly labels: readonly string[];
}

/** Number of the class that the dataset is searched for: as the user chose it, else by its labels; null: none. */
export function findingOf(history: Pick<ReadableHistory, 'chosenFinding'>, dataset: FindingSubject): number | null {
  const { name, sha256, labels } = dataset;
  const chosen = history.chosenFinding(sha256);
  const finding = chosen ? chosen.class : defaultFinding(name, labels);
  return finding !== null && finding < labels.length ? finding : null;
}

/**
 * Remembers which class is the finding, with the contents of the dataset: sensitivity, specificity, ROC and operating
 * point of all its models are about it.
 * @param choice a label, whatever its case, or the number of a class (of a text that is both, the label counts); null: no class is a finding
 * @returns its number
 * @throws UserError `finding-class`
 */
export function chooseFinding(
  history: WritableHistory,
  dataset: FindingSubject,
  choice: string | number | null,
): number | null {
  const finding = choice === null ? null : classNamed(dataset, choice);
  history.chooseFinding(dataset.sha256, { class: finding });
  return finding;
}

/** Number of a class by its label, whatever its case, or its number. @throws UserError `finding-class` */
export function classNamed({ name, labels }: Pick<FindingSubject, 'name' | 'labels'>, choice: string | number): number {
  const wanted = String(choice).trim().toLowerCase();
  const named = typeof choice === 'number' ? -1 : labels.findIndex((label) => label.toLowerCase() === wanted);
  if (named >= 0) return named;
  const number = /^\d+$/.test(wanted) ? Number(wanted) : -1;
  if (number >= 0 && number < labels.length) return number;
  const list = labels.map((label, k) => `${k} "${label}"`).join(', ');
  throw new UserError('finding-class', `${name} has no class "${choice}": choose one of ${list}, or its number`);
}
