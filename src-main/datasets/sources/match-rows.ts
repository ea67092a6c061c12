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
  private readonly parts: readonly (readonly string[])[];

  /** @param paths of images, relative to the location, with `/` */
  constructor(private readonly paths: readonly string[]) {
    this.parts = paths.map((path) => partsOf(path));
    this.byEnd = new EndIndex(this.parts);
  }

  find(cell: string): Found | null {
    const parts = partsOf(cell);
    if (parts.length === 0) return null;
    const whole = this.byEnd.find(parts);
    if (whole !== null) return this.found(whole, parts, cell, whole.depth > 1 ? 'path' : 'name');
    this.byStem ??= new EndIndex(this.parts.map(withoutEnding));
    const stem = this.byStem.find(parts) ?? this.byStem.find(withoutEnding(parts));
    return stem === null ? null : this.found(stem, parts, cell, 'stem');
  }

  private found(
    { files, depth }: { files: readonly number[]; depth: number },
    parts: string[],
    cell: string,
    by: FoundBy,
  ): Found {
    const exact = files.length > 1 ? this.sameCase(files, cell, depth) : files;
    const foreign = depth < parts.length && depth < this.parts[exact[0]!]!.length;
    return { by, files: exact, foreign };
  }

  /** Of files that differ in upper and lower case only, the one that is written as the cell. */
  private sameCase(files: readonly number[], cell: string, depth: number): readonly number[] {
    const end = cleaned(cell).split('/').slice(-depth).join('/');
    if (files.length > MOST_COMPARED) return files;
    const same = files.filter((file) => `/${this.paths[file]!.normalize('NFC')}`.endsWith(`/${end}`));
    return same.length > 0 ? same : files;
  }
}

const MOST_COMPARED = 100;

/** Files by the ends of their paths, of one part and more; an index for each length that is asked for. */
class EndIndex {
  private readonly byDepth: Map<string, number[]>[] = [];

  constructor(private readonly paths: readonly (readonly string[])[]) {}

  find(parts: readonly string[]): { files: readonly number[]; depth: number } | null {
    let best: { files: readonly number[]; depth: number } | null = null;
    for (let depth = 1; depth <= parts.length; depth++) {
      const files = this.at(depth).get(parts.slice(-depth).join('/'));
      if (files === undefined) break;
      best = { files, depth };
      if (files.length === 1 && depth >= this.paths[files[0]!]!.length) break;
    }
    return best;
  }

  private at(depth: number): Map<string, number[]> {
    const known = this.byDepth[depth];
    if (known !== undefined) return known;
    const files = new Map<string, number[]>();
    this.paths.forEach((parts, file) => {
      if (parts.length < depth) return;
      const end = parts.slice(-depth).join('/');
      const same = files.get(end);
      if (same === undefined) files.set(end, [file]);
      else same.push(file);
    });
    this.byDepth[depth] = files;
    return files;
  }
}

const cleaned = (cell: string): string => cell.trim().normalize('NFC').replaceAll('\\', '/');

function partsOf(path: string): string[] {
  return cleaned(path)
    .toLowerCase()
    .split('/')
    .filter((part) => part !== '' && part !== '.');
}

function withoutEnding(parts: readonly string[]): string[] {
  const name = parts.at(-1) ?? '';
  return [...parts.slice(0, -1), name.replace(/(?<=.)\.[a-z]{1,5}\d?$/, '')];
}
