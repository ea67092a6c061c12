import { readdir, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { FileReference } from './library.js';
import { hashFile } from './regular-file.js';

/** Folders below the one that was named, and entries that are looked at: a whole disk is not searched by accident. */
const DEEPEST = 6;
const MOST_ENTRIES = 100_000;

/**
 * Where the file of a reference is now, by its content: a file of another size is not read, and one of the same size is hashed.
 * @param place the file itself, whatever its name, or a folder whose `.npz` files are looked at, those of its folders too
 * @returns its path, null when it is not there
 */
export async function findFile(reference: FileReference, place: string, signal?: AbortSignal): Promise<string | null> {
  let entries = 0;
  const isWanted = async (path: string): Promise<boolean> => {
    const { size } = await stat(path);
    return size === reference.bytes && (await hashFile(path, signal)).sha256 === reference.sha256;
  };
  const visit = async (folder: string, depth: number): Promise<string | null> => {
    const found = await readdir(folder, { withFileTypes: true });
    entries += found.length;
    if (entries > MOST_ENTRIES) return null;
    found.sort((a, b) => a.name.localeCompare(b.name, 'en'));
    for (const entry of found) {
      signal?.throwIfAborted();
      const path = join(folder, entry.name);
      if (entry.isFile() && extname(entry.name).toLowerCase() === '.npz' && (await quietly(isWanted(path))))
        return path;
    }
    if (depth >= DEEPEST) return null;
    for (const entry of found.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))) {
      const inside = await quietly(visit(join(folder, entry.name), depth + 1));
      if (inside !== null) return inside;
    }
    return null;
  };
  if ((await stat(place)).isDirectory()) return visit(place, 0);
  return (await isWanted(place)) ? place : null;

  /** A file or folder that cannot be read is not the one that is looked for. */
  async function quietly<T>(work: Promise<T>): Promise<T | null> {
    try {
      return await work;
    } catch (error) {
      if (signal?.aborted) throw error;
      return null;
    }
  }
}
