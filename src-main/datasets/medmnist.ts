import { count } from '../number-text.js';
import type { Cleaned } from '../vocabulary/dataset-manifest.js';
import { fileName } from './catalogue.js';
import { PART_NAMES, type Dataset, type Images, type Part } from './dataset.js';
import { DEMO_CLASSES, SYNTHETIC_MARKER } from './demo-format.js';
import { identifyContents, ownName, type Identified } from './identity.js';
import { readManifest, readSubjects, withSubjects } from './manifest.js';
import { classBalance, isOneHot, readLabels, type CheckedLabels } from './medmnist-labels.js';
import { PARTS, readStructure, type Structure } from './medmnist-structure.js';
import { fileLimit, npzOf, type NpzArchive, type NpzOptions } from './npz.js';
import { fileChanged, openRegularFile, type RegularFile } from './regular-file.js';

/** Everything about a dataset file but its pixels. */
export interface DatasetDescription extends Omit<Dataset, 'parts'> {
  readonly samples: { readonly [part in Part]: number };
  readonly labelsPerImage: number;
  /** Images per class and part: [class][part], parts in the order train, val, test. */
  readonly balance: readonly (readonly number[])[];
  /** Lower-case hex. */
  readonly md5: string;
  /** Whether a file of the catalogue has the official bytes too, and not only the official contents; null for other files. */
  readonly md5Matches: boolean | null;
  /** Whether labels of a file that does not say their task have exactly one 1 a row: one class, or several labels. */
  readonly oneHot: boolean;
  /** What a person should know of it before using it, a sentence each. */
  readonly notes: readonly string[];
}

export interface LoadOptions extends NpzOptions {
  /** Whether images of a file that says nothing of it may be mirrored. Default false: left and right may be the label. */
  readonly mirrorsUnknown?: boolean;
  /** Throws when it is not the file that is wanted. Called before anything of it is used: with its size, then with its hash. */
  readonly identify?: (found: { readonly bytes: number; readonly sha256: string | null }) => void;
}

interface Hashes {
  readonly sha256: string;
  readonly md5: string;
}

interface Checked {
  readonly structure: Structure;
  readonly labels: CheckedLabels;
  readonly description: DatasetDescription;
}

/**
 * Reads an untrusted MedMNIST `.npz` whole: every shape, type, label and checksum is checked.
 * What is read is what was hashed: a file that is replaced or written to meanwhile is refused, or read as it was.
 * The pixels of train and val lie one behind the other in one buffer, so that a search can pool them without a copy.
 * @throws UserError (kinds `file-…`, `npz-…`, `npy-…`, `dataset-…`); the signal's reason when it is aborted
 */
export async function loadDataset(path: string, options: LoadOptions = {}): Promise<Dataset> {
  return withArchive(path, options, async (archive, hashes) => {
    const { structure, labels, description } = await check(archive, hashes, options.mirrorsUnknown);
    const { size, channels, counts } = structure;
    const imageBytes = size * size * channels;
    const searchPixels = new Uint8Array((counts.train + counts.val) * imageBytes);
    const memory: Record<Part, Uint8Array> = {
      train: searchPixels.subarray(0, counts.train * imageBytes),
      val: searchPixels.subarray(counts.train * imageBytes),
      test: new Uint8Array(counts.test * imageBytes),
    };
    const read = async (part: Part): Promise<Images> => {
      const array = await archive.read(`${part}_images`, { into: memory[part] });
      if (array.dtype !== 'uint8') throw fileChanged(path);
      if (array.data.buffer !== searchPixels.buffer && array.data.buffer !== memory.test.buffer)
        memory[part].set(array.data as Uint8Array);
      return { count: counts[part], height: size, width: size, channels, pixels: memory[part] };
    };
    const part = async (name: Part): Promise<Dataset['parts'][Part]> => ({
      images: await read(name),
      labels: labels.parts[name],
    });
    const parts = { train: await part('train'), val: await part('val'), test: await part('test') };
    return { ...toReference(description), parts };
  });
}

/**
 * Describes a MedMNIST `.npz` without decompressing its images: headers, labels and hashes only.
 * Damage inside the pixels is found by `loadDataset`, not here.
 * @throws as `loadDataset`
 */
export async function inspectDataset(path: string, options: NpzOptions = {}): Promise<DatasetDescription> {
  return withArchive(path, options, async (archive, hashes) => (await check(archive, hashes)).description);
}

export { hashFile } from './regular-file.js';

/** Images per class and part of a loaded dataset: [class][part], parts in the order train, val, test. */
export function datasetBalance(dataset: Dataset): readonly (readonly number[])[] {
  const { train, val, test } = dataset.parts;
  return classBalance({ train: train.labels, val: val.labels, test: test.labels }, dataset.classes);
}

