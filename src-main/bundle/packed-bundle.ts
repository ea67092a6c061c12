import * as zip from '@zip.js/zip.js';
import { openAsBlob } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../errors.js';
import { isLeftover, MAX_LEFTOVERS, type BundleSource } from './bundle-source.js';
import { MANIFEST, MAX_FILES, MAX_TOTAL_BYTES } from './manifest.js';

/** Files, leftovers and folders of an archive. */
const MAX_ENTRIES = MAX_FILES + 2 * MAX_LEFTOVERS;

/** Absolute, or upwards. */
const LEADS_OUT = /^[\\/]|^[A-Za-z]:|(?:^|[\\/])\.\.(?:[\\/]|$)/;

/** Whether a path is meant to be a packed bundle. */
export const isPacked = (path: string): boolean => /\.zip$/i.test(path);

/**
 * The files of a bundle whose folder was packed as `.zip`, with the folder or only what is in it. Nothing is unpacked to the
 * disk; what the archive declares is checked before memory is taken.
 * @throws UserError `bundle-packed`, `bundle-folder`
 */
export async function openPackedBundle(path: string): Promise<BundleSource> {
  const reader = new zip.ZipReader(new zip.BlobReader(await blobOf(path)), {
    strictness: 'strict',
    filenameValidation: 'tolerant',
    useWebWorkers: false,
  });
  try {
    const entries = await entriesOf(reader, path);
    return {
      location: path,
      sizes: new Map([...entries].map(([name, { uncompressedSize }]) => [name, uncompressedSize])),
      read: (name) => contentOf(entries.get(name)!, join(path, name), path),
      close: () => reader.close(),
    };
  } catch (error) {
    await reader.close();
    throw translate(error, path);
  }
}

async function blobOf(path: string): Promise<Blob> {
  try {
    // a named pipe must not be opened: that can block
    if (!(await stat(path)).isFile()) throw refused(path, 'is a folder or a device, not a file');
    return await openAsBlob(path);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw refused(path, `cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`, error);
  }
}

/** Files by their paths in the bundle. */
async function entriesOf(reader: zip.ZipReader<Blob>, path: string): Promise<Map<string, zip.FileEntry>> {
  const found = new Map<string, zip.FileEntry>();
  let entries = 0;
  let bytes = 0;
  for await (const entry of reader.getEntriesGenerator()) {
    if (++entries > MAX_ENTRIES) throw refused(path, `contains more than ${String(MAX_FILES)} files`);
    if (entry.directory) continue;
    const { filename } = entry;
    const type = (entry.externalFileAttributes >>> 16) & 0o170000;
    if (entry.symlink || (type !== 0 && type !== 0o100000))
      throw refused(path, `contains ${filename}, which is not a file`);
    if (LEADS_OUT.test(filename)) throw refused(path, `contains ${filename}, whose path points outside it`);
    if (entry.encrypted) throw refused(path, 'is locked with a password');
    if (found.has(filename)) throw refused(path, `contains ${filename} twice`);
    bytes += entry.uncompressedSize;
    if (bytes > MAX_TOTAL_BYTES) throw refused(path, `unpacks to more than ${String(MAX_TOTAL_BYTES)} bytes`);
    found.set(filename, entry);
  }
  const manifest = found.has(MANIFEST)
    ? MANIFEST
    : [...found.keys()].find((name) => /^[^/]+\/manifest\.json$/.test(name));
  if (manifest === undefined) {
    throw new UserError(
      'bundle-folder',
      `${path} contains no ${MANIFEST}, so it is not a packed bundle: unpack it and use the bundle inside.`,
    );
  }
  const folder = manifest.slice(0, -MANIFEST.length);
  return new Map(
    [...found].map(([name, entry]) => [
      name.startsWith(folder) && !isLeftover(name) ? name.slice(folder.length) : name,
      entry,
    ]),
  );
}

/** Content of an entry: exactly the bytes that it declares, with their checksum. */
async function contentOf(entry: zip.FileEntry, name: string, path: string): Promise<Uint8Array> {
  const content = new Uint8Array(entry.uncompressedSize);
  let received = 0;
  const write = (chunk: Uint8Array): void => {
    if (received + chunk.length > content.length) throw refused(path, `contains more of ${name} than it declares`);
    content.set(chunk, received);
    received += chunk.length;
  };
  try {
    await entry.getData(new WritableStream<Uint8Array>({ write }), {
      checkCrc32: true,
      checkOverlappingEntry: true,
    });
  } catch (error) {
    throw translate(error, path);
  }
  return content;
}

function translate(error: unknown, path: string): unknown {
  if (error instanceof UserError || !(error instanceof Error)) return error;
  const reason = 'reason' in error && typeof error.reason === 'string' ? error.reason : error.message;
  return refused(path, `is not a valid zip archive (${reason.replace(/\s+/g, ' ')})`, error);
}

function refused(path: string, what: string, cause?: unknown): UserError {
  return new UserError(
    'bundle-packed',
    `${path} ${what}: pack the folder of the bundle again, or give the folder itself`,
    {
      cause,
    },
  );
}
