import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { writeDurablyInTurns } from '../durable-file.js';
import type { UserError } from '../errors.js';
import type { DatasetManifest } from '../vocabulary/dataset-manifest.js';
import { ruleOfArrays, type PixelRule } from '../vocabulary/pixel-rule.js';
import { SYNTHETIC_MARKER } from './demo-format.js';
import { scaleOf, toBytes, type PixelScale } from './pixel-scale.js';
import { ownName } from './identity.js';
import { datasetsFolder } from './library.js';
import { MANIFEST } from './manifest.js';
import { isOneHot } from './medmnist-labels.js';
import { PARTS, readStructure, type Structure } from './medmnist-structure.js';
import type { Part } from './dataset.js';
import type { NpyArray } from './npy.js';
import { encodeNpz } from './npz-writer.js';
import { npzOf, openNpz, type NpzArchive, type NpzOptions } from './npz.js';
import { refusal } from './refusal.js';

/** What labels with exactly one 1 a row are: one of several classes, or several labels of which each image has one. */
export type LabelDecision = 'classes' | 'multi-label';

export interface ConvertOptions extends NpzOptions {
  /** The data folder. */
  readonly home: string;
  /** Null: labels that could be either are refused with `dataset-labels-one-hot`, so that somebody can be asked. */
  readonly labels: LabelDecision | null;
}

type Labels = Readonly<Record<Part, NpyArray>>;

/**
 * Makes a file of MedForge's own of a `.npz` file that is nearly one of MedMNIST: images of other types become uint8 by one rule for
 * the whole set, labels become class numbers. The file lies in `<home>/datasets/converted`, says what was done to it, and is the
 * same, byte for byte, whenever it is made.
 * @returns its path; null where nothing has to be done
 * @throws UserError `dataset-images-range`, `dataset-labels-…`; else as `inspectDataset`
 */
export async function convertDataset(path: string, options: ConvertOptions): Promise<string | null> {
  const archive = await openNpz(path, options);
  try {
    if (archive.has(MANIFEST) || archive.has(SYNTHETIC_MARKER)) return null;
    const structure = await readStructure(archive, { anyType: true });
    const labels = await readLabels(archive);
    const types = new Set(await Promise.all(PARTS.map(async (part) => (await archive.header(`${part}_images`)).dtype)));
    const plainImages = types.size === 1 && types.has('uint8');
    const steps: string[] = [];
    const decided = decideLabels(labels, options.labels, path, steps);
    if (plainImages && steps.length === 0) return null;
    const { sha256 } = await archive.file.hash(options.signal);
    const hashed = await npzOf(archive.file, options);
    const scale = plainImages ? null : await scaleOf(hashed, path, options.signal);
    const classes = decided.columns > 1 ? decided.columns : decided.classes;
    const manifest: DatasetManifest = {
      format: 'medforge-dataset-1',
      name: ownName(undefined, path).replace(/ \(not official\)$/, ''),
      task: decided.columns > 1 ? 'multi-label, binary-class' : classes === 2 ? 'binary-class' : 'multi-class',
      labels: Array.from({ length: classes }, (_, k) => String(k)),
      horizontalFlip: false,
      licence: null,
      groupings: [],
      pixels: ruleOfSamples(structure, scale),
      origin: null,
      conversion: { source: basename(path), sha256, steps: [...(scale ? [scale.sentence] : []), ...steps] },
    };
    const shape = [structure.size, structure.size, ...(structure.channels === 3 ? [3] : [])];
    const arrays: Record<string, NpyArray> = { [MANIFEST]: textArray(JSON.stringify(manifest)) };
    for (const part of PARTS) {
      options.signal?.throwIfAborted();
      const count = structure.counts[part];
      const data = await pixelsOf(hashed, part, scale);
      arrays[`${part}_images`] = { dtype: 'uint8', shape: [count, ...shape], data };
      arrays[`${part}_labels`] = { dtype: 'uint8', shape: [count, decided.columns], data: decided.parts[part] };
    }
    const folder = join(datasetsFolder(options.home), 'converted');
    await mkdir(folder, { recursive: true });
    const choice = decided.columns > 1 ? '-multi-label' : '';
    const made = join(folder, `${basename(path).replace(/\.npz$/i, '')}-${sha256.slice(0, 12)}${choice}.npz`);
    await writeDurablyInTurns(made, encodeNpz(arrays), options.signal);
    return made;
  } finally {
    await archive.close();
  }
}

/**
 * What is known of how images become what the arrays hold: that their samples have so many bits. A picture of eight bits, or of
 * fractions from 0 to 1, needs no rule.
 */
