import * as zip from '@zip.js/zip.js';
import { UserError } from '../errors.js';
import { MAX_DATA_OFFSET, parseNpyHeader, type NpyHeader } from './npy-header.js';
import { decodeNpyData, type NpyArray, type NpyOptions } from './npy.js';
import { formatBytes, quote, refusal } from './refusal.js';
import { fileChanged, openRegularFile, type RegularFile } from './regular-file.js';
import { readZipEnd } from './zip-end.js';

/** Caps that hold before anything is decompressed. Sizes in bytes. */
export interface NpzLimits {
  readonly fileBytes: number;
  /** Of one array, decompressed. */
  readonly entryBytes: number;
  /** Of all arrays together, decompressed. */
  readonly totalBytes: number;
  readonly entries: number;
  /** Decompressed ÷ compressed size of one array above 1 MiB. Deflate itself ends at 1032. */
  readonly ratio: number;
}

export const NPZ_LIMITS: NpzLimits = {
  fileBytes: 4 * 1024 ** 3,
  entryBytes: 2 * 1024 ** 3,
  totalBytes: 4 * 1024 ** 3 - 4096,
  entries: 64,
  ratio: 250,
};

export interface NpzOptions {
  readonly limits?: Partial<NpzLimits>;
  readonly signal?: AbortSignal | undefined;
}

const ENTRY_NAME = /^[A-Za-z0-9_.-]{1,64}\.npy$/;
const RATIO_FREE_BYTES = 1024 * 1024;
const COPY_AGAIN = 'The file is damaged: copy or download it again';
const SAVE_AGAIN = 'Save the arrays again with numpy.savez_compressed';

const METHODS: ReadonlyMap<number, string> = new Map([
  [9, 'Deflate64'],
  [12, 'BZIP2'],
  [14, 'LZMA'],
  [93, 'Zstandard'],
  [95, 'XZ'],
]);

/** Failures that zip.js finds, in the words of this program. */
const ZIP_ERRORS: Readonly<Record<string, readonly [kind: string, wrong: string]>> = {
  [zip.ERR_INVALID_CRC32]: [
    'npz-checksum',
    'the data does not have the checksum and size that the archive declares: it was altered or damaged',
  ],
  [zip.ERR_INVALID_UNCOMPRESSED_SIZE]: ['npz-size', 'it does not decompress to the size that the archive declares'],
  [zip.ERR_INVALID_COMPRESSED_DATA]: ['npz-compressed-data', 'the compressed data is damaged'],
  [zip.ERR_OVERLAPPING_ENTRY]: ['npz-overlap', 'entries of the archive overlap'],
  [zip.ERR_ENTRY_DATA_OUT_OF_BOUNDS]: ['npz-bounds', 'its data reaches past the end of the archive'],
  [zip.ERR_LOCAL_FILE_HEADER_NOT_FOUND]: ['npz-local-header', 'the directory points to a place where no entry begins'],
  [zip.ERR_CENTRAL_DIRECTORY_NOT_FOUND]: [
    'npz-entry-count',
    'the directory holds fewer entries than the end record says',
  ],
  [zip.WARNING_TRAILING_CENTRAL_DIRECTORY_DATA]: [
    'npz-entry-count',
    'the directory holds more than the end record says',
  ],
  [zip.WARNING_MISMATCHED_LOCAL_FILE_HEADER_FILENAME]: ['npz-local-header', 'an entry has two different names'],
  [zip.WARNING_DUPLICATE_FILENAME]: ['npz-duplicate', 'two entries have the same name'],
  [zip.WARNING_PREPENDED_DATA]: ['npz-extra-bytes', 'other bytes come before the archive'],
};

class FileReader extends zip.Reader<RegularFile> {
  constructor(private readonly file: RegularFile) {
    super(file);
    this.size = file.size;
  }

  override readUint8Array(offset: number, length: number): Promise<Uint8Array> {
    return this.file.read(offset, length);
  }
}

/** Thrown inside the decompression stream to end it once the header is known. */
class HeaderFound extends Error {}

/** An open `.npz` archive whose directory has passed every check; arrays are read one by one. */
export class NpzArchive {
  /** Use `openNpz`. */
  constructor(
    readonly file: RegularFile,
    private readonly entries: ReadonlyMap<string, zip.FileEntry>,
    private readonly signal: AbortSignal | undefined,
  ) {}

  /** Names of the arrays, without `.npy`. */
  get names(): readonly string[] {
    return [...this.entries.keys()];
  }

  has(name: string): boolean {
    return this.entries.has(name);
  }

  /** Type and shape of an array, decompressing no more than its first bytes. */
  async header(name: string): Promise<NpyHeader> {
    let header: NpyHeader | undefined;
    await this.stream(name, (found) => {
      header = found;
      throw new HeaderFound();
    });
    return header!;
  }

