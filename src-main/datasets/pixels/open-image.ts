import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import type { FrameChoice } from '../../vocabulary/pixel-rule.js';
import { UserError } from '../../errors.js';
import { refusal } from '../refusal.js';
import type { ImageFormat, OpenedFrames, SourceImage } from './source-image.js';

/** Largest file of an image, in bytes. */
const MAX_BYTES = 512 * 1024 ** 2;

/** Bytes of a file with the name that messages call it by. */
export interface NamedBytes {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/**
 * Opens the file of an image by its content, whatever its name: PNG, JPEG, TIFF, BMP, WebP or DICOM, with one image or several.
 * @param location path, or bytes that are there already
 * @throws UserError `image-missing`, `image-format`, `image-damaged`, `image-unsupported`, `image-too-large`, `dicom-…`
 */
export async function openFrames(location: string | NamedBytes): Promise<OpenedFrames> {
  const { name, bytes } =
    typeof location === 'string' ? { name: location, bytes: await readWhole(location) } : location;
  // the reader of DICOM files is loaded with the first of them; some are TIFF files too, in their preamble
  const format = isMarkedDicom(bytes) ? null : formatOf(bytes);
  switch (format) {
    case 'PNG':
    case 'JPEG':
    case 'TIFF':
    case 'WebP':
      return (await import('./open-picture.js')).openPicture(bytes, format, name);
    case 'BMP':
      return (await import('./open-bitmap.js')).openBitmap(bytes, name);
    case null: {
      const { isDicom } = await import('./dicom/read-file.js');
      if (isDicom(bytes)) return (await import('./dicom/open-dicom.js')).openDicom(bytes, name);
      const wrong =
        bytes.length === 0
          ? 'the file is empty'
          : 'by its content, this is not a PNG, JPEG, TIFF, BMP, WebP or DICOM file';
      throw refusal('image-format', name, wrong, 'Use an image file');
    }
  }
}

/** One image of a file. @param frames `each` counts as `first` @throws as `openFrames` */
export async function openImage(location: string | NamedBytes, frames: FrameChoice = 'first'): Promise<SourceImage> {
  const opened = await openFrames(location);
  return opened.read(framesOf(opened.frames, frames)[0]!);
}

/** Numbers of the images that a choice takes of a file with so many. */
export function framesOf(count: number, choice: FrameChoice): number[] {
  if (choice === 'each') return Array.from({ length: count }, (_, i) => i);
  return [choice === 'middle' ? count >> 1 : 0];
}

const STARTS: readonly (readonly [Exclude<ImageFormat, 'DICOM'>, number, string])[] = [
  ['PNG', 0, '89504e470d0a1a0a'],
  ['JPEG', 0, 'ffd8ff'],
  ['TIFF', 0, '49492a00'],
  ['TIFF', 0, '4d4d002a'],
  ['TIFF', 0, '49492b00'],
  ['TIFF', 0, '4d4d002b'],
  ['WebP', 8, '57454250'],
  ['BMP', 0, '424d'],
];

const isMarkedDicom = (bytes: Uint8Array): boolean => startsWith(bytes, 128, '4449434d');

function startsWith(bytes: Uint8Array, at: number, hex: string): boolean {
  return Buffer.from(bytes.subarray(at, at + hex.length / 2)).toString('hex') === hex;
}

function formatOf(bytes: Uint8Array): Exclude<ImageFormat, 'DICOM'> | null {
  const found = STARTS.find(([, at, hex]) => startsWith(bytes, at, hex));
  return found?.[0] ?? null;
}

async function readWhole(path: string): Promise<Uint8Array> {
  let handle;
  try {
    handle = await open(path, 'r');
    const stats = await handle.stat();
    if (!stats.isFile()) throw refusal('image-missing', path, 'this is not a file', 'Give the path of an image');
    if (stats.size > MAX_BYTES) {
      const wrong = `the file has ${String(stats.size)} bytes, more than the limit of ${String(MAX_BYTES)}`;
      throw refusal('image-too-large', path, wrong, 'Make it smaller');
    }
    // a view of plain bytes: slices of a Buffer are no copies
    const { buffer, byteOffset, length } = await handle.readFile();
    return new Uint8Array(buffer, byteOffset, length);
  } catch (error) {
    if (error instanceof UserError) throw error;
    const code = (error as NodeJS.ErrnoException).code ?? basename(String(error));
    throw refusal('image-missing', path, `the file cannot be read (${code})`, 'Give the path of an image', error);
  } finally {
    await handle?.close();
  }
}
