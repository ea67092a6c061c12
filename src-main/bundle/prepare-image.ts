import sharp from 'sharp';
import { readNpy } from '../datasets/npy.js';
import { applyRule, framesOf, openFrames } from '../datasets/pixels/index.js';
import { UserError } from '../errors.js';
import type { PixelRule } from '../vocabulary/pixel-rule.js';
import type { ImageShape } from './onnx-session.js';

const MAX_NPY_IMAGES = 100_000;

/** Images as the network takes them, with the word how they came to be so. */
export interface PreparedImages {
  readonly count: number;
  /** count × C × H × W from 0 to 1. */
  readonly planes: Float32Array;
  /** For people: of each image, or one for all. */
  readonly preparations: readonly string[];
}

/**
 * Reads the file of an image for a network, by the rule that made the images which it was trained on.
 *
 * Any format that an import reads, of any size. `.npy`: uint8 H×W, H×W×3, N×H×W or N×H×W×3, or float32 C×H×W or N×C×H×W
 * from 0 to 1, of exactly the network's size, which no rule touches.
 * @throws UserError `image-…`, `dicom-…`, `npy-…`
 */
export async function prepareImage(path: string, rule: PixelRule): Promise<PreparedImages> {
  if (path.toLowerCase().endsWith('.npy')) return prepareArray(path, rule);
  const opened = await openFrames(path);
  const wanted = framesOf(opened.frames, rule.frames);
  const area = rule.size * rule.size;
  const planes = new Float32Array(wanted.length * rule.channels * area);
  const preparations: string[] = [];
  for (const [i, frame] of wanted.entries()) {
    const { pixels, preparation } = applyRule(rule, await opened.read(frame), path);
    preparations.push(preparation);
    toPlanes(pixels, rule, planes, i);
  }
  return { count: wanted.length, planes, preparations };
}

/** Writes the pixels of one image, channel by channel from 0 to 1, as number `image` of `planes`. */
function toPlanes(pixels: Uint8Array, { size, channels }: PixelRule, planes: Float32Array, image: number): void {
  const area = size * size;
  for (let p = 0; p < area; p++) {
    for (let c = 0; c < channels; c++) planes[(image * channels + c) * area + p] = pixels[p * channels + c]! / 255;
  }
}

async function prepareArray(path: string, rule: PixelRule): Promise<PreparedImages> {
  const { channels, size } = rule;
  const { dtype, shape, data } = await readNpy(path);
  const wanted = `${String(size)}×${String(size)}`;
  const fail = (): never => {
    throw new UserError(
      'image-shape',
      `${path} is ${dtype} of shape (${shape.join(', ')}): give uint8 N×${wanted}${channels === 3 ? '×3' : ''} or float32 N×${String(channels)}×${wanted} from 0 to 1`,
    );
  };
  const count = shape.length > 2 ? shape[0]! : 1;
  let planes: Float32Array;
  if (dtype === 'float32') {
    const images = shape.length === 3 ? [1, ...shape] : shape;
    if (images.length !== 4 || images.slice(1).join() !== [channels, size, size].join()) fail();
    planes = Float32Array.from(data as Float32Array);
    const bad = planes.findIndex((value) => value < 0 || value > 1);
    if (bad >= 0) {
      throw new UserError(
        'image-range',
        `${path} contains the value ${String(planes[bad])}: float32 images go from 0 to 1, uint8 images from 0 to 255`,
      );
    }
    return checked(path, images[0]!, planes, `float32 array of ${String(images[0]!)} ${wanted}, not resized`);
  }
  if (dtype !== 'uint8') fail();
  const tail = (channels === 3 ? [size, size, 3] : [size, size]).join();
  const single = shape.join() === tail;
  if (!single && shape.slice(1).join() !== tail) fail();
  const images = single ? 1 : count;
  const length = size * size * channels;
  planes = new Float32Array(images * length);
  for (let i = 0; i < images; i++) {
    toPlanes((data as Uint8Array).subarray(i * length, (i + 1) * length), rule, planes, i);
  }
  return checked(path, images, planes, `uint8 array of ${String(images)} ${wanted}, not resized`);
}

function checked(path: string, count: number, planes: Float32Array, preparation: string): PreparedImages {
  if (count < 1 || count > MAX_NPY_IMAGES) {
    throw new UserError('image-shape', `${path} contains ${String(count)} images: use 1 to ${String(MAX_NPY_IMAGES)}`);
  }
  return { count, planes, preparations: [preparation] };
}

/** One prepared image as a PNG, enlarged without smoothing so that people see its pixels. */
export async function toPng(planes: Float32Array, { channels, size }: ImageShape, enlarged = size): Promise<Buffer> {
  const area = size * size;
  const pixels = Buffer.alloc(area * channels);
  for (let p = 0; p < area; p++) {
    for (let c = 0; c < channels; c++) pixels[p * channels + c] = Math.round(planes[c * area + p]! * 255);
  }
  const image = sharp(pixels, { raw: { width: size, height: size, channels: channels as 1 | 3 } });
  return image.resize(enlarged, enlarged, { kernel: 'nearest' }).png().toBuffer();
}
