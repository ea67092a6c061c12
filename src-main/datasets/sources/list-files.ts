import type { Dirent } from 'node:fs';
import { open, readdir, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { fileErrorCode } from '../../file-errors.js';
import { refusal } from '../refusal.js';
import { byCodePoints } from './text-order.js';

/** What an image file is, by the ending of its name; `dicom` also by its first bytes. */
export type ImageKind = 'png' | 'jpeg' | 'tiff' | 'bmp' | 'webp' | 'dicom';

export interface ImageFile {
  /** Relative to the location, with `/`. */
  readonly path: string;
  readonly kind: ImageKind;
}

export interface FolderContents {
  /** By path, in the order of code points. */
  readonly images: readonly ImageFile[];
  /** Text files that may be tables, relative to the location. */
  readonly tables: readonly string[];
  /** Files that are left alone, by what they are. */
  readonly ignored: ReadonlyMap<string, number>;
}

export interface ListOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called now and then with the number of files seen. */
  readonly onProgress?: ((files: number) => void) | undefined;
}

const ENDINGS: { readonly [ending: string]: ImageKind | 'table' } = {
  png: 'png',
  jpg: 'jpeg',
  jpeg: 'jpeg',
  tif: 'tiff',
  tiff: 'tiff',
  bmp: 'bmp',
  webp: 'webp',
  dcm: 'dicom',
  dicom: 'dicom',
  csv: 'table',
  tsv: 'table',
  txt: 'table',
};
const LEFTOVERS = new Set(['thumbs.db', 'desktop.ini', '__macosx']);
const MOST_FOLDERS_DEEP = 64;
const PREAMBLE_BYTES = 132;
const OPEN_AT_ONCE = 32;

/**
 * Lists what lies in a folder and its subfolders, without asking for each file. Links to files inside are followed.
 * @param location an absolute path
 * @throws UserError `import-location-missing`, `import-location-not-folder`, `folder-unreadable`, `import-link-outside`,
 * `import-link-to-folder`, `import-link-broken`, `import-too-deep`
 */
export async function listFiles(location: string, options: ListOptions = {}): Promise<FolderContents> {
  const listing = new Listing(location, options);
  await listing.start();
  await listing.enter('', 0);
  await listing.readPreambles();
  return listing.contents();
}

class Listing {
  private readonly images: ImageFile[] = [];
  private readonly tables: string[] = [];
  private readonly unknown: string[] = [];
  private readonly ignored = new Map<string, number>();
  private seen = 0;
  private root = '';

  constructor(
    private readonly location: string,
    private readonly options: ListOptions,
  ) {}

  async start(): Promise<void> {
    try {
      if (!(await stat(this.location)).isDirectory()) {
        const wrong = 'this is a file, not a folder';
        throw refusal('import-location-not-folder', this.location, wrong, 'Give the folder that contains the images');
      }
      this.root = await realpath(this.location);
    } catch (error) {
      const code = fileErrorCode(error);
      if (code !== 'ENOENT' && code !== 'ENOTDIR' && code !== 'ERR_INVALID_ARG_VALUE') {
        throw code === undefined ? error : unreadable(this.location, error);
      }
      const remedy = 'Check the path, or connect its drive';
      throw refusal('import-location-missing', this.location, 'there is no such folder', remedy, error);
    }
  }

  async enter(folder: string, depth: number): Promise<void> {
    this.options.signal?.throwIfAborted();
    const absolute = join(this.location, folder);
    if (depth > MOST_FOLDERS_DEEP) {
      const wrong = `folders are nested more than ${MOST_FOLDERS_DEEP} deep`;
      throw refusal('import-too-deep', absolute, wrong, 'Import a folder further down');
    }
    const folders: string[] = [];
    for (const entry of await entriesOf(absolute)) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.name.startsWith('.') || LEFTOVERS.has(entry.name.toLowerCase())) this.ignore('hidden or system files');
      else if (entry.isDirectory()) folders.push(path);
      else if (entry.isSymbolicLink()) await this.followLink(path);
      else if (entry.isFile()) this.sort(path, entry.name);
      else this.ignore('not a file');
    }
    this.options.onProgress?.(this.seen);
    for (const next of folders) await this.enter(next, depth + 1);
  }

  private sort(path: string, name: string): void {
    this.seen++;
    const ending = /\.([^.]*)$/.exec(name)?.[1]?.toLowerCase() ?? '';
    const kind = ENDINGS[ending];
    if (name.toUpperCase() === 'DICOMDIR') this.ignore('DICOMDIR');
    else if (kind === 'table') this.tables.push(path);
    else if (kind !== undefined) this.images.push({ path, kind });
    // archives write names without an ending, or the identifier of an image, which ends with a number
    else if (ending === '' || ending === 'ima' || /^\d+$/.test(ending)) this.unknown.push(path);
    else this.ignore(`.${ending.slice(0, 20)}`);
  }

  private async followLink(path: string): Promise<void> {
    const absolute = join(this.location, path);
    let target: string;
    let isFolder: boolean;
    try {
      target = await realpath(absolute);
      isFolder = (await stat(target)).isDirectory();
    } catch (error) {
      const wrong = 'the target of this link does not exist';
      throw refusal('import-link-broken', absolute, wrong, 'Delete it, or replace it with a copy of the file', error);
    }
    if (!target.startsWith(this.root.endsWith(sep) ? this.root : this.root + sep)) {
      const wrong = 'this link points outside the imported folder';
      throw refusal('import-link-outside', absolute, wrong, 'Replace it with a copy of its target');
    }
    if (isFolder) {
      const wrong = 'this link points to another folder of the import, whose images would be imported twice';
      throw refusal('import-link-to-folder', absolute, wrong, 'Delete the link');
    }
    this.sort(path, path.slice(path.lastIndexOf('/') + 1));
  }

  private ignore(what: string): void {
    this.ignored.set(what, (this.ignored.get(what) ?? 0) + 1);
  }

  /** Files without a telling name are DICOM where they say so after 128 bytes. */
  async readPreambles(): Promise<void> {
    const waiting = this.unknown.values();
    const readOn = async (): Promise<void> => {
      for (const path of waiting) {
        this.options.signal?.throwIfAborted();
        if (await isDicom(join(this.location, path))) this.images.push({ path, kind: 'dicom' });
        else this.ignore('with an unknown extension');
      }
    };
    await Promise.all(Array.from({ length: OPEN_AT_ONCE }, readOn));
  }

  contents(): FolderContents {
    const { images, tables, ignored } = this;
    images.sort((a, b) => byCodePoints(a.path, b.path));
    return {
      images,
      tables: tables.sort(byCodePoints),
      ignored: new Map([...ignored].sort(([a], [b]) => byCodePoints(a, b))),
    };
  }
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    throw unreadable(folder, error);
  }
}

const unreadable = (folder: string, error: unknown) =>
  refusal('folder-unreadable', folder, 'the folder cannot be read', 'Check the path and the permissions', error);

async function isDicom(path: string): Promise<boolean> {
  let file;
  try {
    file = await open(path, 'r');
    const { buffer, bytesRead } = await file.read(Buffer.alloc(PREAMBLE_BYTES), 0, PREAMBLE_BYTES, 0);
    return bytesRead === PREAMBLE_BYTES && buffer.toString('latin1', 128) === 'DICM';
  } catch (error) {
    throw refusal('file-unreadable', path, 'the file cannot be read', 'Check its permissions', error);
  } finally {
    await file?.close();
  }
}
