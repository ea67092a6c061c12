import { closeSync, openSync, readSync, statSync, readdirSync, type Dirent } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { MANIFEST } from '../bundle/manifest.js';
import { UserError } from '../errors.js';

/** What files that were dropped onto the window are, by their names and folders; whether they are whole is found out later. */
export type Received =
  | { readonly kind: 'datasets'; readonly paths: readonly string[] }
  /** A folder with images, and the table that was dropped with it. */
  | { readonly kind: 'import'; readonly folder: string; readonly table: string | null }
  /** A bundle, as a folder or packed. */
  | { readonly kind: 'bundle'; readonly folder: string }
  | { readonly kind: 'image'; readonly path: string };

const IMAGES = new Set(['.png', '.jpg', '.jpeg', '.tif', '.tiff', '.bmp', '.webp', '.dcm']);
const TABLES = new Set(['.csv', '.tsv', '.txt']);
/** Files that are dropped by mistake, in words. */
const OTHERS: Readonly<Record<string, string>> = {
  '.pdf': 'a PDF document',
  '.doc': 'a Word document',
  '.docx': 'a Word document',
  '.xls': 'a spreadsheet',
  '.xlsx': 'a spreadsheet',
  '.csv': 'a table',
  '.txt': 'a text file',
  '.npy': 'a single array',
  '.gif': 'a GIF image',
  '.onnx': 'a network without its bundle',
  '.pt': 'a PyTorch file',
  '.pth': 'a PyTorch file',
};
const WANTED =
  'a dataset (.npz, or a folder of them), a folder with images (and its table), a bundle (its folder, or a .zip file of it), or an image (PNG, JPEG, TIFF, BMP, WebP or DICOM) to try on a model';

/**
 * Says what was dropped.
 * @throws UserError `drop-nothing`, `drop-mixed` (more than one thing to do), `drop-unknown` naming the file and what can be dropped
 */
export function receiveFiles(paths: readonly string[]): Received {
  if (paths.length === 0) throw new UserError('drop-nothing', `No file was dropped: drop ${WANTED}.`);
  const withTable = folderWithTable(paths);
  if (withTable) return withTable;
  const all = paths.map(kindOf);
  const [first] = all;
  const datasets = all.flatMap((one) => (one.kind === 'datasets' ? [one.paths] : []));
  if (datasets.length === all.length) return { kind: 'datasets', paths: datasets.flat() };
  if (all.length > 1) {
    throw new UserError(
      'drop-mixed',
      `${paths.length} items were dropped at once, starting with ${basename(paths[0]!)}: datasets can be dropped together, bundles and images only one at a time.`,
    );
  }
  return first!;
}

/** A folder with images that was dropped together with a table; null: something else was. */
function folderWithTable(paths: readonly string[]): Received | null {
  if (paths.length !== 2) return null;
  const [table, folder] = TABLES.has(extname(paths[0]!).toLowerCase()) ? paths : [paths[1]!, paths[0]!];
  if (!TABLES.has(extname(table!).toLowerCase()) || isFolder(table!) || !isFolder(folder!)) return null;
  const what = kindOf(folder!);
  return what.kind === 'import' ? { ...what, table: table! } : null;
}

/** Folders that are looked into for a first image; what lies deeper is nothing that was dropped on purpose. */
const MOST_FOLDERS = 2000;

/** Whether an image lies in a folder or in one below, by the names; DICOM files may have no ending. */
function holdsImages(folder: string): boolean {
  const waiting = [folder];
  for (let looked = 0; waiting.length > 0 && looked < MOST_FOLDERS; looked++) {
    const here = waiting.shift()!;
    for (const entry of entriesOf(here)) {
      if (entry.name.startsWith('.')) continue;
      if (entry.isDirectory()) waiting.push(join(here, entry.name));
      else if (IMAGES.has(extname(entry.name).toLowerCase()) || (entry.isFile() && isDicom(join(here, entry.name)))) {
        return true;
      }
    }
  }
  return false;
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

/** By the mark of a DICOM file, of files without an ending alone. */
function isDicom(path: string): boolean {
  if (extname(path) !== '') return false;
  try {
    const file = openSync(path, 'r');
    try {
      const mark = Buffer.alloc(4);
      return readSync(file, mark, 0, 4, 128) === 4 && mark.toString('latin1') === 'DICM';
    } finally {
      closeSync(file);
    }
  } catch {
    return false;
  }
}

function kindOf(path: string): Received {
  const name = basename(path);
  const ending = extname(name).toLowerCase();
  if (isFolder(path)) {
    const inside = readdirSync(path);
    if (inside.includes(MANIFEST)) return { kind: 'bundle', folder: path };
    if (inside.some((file) => extname(file).toLowerCase() === '.npz')) return { kind: 'datasets', paths: [path] };
    if (holdsImages(path)) return { kind: 'import', folder: path, table: null };
    throw new UserError(
      'drop-unknown',
      `The folder ${name} contains neither a bundle (${MANIFEST}) nor a .npz file nor images: drop ${WANTED}.`,
    );
  }
  if (ending === '.npz') return { kind: 'datasets', paths: [path] };
  if (IMAGES.has(ending)) return { kind: 'image', path };
  if (ending === '.zip') return { kind: 'bundle', folder: path };
  // The manifest inside a bundle means the bundle.
  if (name === MANIFEST) return { kind: 'bundle', folder: join(path, '..') };
  const what = OTHERS[ending] ?? 'not a file that MedForge can read';
  throw new UserError('drop-unknown', `${name} is ${what}: drop ${WANTED}.`);
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (error) {
    throw new UserError('drop-unknown', `${basename(path)} cannot be read: check that it is still there.`, {
      cause: error,
    });
  }
}
