import type { Labels, Part, Task } from './dataset.js';
import type { NpyArray } from './npy.js';
import type { NpzArchive } from './npz.js';
import { PARTS, type Structure } from './medmnist-structure.js';
import { refusal } from './refusal.js';

const CLASS_NUMBERS = 'Number the classes from 0 without gaps, and give train at least one image of each';

export interface CheckedLabels {
  readonly task: Task;
  readonly classes: number;
  readonly parts: { readonly [part in Part]: Labels };
  /** Images per class and part: [class][part], parts in the order train, val, test. */
  readonly balance: readonly (readonly number[])[];
}

/**
 * Reads and checks the labels of all parts.
 * @param entry the set of the catalogue, or what the file says of itself, that gives task and class count; undefined: inferred from train
 * @throws UserError (kinds `dataset-labels-…`, `dataset-class-missing`)
 */
export async function readLabels(
  archive: NpzArchive,
  structure: Structure,
  entry: { readonly name: string; readonly task: Task; readonly labels: readonly string[] } | undefined,
): Promise<CheckedLabels> {
  const path = archive.file.path;
  const read = async (part: Part): Promise<Labels> => {
    const values = toLabelBytes(await archive.read(`${part}_labels`), `${part}_labels`, path);
    return { count: structure.counts[part], labelsPerImage: structure.labelsPerImage, values };
  };
  const parts = { train: await read('train'), val: await read('val'), test: await read('test') };
  const several = structure.labelsPerImage > 1;
  const classes = several ? structure.labelsPerImage : (entry?.labels.length ?? Math.max(...range(parts.train)) + 1);
  for (const part of PARTS) {
    const [, largest] = range(parts[part]);
    if (several && largest > 1) {
      const wrong = `${part}_labels has the value ${String(largest)} where several labels per image must each be 0 or 1`;
      throw refusal('dataset-labels-range', path, wrong, 'Save one column of 0 and 1 for each label');
    }
    if (!several && largest >= classes) {
      const wrong = `${part}_labels has the class ${String(largest)} but ${entry?.name ?? 'train'} has only the classes 0 to ${String(classes - 1)}`;
      throw refusal('dataset-labels-range', path, wrong, CLASS_NUMBERS);
    }
  }
  if (classes < 2) {
    throw refusal(
      'dataset-one-class',
      path,
      'all images of train have the same class 0',
      'A classifier needs at least two classes',
    );
  }
  const balance = countClasses(parts, classes);
  const absent = balance.findIndex(([train]) => train === 0);
  if (absent >= 0) {
    const name = entry === undefined ? '' : ` (${entry.labels[absent]!})`;
    throw refusal('dataset-class-missing', path, `train has no image of class ${String(absent)}${name}`, CLASS_NUMBERS);
  }
  const inferred: Task = several ? 'multi-label, binary-class' : classes === 2 ? 'binary-class' : 'multi-class';
  return { task: entry?.task ?? inferred, classes, parts, balance };
}

/** Labels as bytes. @throws UserError `dataset-labels-negative`, `dataset-labels-range` */
export function toLabelBytes(array: NpyArray, name: string, path: string): Uint8Array {
  const { data } = array;
  if (data instanceof Uint8Array) return data;
  const bytes = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    if (value < 0) {
      throw refusal('dataset-labels-negative', path, `${name} has the negative class ${String(value)}`, CLASS_NUMBERS);
    }
    if (value > 255) {
      const wrong = `${name} has the class ${String(value)}; at most 256 classes (0 to 255) are read`;
      throw refusal('dataset-labels-range', path, wrong, CLASS_NUMBERS);
    }
    bytes[i] = Number(value);
  }
  return bytes;
}

function range(labels: Labels): readonly [smallest: number, largest: number] {
  let smallest = 255;
  let largest = 0;
  for (const value of labels.values) {
    if (value < smallest) smallest = value;
    if (value > largest) largest = value;
  }
  return [smallest, largest];
}

function countClasses(parts: CheckedLabels['parts'], classes: number): number[][] {
  const balance = Array.from({ length: classes }, () => PARTS.map(() => 0));
  for (const [column, part] of PARTS.entries()) {
    const { values, labelsPerImage } = parts[part];
    for (let i = 0; i < values.length; i++) {
      if (labelsPerImage === 1) balance[values[i]!]![column]!++;
      else if (values[i] === 1) balance[i % labelsPerImage]![column]!++;
    }
  }
  return balance;
}

/** Images per class and part of labels that were checked before: [class][part], parts in the order train, val, test. */
export const classBalance = countClasses;

/** Whether every row has exactly one 1 and else 0. */
export function isOneHot(values: Uint8Array, columns: number): boolean {
  for (let at = 0; at < values.length; at += columns) {
    let ones = 0;
    for (let k = 0; k < columns; k++) {
      const value = values[at + k]!;
      if (value > 1) return false;
      ones += value;
    }
    if (ones !== 1) return false;
  }
  return true;
}
