import type { IntensityRule } from '../../vocabulary/pixel-rule.js';
import { refusal } from '../refusal.js';
import type { FileWindow, SourceImage } from './source-image.js';

/** Takes a sample to 0 to 255. */
export type Tone = (value: number) => number;

export interface ChosenTone {
  readonly tone: Tone;
  /** What was chosen for this file, where the rule alone does not say it; for people. */
  readonly note: string | null;
}

/** Share of the samples that may lie outside of the rule's range before the image is held to be of another kind. */
const MOST_OUTSIDE = 0.5;

/**
 * How the samples of an image become 0 to 255 by a rule.
 * @throws UserError `image-intensity` when the image is of another kind than those of the rule
 */
export function toneOf(image: SourceImage, rule: IntensityRule, source: string): ChosenTone {
  if (Number.isNaN(image.min)) {
    throw refusal(
      'image-intensity',
      source,
      'it contains values that are not numbers',
      'Replace them and save it again',
    );
  }
  const { tone, note } = chosen(image, rule, source);
  return { tone: image.inverted ? (value) => 255 - tone(value) : tone, note };
}

function chosen(image: SourceImage, rule: IntensityRule, source: string): ChosenTone {
  const isDicomGrey = image.format === 'DICOM' && image.channels === 1;
  switch (rule.kind) {
    case 'eight-bit':
    case 'window-of-file':
      return isDicomGrey ? ofFile(image) : byBits(image, null, source);
    case 'bits':
      return image.bits === null && isDicomGrey ? refuseBits(source) : byBits(image, rule.bits, source);
    case 'range':
      demandInside(image, rule.from, rule.to, source);
      return { tone: between(rule.from, rule.to), note: null };
    case 'window':
      if (!isDicomGrey) return byBits(image, null, source);
      return { tone: windowed({ ...rule, kind: rule.width > 1 ? 'linear' : 'linear-exact' }), note: null };
  }
}

/** A grey DICOM file as its own header wants it to be shown. */
function ofFile({ window, bits, min, max }: SourceImage): ChosenTone {
  if (window !== null) return { tone: windowed(window), note: describeWindow(window) };
  if (bits !== null && bits <= 8) return { tone: between(0, 2 ** bits - 1), note: null };
  return { tone: between(min, max), note: `no window in the file: values ${text(min)} to ${text(max)} scaled` };
}

/** Whole samples by how many bits they have. @param bits in use in the set; null: found out from this image */
function byBits(image: SourceImage, bits: number | null, source: string): ChosenTone {
  if (image.bits === null) {
    const { min, max } = image;
    if (bits !== null || min < 0 || max > 1) {
      const wrong = `its samples are fractions from ${text(min)} to ${text(max)}, and which value is white is not known`;
      throw refusal(
        'image-intensity',
        source,
        wrong,
        'Choose a range of values for the dataset, or save it with 8 or 16 bits',
      );
    }
    return { tone: between(0, 1), note: 'fractions from 0 to 1 scaled' };
  }
  if (image.bits <= 8) {
    const whole = 2 ** image.bits - 1;
    return {
      tone: between(0, whole),
      note: bits !== null && bits > 8 ? '8 bits a sample, taken as the whole range' : null,
    };
  }
  if (bits !== null) {
    demandInside(image, 0, 2 ** bits - 1, source);
    return { tone: between(0, 2 ** bits - 1), note: null };
  }
  const used = bitsOfAlone(image);
  return {
    tone: between(0, 2 ** used - 1),
    note: used === image.bits ? null : `${String(image.bits)} bits a sample scaled by the ${String(used)} in use`,
  };
}

/**
 * Bits in use of an image that stands alone: those that its largest sample needs, in steps that devices have; all of them
 * where eight-bit samples were stretched to sixteen, and in DICOM files, whose header names their number.
 */
export function bitsOfAlone({ samples, bits, bitsInUse, format }: SourceImage): number {
  if (bits === null || bitsInUse === null || bits <= 8 || format === 'DICOM') return bits ?? 8;
  if (bits === 16 && samples.every((value: number) => value % 257 === 0)) return 16;
  return [8, 10, 12, 14].find((step) => step >= bitsInUse && step <= bits) ?? bits;
}

function windowed(window: FileWindow): Tone {
  if (window.kind === 'table') {
    const { first, entries, top } = window;
    return (value) => (entries[Math.min(Math.max(Math.round(value) - first, 0), entries.length - 1)]! * 255) / top;
  }
  const { center, width } = window;
  if (window.kind === 'sigmoid') return (value) => 255 / (1 + Math.exp((-4 * (value - center)) / width));
  // PS3.3, C.11.2.1.2: the linear function counts values, the exact one distances
  const from = window.kind === 'linear' ? center - 0.5 - (width - 1) / 2 : center - width / 2;
  return between(from, from + (window.kind === 'linear' ? width - 1 : width));
}

function between(from: number, to: number): Tone {
  if (!(to > from)) return () => 0;
  const scale = 255 / (to - from);
  return (value) => (value <= from ? 0 : value >= to ? 255 : (value - from) * scale);
}

function demandInside({ samples, min, max }: SourceImage, from: number, to: number, source: string): void {
  if (min >= from && max <= to) return;
  let outside = 0;
  for (let i = 0; i < samples.length; i++) if (samples[i]! < from || samples[i]! > to) outside++;
  if (outside <= MOST_OUTSIDE * samples.length) return;
  const share = Math.round((100 * outside) / samples.length);
  const wrong = `${String(share)} % of its values (${text(min)} to ${text(max)}) are outside the range of the dataset, ${text(from)} to ${text(to)}`;
  throw refusal('image-intensity', source, wrong, 'Use an image of the same type as those of the dataset');
}

function refuseBits(source: string): never {
  throw refusal(
    'image-intensity',
    source,
    'its values are signed or rescaled (as in CT), so the number of bits does not define white',
    'Choose a window or a range for the dataset',
  );
}

function describeWindow(window: FileWindow): string {
  if (window.kind === 'table') return 'through the table of the file';
  return `through the window of the file (centre ${text(window.center)}, width ${text(window.width)})`;
}

const text = (value: number): string => String(Number(value.toPrecision(6)));