async function withArchive<T>(
  path: string,
  options: LoadOptions,
  use: (archive: NpzArchive, hashes: Hashes) => Promise<T>,
): Promise<T> {
  const file = await openRegularFile(path, fileLimit(options));
  try {
    const hashes = await identify(file, options);
    return await use(await npzOf(file, options), hashes);
  } finally {
    await file.close();
  }
}

async function identify(file: RegularFile, options: LoadOptions): Promise<Hashes> {
  if (options.identify) options.identify({ bytes: file.size, sha256: null });
  // what is not a dataset is refused before all of it is read
  else await readStructure(await npzOf(file, options));
  const hashes = await file.hash(options.signal);
  options.identify?.({ bytes: file.size, sha256: hashes.sha256 });
  return hashes;
}

async function check(archive: NpzArchive, { sha256, md5 }: Hashes, mirrorsUnknown = false): Promise<Checked> {
  const { path, size: bytes } = archive.file;
  const structure = await readStructure(archive);
  const synthetic = archive.has(SYNTHETIC_MARKER);
  const manifest = await readManifest(archive, structure);
  const { identity, catalogued } = synthetic ? NOT_OFFICIAL : await identifyContents(archive, structure, md5);
  const entry = catalogued?.entry;
  const checked = await readLabels(archive, structure, entry ?? manifest ?? undefined);
  const subjects = manifest ? await readSubjects(archive, manifest, structure.counts) : undefined;
  const labels = { ...checked, parts: withSubjects(checked.parts, subjects) };
  const names = entry?.labels ?? manifest?.labels ?? ownLabels(synthetic, labels.classes);
  const name = entry ? fileName(entry, structure.size) : synthetic ? 'Demo' : ownName(manifest?.name, path);
  const description: DatasetDescription = {
    name,
    path,
    sha256,
    md5,
    identity,
    md5Matches: entry === undefined ? null : identity === 'official',
    bytes,
    task: labels.task,
    labels: names,
    classes: labels.classes,
    labelsPerImage: structure.labelsPerImage,
    size: structure.size,
    channels: structure.channels,
    horizontalFlip: entry?.horizontalFlip ?? manifest?.horizontalFlip ?? (synthetic || mirrorsUnknown),
    catalogueId: entry?.id ?? null,
    licence: synthetic ? 'CC0 1.0' : (entry?.licence ?? manifest?.licence ?? null),
    synthetic,
    samples: structure.counts,
    ...(manifest?.pixels && { pixelRule: manifest.pixels }),
    balance: labels.balance,
    oneHot: !entry && !manifest && structure.labelsPerImage > 1 && allOneHot(labels),
    notes: [
      ...(manifest?.conversion?.steps ?? []),
      ...(manifest?.cleaned ? [cleanedNote(manifest.cleaned)] : []),
      ...absentClasses(labels, names),
    ],
  };
  return { structure, labels, description };
}

const NOT_OFFICIAL: Identified = { identity: 'not-official', catalogued: null };

function ownLabels(synthetic: boolean, classes: number): readonly string[] {
  if (synthetic && classes === DEMO_CLASSES.length) return DEMO_CLASSES;
  return Array.from({ length: classes }, (_, i) => String(i));
}

function allOneHot({ parts }: CheckedLabels): boolean {
  return PARTS.every((part) => isOneHot(parts[part].values, parts[part].labelsPerImage));
}

/** What a cleaned copy lacks of its source. */
function cleanedNote({ of, sha256, removed, because }: Cleaned): string {
  const { train, val, test } = removed;
  return `A cleaned copy of ${of} (SHA-256 ${sha256.slice(0, 8)}) without ${count(train)} training, ${count(val)} validation and ${count(test)} test images. ${because}`;
}

/** Classes without an image to measure them on. That train has one of each was checked. */
function absentClasses({ balance }: CheckedLabels, names: readonly string[]): string[] {
  return PARTS.flatMap((part, column) => {
    const absent = names.flatMap((name, k) => (balance[k]![column] === 0 ? [`"${name}"`] : []));
    if (absent.length === 0) return [];
    const what = `The ${PART_NAMES[part]} set has no image of ${absent.join(', ')}`;
    return [`${what}: no figure can be measured for ${absent.length === 1 ? 'it' : 'them'} there.`];
  });
}

function toReference(description: DatasetDescription): Omit<Dataset, 'parts'> {
  const { name, path, sha256, bytes, task, labels, classes, size, channels } = description;
  const { horizontalFlip, identity, catalogueId, licence, synthetic, pixelRule } = description;
  return {
    name,
    path,
    sha256,
    bytes,
    task,
    labels,
    classes,
    size,
    channels,
    horizontalFlip,
    identity,
    catalogueId,
    licence,
    synthetic,
    ...(pixelRule && { pixelRule }),
  };
}
