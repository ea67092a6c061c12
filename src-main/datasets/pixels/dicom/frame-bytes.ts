import { inflateRawSync } from 'node:zlib';
import { refusal } from '../../refusal.js';
import type { DataSet } from './data-set.js';
import type { ImageModule } from './image-module.js';
import { damaged, truncated } from './read-file.js';
import { TAG } from './tags.js';
import type { Codec } from './transfer-syntax.js';

/** Packed bytes of one frame, and the bit at which it begins: frames of one bit a pixel follow each other without a gap. */
export interface FrameBytes {
  readonly bytes: Uint8Array;
  readonly bitOffset: number;
}

/** Bits of one uncompressed frame. */
export function frameBits({
  width,
  height,
  samplesPerPixel,
  bitsAllocated,
  photometricInterpretation,
}: ImageModule): number {
  // two luminances share their colours
  const samples = photometricInterpretation === 'YBR_FULL_422' ? 2 : samplesPerPixel;
  return width * height * samples * bitsAllocated;
}

/**
 * The bytes of one frame as they are stored.
 * @throws UserError `dicom-truncated` when there are fewer than the header promises
 */
export function frameBytes(data: DataSet, image: ImageModule, codec: Codec, frame: number, source: string): FrameBytes {
  const element = data.elements.get(
    data.has(TAG.doublePixels) ? TAG.doublePixels : data.has(TAG.floatPixels) ? TAG.floatPixels : TAG.pixelData,
  )!;
  if (element.fragments === null) {
    if (codec !== 'none' && codec !== 'deflate')
      throw damaged(source, 'its pixels are compressed but not encapsulated');
    const bits = frameBits(image);
    const needed = Math.ceil((bits * image.frames) / 8);
    if (element.value.length < needed) {
      const what = `it contains ${String(element.value.length)} bytes of pixels but needs ${String(needed)}`;
      throw truncated(source, what);
    }
    const from = Math.floor((bits * frame) / 8);
    const to = Math.ceil((bits * (frame + 1)) / 8);
    return { bytes: element.value.subarray(from, to), bitOffset: (bits * frame) % 8 };
  }
  if (codec === 'none') throw damaged(source, 'its pixels are encapsulated but not compressed');
  const bytes = encapsulatedFrame(element.fragments, data, image.frames, frame, source);
  return { bytes: codec === 'deflate' ? inflateFrame(bytes, source) : bytes, bitOffset: 0 };
}

function inflateFrame(bytes: Uint8Array, source: string): Uint8Array {
  try {
    return inflateRawSync(bytes, { maxOutputLength: 1024 ** 3 });
  } catch (error) {
    throw damaged(source, 'a deflated frame cannot be unpacked', error);
  }
}

function encapsulatedFrame(
  pieces: readonly Uint8Array[],
  data: DataSet,
  frames: number,
  frame: number,
  source: string,
): Uint8Array {
  const [table = new Uint8Array(), ...fragments] = pieces;
  const missing = (found: number): Error =>
    truncated(source, `it contains ${String(found)} of ${String(frames)} frames`);
  if (fragments.length < frames) throw missing(fragments.length);
  if (frames === 1) return joined(fragments);
  if (fragments.length === frames) return fragments[frame]!;
  const offsets = offsetsOf(table, data);
  const starts =
    offsets.length === frames
      ? offsets
      : // each frame of a JPEG begins with the mark of its start
        fragmentOffsets(fragments).filter(
          (_, i) => fragments[i]![0] === 0xff && [0xd8, 0x4f].includes(fragments[i]![1]!),
        );
  if (starts.length < frames) throw missing(starts.length);
  if (starts.length > frames) {
    const wrong = `its ${String(fragments.length)} fragments cannot be assigned to ${String(frames)} frames`;
    throw refusal('dicom-unsupported', source, wrong, 'Export it uncompressed');
  }
  const at = fragmentOffsets(fragments);
  const [from, to] = [starts[frame]!, starts[frame + 1] ?? Infinity];
  return joined(fragments.filter((_, i) => at[i]! >= from && at[i]! < to));
}

/** Where fragments begin, counted from the first one's item header, as offset tables count. */
function fragmentOffsets(fragments: readonly Uint8Array[]): number[] {
  let at = 0;
  return fragments.map(({ length }) => {
    const start = at;
    at += 8 + length;
    return start;
  });
}

function offsetsOf(table: Uint8Array, data: DataSet): number[] {
  const extended = data.elements.get(TAG.extendedOffsetTable)?.value;
  if (extended) {
    const view = new DataView(extended.buffer, extended.byteOffset, extended.length);
    return Array.from({ length: extended.length >> 3 }, (_, i) => Number(view.getBigUint64(8 * i, true)));
  }
  const view = new DataView(table.buffer, table.byteOffset, table.length);
  return Array.from({ length: table.length >> 2 }, (_, i) => view.getUint32(4 * i, true));
}

const joined = (fragments: readonly Uint8Array[]): Uint8Array =>
  fragments.length === 1 ? fragments[0]! : Buffer.concat(fragments);
