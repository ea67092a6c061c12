import type { Part } from '../dataset.js';
import { partNamed } from './part-names.js';

/** What the folders around each image say, in the order of the images. */
export interface FolderLayout {
  /** Folders around all images that hold nothing but one folder: `NIH1000`; empty where there is none. */
  readonly around: string;
  readonly classes: readonly (string | null)[];
  readonly parts: readonly (Part | null)[];
  /** Names of the folders below `around`, the outermost first. */
  foldersOf(image: number): readonly string[];
}

/**
 * Reads classes and parts from folders: the outermost folder that tells images apart names the class; where the outermost folders, or
 * those directly in them, are called train, val and test, these name the part.
 * @param paths of images, relative to the location, with `/`
 */
export function readLayout(paths: readonly string[]): FolderLayout {
  const around = foldersAround(paths);
  const foldersOf = (image: number): string[] => paths[image]!.slice(around.length).split('/').slice(0, -1);
  const partLevel = levelOfParts(paths, foldersOf);
  const classLevel = partLevel === 0 ? 1 : 0;
  const kept = new Map<string, string>();
  const classes: (string | null)[] = [];
  const parts: (Part | null)[] = [];
  for (let image = 0; image < paths.length; image++) {
    const folders = foldersOf(image);
    const name = folders[classLevel]?.normalize('NFC').trim();
    // one text for all images of a class
    if (name !== undefined && !kept.has(name)) kept.set(name, name);
    classes.push(name === undefined ? null : kept.get(name)!);
    const part = partLevel === null ? undefined : folders[partLevel];
    parts.push(part === undefined ? null : partNamed(part));
  }
  return { around, classes, parts, foldersOf };
}

function foldersAround(paths: readonly string[]): string {
  let around = '';
  if (paths.length === 0) return around;
  for (;;) {
    const end = paths[0]!.indexOf('/', around.length);
    if (end < 0) return around;
    const next = paths[0]!.slice(0, end + 1);
    // a lone folder of a part is not around the others: it says the part
    if (partNamed(next.slice(around.length, -1)) !== null || !paths.every((path) => path.startsWith(next)))
      return around;
    around = next;
  }
}

/**
 * The level, 0 or 1, whose folders name parts: each of them one, or some of them train and another part, so that the rest stands in
 * no part. Null: none.
 */
function levelOfParts(paths: readonly string[], foldersOf: (image: number) => readonly string[]): 0 | 1 | null {
  const named = [new Set<Part>(), new Set<Part>()];
  const others = [false, false];
  paths.forEach((_, image) => {
    const folders = foldersOf(image);
    for (const level of [0, 1]) {
      const part = folders[level] === undefined ? null : partNamed(folders[level]);
      if (part === null) others[level] = true;
      else named[level]!.add(part);
    }
  });
  const isPart = (level: number): boolean => named[level]!.has('train') && (!others[level] || named[level]!.size > 1);
  return isPart(0) ? 0 : isPart(1) ? 1 : null;
}