  /**
   * Reads one array: its size is checked against its header before the memory is taken, its CRC after.
   * @param into gives the memory for the data bytes; default: fresh memory
   */
  async read(name: string, options: NpyOptions & { into?: Uint8Array } = {}): Promise<NpyArray> {
    let data = new Uint8Array(0);
    const header = await this.stream(name, (found) => {
      data =
        (options.into?.subarray(0, found.dataBytes) as Uint8Array<ArrayBuffer> | undefined) ??
        new Uint8Array(found.dataBytes);
      if (data.length !== found.dataBytes) throw fileChanged(this.file.path);
      return data;
    });
    return decodeNpyData(header, data, this.source(name), options);
  }

  async close(): Promise<void> {
    await this.file.close();
  }

  private source(name: string): string {
    return `${this.file.path}: ${name}.npy`;
  }

  private async stream(name: string, onHeader: (header: NpyHeader) => Uint8Array): Promise<NpyHeader> {
    const entry = this.entries.get(name);
    if (entry === undefined) throw new RangeError(`the archive has no array ${name}`);
    const source = this.source(name);
    const total = entry.uncompressedSize;
    const start = new Uint8Array(Math.min(total, MAX_DATA_OFFSET));
    let received = 0;
    let header: NpyHeader | undefined;
    let data: Uint8Array | undefined;
    const take = (chunk: Uint8Array): void => {
      if (received + chunk.length > total) {
        throw refusal(
          'npz-size',
          source,
          `it holds more than the ${String(total)} bytes that the archive declares`,
          COPY_AGAIN,
        );
      }
      if (received < start.length) start.set(chunk.subarray(0, start.length - received), received);
      const before = received;
      received += chunk.length;
      if (header === undefined) {
        if (received < start.length) return;
        header = parseNpyHeader(start, total, source);
        data = onHeader(header);
        data.set(start.subarray(header.dataOffset));
        if (received <= start.length) return;
        data.set(chunk.subarray(start.length - before), start.length - header.dataOffset);
        return;
      }
      data!.set(chunk, before - header.dataOffset);
    };
    try {
      if (total === 0) parseNpyHeader(start, 0, source);
      await entry.getData(new WritableStream<Uint8Array>({ write: take }), {
        signal: this.signal,
        checkCrc32: true,
        checkOverlappingEntry: true,
      } as zip.EntryGetDataOptions);
    } catch (error) {
      if (error instanceof HeaderFound && header !== undefined) return header;
      throw translate(error, source, this.signal);
    }
    return header!;
  }
}

/**
 * Opens an untrusted `.npz` archive and checks its whole directory.
 * @throws UserError (kinds `file-…`, `npz-…`)
 */
