import sharp, { type Metadata, type Sharp } from 'sharp';
import { UserError } from '../../errors.js';
import { refusal } from '../refusal.js';
import {
  areEqualChannels,
  bitsFor,
  rangeOf,
  type ImageFormat,
  type OpenedFrames,
  type SourceImage,
} from './source-image.js';

/** Largest number of pixels of one image. */
export const MAX_PIXELS = 100_000_000;

// one thread an image: those who read many read several at a time
sharp.concurrency(1);
// each image is read once
sharp.cache(false);

type PictureFormat = Exclude<ImageFormat, 'DICOM' | 'BMP'>;

/**
 * Opens a PNG, JPEG, TIFF or WebP file: turned as the camera recorded, transparency on black, palettes, CMYK and colour
 * profiles to RGB, samples of 16 bits and fractions as they are.
 * @throws UserError `image-damaged`, `image-too-large`
 */
export async function openPicture(bytes: Uint8Array, format: PictureFormat, source: string): Promise<OpenedFrames> {
  return explaining(format, source, async () => {
    const metadata = await opened(bytes).metadata();
    const frames = format === 'TIFF' ? (metadata.pages ?? 1) : 1;
    const read = (frame: number): Promise<SourceImage> =>
      explaining(format, source, async () => {
        const input = opened(bytes, frame);
        const own = frame === 0 ? metadata : await input.metadata();
        return { ...(await decode(input, own, format)), frames, frame };
      });
    return { frames, read };
  });
}

function opened(bytes: Uint8Array, page = 0): Sharp {
  return sharp(bytes, {
    failOn: 'error',
    limitInputPixels: MAX_PIXELS,
    sequentialRead: true,
    ...(page > 0 ? { page } : {}),
  });
}

async function decode(
  input: Sharp,
  metadata: Metadata,
  format: PictureFormat,
): Promise<Omit<SourceImage, 'frames' | 'frame'>> {
  const { hasAlpha, orientation, space } = metadata;
  const depth = depthOf(metadata);
  const isGrey = metadata.channels - (hasAlpha ? 1 : 0) < 3;
  const spaces = { 8: ['b-w', 'srgb'], 16: ['grey16', 'rgb16'], float: ['b-w', 'srgb'] } as const;
  const kinds = { 8: 'uchar', 16: 'ushort', float: 'float' } as const;
  let pipeline = input.autoOrient();
  if (hasAlpha) pipeline = pipeline.flatten({ background: '#000000' });
  const { data, info } = await pipeline
    .toColourspace(spaces[depth][isGrey ? 0 : 1])
    .raw({ depth: kinds[depth] })
    .toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  const given = samplesOf(data, depth);
  const channels = info.channels >= 3 ? 3 : 1;
  const samples = info.channels === channels ? given : dropped(given, info.channels, channels);
  const range = rangeOf(samples);
  const bits = depth === 'float' ? null : depth;
  const notes = [
    (orientation ?? 1) > 1 ? 'rotated as the camera recorded' : '',
    metadata.isPalette ? 'palette to colours' : '',
    space === 'cmyk' ? 'CMYK to RGB' : '',
    hasAlpha ? 'transparency on black' : '',
  ];
  return {
    format,
    width,
    height,
    channels,
    samples,
    ...range,
    bits,
    bitsInUse: bits === null ? null : bitsFor(range.max),
    inverted: false,
    window: null,
    isGrey: channels === 1 || areEqualChannels(samples, depth === 'float' ? 1 / 255 : depth === 16 ? 257 : 1),
    notes: notes.filter((note) => note !== ''),
    header: null,
  };
}

type Depth = 8 | 16 | 'float';

function depthOf({ depth }: Metadata): Depth {
  if (depth === 'uchar') return 8;
  return depth === 'ushort' ? 16 : 'float';
}

/** The bytes of sharp as samples, aligned. */
function samplesOf(data: Buffer, depth: Depth): Uint8Array | Uint16Array | Float32Array {
  const { buffer, byteOffset, length } = data;
  if (depth === 8) return new Uint8Array(buffer, byteOffset, length);
  const aligned =
    byteOffset % 4 === 0 ? { buffer, byteOffset } : { buffer: Uint8Array.from(data).buffer, byteOffset: 0 };
  return depth === 16
    ? new Uint16Array(aligned.buffer, aligned.byteOffset, length / 2)
    : new Float32Array(aligned.buffer, aligned.byteOffset, length / 4);
}

function dropped<T extends Uint8Array | Uint16Array | Float32Array>(samples: T, from: number, to: number): T {
  const pixels = samples.length / from;
  const result = samples.slice(0, pixels * to) as T;
  for (let p = 0; p < pixels; p++) for (let c = 0; c < to; c++) result[p * to + c] = samples[p * from + c]!;
  return result;
}

async function explaining<T>(format: string, source: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof UserError) throw error;
    const message = (error instanceof Error ? error.message : String(error)).split('\n')[0]!;
    if (message.includes('exceeds pixel limit')) throw tooLarge(source, error);
    throw refusal(
      'image-damaged',
      source,
      `this is not a complete ${format} image (${message})`,
      'Save it again',
      error,
    );
  }
}

export function tooLarge(source: string, cause?: unknown): UserError {
  const wrong = `the image has more than ${String(MAX_PIXELS)} pixels`;
  return refusal('image-too-large', source, wrong, 'Make it smaller', cause);
}
