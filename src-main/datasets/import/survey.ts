import { join } from 'node:path';
import sharp from 'sharp';
import { UserError } from '../../errors.js';
import type { ImportPixels } from '../../vocabulary/image-import.js';
import type { IntensityRule, PixelRule } from '../../vocabulary/pixel-rule.js';
import { bitsOfAlone, framesOf, openFrames, type SourceImage } from '../pixels/index.js';
import type { PlannedImage } from '../sources/index.js';
import { inOrder } from './in-order.js';

/** One image of the archive that is to be: an image of a file. */
export interface ImportedImage extends PlannedImage {
  /** From 0. */
  readonly frame: number;
}

/** What was found out of all images before any is brought to its pixels. */
export interface Survey {
  readonly rule: PixelRule;
  /** In the order of the plan; a file with several images may stand for each of them. */
  readonly images: readonly ImportedImage[];
  /** Files that cannot be read, with the reason. */
  readonly unreadable: readonly { readonly path: string; readonly why: string }[];
  /** Sentences for people, without their full stop. */
  readonly notes: readonly string[];
}

/** What the file of one image says of it. */
interface Looked {
  readonly frames: number;
  readonly isGrey: boolean;
  /** Null where samples are fractions, or shown through a window. */
  readonly bits: number | null;
  readonly max: number;
  readonly min: number;
  readonly width: number;
  readonly height: number;
  readonly isDicom: boolean;
  readonly burnedIn: boolean;
}

/**
 * Looks at every image before the import: whether all are grey, how many bits are in use, how many images a file has. Only what
 * its header leaves open is decoded.
 * @param onImage after each image
 */
export async function survey(
  location: string,
  images: readonly PlannedImage[],
  wanted: ImportPixels,
  { signal, onImage }: { readonly signal?: AbortSignal | undefined; readonly onImage?: () => void } = {},
): Promise<Survey> {
  const all = new Summary(wanted);
  const found: ImportedImage[] = [];
  const unreadable: { path: string; why: string }[] = [];
  const look = async (image: PlannedImage): Promise<Looked | string> => {
    try {
      return await lookAt(join(location, image.path), image, all, wanted);
    } catch (error) {
      if (error instanceof UserError) return error.message;
      throw error;
    }
  };
  for await (const [image, looked] of inOrder(images, look, signal)) {
    onImage?.();
    if (typeof looked === 'string') unreadable.push({ path: image.path, why: looked });
    else {
      all.add(looked);
      for (const frame of framesOf(looked.frames, wanted.frames)) found.push({ ...image, frame });
    }
  }
  return { rule: all.rule(), images: found, unreadable, notes: all.notes() };
}

async function lookAt(path: string, { kind }: PlannedImage, all: Summary, wanted: ImportPixels): Promise<Looked> {
  if (kind === 'png' || kind === 'jpeg' || kind === 'webp') {
    const { channels = 0, depth, width = 0, height = 0, pages = 1, orientation = 1 } = await headerOf(path);
    // grey of eight bits says everything; colours say it too once one image is known to be coloured
    const known = depth === 'uchar' && (channels < 3 || all.coloured || wanted.channels !== 'auto');
    if (known && channels > 0 && pages === 1 && wanted.unreadable === 'refuse') {
      const [w, h] = orientation >= 5 ? [height, width] : [width, height];
      return {
        frames: 1,
        isGrey: channels < 3,
        bits: 8,
        min: 0,
        max: 255,
        width: w,
        height: h,
        isDicom: false,
        burnedIn: false,
      };
    }
  }
  const opened = await openFrames(path);
  let looked: Looked | null = null;
  for (const frame of framesOf(opened.frames, wanted.frames)) {
    const image = await opened.read(frame);
    looked = joined(looked, of(image));
  }
  return { ...looked!, frames: opened.frames };
}

type Header = Partial<Awaited<ReturnType<ReturnType<typeof sharp>['metadata']>>>;

