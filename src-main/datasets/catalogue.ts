import { readFileSync } from 'node:fs';
import type { Part, Task } from './dataset.js';

/** An official file of a set: one for each size of its images. */
export interface CatalogueFile {
  /** Height and width of an image: 28, 64, 128 or 224. */
  readonly size: number;
  /** Of the file, lower-case hex. */
  readonly md5: string;
  readonly url: string;
  /** SHA-256 of its pixels and labels as `contentsHash` makes it; null where it is not known. */
  readonly contents: string | null;
}

/** One of the twelve two-dimensional MedMNIST sets (Yang et al., Scientific Data 2023). */
export interface CatalogueEntry {
  /** Lower-case name, also the stem of the file: `breastmnist`. */
  readonly id: string;
  readonly name: string;
  readonly task: Task;
  readonly channels: 1 | 3;
  /** In class order. */
  readonly labels: readonly string[];
  readonly samples: { readonly [part in Part]: number };
  /** The official files, the smallest images first. MD5 and addresses are those of `medmnist/info.py`, MedMNIST 3.0. */
  readonly files: readonly CatalogueFile[];
  readonly licence: string;
  readonly description: string;
  /** False where labels know left from right, so that a mirrored image has another label. */
  readonly horizontalFlip: boolean;
  /** Images of one batch of a search (ZO-DARTS++ on this set). */
  readonly searchBatch: number;
}

interface CatalogueRecord extends Omit<CatalogueEntry, 'files' | 'description' | 'horizontalFlip' | 'searchBatch'> {
  readonly files: readonly (Omit<CatalogueFile, 'contents'> & { readonly contents?: string })[];
  readonly description_short: string;
}

/** A set with one of its files. */
export interface CataloguedFile {
  readonly entry: CatalogueEntry;
  readonly file: CatalogueFile;
}

const FILE = 'resources/medmnist-catalogue.json';
const KNOWS_LEFT_FROM_RIGHT = new Set(['organamnist', 'organcmnist', 'organsmnist']);
const SEARCH_BATCH: Readonly<Record<string, number>> = {
  breastmnist: 16,
  retinamnist: 16,
  pneumoniamnist: 32,
  dermamnist: 128,
  bloodmnist: 128,
  organamnist: 256,
  organcmnist: 256,
  organsmnist: 256,
  octmnist: 512,
  pathmnist: 512,
  tissuemnist: 512,
  chestmnist: 512,
};

let entries: readonly CatalogueEntry[] | undefined;

/** The twelve sets, in the order of the resource file. */
export function catalogue(): readonly CatalogueEntry[] {
  entries ??= (JSON.parse(readResource()) as CatalogueRecord[]).map(
    ({ files, description_short: description, ...record }) => ({
      ...record,
      files: files.map((file) => ({ contents: null, ...file })),
      description,
      horizontalFlip: !KNOWS_LEFT_FROM_RIGHT.has(record.id),
      searchBatch: SEARCH_BATCH[record.id]!,
    }),
  );
  return entries;
}

// the compiled program lies one folder deeper than its source, so the folder is looked for upwards
function readResource(): string {
  for (const up of ['../..', '../../..', '../../../..']) {
    try {
      return readFileSync(new URL(`${up}/${FILE}`, import.meta.url), 'utf8');
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')))
        throw error;
    }
  }
  throw new Error(`${FILE} is missing from this installation`);
}

/** The size of a set that is meant when none is said. */
export const USUAL_SIZE = 28;

/** `breastmnist` of 28 pixels, `breastmnist_64` of another size: also the stem of the official file. */
export function fileId({ id }: CatalogueEntry, size: number): string {
  return size === USUAL_SIZE ? id : `${id}_${String(size)}`;
}

/** "BreastMNIST" of 28 pixels, "BreastMNIST 64×64" of another size. */
export function fileName({ name }: CatalogueEntry, size: number): string {
  return size === USUAL_SIZE ? name : `${name} ${String(size)}×${String(size)}`;
}

/** Finds a set by id or name, in any case: `breastmnist`, `BreastMNIST`, `breast`. */
export function findInCatalogue(name: string): CatalogueEntry | undefined {
  const id = name.toLowerCase();
  return catalogue().find((entry) => entry.id === id || entry.id === `${id}mnist`);
}

/** Finds a file of a set by id or name, in any case: `breastmnist`, `breastmnist_64`, `BreastMNIST 64×64`. */
export function findCatalogued(name: string): CataloguedFile | undefined {
  const [, set, size = String(USUAL_SIZE)] =
    /^([a-z]+)(?:[_ ](28|64|128|224)(?:×(?:28|64|128|224))?)?$/i.exec(name.trim()) ?? [];
  const entry = set === undefined ? undefined : findInCatalogue(set);
  const file = entry?.files.find((one) => one.size === Number(size));
  return entry && file && { entry, file };
}

export function findByMd5(md5: string): CataloguedFile | undefined {
  return findFile((file) => file.md5 === md5.toLowerCase());
}

/** Finds a set by what `contentsHash` makes of its pixels and labels. */
export function findByContents(contents: string): CataloguedFile | undefined {
  return findFile((file) => file.contents === contents);
}

function findFile(wanted: (file: CatalogueFile) => boolean): CataloguedFile | undefined {
  for (const entry of catalogue()) {
    const file = entry.files.find(wanted);
    if (file) return { entry, file };
  }
  return undefined;
}

/**
 * The set that a name could be taken for: `breastmnist.npz`, `BreastMNIST_64 (1).npz`, "Breast MNIST". A name proves nothing: what
 * a file is follows from its content.
 */
export function namedLike(name: string): CatalogueEntry | undefined {
  const letters = name
    .toLowerCase()
    .replace(/\(not official\)$|\.npz(?= \(|$)/g, '')
    .replace(/[^a-z0-9]+/g, '');
  const [, set] = /^([a-z]+?mnist)(?:v\d)?(?:[0-9x]|copy|official|plus)*$/.exec(letters) ?? [];
  return set === undefined ? undefined : catalogue().find((entry) => entry.id === set);
}
