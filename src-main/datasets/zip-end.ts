import { describeContent, startsLikeNpy } from './npy-header.js';
import { formatBytes, refusal } from './refusal.js';
import type { RegularFile } from './regular-file.js';

/** The end of a zip archive, read strictly: what different programs read differently is refused. */
export interface ZipEnd {
  readonly entries: number;
  readonly directoryOffset: number;
  readonly directoryBytes: number;
}

const END_SIGNATURE = 0x06054b50;
const END_BYTES = 22;
const LOCATOR_SIGNATURE = 0x07064b50;
const LOCATOR_BYTES = 20;
const ZIP64_SIGNATURE = 0x06064b50;
const ZIP64_BYTES = 56;
const LOCAL_SIGNATURE = 0x04034b50;
const DIRECTORY_SIGNATURE = 0x02014b50;
const MAX_COMMENT_BYTES = 0xffff;
const MAX_DIRECTORY_BYTES = 1024 * 1024;
/** How far from the end an end record is looked for, to tell appended bytes from a cut. */
const SEARCH_BYTES = 1024 * 1024;

const COPY_AGAIN = 'The file is damaged: copy or download it again';
const SAVE_AGAIN = 'Save the arrays again with numpy.savez_compressed';

/**
 * Finds and checks the end record (and its zip64 form) of an archive of at most `maxEntries` entries.
 * @throws UserError with a kind that begins with `npz-`
 */
