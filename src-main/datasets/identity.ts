import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { DatasetIdentity } from '../vocabulary/dataset-identity.js';
import { catalogue, fileName, findByContents, findByMd5, namedLike, type CataloguedFile } from './catalogue.js';
import { PARTS, type Structure } from './medmnist-structure.js';
import type { NpzArchive } from './npz.js';
import { toLabelBytes } from './medmnist-labels.js';

export interface Identified {
  readonly identity: DatasetIdentity;
  /** The file of the catalogue that it is; null when it is none. */
  readonly catalogued: CataloguedFile | null;
}

const NONE: Identified = { identity: 'not-official', catalogued: null };

/**
 * What a file is: by its MD5, else by its pixels and labels, which are read only where their counts and shapes are those of an
 * official file whose contents are known.
 */
export async function identifyContents(archive: NpzArchive, structure: Structure, md5: string): Promise<Identified> {
  const official = findByMd5(md5);
  if (official) return { identity: 'official', catalogued: official };
  if (!couldBeKnown(structure)) return NONE;
  const same = findByContents(await hashArchive(archive, structure));
  return same ? { identity: 'same-contents', catalogued: same } : NONE;
}

function couldBeKnown({ counts, size, channels }: Structure): boolean {
  return catalogue().some(
    (entry) =>
      entry.channels === channels &&
      PARTS.every((part) => entry.samples[part] === counts[part]) &&
      entry.files.some((file) => file.size === size && file.contents !== null),
  );
}

/**
 * SHA-256 of pixels and labels, whatever the order, types and compression of the arrays: for train, val and test a line
 * "PART COUNT SIZE CHANNELS LABELS-PER-IMAGE", then the pixels (uint8, N × H × W × C), then the labels (uint8, N × L).
 */
async function hashArchive(archive: NpzArchive, structure: Structure): Promise<string> {
  const { counts, size, channels, labelsPerImage } = structure;
  const hash = createHash('sha256');
  for (const part of PARTS) {
    hash.update(`${part} ${String(counts[part])} ${String(size)} ${String(channels)} ${String(labelsPerImage)}\n`);
    const { data } = await archive.read(`${part}_images`);
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    hash.update(toLabelBytes(await archive.read(`${part}_labels`), `${part}_labels`, archive.file.path));
  }
  return hash.digest('hex');
}

/** Name of a file that is not official, by what it calls itself or else its file's name: never that of a set of the catalogue. */
export function ownName(said: string | undefined, path: string): string {
  if (said !== undefined) return namedLike(said) ? `${said} (not official)` : said;
  const name = basename(path);
  return namedLike(name) ? `${name} (not official)` : name.replace(/\.npz$/i, '');
}

/** What of a dataset its identity is said with. */
export interface IdentitySubject {
  readonly name: string;
  /** Null of a model of an earlier version, which did not prove it. */
  readonly identity: DatasetIdentity | null;
  readonly catalogueId: string | null;
  readonly size: number;
  readonly synthetic: boolean;
}

/** A phrase for people, as the end of "This is …". */
export function identityText({ name, identity, catalogueId, size, synthetic }: IdentitySubject): string {
  if (synthetic) return 'drawn by MedForge, not an official MedMNIST file';
  const entry = catalogue().find(({ id }) => id === catalogueId);
  const set = entry ? fileName(entry, size) : (catalogueId ?? '');
  if (identity === 'official') return `the official ${set} file (MD5)`;
  if (identity === 'same-contents') {
    return `the same contents as ${set}: the official pixels and labels, in a file of other bytes`;
  }
  if (identity === null) return 'not known to be official: it was not proved by content when this was trained';
  const like = namedLike(name);
  const what = like ? `not the official ${like.name} file, only named like it` : 'not an official MedMNIST file';
  return `${what}: its figures are not to be set beside published ones`;
}
