/** How a row's file was found. */
export type FoundBy = 'path' | 'name' | 'stem';

export interface Found {
  readonly by: FoundBy;
  /** Indices of files, in order; more than one: the row does not tell which. */
  readonly files: readonly number[];
  /**
   * Folders that the row and the file name differently: `a/x.png` for a file `b/x.png`. Another row that names the same file without
   * such a difference is nearer.
   */
  readonly foreign: boolean;
}

/**
 * Finds the files that the cells of a table name: by the longest end that cell and path have in common, so that absolute paths of another
 * machine, relative paths and bare names are all found; with `\` or `/`; in upper or lower case where the case as written does not
 * tell; without ending where no file has that of the cell.
 */
export class FileIndex {
  private readonly byEnd: EndIndex;
  private byStem: EndIndex | null = null;

  /** @param paths of images, relative to the location, with `/` */
  constructor(readonly paths: readonly string[]) {
    this.byEnd = new EndIndex(paths.map(keyOf));
  }

  find(cell: string): Found | null {
    const key = keyOf(cell);
    if (key === '') return null;
    const whole = this.byEnd.find(key);
    if (whole !== null) return this.found(whole, cell, whole.depth > 1 ? 'path' : 'name');
    this.byStem ??= new EndIndex(this.byEnd.keys.map(withoutEnding));
    const stem = this.byStem.find(key) ?? this.byStem.find(withoutEnding(key));
    return stem === null ? null : this.found(stem, cell, 'stem');
  }

  private found({ files, depth, foreign }: Match, cell: string, by: FoundBy): Found {
    return { by, files: files.length > 1 ? this.sameCase(files, cell, depth) : files, foreign };
  }

  /** Of files that differ in upper and lower case only, the one that is written as the cell. */
  private sameCase(files: readonly number[], cell: string, depth: number): readonly number[] {
    if (files.length > MOST_COMPARED) return files;
    const end = cleaned(cell).split('/').slice(-depth).join('/');
    const same = files.filter((file) => `/${this.paths[file]!.normalize('NFC')}`.endsWith(`/${end}`));
    return same.length > 0 ? same : files;
  }
}

const MOST_COMPARED = 100;

interface Match {
  readonly files: readonly number[];
  /** Names at the end that cell and path have in common. */
  readonly depth: number;
  readonly foreign: boolean;
}

/** Files by their names, and those of one name by longer and longer ends of their paths, as far as these are asked for. */
class EndIndex {
  private readonly byDepth: Map<string, number | number[]>[] = [];

  constructor(readonly keys: readonly string[]) {
    const byName = new Map<string, number | number[]>();
    keys.forEach((key, file) => add(byName, endOf(key, 1)!, file));
    this.byDepth[1] = byName;
  }

  find(key: string): Match | null {
    let files = this.byDepth[1]!.get(endOf(key, 1)!);
    if (files === undefined) return null;
    let depth = 1;
    while (typeof files !== 'number') {
      const longer = endOf(key, depth + 1);
      const next: number | number[] | undefined = longer === null ? undefined : this.at(depth + 1).get(longer);
      if (next === undefined) return { files, depth, foreign: longer !== null };
      files = next;
      depth++;
    }
    return this.alone(files, key, depth);
  }

  private alone(file: number, key: string, from: number): Match {
    const path = this.keys[file]!;
    for (let depth = from; ; depth++) {
      const mine = endOf(path, depth + 1);
      const theirs = endOf(key, depth + 1);
      if (mine === null || theirs === null) return { files: [file], depth, foreign: false };
      if (mine !== theirs) return { files: [file], depth, foreign: true };
    }
  }

  /** Of files that share a shorter end only. */
  private at(depth: number): Map<string, number | number[]> {
    const known = this.byDepth[depth];
    if (known !== undefined) return known;
    const ends = new Map<string, number | number[]>();
    for (const files of this.byDepth[depth - 1]!.values()) {
      if (typeof files === 'number') continue;
      for (const file of files) {
        const end = endOf(this.keys[file]!, depth);
        if (end !== null) add(ends, end, file);
      }
    }
    this.byDepth[depth] = ends;
    return ends;
  }
}

function add(ends: Map<string, number | number[]>, end: string, file: number): void {
  const same = ends.get(end);
  if (same === undefined) ends.set(end, file);
  else if (typeof same === 'number') ends.set(end, [same, file]);
  else same.push(file);
}

/** The last `depth` names of a path; null: it has fewer. */
function endOf(key: string, depth: number): string | null {
  let at = key.length;
  for (let i = 0; i < depth; i++) {
    if (at < 0) return null;
    at = at === 0 ? -1 : key.lastIndexOf('/', at - 1);
  }
  return key.slice(at + 1);
}

const cleaned = (cell: string): string =>
  cell
    .trim()
    .normalize('NFC')
    .replaceAll('\\', '/')
    .replace(/(^|\/)(\.?\/)+/g, '$1');

const keyOf = (path: string): string => cleaned(path).toLowerCase();

const withoutEnding = (key: string): string => key.replace(/(?<=[^/])\.[a-z]{1,5}\d?$/, '');