export async function readZipEnd(file: RegularFile, maxEntries: number): Promise<ZipEnd> {
  const { path, size } = file;
  const fail = (kind: string, wrong: string, remedy = COPY_AGAIN): never => {
    throw refusal(kind, path, wrong, remedy);
  };
  if (size === 0) fail('npz-empty-file', 'the file is empty (0 bytes)');
  const tailOffset = Math.max(0, size - SEARCH_BYTES);
  const tail = viewOf(await file.read(tailOffset, SEARCH_BYTES));
  const end = tail.byteLength - END_BYTES;
  if (end < 0 || tail.getUint32(end, true) !== END_SIGNATURE || tail.getUint16(end + 20, true) !== 0) {
    await explainMissingEnd(file, tail);
  }
  if (hasRecordWithComment(tail, end)) failComment(path);

  const endOffset = tailOffset + end;
  let recordOffset = endOffset;
  let entries = tail.getUint16(end + 10, true);
  let directoryBytes = tail.getUint32(end + 12, true);
  let directoryOffset = tail.getUint32(end + 16, true);
  if (tail.getUint16(end + 8, true) !== entries) {
    fail('npz-entry-count', 'the end record gives two different numbers of entries');
  }
  const disks = tail.getUint16(end + 4, true) | tail.getUint16(end + 6, true);
  if (disks !== 0)
    fail(
      'npz-split',
      'the archive is one part of a split archive',
      'Join the parts first, or save it again in one piece',
    );

  if (entries === 0xffff || directoryBytes === 0xffffffff || directoryOffset === 0xffffffff) {
    const locator = viewOf(await file.read(Math.max(0, endOffset - LOCATOR_BYTES), LOCATOR_BYTES));
    if (endOffset < LOCATOR_BYTES + ZIP64_BYTES || locator.getUint32(0, true) !== LOCATOR_SIGNATURE) {
      fail('npz-directory', 'the archive announces a zip64 directory but has none');
    }
    recordOffset = endOffset - LOCATOR_BYTES - ZIP64_BYTES;
    const record = viewOf(await file.read(recordOffset, ZIP64_BYTES));
    if (locator.getBigUint64(8, true) !== BigInt(recordOffset) || record.getUint32(0, true) !== ZIP64_SIGNATURE) {
      fail('npz-directory', 'the zip64 end record is not where the archive says');
    }
    entries = toNumber(record.getBigUint64(32, true));
    directoryBytes = toNumber(record.getBigUint64(40, true));
    directoryOffset = toNumber(record.getBigUint64(48, true));
  }

  if (entries === 0) {
    if (directoryBytes > 0) fail('npz-entry-count', 'the archive says it has no entries but has a directory');
    fail('npz-no-arrays', 'the archive is empty: it holds no arrays', SAVE_AGAIN);
  }
  if (entries > maxEntries) {
    fail(
      'npz-too-many-entries',
      `the archive says it has ${String(entries)} entries; at most ${String(maxEntries)} are read`,
      SAVE_AGAIN,
    );
  }
  if (directoryOffset + directoryBytes !== recordOffset)
    await explainMisplacedDirectory(file, directoryOffset, directoryBytes, recordOffset);
  if (directoryBytes > MAX_DIRECTORY_BYTES) {
    fail(
      'npz-directory',
      `the archive's directory has ${formatBytes(directoryBytes)}, far too much for ${String(entries)} entries`,
      SAVE_AGAIN,
    );
  }
  const start = viewOf(await file.read(0, 4));
  if (start.byteLength < 4 || start.getUint32(0, true) !== LOCAL_SIGNATURE) {
    fail('npz-extra-bytes', 'other bytes come before the archive, so programs disagree on its content', SAVE_AGAIN);
  }
  return { entries, directoryOffset, directoryBytes };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function toNumber(value: bigint): number {
  return Number(value > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : value);
}

function hasRecordWithComment(tail: DataView, end: number): boolean {
  for (let at = end - 1; at >= Math.max(0, end - MAX_COMMENT_BYTES); at--) {
    if (tail.getUint8(at) !== 0x50 || tail.getUint32(at, true) !== END_SIGNATURE) continue;
    if (at + END_BYTES + tail.getUint16(at + 20, true) === tail.byteLength) return true;
  }
  return false;
}

function failComment(path: string): never {
  throw refusal(
    'npz-comment',
    path,
    'the archive has a comment, in which programs can see another archive',
    SAVE_AGAIN,
  );
}

async function explainMissingEnd(file: RegularFile, tail: DataView): Promise<never> {
  const start = await file.read(0, 512);
  for (let at = tail.byteLength - END_BYTES; at >= 0; at--) {
    if (tail.getUint8(at) !== 0x50 || tail.getUint32(at, true) !== END_SIGNATURE) continue;
    const after = tail.byteLength - at - END_BYTES;
    const comment = tail.getUint16(at + 20, true);
    if (after === comment) failComment(file.path);
    if (after < comment) break;
    const wrong = `${String(after - comment)} bytes follow the end of the archive`;
    throw refusal('npz-extra-bytes', file.path, wrong, COPY_AGAIN);
  }
  if (startsLikeNpy(start)) {
    throw refusal(
      'npz-is-npy',
      file.path,
      'this is a single NPY array, not an NPZ archive',
      'Save all six arrays with numpy.savez_compressed',
    );
  }
  if (start[0] === 0x50 && start[1] === 0x4b) {
    throw refusal('npz-truncated', file.path, 'the archive is cut short: its end record is missing', COPY_AGAIN);
  }
  throw refusal(
    'npz-not-zip',
    file.path,
    `not an NPZ archive: it is ${describeContent(start)}`,
    'Download the file again, or save it with numpy.savez_compressed',
  );
}

async function explainMisplacedDirectory(
  file: RegularFile,
  offset: number,
  bytes: number,
  recordOffset: number,
): Promise<never> {
  if (offset >= file.size) {
    throw refusal('npz-directory', file.path, 'the archive points to a directory past the end of the file', COPY_AGAIN);
  }
  const expected = recordOffset - bytes;
  const found = expected > offset ? viewOf(await file.read(expected, 4)) : null;
  if (found !== null && found.byteLength === 4 && found.getUint32(0, true) === DIRECTORY_SIGNATURE) {
    const wrong = `${String(expected - offset)} bytes were put before the archive, so programs disagree on its content`;
    throw refusal('npz-extra-bytes', file.path, wrong, SAVE_AGAIN);
  }
  throw refusal('npz-directory', file.path, "the archive's directory is not where the end record says", COPY_AGAIN);
}
