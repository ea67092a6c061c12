import { basename } from 'node:path';
import { findByFileName, findByMd5, type CatalogueEntry } from './catalogue.js';
import type { Dataset, Images, Part } from './dataset.js';
import { DEMO_CLASSES, SYNTHETIC_MARKER } from './demo-format.js';
import { readManifest, readSubjects, withSubjects } from './manifest.js';
import { classBalance, readLabels, type CheckedLabels } from './medmnist-labels.js';
import { checkCatalogued, readStructure, type Structure } from './medmnist-structure.js';
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
  /** Whether the file is byte for byte the official one; null when the catalogue has no MD5 for it. */
  readonly md5Matches: boolean | null;
}

export interface LoadOptions extends NpzOptions {
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
    const { structure, labels, description } = await check(archive, hashes);
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

async function check(archive: NpzArchive, { sha256, md5 }: Hashes): Promise<Checked> {
  const { path, size: bytes } = archive.file;
  const structure = await readStructure(archive);
  const synthetic = archive.has(SYNTHETIC_MARKER);
  const official = findByMd5(md5);
  const manifest = await readManifest(archive, structure);
  const entry = synthetic || manifest ? undefined : (official ?? findByFileName(path));
  if (entry !== undefined) checkCatalogued(structure, entry, path);
  const checked = await readLabels(archive, structure, entry ?? manifest ?? undefined);
  const subjects = manifest ? await readSubjects(archive, manifest, structure.counts) : undefined;
  const labels = { ...checked, parts: withSubjects(checked.parts, subjects) };
  const description: DatasetDescription = {
    name: entry?.name ?? manifest?.name ?? (synthetic ? 'Demo' : basename(path).replace(/\.npz$/i, '')),
    path,
    sha256,
    md5,
    md5Matches: md5Verdict(entry, official, structure),
    bytes,
    task: labels.task,
    labels: manifest?.labels ?? labelNames(entry, synthetic, labels.classes),
    classes: labels.classes,
    labelsPerImage: structure.labelsPerImage,
    size: structure.size,
    channels: structure.channels,
    horizontalFlip: entry?.horizontalFlip ?? manifest?.horizontalFlip ?? true,
    catalogueId: entry?.id ?? null,
    licence: synthetic ? 'CC0 1.0' : (entry?.licence ?? manifest?.licence ?? null),
    synthetic,
    samples: structure.counts,
    ...(manifest?.pixels && { pixelRule: manifest.pixels }),
    balance: labels.balance,
  };
  return { structure, labels, description };
}

function md5Verdict(
  entry: CatalogueEntry | undefined,
  official: CatalogueEntry | undefined,
  structure: Structure,
): boolean | null {
  return entry === undefined || structure.size !== 28 ? null : official !== undefined;
}

function labelNames(entry: CatalogueEntry | undefined, synthetic: boolean, classes: number): readonly string[] {
  if (entry !== undefined) return entry.labels;
  if (synthetic && classes === DEMO_CLASSES.length) return DEMO_CLASSES;
  return Array.from({ length: classes }, (_, i) => String(i));
}

function toReference(description: DatasetDescription): Omit<Dataset, 'parts'> {
  const { name, path, sha256, bytes, task, labels, classes, size, channels } = description;
  const { horizontalFlip, catalogueId, licence, synthetic, pixelRule } = description;
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
    catalogueId,
    licence,
    synthetic,
    ...(pixelRule && { pixelRule }),
  };
}
