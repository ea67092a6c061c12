import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Part, Task } from './dataset.js';

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
  /** Of the official 28×28 file, lower-case hex. */
  readonly md5: string;
  /** Of the official 28×28 file. */
  readonly url: string;
  readonly licence: string;
  readonly description: string;
  /** False where labels know left from right, so that a mirrored image has another label. */
  readonly horizontalFlip: boolean;
  /** Images of one batch of a search (ZO-DARTS++ on this set). */
  readonly searchBatch: number;
}

interface CatalogueRecord extends Omit<
  CatalogueEntry,
  'md5' | 'url' | 'description' | 'horizontalFlip' | 'searchBatch'
> {
  readonly md5_28: string;
  readonly url_28: string;
  readonly description_short: string;
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
    ({ md5_28: md5, url_28: url, description_short: description, ...record }) => ({
      ...record,
      md5,
      url,
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

/** Finds a set by id or name, in any case: `breastmnist`, `BreastMNIST`, `breast`. */
export function findInCatalogue(name: string): CatalogueEntry | undefined {
  const id = name.toLowerCase();
  return catalogue().find((entry) => entry.id === id || entry.id === `${id}mnist`);
}

export function findByMd5(md5: string): CatalogueEntry | undefined {
  return catalogue().find((entry) => entry.md5 === md5.toLowerCase());
}

/** Finds a set by the name of its file: `breastmnist.npz`, `breastmnist_64.npz`. */
export function findByFileName(path: string): CatalogueEntry | undefined {
  const stem = /^([a-z]+)(?:_(?:28|64|128|224))?\.npz$/i.exec(basename(path))?.[1]?.toLowerCase();
  return stem === undefined ? undefined : catalogue().find((entry) => entry.id === stem);
}
