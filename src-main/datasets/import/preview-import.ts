import { join } from 'node:path';
import sharp, { type Region } from 'sharp';
import { UserError } from '../../errors.js';
import type { ImportPixels } from '../../vocabulary/image-import.js';
import type { ImportChoices } from '../../vocabulary/import-plan.js';
import type { ImportPreview, PreviewImage } from '../../vocabulary/import-preview.js';
import { describePixelRule, type PixelRule } from '../../vocabulary/pixel-rule.js';
import { applyRule, openFrames, type SourceImage } from '../pixels/index.js';
import { planWithHeaders, type ImportOptions } from './import-images.js';
import { inOrder } from './in-order.js';
import { spreadOver } from './spread.js';
import { survey, type ImportedImage } from './survey.js';

export interface PreviewRequest {
  readonly choices: ImportChoices;
  readonly pixels: ImportPixels;
  /** Images to show. */
  readonly count: number;
  /** Looks at all images for the rule, as the import does; else at those that are shown alone. */
  readonly whole: boolean;
}

/** Longest side of a picture of the source, in pixels. */
const SOURCE_SIDE = 160;
const MOST_REASONS = 10;

/**
 * Shows what an import would make of its images, spread over classes and files. Nothing is written.
 * @throws UserError as `planImport`; the signal's reason
 */
export async function previewImport(
  { choices, pixels, count, whole }: PreviewRequest,
  { signal, onProgress = () => undefined }: ImportOptions = {},
): Promise<ImportPreview> {
  const { plan, images, location } = await planWithHeaders({ choices }, signal);
  const asked = whole ? images : spreadOver(images, count, ({ labels }) => labels[0] ?? -1);
  let looked = 0;
  const seen = await survey(location, asked, pixels, {
    signal,
    onImage: () => onProgress({ step: 'checking the images', done: ++looked, total: asked.length }),
  });
  const shown: PreviewImage[] = [];
  const refused: string[] = [];
  const show = (image: ImportedImage): Promise<Shown | string> => showImage(location, image, seen.rule);
  const chosen = spreadOver(seen.images, count, ({ labels }) => labels[0] ?? -1);
  for await (const [{ path, labels, part }, pictures] of inOrder(chosen, show, signal)) {
    if (typeof pictures === 'string') refused.push(pictures);
    else shown.push({ file: path, labels: labels.map((label) => plan.classes[label]!.name), part, ...pictures });
  }
  const reasons = [...seen.unreadable.map(({ why }) => why), ...refused];
  return {
    images: shown,
    looked: asked.length,
    total: images.length,
    rule: describePixelRule(seen.rule),
    notes: [...seen.notes],
    unreadable: { count: reasons.length, reasons: reasons.slice(0, MOST_REASONS) },
  };
}

type Shown = Pick<PreviewImage, 'source' | 'pixels' | 'preparation'>;

/** @returns why it cannot be shown, where it cannot */
async function showImage(location: string, { path, frame }: ImportedImage, rule: PixelRule): Promise<Shown | string> {
  const file = join(location, path);
  try {
    const image = await (await openFrames(file)).read(frame);
    const { pixels, preparation } = applyRule(rule, image, file);
    return {
      source: await pictureOfSource(image, rule, file),
      pixels: await png(pixels, rule.size, rule.channels),
      preparation,
    };
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}

/** The whole image in its own proportions and colours, with the brightness of the rule. */
async function pictureOfSource(image: SourceImage, rule: PixelRule, file: string): Promise<string> {
  const longest = Math.max(image.width, image.height);
  const size = Math.min(SOURCE_SIDE, longest);
  const channels = image.isGrey ? 1 : 3;
  const { pixels } = applyRule({ ...rule, size, channels, fit: 'pad', resampling: 'area' }, image, file);
  const [width, height] = [image.width, image.height].map((side) => Math.max(1, Math.round((side * size) / longest)));
  const box = { width: width!, height: height!, left: (size - width!) >> 1, top: (size - height!) >> 1 };
  return png(pixels, size, channels, box);
}

async function png(pixels: Uint8Array, size: number, channels: 1 | 3, box?: Region): Promise<string> {
  const picture = sharp(pixels, { raw: { width: size, height: size, channels } });
  const bytes = await (box ? picture.extract(box) : picture).png().toBuffer();
  return `data:image/png;base64,${bytes.toString('base64')}`;
}