export async function openNpz(path: string, options: NpzOptions = {}): Promise<NpzArchive> {
  const file = await openRegularFile(path, fileLimit(options));
  try {
    return await npzOf(file, options);
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** The largest archive that is opened, in bytes. */
export function fileLimit({ limits }: NpzOptions): number {
  return limits?.fileBytes ?? NPZ_LIMITS.fileBytes;
}

/** As `openNpz`, of a file that is open. Closing it stays with the caller. */
export async function npzOf(file: RegularFile, options: NpzOptions = {}): Promise<NpzArchive> {
  const limits = { ...NPZ_LIMITS, ...options.limits };
  const { path } = file;
  const end = await readZipEnd(file, limits.entries);
  const reader = new zip.ZipReader(new FileReader(file), {
    strictness: 'strict',
    filenameValidation: 'tolerant',
    useWebWorkers: false,
  });
  const entries: zip.Entry[] = [];
  try {
    for await (const entry of reader.getEntriesGenerator()) entries.push(entry);
  } catch (error) {
    // what is ambiguous about names is said better with the names
    checkNames(entries, path);
    throw translate(error, path, options.signal);
  }
  return new NpzArchive(file, checkEntries(entries, path, end.directoryOffset, limits), options.signal);
}

/** Reads every array of an untrusted `.npz` archive. @throws UserError (kinds `file-…`, `npz-…`, `npy-…`) */
export async function readNpz(path: string, options: NpzOptions & NpyOptions = {}): Promise<Map<string, NpyArray>> {
  const archive = await openNpz(path, options);
  try {
    const arrays = new Map<string, NpyArray>();
    for (const name of archive.names) arrays.set(name, await archive.read(name, options));
    return arrays;
  } finally {
    await archive.close();
  }
}

function checkEntries(
  entries: readonly zip.Entry[],
  path: string,
  directoryOffset: number,
  limits: NpzLimits,
): Map<string, zip.FileEntry> {
  const names = checkNames(entries, path);
  const members = new Map<string, zip.FileEntry>();
  let total = 0;
  for (const [i, entry] of entries.entries()) {
    const name = names[i]!;
    const fail = (kind: string, wrong: string, remedy = COPY_AGAIN): never => {
      throw refusal(kind, `${path}: ${name}`, wrong, remedy);
    };
    if (entry.filename !== name)
      fail('npz-entry-name', 'the entry has a second, different name in an extra field', SAVE_AGAIN);
    const type = (entry.externalFileAttributes >>> 16) & 0o170000;
    if (entry.directory || entry.symlink || (type !== 0 && type !== 0o100000)) {
      fail('npz-not-regular', 'the entry is a link, folder or device, not a file', SAVE_AGAIN);
    }
    if (entry.encrypted) fail('npz-encrypted', 'the entry is encrypted', 'Save it without a password');
    checkMethod(entry, fail);
    const { uncompressedSize, compressedSize } = entry;
    if (uncompressedSize > limits.entryBytes) {
      const wrong = `it declares ${formatBytes(uncompressedSize)}; at most ${formatBytes(limits.entryBytes)} are read`;
      fail('npz-entry-too-large', wrong, 'Use a version of the dataset with smaller images');
    }
    if (entry.compressionMethod === 0 && compressedSize !== uncompressedSize) {
      fail('npz-size', `it declares ${String(uncompressedSize)} bytes but ${String(compressedSize)} are stored`);
    }
    if (uncompressedSize > RATIO_FREE_BYTES && uncompressedSize > limits.ratio * compressedSize) {
      const wrong = `${formatBytes(compressedSize)} would decompress to ${formatBytes(uncompressedSize)}, more than ${String(limits.ratio)} times as much`;
      fail('npz-ratio', wrong, 'If the data is genuine, save it with numpy.savez (not compressed)');
    }
    if (entry.offset + 30 + compressedSize > directoryOffset)
      fail('npz-bounds', 'its data reaches past the end of the archive');
    total += uncompressedSize;
    members.set(name.slice(0, -'.npy'.length), entry as zip.FileEntry);
  }
  if (total > limits.totalBytes) {
    const wrong = `the arrays together declare ${formatBytes(total)}; at most ${formatBytes(limits.totalBytes)} are read`;
    throw refusal('npz-too-large', path, wrong, 'Use a version of the dataset with smaller images');
  }
  checkOverlap(entries, names, path);
  return members;
}

/** The raw names of the entries, each checked. */
function checkNames(entries: readonly zip.Entry[], path: string): readonly string[] {
  const names = entries.map((entry) => Buffer.from(entry.rawFilename).toString('latin1'));
  for (const name of names) checkName(name, names, path);
  return names;
}

function checkName(name: string, names: readonly string[], path: string): void {
  const fail = (kind: string, wrong: string): never => {
    throw refusal(kind, path, wrong, SAVE_AGAIN);
  };
  if (names.filter((other) => other === name).length > 1) {
    fail('npz-duplicate', `two entries are called ${quote(name)}, so programs disagree on which one counts`);
  }
  if (name.includes('\0')) fail('npz-entry-nul', `the entry name ${quote(name)} holds a NUL character`);
  if (/^[\\/]|^[A-Za-z]:|(^|[\\/])\.\.([\\/]|$)/.test(name)) {
    fail('npz-entry-path', `the entry name ${quote(name)} leads out of its folder`);
  }
  if (names.includes(`${name}.npy`))
    fail('npz-entry-twin', `${quote(name)} lies beside ${quote(`${name}.npy`)}: it is unclear which one is meant`);
  if (!ENTRY_NAME.test(name)) {
    fail(
      'npz-entry-name',
      `the entry ${quote(name)} is not an array: names are letters, digits, "_", "." and "-" with .npy at the end`,
    );
  }
}

function checkMethod(entry: zip.Entry, fail: (kind: string, wrong: string, remedy: string) => never): void {
  if (entry.compressionMethod === 0 || entry.compressionMethod === 8) return;
  const method = METHODS.get(entry.compressionMethod) ?? `method ${String(entry.compressionMethod)}`;
  fail('npz-method', `it is compressed with ${method}; only stored and Deflate are read`, SAVE_AGAIN);
}

function checkOverlap(entries: readonly zip.Entry[], names: readonly string[], path: string): void {
  const ranges = entries
    .map((entry, i) => ({
      name: names[i]!,
      start: entry.offset,
      end: entry.offset + 30 + names[i]!.length + entry.compressedSize,
    }))
    .sort((a, b) => a.start - b.start);
  for (const [i, range] of ranges.entries()) {
    const previous = ranges[i - 1];
    if (previous === undefined || previous.end <= range.start) continue;
    throw refusal('npz-overlap', path, `the entries ${previous.name} and ${range.name} overlap`, COPY_AGAIN);
  }
}

function translate(error: unknown, source: string, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted === true) return signal.reason;
  if (error instanceof UserError || error instanceof HeaderFound) return error;
  if (!(error instanceof Error)) return error;
  const reason = 'reason' in error && typeof error.reason === 'string' ? error.reason : error.message;
  const [kind, wrong] = ZIP_ERRORS[reason] ?? [
    'npz-damaged',
    `the archive is not sound (${reason.replace(/[\r\n]+/g, ' ')})`,
  ];
  return refusal(kind, source, wrong, COPY_AGAIN, error);
}