function ruleOfSamples({ size, channels }: Structure, scale: PixelScale | null): PixelRule | null {
  if (scale === null || scale.bits === null) return null;
  return { ...ruleOfArrays(size, channels), intensity: { kind: 'bits', bits: scale.bits } };
}

async function readLabels(archive: NpzArchive): Promise<Labels> {
  const read = (part: Part): Promise<NpyArray> => archive.read(`${part}_labels`);
  return { train: await read('train'), val: await read('val'), test: await read('test') };
}

async function pixelsOf(archive: NpzArchive, part: Part, scale: PixelScale | null): Promise<Uint8Array> {
  const { data } = await archive.read(`${part}_images`);
  return scale ? toBytes(data, scale) : (data as Uint8Array);
}

function textArray(text: string): NpyArray {
  const data = new TextEncoder().encode(text);
  return { dtype: 'uint8', shape: [data.length], data };
}

interface DecidedLabels {
  /** Labels an image: 1 for class numbers. */
  readonly columns: number;
  /** Class numbers that occur, counted from 0. */
  readonly classes: number;
  readonly parts: Readonly<Record<Part, Uint8Array>>;
}

/** Labels as bytes, and in `steps` what was done to them. */
function decideLabels(labels: Labels, decision: LabelDecision | null, path: string, steps: string[]): DecidedLabels {
  const columns = labels.train.shape[1] ?? 1;
  const numbers = {
    train: wholeNumbers(labels.train, 'train_labels', path),
    val: wholeNumbers(labels.val, 'val_labels', path),
    test: wholeNumbers(labels.test, 'test_labels', path),
  };
  const floats = PARTS.filter((part) => labels[part].dtype.startsWith('float'));
  if (floats.length > 0) steps.push(`Labels are ${labels[floats[0]!].dtype} and all whole numbers: read as integers.`);
  if (columns === 1) {
    if (decision === 'multi-label') {
      throw refusal('dataset-labels-decision', path, 'it has one label per image', 'Remove --labels multi-label');
    }
    const largest = PARTS.reduce((most, part) => numbers[part].reduce((m, value) => Math.max(m, value), most), 0);
    return { columns, classes: largest + 1, parts: numbers };
  }
  const oneHot = PARTS.every((part) => isOneHot(numbers[part], columns));
  if (!oneHot) {
    if (decision === 'classes' && PARTS.some((part) => numbers[part].some((value) => value > 1))) {
      throw refusal(
        'dataset-labels-range',
        path,
        `labels have ${String(columns)} columns that are not 0 or 1`,
        ONE_COLUMN,
      );
    }
    return { columns, classes: columns, parts: numbers };
  }
  if (decision === null) throw oneHotQuestion(path, columns);
  if (decision === 'multi-label') {
    steps.push(
      `Labels have ${String(columns)} columns with exactly one 1 in every row: taken as ${String(columns)} separate labels, as it was asked for.`,
    );
    return { columns, classes: columns, parts: numbers };
  }
  steps.push(
    `Labels have ${String(columns)} columns with exactly one 1 in every row (one-hot): taken as ${String(columns)} classes of which an image has one. Where they are separate labels, add the file with --labels multi-label.`,
  );
  const classOf = (values: Uint8Array): Uint8Array =>
    Uint8Array.from({ length: values.length / columns }, (_, i) =>
      values.subarray(i * columns, (i + 1) * columns).indexOf(1),
    );
  const parts = { train: classOf(numbers.train), val: classOf(numbers.val), test: classOf(numbers.test) };
  return { columns: 1, classes: columns, parts };
}

const ONE_COLUMN = 'Save one column of 0 and 1 for each label, or one column of class numbers';

/** The refusal that asks what one-hot labels mean. */
export function oneHotQuestion(path: string, columns: number): UserError {
  return refusal(
    'dataset-labels-one-hot',
    path,
    `the labels have ${String(columns)} columns with exactly one 1 in every row, which can be ${String(columns)} classes or ${String(columns)} separate labels`,
    "Choose one: 'medforge datasets add FILE' reads them as classes, '--labels multi-label' as separate labels",
  );
}

function wholeNumbers({ data, dtype }: NpyArray, name: string, path: string): Uint8Array {
  const bytes = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i++) {
    const value = Number(data[i]!);
    if (!Number.isInteger(value)) {
      const remedy = 'Save class numbers as integers, or a column of 0 and 1 for each label';
      throw refusal('dataset-labels-float', path, `${name} has type ${dtype} and the value ${String(value)}`, remedy);
    }
    if (value < 0 || value > 255) {
      const kind = value < 0 ? 'dataset-labels-negative' : 'dataset-labels-range';
      throw refusal(kind, path, `${name} has the class ${String(value)}`, 'Number the classes from 0 to at most 255');
    }
    bytes[i] = value;
  }
  return bytes;
}
