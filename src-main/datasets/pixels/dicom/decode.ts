import { createRequire } from 'node:module';
import type { Context } from 'dcmjs-codecs';
import type { ImageModule } from './image-module.js';
import { damaged } from './read-file.js';
import type { Codec } from './transfer-syntax.js';

type Codecs = typeof import('dcmjs-codecs');

/** The decoders: four megabytes of WebAssembly, loaded with the first compressed frame. */
let loading: Promise<Codecs> | null = null;

async function load(): Promise<Codecs> {
  // what it builds on makes buffers in an old way, of which Node warns
  const { noDeprecation } = process;
  process.noDeprecation = true;
  const codecs = createRequire(import.meta.url)('dcmjs-codecs') as Codecs;
  process.noDeprecation = noDeprecation === true;
  codecs.log.setLevel('silent');
  await codecs.NativeCodecs.initializeAsync();
  return codecs;
}

/** What a decoder gives: samples pixel by pixel, little endian. */
export interface DecodedFrame {
  readonly bytes: Uint8Array;
  /** Of one sample: 1, 2 or 4 bytes, or one bit. */
  readonly bytesPerSample: number;
  readonly planar: boolean;
  /** Whether colours are red, green and blue now. */
  readonly isRgb: boolean;
}

/** Decodes one compressed frame. @throws UserError `dicom-damaged` */
export async function decodeFrame(
  bytes: Uint8Array,
  image: ImageModule,
  codec: Exclude<Codec, 'none' | 'deflate'>,
  source: string,
): Promise<DecodedFrame> {
  const { Context: New, NativeCodecs } = await (loading ??= load());
  const isPacked = codec === 'rle' && image.bitsAllocated === 1;
  const context = new New({
    // bits are packed as bytes, and those compressed
    width: isPacked ? Math.ceil((image.width * image.height) / 8) : image.width,
    height: isPacked ? 1 : image.height,
    bitsAllocated: isPacked ? 8 : image.bitsAllocated,
    bitsStored: isPacked ? 8 : image.bitsStored,
    samplesPerPixel: image.samplesPerPixel,
    pixelRepresentation: image.signed ? 1 : 0,
    planarConfiguration: image.planar ? 1 : 0,
    photometricInterpretation: image.photometricInterpretation,
    encodedBuffer: bytes,
  });
  const { photometricInterpretation } = image;
  const toRgb = codec === 'jpeg' && photometricInterpretation.startsWith('YBR');
  let decoded: Context;
  try {
    decoded = {
      rle: () => NativeCodecs.decodeRle(context),
      jpeg: () => NativeCodecs.decodeJpeg(context, { convertColorspaceToRgb: toRgb }),
      'jpeg-ls': () => NativeCodecs.decodeJpegLs(context),
      'jpeg-2000': () => NativeCodecs.decodeJpeg2000(context),
      htj2k: () => NativeCodecs.decodeHtJpeg2000(context),
    }[codec]();
  } catch (error) {
    // what stopped in the middle may have left its memory in any state
    loading = null;
    const reason = (error instanceof Error ? error.message : String(error)).split('\n')[0]!.slice(0, 120);
    throw damaged(source, `its ${codec} pixels do not decode (${reason})`, error);
  }
  const result = decoded.getDecodedBuffer() ?? new Uint8Array();
  if (isPacked) return { bytes: result, bytesPerSample: 1 / 8, planar: false, isRgb: false };
  const samples = image.width * image.height * image.samplesPerPixel;
  const bytesPerSample = Math.floor(result.length / samples);
  if (![1, 2, 4].includes(bytesPerSample)) {
    throw damaged(
      source,
      `its ${codec} pixels decode to ${String(result.length)} bytes for ${String(samples)} samples`,
    );
  }
  const isRgb =
    photometricInterpretation === 'RGB' || toRgb || ['YBR_ICT', 'YBR_RCT'].includes(photometricInterpretation);
  return { bytes: result, bytesPerSample, planar: decoded.getPlanarConfiguration() === 1, isRgb };
}
