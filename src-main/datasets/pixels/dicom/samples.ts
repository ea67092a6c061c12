import type { DecodedFrame } from './decode.js';
import type { FrameBytes } from './frame-bytes.js';
import type { ImageModule } from './image-module.js';

/** Stored values of one frame, pixel by pixel; whole numbers but for files of floats. */
export type Stored = Uint8Array | Int32Array | Uint32Array | Uint16Array | Float32Array;

/** Samples of an uncompressed frame. @param littleEndian of the file */
export function uncompressedSamples(
  { bytes, bitOffset }: FrameBytes,
  image: ImageModule,
  littleEndian: boolean,
): Stored {
  const { width, height, samplesPerPixel, bitsAllocated, floats } = image;
  if (bitsAllocated === 1) return bitSamples(bytes, bitOffset, width * height);
  if (floats) return floatSamples(bytes, bitsAllocated, littleEndian);
  if (image.photometricInterpretation === 'YBR_FULL_422') return spreadColours(bytes, image);
  const samples = wholeSamples(bytes, bitsAllocated / 8, littleEndian, image);
  return image.planar && samplesPerPixel === 3 ? interleaved(samples) : samples;
}

/** Samples of a decoded frame. */
export function decodedSamples({ bytes, bytesPerSample, planar }: DecodedFrame, image: ImageModule): Stored {
  const { width, height, samplesPerPixel } = image;
  if (bytesPerSample < 1) return bitSamples(bytes, 0, width * height);
  const length = width * height * samplesPerPixel * bytesPerSample;
  const samples = wholeSamples(bytes.subarray(0, length), bytesPerSample, true, image);
  return planar && samplesPerPixel === 3 ? interleaved(samples) : samples;
}

/** One bit a pixel, the lowest bit of a byte first. */
function bitSamples(bytes: Uint8Array, offset: number, count: number): Uint8Array {
  return Uint8Array.from({ length: count }, (_, i) => (bytes[(offset + i) >> 3]! >> ((offset + i) & 7)) & 1);
}

function floatSamples(bytes: Uint8Array, bits: number, littleEndian: boolean): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Float32Array.from({ length: bytes.length / (bits / 8) }, (_, i) =>
    bits === 64 ? view.getFloat64(8 * i, littleEndian) : view.getFloat32(4 * i, littleEndian),
  );
}

/** Whole numbers of 1, 2 or 4 bytes: the stored bits alone, with their sign. */
function wholeSamples(bytes: Uint8Array, width: number, littleEndian: boolean, image: ImageModule): Stored {
  const { bitsStored, highBit, signed } = image;
  const count = Math.floor(bytes.length / width);
  if (width === 1 && !signed && bitsStored === 8) return bytes.subarray(0, count);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  // a decoder may give fewer or more bytes a sample than were allocated; stored bits stay
  const bits = Math.min(bitsStored, 8 * width);
  const low = Math.max(0, Math.min(highBit + 1, 8 * width) - bits);
  const up = 32 - bits - low;
  const result = signed ? new Int32Array(count) : width === 4 ? new Uint32Array(count) : new Uint16Array(count);
  for (let i = 0; i < count; i++) {
    const word =
      width === 1 ? bytes[i]! : width === 2 ? view.getUint16(2 * i, littleEndian) : view.getUint32(4 * i, littleEndian);
    const high = word << up;
    result[i] = signed ? high >> (32 - bits) : high >>> (32 - bits);
  }
  return result;
}

function interleaved<T extends Stored>(planes: T): T {
  const area = planes.length / 3;
  const result = new (planes.constructor as new (length: number) => T)(planes.length);
  for (let p = 0; p < area; p++) {
    for (let c = 0; c < 3; c++) result[3 * p + c] = planes[c * area + p]!;
  }
  return result;
}

/** Two luminances and the colours that they share, to three samples a pixel. */
function spreadColours(bytes: Uint8Array, { width, height }: ImageModule): Uint8Array {
  const result = new Uint8Array(width * height * 3);
  for (let p = 0; p < width * height; p++) {
    const pair = (p >> 1) * 4;
    result[3 * p] = bytes[pair + (p & 1)]!;
    result[3 * p + 1] = bytes[pair + 2]!;
    result[3 * p + 2] = bytes[pair + 3]!;
  }
  return result;
}
