import { catalogue, fileName } from './catalogue.js';

/** Where the labels of a catalogue set name one class that is looked for. */
const FINDINGS: Readonly<Record<string, string>> = {
  breastmnist: 'malignant',
  dermamnist: 'melanoma',
  pathmnist: 'colorectal adenocarcinoma epithelium',
  pneumoniamnist: 'pneumonia',
};

/**
 * The class that is the finding unless the user says otherwise: for sets of the catalogue whose labels name one.
 * @param name of the dataset  @returns its number; null when the labels leave it open
 */
export function defaultFinding(name: string, labels: readonly string[]): number | null {
  const entry = catalogue().find((one) =>
    one.files.some(({ size }) => fileName(one, size).toLowerCase() === name.toLowerCase()),
  );
  const label = FINDINGS[entry?.id ?? ''];
  const found = label === undefined ? -1 : labels.indexOf(label);
  return found < 0 ? null : found;
}
