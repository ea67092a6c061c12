import { refusal } from '../refusal.js';
import { MAX_PIXELS, tooLarge } from './open-picture.js';
import { areEqualChannels, bitsFor, rangeOf, type OpenedFrames } from './source-image.js';

interface Layout {
  readonly width: number;
  readonly height: number;
  /** The first row of the file is the top one. */
  readonly topDown: boolean;
  readonly bits: number;
  readonly start: number;
  /** Blue, green, red and nothing of each entry; null without a palette. */
  readonly palette: Uint8Array | null;
}

/**
 * Opens an uncompressed BMP file of 1, 4, 8, 24 or 32 bits a pixel, which sharp does not read.
 * @throws UserError `image-damaged`, `image-unsupported`, `image-too-large`
 */
export function openBitmap(bytes: Uint8Array, source: string): OpenedFrames {
  const layout = readLayout(bytes, source);
  return {
    frames: 1,
    read: () => {
      const samples = decode(bytes, layout);
      const range = rangeOf(samples);
      const { width, height, palette } = layout;
      return Promise.resolve({
        format: 'BMP',
        width,
        height,
        channels: 3,
        samples,
        ...range,
        bits: 8,
        bitsInUse: bitsFor(range.max),
        inverted: false,
        window: null,
        isGrey: areEqualChannels(samples, 1),
        frames: 1,
        frame: 0,
        notes: palette ? ['palette to colours'] : [],
        header: null,
      });
    },
  };
}

function readLayout(bytes: Uint8Array, source: string): Layout {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const damaged = (what: string): Error =>
    refusal('image-damaged', source, `this is not a complete BMP image (${what})`, 'Save it again');
  if (bytes.length < 54) throw damaged(`${String(bytes.length)} bytes`);
  const start = view.getUint32(10, true);
  const headerBytes = view.getUint32(14, true);
  if (headerBytes < 40) {
    throw refusal('image-unsupported', source, 'this type of BMP (OS/2) is not supported', 'Save it as PNG');
  }
  const [width, signedHeight] = [view.getInt32(18, true), view.getInt32(22, true)];
  const bits = view.getUint16(28, true);
  const compression = view.getUint32(30, true);
  const height = Math.abs(signedHeight);
  if (width <= 0 || height === 0) throw damaged(`${String(width)}×${String(height)} pixels`);
  if (width * height > MAX_PIXELS) throw tooLarge(source);
  const isPlainMask = compression === 3 && bits === 32 && isUsualMask(view, bytes.length);
  if (![1, 4, 8, 24, 32].includes(bits) || (compression !== 0 && !isPlainMask)) {
    const wrong = `a BMP of ${String(bits)} bits per pixel and compression ${String(compression)} is not supported`;
    throw refusal('image-unsupported', source, wrong, 'Save it as PNG');
  }
  const stride = Math.ceil((width * bits) / 32) * 4;
  if (start + stride * height > bytes.length) throw damaged(`${String(bytes.length)} bytes, the rows need more`);
  const from = 14 + headerBytes;
  const entries = bits <= 8 ? Math.min(view.getUint32(46, true) || 2 ** bits, 2 ** bits) : 0;
  if (from + 4 * entries > bytes.length) throw damaged('its palette is cut off');
  const palette = bits <= 8 ? bytes.subarray(from, from + 4 * entries) : null;
  return { width, height, topDown: signedHeight < 0, bits, start, palette };
}

/** Blue, green and red in the first three bytes, as without masks. */
function isUsualMask(view: DataView, length: number): boolean {
  return (
    length >= 66 &&
    view.getUint32(54, true) === 0xff0000 &&
    view.getUint32(58, true) === 0xff00 &&
    view.getUint32(62, true) === 0xff
  );
}

function decode(bytes: Uint8Array, { width, height, topDown, bits, start, palette }: Layout): Uint8Array {
  const stride = Math.ceil((width * bits) / 32) * 4;
  const result = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    const row = start + stride * (topDown ? y : height - 1 - y);
    for (let x = 0; x < width; x++) {
      const bit = x * bits;
      let [from, at] = [bytes, row + (bit >> 3)];
      if (palette) {
        const index = (bytes[at]! >> (8 - bits - (bit & 7))) & (2 ** bits - 1);
        [from, at] = [palette, index * 4];
      }
      for (let c = 0; c < 3; c++) result[3 * (y * width + x) + c] = from[at + 2 - c] ?? 0;
    }
  }
  return result;
}
