import { createHash, type Hash } from 'node:crypto';
import { mkdir, open, rm, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { UserError } from '../errors.js';
import { catalogue, fileId, fileName, findCatalogued, type CatalogueFile } from './catalogue.js';
import { renameDurably, writeAll } from '../durable-file.js';
import { datasetsFolder } from './library.js';
import { formatBytes, quote } from './refusal.js';
import { hashFile } from './regular-file.js';

/** What a download needs of `fetch`. */
export type Transport = (
  url: string,
  request: { headers: Record<string, string>; signal: AbortSignal },
) => Promise<Response>;

/** Bytes received so far and in all; `total` is 0 while the server has not said it. */
export interface DownloadProgress {
  readonly received: number;
  readonly total: number;
}

export interface DownloadOptions {
  /** Default: the global `fetch`. */
  readonly transport?: Transport;
  /** Default: the address of the catalogue. For a mirror inside the house; the MD5 still has to match. */
  readonly url?: string;
  readonly onProgress?: (progress: DownloadProgress) => void;
  /** Cancels: the part received so far is kept, and the next download goes on from there. */
  readonly signal?: AbortSignal;
  /** Largest file that is taken, in bytes. Default 1 GiB. */
  readonly maxBytes?: number;
  /** Silence of the server after which the connection counts as cut. Default 60 s. */
  readonly stallMilliseconds?: number;
}

interface Download {
  /** Of the set with its size. */
  readonly name: string;
  readonly file: CatalogueFile;
  readonly url: string;
  readonly part: string;
  readonly options: DownloadOptions;
}

type Outcome = 'complete' | 'start-again';

/**
 * Downloads an official file of a catalogue set to `<home>/datasets/<id>.npz`: into a `.part` file that gets the
 * final name only when its MD5 is the published one and it is safely on disk. A connection is opened by this call and by
 * nothing else, and not even then when the file is there already.
 * A cut or cancelled download leaves its `.part` for the next try; anything that is not the file is dropped.
 * @param name id or name of the catalogue: `breastmnist` for 28 pixels, `breastmnist_64` for another size
 * @returns the path of the file
 * @throws UserError (kinds `download-…`); the signal's reason when it is aborted
 */
export async function downloadDataset(name: string, home: string, options: DownloadOptions = {}): Promise<string> {
  const found = findCatalogued(name);
  if (found === undefined) {
    const names = catalogue().map(({ id }) => id);
    throw new UserError(
      'download-unknown',
      `There is no dataset ${quote(name)} in the catalogue. Choose one of ${names.join(', ')}; add _64, _128 or _224 for larger images.`,
    );
  }
  const { entry, file } = found;
  const folder = datasetsFolder(home);
  const path = join(folder, `${fileId(entry, file.size)}.npz`);
  if (await hasMd5(path, file.md5)) return path;
  await mkdir(folder, { recursive: true });
  const setName = fileName(entry, file.size);
  const download: Download = { name: setName, file, url: options.url ?? file.url, part: `${path}.part`, options };
  if ((await attempt(download, true)) === 'start-again') await attempt(download, false);
  renameDurably(download.part, path);
  return path;
}

async function hasMd5(path: string, md5: string): Promise<boolean> {
  try {
    return (await hashFile(path)).md5 === md5;
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}

/** One request. `start-again`: what the `.part` held was of no use and is gone. */
async function attempt(download: Download, mayResume: boolean): Promise<Outcome> {
  const { file, part } = download;
  if (!mayResume) await rm(part, { force: true });
  const kept = mayResume ? await sizeOf(part) : 0;
  const response = await request(download, kept);
  const resumed =
    kept > 0 &&
    response.status === 206 &&
    response.headers.get('content-range')?.startsWith(`bytes ${String(kept)}-`) === true;
  if (response.status === 416 || (response.status === 206 && !resumed)) {
    await response.body?.cancel();
    await rm(part, { force: true });
    if (mayResume) return 'start-again';
    throw failure(download, 'download-status', `the server answered ${String(response.status)} to a plain request`);
  }
  await checkResponse(download, response);
  const offset = resumed ? kept : 0;
  const length = Number(response.headers.get('content-length') ?? 0);
  const total = length > 0 ? offset + length : 0;
  const md5 = await receive(download, response, offset, total);
  if (md5 === file.md5) return 'complete';
  await rm(part, { force: true });
  if (resumed) return 'start-again';
  throw failure(
    download,
    'download-wrong-hash',
    `the file received has MD5 ${md5}, not the published ${file.md5}; it was discarded`,
  );
}

async function request(download: Download, kept: number): Promise<Response> {
  const { url, options } = download;
  const transport: Transport = options.transport ?? fetch;
  const headers: Record<string, string> = { 'accept-encoding': 'identity' };
  if (kept > 0) headers['range'] = `bytes=${String(kept)}-`;
  checkAddress(download, url);
  try {
    const response = await transport(url, { headers, signal: options.signal ?? new AbortController().signal });
    if (response.url !== '') checkAddress(download, response.url);
    return response;
  } catch (error) {
    options.signal?.throwIfAborted();
    if (error instanceof UserError) throw error;
    throw failure(download, 'download-no-connection', `no connection to ${new URL(url).host}`, error);
  }
}

/** Only https, so that nobody on the way sees or changes it; plain http to this machine itself is harmless. */
function checkAddress(download: Download, address: string): void {
  const { protocol, hostname } = new URL(address);
  if (protocol === 'https:' || (protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(hostname))) return;
  throw failure(download, 'download-insecure', `the server redirects to ${quote(address)}, which is not https`);
}

async function checkResponse(download: Download, response: Response): Promise<void> {
  const { part, options } = download;
  const maxBytes = options.maxBytes ?? 1024 ** 3;
  const refuse = async (kind: string, wrong: string): Promise<never> => {
    await response.body?.cancel();
    throw failure(download, kind, wrong);
  };
  if (!response.ok)
    await refuse('download-status', `the server answered ${String(response.status)} ${response.statusText}`.trim());
  if (/text\/html/i.test(response.headers.get('content-type') ?? '')) {
    await rm(part, { force: true });
    await refuse('download-web-page', 'the server sent a web page, not the file (a login or error page?)');
  }
  const length = Number(response.headers.get('content-length') ?? 0);
  if (length > maxBytes)
    await refuse(
      'download-too-large',
      `the server announces ${formatBytes(length)}; at most ${formatBytes(maxBytes)} are taken`,
    );
}

/** Writes the body to the `.part` from `offset`, syncs it, and returns the MD5 of the whole `.part`. */
async function receive(download: Download, response: Response, offset: number, total: number): Promise<string> {
  const { part, options } = download;
  const maxBytes = options.maxBytes ?? 1024 ** 3;
  const md5 = createHash('md5');
  const file = await open(part, offset > 0 ? 'r+' : 'w', 0o600);
  let received = offset;
  let drop = false;
  try {
    await hashStart(file, offset, md5);
    if (offset > 0) await file.truncate(offset);
    for await (const chunk of chunks(download, response)) {
      if (received === 0 && !(chunk[0] === 0x50 && (chunk.length < 2 || chunk[1] === 0x4b))) {
        drop = true;
        throw failure(download, 'download-not-npz', 'what the server sends is not an NPZ archive; it was discarded');
      }
      if (received + chunk.length > maxBytes) {
        drop = true;
        throw failure(
          download,
          'download-too-large',
          `the server sends more than ${formatBytes(maxBytes)}; it was discarded`,
        );
      }
      const position = received;
      await onDisk(download, () => writeAll(file, chunk, position));
      md5.update(chunk);
      received += chunk.length;
      options.onProgress?.({ received, total });
    }
    await onDisk(download, () => file.sync());
  } catch (error) {
    drop ||= error instanceof UserError && error.kind === 'download-disk-full';
    throw error;
  } finally {
    await file.close();
    if (drop) await rm(part, { force: true });
  }
  if (received < total) throw cut(download, received, total);
  return md5.digest('hex');
}

/** The body piece by piece; a broken or silent connection becomes `download-cut`. */
async function* chunks(download: Download, response: Response): AsyncGenerator<Uint8Array, void> {
  const { options } = download;
  if (response.body === null) return;
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  try {
    for (;;) {
      const stalled = new AbortController();
      const silence = wait(options.stallMilliseconds ?? 60_000, 'silent' as const, { signal: stalled.signal });
      silence.catch(() => undefined);
      let result;
      try {
        result = await Promise.race([reader.read(), silence]);
      } catch (error) {
        options.signal?.throwIfAborted();
        throw cut(download, 0, 0, error);
      } finally {
        stalled.abort();
      }
      options.signal?.throwIfAborted();
      if (result === 'silent') throw cut(download, 0, 0);
      if (result.done) return;
      yield result.value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

async function hashStart(file: FileHandle, length: number, md5: Hash): Promise<void> {
  const buffer = new Uint8Array(1024 * 1024);
  for (let done = 0; done < length;) {
    const { bytesRead } = await file.read(buffer, 0, Math.min(buffer.length, length - done), done);
    if (bytesRead === 0) return;
    md5.update(buffer.subarray(0, bytesRead));
    done += bytesRead;
  }
}

/** Runs a write; a full disk becomes `download-disk-full`. */
async function onDisk(download: Download, action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')))
      throw error;
    const message = `${download.part}: the disk is full; the partial download was discarded. Free some space and download again.`;
    throw new UserError('download-disk-full', message, { cause: error });
  }
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

function cut(download: Download, received: number, total: number, cause?: unknown): UserError {
  const how = total > 0 ? ` after ${formatBytes(received)} of ${formatBytes(total)}` : '';
  const message = `${download.name}: the connection was cut${how}. Download it again: it resumes where it stopped.`;
  return new UserError('download-cut', message, cause === undefined ? undefined : { cause });
}

function failure(download: Download, kind: string, wrong: string, cause?: unknown): UserError {
  const { name, url } = download;
  const remedy = `Try again later, or fetch ${url} by other means and add the file`;
  return new UserError(kind, `${name}: ${wrong}. ${remedy}.`, cause === undefined ? undefined : { cause });
}
