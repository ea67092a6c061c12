import { refusal } from '../../refusal.js';
import type { DataSet } from './data-set.js';
import { damaged } from './read-file.js';
import { TAG } from './tags.js';

/** What a data set says of the layout of its pixels (PS3.3, C.7.6.3). */
export interface ImageModule {
  readonly width: number;
  readonly height: number;
  readonly samplesPerPixel: 1 | 3;
  readonly photometricInterpretation: string;
  /** Whether red, green and blue are stored one after the other instead of pixel by pixel. */
  readonly planar: boolean;
  readonly bitsAllocated: number;
  readonly bitsStored: number;
  readonly highBit: number;
  readonly signed: boolean;
  readonly floats: boolean;
  readonly frames: number;
}

const MAX_PIXELS = 100_000_000;
const MAX_FRAMES = 100_000;
const PHOTOMETRIC = [
  'MONOCHROME1',
  'MONOCHROME2',
  'PALETTE COLOR',
  'RGB',
  'YBR_FULL',
  'YBR_FULL_422',
  'YBR_ICT',
  'YBR_RCT',
];

/** @throws UserError `dicom-damaged`, `dicom-unsupported`, `image-too-large` */
export function readImageModule(data: DataSet, source: string): ImageModule {
  const [width, height] = [data.short(TAG.columns) ?? 0, data.short(TAG.rows) ?? 0];
  if (width === 0 || height === 0)
    throw damaged(source, 'it does not give the number of rows and columns of its image');
  if (width * height > MAX_PIXELS) {
    const wrong = `the image has ${String(width)}×${String(height)} pixels, more than ${String(MAX_PIXELS)}`;
    throw refusal('image-too-large', source, wrong, 'Make it smaller');
  }
  const samplesPerPixel = data.short(TAG.samplesPerPixel) ?? 1;
  const photometricInterpretation = data.text(TAG.photometricInterpretation) ?? 'MONOCHROME2';
  const floats = data.has(TAG.floatPixels) || data.has(TAG.doublePixels);
  const bitsAllocated = floats ? (data.has(TAG.doublePixels) ? 64 : 32) : (data.short(TAG.bitsAllocated) ?? 0);
  const bitsStored = floats ? bitsAllocated : (data.short(TAG.bitsStored) ?? bitsAllocated);
  const frames = Math.trunc(data.decimal(TAG.numberOfFrames) ?? 1);
  const isKnown = PHOTOMETRIC.includes(photometricInterpretation);
  if ((samplesPerPixel !== 1 && samplesPerPixel !== 3) || !isKnown) {
    throw unsupported(source, `${String(samplesPerPixel)} samples per pixel of type ${photometricInterpretation}`);
  }
  if (samplesPerPixel !== (isColour(photometricInterpretation) ? 3 : 1)) {
    throw damaged(source, `${photometricInterpretation} does not match ${String(samplesPerPixel)} samples per pixel`);
  }
  const isWidth = floats || (bitsAllocated === 1 && bitsStored === 1) || [8, 16, 32].includes(bitsAllocated);
  if (!isWidth || bitsStored < 1 || bitsStored > bitsAllocated) {
    throw unsupported(source, `samples of ${String(bitsStored)} bits in ${String(bitsAllocated)}`);
  }
  if (frames < 1 || frames > MAX_FRAMES) throw unsupported(source, `${String(frames)} frames`);
  const highBit = data.short(TAG.highBit) ?? bitsStored - 1;
  return {
    width,
    height,
    samplesPerPixel,
    photometricInterpretation,
    planar: data.short(TAG.planarConfiguration) === 1,
    bitsAllocated,
    bitsStored,
    highBit: highBit >= bitsStored - 1 && highBit < bitsAllocated ? highBit : bitsStored - 1,
    signed: data.short(TAG.pixelRepresentation) === 1,
    floats,
    frames,
  };
}

export const isColour = (photometricInterpretation: string): boolean =>
  photometricInterpretation === 'RGB' || photometricInterpretation.startsWith('YBR');

function unsupported(source: string, what: string): Error {
  return refusal('dicom-unsupported', source, `${what} are not supported`, 'Export it as 8 or 16 bits, grey or RGB');
}
