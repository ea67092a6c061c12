/** Formats that are read. */
export type ImageFormat = 'PNG' | 'JPEG' | 'TIFF' | 'BMP' | 'WebP' | 'DICOM';

/** How a DICOM file says that its values are shown: values after rescaling to 0 to 1. */
export type FileWindow =
  | { readonly kind: 'linear' | 'linear-exact' | 'sigmoid'; readonly center: number; readonly width: number }
  /** A table: what lies below `first` takes the first entry, what lies above the last one; entries from 0 to `top`. */
  | { readonly kind: 'table'; readonly first: number; readonly entries: Uint16Array; readonly top: number };

/** What the header of a DICOM file says beside its pixels; null where it says nothing. */
export interface DicomHeader {
  readonly patientId: string | null;
  readonly studyInstanceUid: string | null;
  readonly seriesInstanceUid: string | null;
  readonly patientSex: string | null;
  /** As written: `045Y`. */
  readonly patientAge: string | null;
  readonly modality: string | null;
  /** Of Burned In Annotation; "no" is what somebody wrote, not what was looked at. */
  readonly burnedInAnnotation: 'yes' | 'no' | null;
  readonly transferSyntax: string;
  readonly photometricInterpretation: string;
}

/** One image of a file, decoded and not yet scaled. */
export interface SourceImage {
  readonly format: ImageFormat;
  /** Pixels, after rotation as the camera recorded. */
  readonly width: number;
  readonly height: number;
  /** 1 grey, 3 red, green, blue. */
  readonly channels: 1 | 3;
  /** height × width × channels; of grey DICOM files after rescaling. */
  readonly samples: Uint8Array | Uint16Array | Float32Array;
  readonly min: number;
  readonly max: number;
  /** Bits that a sample can have in this file; null where samples are fractions, signed or rescaled. */
  readonly bits: number | null;
  /** Bits that the largest sample needs; null as `bits`. */
  readonly bitsInUse: number | null;
  /** The highest value is black (MONOCHROME1). */
  readonly inverted: boolean;
  /** Window that a DICOM file names. */
  readonly window: FileWindow | null;
  /** One channel, or three that are equal in every pixel. */
  readonly isGrey: boolean;
  /** Number of images in the file, and which of them this is, from 0. */
  readonly frames: number;
  readonly frame: number;
  /** What was done to its pixels, for people: `transparency on black`. */
  readonly notes: readonly string[];
  readonly header: DicomHeader | null;
}

/** A file whose images are decoded one by one, when they are asked for. */
export interface OpenedFrames {
  readonly frames: number;
  /** @param frame from 0 */
  read(frame: number): Promise<SourceImage>;
}

/** Smallest and largest sample; of fractions that are not numbers both are NaN. */
export function rangeOf(samples: Uint8Array | Uint16Array | Float32Array): { min: number; max: number } {
  if (samples instanceof Uint8Array) return rangeOfBytes(samples);
  let [min, max] = [Infinity, -Infinity];
  for (let i = 0; i < samples.length; i++) {
    const value = samples[i]!;
    if (value < min) min = value;
    if (value > max) max = value;
    if (!Number.isFinite(value)) return { min: NaN, max: NaN };
  }
  return { min, max };
}

/** A loop of its own over the most frequent kind: compiled for one kind of array it takes a fourth of the time. */
function rangeOfBytes(samples: Uint8Array): { min: number; max: number } {
  let [min, max] = [255, 0];
  for (let i = 0; i < samples.length && (min > 0 || max < 255); i++) {
    const value = samples[i]!;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return { min, max };
}

/** Bits that whole numbers from 0 to `max` need; at least 1. */
export const bitsFor = (max: number): number => Math.max(1, Math.floor(Math.log2(Math.max(1, max))) + 1);

/** Largest difference of two channels that still counts as grey: what compression of a grey picture as colours leaves. */
const GREY_TOLERANCE = 2;

/** Whether three channels are equal in every pixel. @param scale units of a sample that are one of eight bits */
export function areEqualChannels(samples: Uint8Array | Uint16Array | Float32Array, scale: number): boolean {
  const tolerance = GREY_TOLERANCE * scale;
  for (let i = 0; i < samples.length; i += 3) {
    const [red, green, blue] = [samples[i]!, samples[i + 1]!, samples[i + 2]!];
    if (Math.abs(red - green) > tolerance || Math.abs(green - blue) > tolerance || Math.abs(red - blue) > tolerance) {
      return false;
    }
  }
  return true;
}
