import { statSync, readdirSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { MANIFEST } from '../bundle/manifest.js';
import { UserError } from '../errors.js';

/** What files that were dropped onto the window are, by their names and folders; whether they are whole is found out later. */
export type Received =
  | { readonly kind: 'datasets'; readonly paths: readonly string[] }
  /** A bundle, as a folder or packed. */
  | { readonly kind: 'bundle'; readonly folder: string }
  | { readonly kind: 'image'; readonly path: string };

const IMAGES = new Set(['.png', '.jpg', '.jpeg', '.tif', '.tiff', '.bmp', '.webp', '.dcm']);
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
  'a dataset (.npz, or a folder of them), a bundle (as a folder or .zip file), or an image (PNG, JPEG, TIFF, BMP, WebP or DICOM) to classify';

/**
 * Says what was dropped.
 * @throws UserError `drop-nothing`, `drop-mixed` (more than one thing to do), `drop-unknown` naming the file and what can be dropped
 */
export function receiveFiles(paths: readonly string[]): Received {
  if (paths.length === 0) throw new UserError('drop-nothing', `No file was dropped: drop ${WANTED}.`);
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

function kindOf(path: string): Received {
  const name = basename(path);
  const ending = extname(name).toLowerCase();
  if (isFolder(path)) {
    const inside = readdirSync(path);
    if (inside.includes(MANIFEST)) return { kind: 'bundle', folder: path };
    if (inside.some((file) => extname(file).toLowerCase() === '.npz')) return { kind: 'datasets', paths: [path] };
    throw new UserError(
      'drop-unknown',
      `The folder ${name} contains neither a bundle (${MANIFEST}) nor a .npz file: drop ${WANTED}.`,
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