/** @returns nothing where it cannot be read; decoding will say why */
const headerOf = (path: string): Promise<Header> =>
  sharp(path)
    .metadata()
    .catch(() => ({}));

function of(image: SourceImage): Looked {
  const { isGrey, min, max, width, height, header, format, channels } = image;
  const isDicom = format === 'DICOM';
  const bits = isDicom && channels === 1 ? null : image.bits === null ? null : bitsOfAlone(image);
  return {
    frames: image.frames,
    isGrey,
    bits,
    min,
    max,
    width,
    height,
    isDicom,
    burnedIn: header?.burnedInAnnotation === 'yes',
  };
}

function joined(a: Looked | null, b: Looked): Looked {
  if (a === null) return b;
  return {
    ...b,
    isGrey: a.isGrey && b.isGrey,
    bits: a.bits === null || b.bits === null ? null : Math.max(a.bits, b.bits),
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
  };
}

/** What all images together say. */
class Summary {
  /** Whether an image is known to be coloured. */
  coloured = false;
  private bits = 8;
  private deep = 0;
  private fractions = 0;
  /** Grey DICOM files. */
  private windowed = 0;
  private dicom = 0;
  private burnedIn = 0;
  private min = Infinity;
  private max = -Infinity;
  private readonly sizes = new Map<string, number>();

  constructor(private readonly wanted: ImportPixels) {}

  add({ isGrey, bits, min, max, width, height, isDicom, burnedIn }: Looked): void {
    if (!isGrey) this.coloured = true;
    if (isDicom) this.dicom++;
    if (burnedIn) this.burnedIn++;
    if (bits !== null && bits > 8) this.deep++;
    if (bits !== null) this.bits = Math.max(this.bits, bits);
    else if (isDicom) this.windowed++;
    else {
      this.fractions++;
      this.min = Math.min(this.min, min);
      this.max = Math.max(this.max, max);
    }
    const size = `${String(width)}×${String(height)}`;
    this.sizes.set(size, (this.sizes.get(size) ?? 0) + 1);
  }

  rule(): PixelRule {
    const { size, channels, fit, intensity, frames } = this.wanted;
    return {
      size,
      channels: channels === 'auto' ? (this.coloured ? 3 : 1) : channels,
      fit,
      resampling: 'area',
      intensity: intensity === 'auto' ? this.intensity() : intensity,
      frames,
    };
  }

  private intensity(): IntensityRule {
    if (this.fractions > 0) {
      return this.min >= 0 && this.max <= 1
        ? { kind: 'range', from: 0, to: 1 }
        : { kind: 'range', from: this.min, to: Math.max(this.max, this.min + 1) };
    }
    // what a header says of values in Hounsfield units no number of bits can say
    if (this.windowed > 0) return { kind: 'window-of-file' };
    return this.bits > 8 ? { kind: 'bits', bits: this.bits } : { kind: 'eight-bit' };
  }

  notes(): string[] {
    const notes: string[] = [];
    const sizes = [...this.sizes].sort((a, b) => b[1] - a[1]);
    notes.push(
      sizes.length === 1
        ? `all images have ${sizes[0]![0]} pixels`
        : `images of ${String(sizes.length)} sizes, most often ${sizes[0]![0]} (${String(sizes[0]![1])})`,
    );
    if (this.deep > 0)
      notes.push(`${String(this.deep)} images have more than 8 bits per sample; ${String(this.bits)} are in use`);
    if (this.fractions > 0)
      notes.push(`${String(this.fractions)} images hold fractions, from ${String(this.min)} to ${String(this.max)}`);
    if (this.burnedIn > 0)
      notes.push(
        `${String(this.burnedIn)} DICOM files say that text is burned into their pixels: look at the pictures`,
      );
    if (this.dicom > 0)
      notes.push('whether text is burned into the pixels of DICOM files no header can rule out: look at the pictures');
    return notes;
  }
}
