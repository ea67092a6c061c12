import { count } from '../../number-text.js';
import { UserError } from '../../errors.js';
import type { Cleaned } from '../../vocabulary/dataset-manifest.js';
import type { Dataset, Part } from '../dataset.js';
import { keepSources, SOURCES } from '../image-sources.js';
import { MANIFEST } from '../manifest.js';
import type { NpyArray } from '../npy.js';
import { searchTwins, type Twins } from './twin-search.js';

/** What a cleaned copy leaves out. */
export interface CleaningChoice {
  /** Training and validation images that have a twin in the test part. */
  readonly trainingTwins: boolean;
  /** Test images that have a twin in the training or validation part which is labelled otherwise. */
  readonly conflictingTest: boolean;
}

const PARTS = ['train', 'val', 'test'] as const;

/** Whether a choice leaves an image out. */
export function isLeftOut(twins: Twins, choice: CleaningChoice, part: Part, image: number): boolean {
  return part === 'test'
    ? choice.conflictingTest && twins.has('test', image, { among: ['train', 'val'], otherLabel: true })
    : choice.trainingTwins && twins.has(part, image, { among: ['test'] });
}

/** What the copy is called and says of itself: as the user named its source, where they did. */
export interface CopyNames {
  readonly name: string;
  /** In class order. */
  readonly labels: readonly string[];
  readonly horizontalFlip: boolean;
}

const NAMES: { readonly [part in Part]: string } = { train: 'training', val: 'validation', test: 'test' };

export interface CleanedCopy {
  readonly arrays: Readonly<Record<string, NpyArray>>;
  readonly cleaned: Cleaned;
}

/**
 * The arrays of a dataset file without the images that a choice leaves out: rows of every array of a part go with its images, and what the
 * file says of itself says what was done. The source is not touched.
 * @param arrays of the file of the dataset, by name  @param named the copy
 * @param turn between two pieces of the work
 * @throws UserError `clean-nothing`, `clean-empty`
 */
export async function cleanedCopy(
  dataset: Dataset,
  arrays: ReadonlyMap<string, NpyArray>,
  choice: CleaningChoice,
  named: CopyNames,
  turn: () => Promise<void>,
): Promise<CleanedCopy> {
  const twins = await searchTwins(dataset.parts, { testOnly: true, turn });
  const kept = (part: Part): Uint32Array =>
    Uint32Array.from({ length: dataset.parts[part].images.count }, (_, i) => i).filter(
      (i) => !isLeftOut(twins, choice, part, i),
    );
  const rows = { train: kept('train'), val: kept('val'), test: kept('test') };
  const removed = (part: Part): number => dataset.parts[part].images.count - rows[part].length;
  const cleaned: Cleaned = {
    of: dataset.name.slice(0, 200),
    sha256: dataset.sha256,
    removed: { train: removed('train'), val: removed('val'), test: removed('test') },
    because: reasonOf(choice),
  };
  requireSense(dataset, rows, cleaned);
  const chosen: Record<string, NpyArray> = {};
  for (const [name, array] of arrays) {
    const part = PARTS.find((one) => name.startsWith(`${one}_`));
    if (name === MANIFEST) continue;
    if (name === SOURCES) chosen[name] = text(keepSources(array.data as Uint8Array, rows));
    else if (part && array.shape[0] === dataset.parts[part].images.count) chosen[name] = chooseRows(array, rows[part]);
    else chosen[name] = array;
  }
  chosen[MANIFEST] = manifestArray(dataset, arrays.get(MANIFEST), named, cleaned);
  return { arrays: chosen, cleaned };
}

function reasonOf({ trainingTwins, conflictingTest }: CleaningChoice): string {
  const reasons = [
    trainingTwins ? 'training and validation images with an identical or near-identical image in the test set' : '',
    conflictingTest ? 'test images whose twin in the training or validation set has a different label' : '',
  ];
  return `Left out: ${reasons.filter((reason) => reason !== '').join('; ')} (pixel correlation of at least 0.99).`;
}

function requireSense(
  { name, parts, labels, task }: Dataset,
  rows: { readonly [part in Part]: Uint32Array },
  { removed }: Cleaned,
): void {
  if (removed.train + removed.val + removed.test === 0) {
    throw new UserError('clean-nothing', `No image of ${name} matches the choice, so no copy was made.`);
  }
  const empty = PARTS.find((part) => rows[part].length === 0);
  if (empty) {
    throw new UserError(
      'clean-empty',
      `Nothing would be left of the ${NAMES[empty]} set of ${name}: split its images again instead.`,
    );
  }
  const { values, labelsPerImage } = parts.train.labels;
  const lost = labels.findIndex((_, k) =>
    task === 'multi-label, binary-class'
      ? rows.train.every((i) => values[i * labelsPerImage + k] !== 1)
      : rows.train.every((i) => values[i] !== k),
  );
  if (lost < 0) return;
  throw new UserError(
    'clean-empty',
    `No training image of "${labels[lost]!}" would be left of ${name} (${count(removed.train)} training images have a twin in the test set): split its images again instead.`,
  );
}

function chooseRows({ dtype, shape, data }: NpyArray, rows: Uint32Array): NpyArray {
  const width = data.length / (shape[0] ?? 1);
  const chosen = data.slice(0, rows.length * width);
  rows.forEach((row, n) => chosen.set(data.subarray(row * width, (row + 1) * width) as never, n * width));
  return { dtype, shape: [rows.length, ...shape.slice(1)], data: chosen };
}

/** What the source says of itself, with all that other versions wrote there, and what was done. */
function manifestArray(
  dataset: Dataset,
  source: NpyArray | undefined,
  { name, labels, horizontalFlip }: CopyNames,
  cleaned: Cleaned,
): NpyArray {
  const { task, licence, parts } = dataset;
  const groupings = parts.train.labels.subjects?.groupings ?? [];
  const said: unknown = source ? JSON.parse(new TextDecoder().decode(source.data)) : {};
  const manifest = {
    format: 'medforge-dataset-1',
    ...{ task, licence },
    groupings: groupings.map((grouping) => ({ name: grouping.name, values: grouping.values })),
    ...(said as object),
    ...{ name: name.slice(0, 200), labels, horizontalFlip },
    cleaned,
  };
  return text(new TextEncoder().encode(JSON.stringify(manifest)));
}

const text = (data: Uint8Array): NpyArray => ({ dtype: 'uint8', shape: [data.length], data });
