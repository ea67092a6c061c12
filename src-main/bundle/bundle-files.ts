import { lstat, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../errors.js';
import { isLeftover, MAX_LEFTOVERS, type BundleSource } from './bundle-source.js';
import { isPacked, openPackedBundle } from './packed-bundle.js';
import { decodeManifest, MANIFEST, MAX_FILES, MAX_MANIFEST_BYTES, sha256, type Manifest } from './manifest.js';

/** A bundle whose files are exactly those of its manifest. */
export interface BundleFiles {
  /** Or the archive that it is packed in. */
  readonly folder: string;
  readonly manifest: Manifest;
  /** Content of a file of the manifest. @throws UserError `bundle-missing` when the manifest does not list it */
  read(path: string): Uint8Array;
  readText(path: string): string;
  has(path: string): boolean;
  /** Paths of files that file managers left in the folder; nothing reads them. */
  readonly ignored: readonly string[];
}

const damaged = (kind: string, what: string): UserError =>
  new UserError(kind, `${what}: the bundle is damaged; copy or export it again`);

/**
 * Reads a bundle of unknown origin: the manifest, then every file, none missing, added, renamed, linked or changed. What file
 * managers leave in folders is named and not read.
 * @param location folder of the bundle, or the folder packed as `.zip`
 * @throws UserError `bundle-folder`, `bundle-packed`, `bundle-manifest`, `bundle-missing`, `bundle-renamed`, `bundle-extra`,
 *   `bundle-not-regular`, `bundle-changed`
 */
export async function readBundleFiles(location: string): Promise<BundleFiles> {
  const source = await (isPacked(location) ? openPackedBundle(location) : openFolder(location));
  try {
    return await readFrom(source);
  } finally {
    await source.close();
  }
}

async function openFolder(folder: string): Promise<BundleSource> {
  const sizes = await listFiles(folder);
  return {
    location: folder,
    sizes,
    read: (path) => readWhole(join(folder, path)),
    close: () => Promise.resolve(),
  };
}

async function readFrom(source: BundleSource): Promise<BundleFiles> {
  const { location: folder, sizes: found } = source;
  if (!found.has(MANIFEST)) {
    throw new UserError('bundle-folder', `${folder} contains no ${MANIFEST}: give the folder of a MedForge bundle`);
  }
  const manifestPath = join(folder, MANIFEST);
  if (found.get(MANIFEST)! > MAX_MANIFEST_BYTES) {
    throw damaged('bundle-manifest', `${manifestPath} has ${String(found.get(MANIFEST))} bytes`);
  }
  const manifest = decodeManifest(Buffer.from(await source.read(MANIFEST)).toString('utf8'), manifestPath);
  const listed = new Set(manifest.files.map(({ path }) => path));
  const missing = manifest.files.filter(({ path }) => !found.has(path));
  const added = [...found.keys()].filter((path) => path !== MANIFEST && !listed.has(path));
  const [ignored, extra] = [added.filter(isLeftover), added.filter((path) => !isLeftover(path))];
  for (const file of missing) {
    for (const path of extra) {
      const same = found.get(path) === file.bytes && sha256(await source.read(path)) === file.sha256;
      if (same) throw damaged('bundle-renamed', `${join(folder, file.path)} is now named ${path}`);
    }
    throw damaged('bundle-missing', `${join(folder, file.path)} is missing`);
  }
  if (extra.length > 0) throw damaged('bundle-extra', `${join(folder, extra[0]!)} does not belong to the bundle`);
  const contents = new Map<string, Uint8Array>();
  for (const { path, bytes, sha256: wanted } of manifest.files) {
    const file = join(folder, path);
    if (found.get(path) !== bytes) {
      throw damaged('bundle-changed', `${file} has ${String(found.get(path))} bytes instead of ${String(bytes)}`);
    }
    const content = await source.read(path);
    if (sha256(content) !== wanted) throw damaged('bundle-changed', `${file} has been changed (its SHA-256 differs)`);
    contents.set(path, content);
  }
  const read = (path: string): Uint8Array => {
    const content = contents.get(path);
    if (!content) throw damaged('bundle-missing', `${join(folder, path)} is not listed in ${MANIFEST}`);
    return content;
  };
  return {
    folder,
    manifest,
    read,
    readText: (path) => Buffer.from(read(path)).toString('utf8'),
    has: (path) => contents.has(path),
    ignored,
  };
}

/** Regular files below a folder with their sizes. */
async function listFiles(folder: string): Promise<Map<string, number>> {
  const files = new Map<string, number>();
  let leftovers = 0;
  const visit = async (relative: string, depth: number): Promise<void> => {
    for (const entry of await readdir(join(folder, relative), { withFileTypes: true })) {
      const path = relative === '' ? entry.name : `${relative}/${entry.name}`;
      if (entry.isDirectory() && depth < 6) await visit(path, depth + 1);
      else if (entry.isFile()) {
        files.set(path, (await lstat(join(folder, path))).size);
        if (isLeftover(path)) leftovers++;
      } else throw damaged('bundle-not-regular', `${join(folder, path)} is neither a file nor a folder of the bundle`);
      if (files.size - leftovers > MAX_FILES + 1 || leftovers > MAX_LEFTOVERS) {
        throw damaged('bundle-extra', `${folder} contains more than ${String(MAX_FILES)} files`);
      }
    }
  };
  try {
    await visit('', 0);
  } catch (error) {
    if (error instanceof UserError) throw error;
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new UserError('bundle-folder', `${folder} cannot be read (${code}): give the folder of a MedForge bundle`, {
      cause: error,
    });
  }
  return files;
}

async function readWhole(path: string): Promise<Uint8Array> {
  try {
    const handle = await open(path, 'r');
    try {
      return await handle.readFile();
    } finally {
      await handle.close();
    }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new UserError('bundle-unreadable', `${path} cannot be read (${code}): check the permissions of the folder`, {
      cause: error,
    });
  }
}
