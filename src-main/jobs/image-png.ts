import sharp from 'sharp';
import type { Images } from '../datasets/dataset.js';

/** One image of a part as a PNG file's bytes. */
export function imageToPng({ pixels, width, height, channels }: Images, index: number): Promise<Buffer> {
  const bytes = width * height * channels;
  const image = pixels.subarray(index * bytes, (index + 1) * bytes);
  return sharp(image, { raw: { width, height, channels } }).png().toBuffer();
}

/** The same as a data URL, for a page. */
export async function imageToDataUrl(images: Images, index: number): Promise<string> {
  return `data:image/png;base64,${(await imageToPng(images, index)).toString('base64')}`;
}
