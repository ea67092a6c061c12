import { open } from 'node:fs/promises';
import sharp from 'sharp';
import { readNpy } from '../datasets/npy.js';
import { UserError } from '../errors.js';
import type { ImageShape } from './onnx-session.js';

/** Bounds on an image file. */
const MAX_BYTES = 256 * 1024 ** 2;
const MAX_PIXELS = 100_000_000;
const MAX_NPY_IMAGES = 100_000;

/** Images as the network takes them, with the word how they came to be so. */
export interface PreparedImages {
  readonly count: number;
  /** count × C × H × W from 0 to 1. */
  readonly planes: Float32Array;
  /** For people. */
  readonly preparation: string;
}

/**
 * Reads an image file for a network.
 *
 * PNG and JPEG, grey or colour, any size: rotated as the camera recorded, transparency on black, colours to grey (or grey to
 * three equal channels) where the network wants it, the largest square in the middle cut out and brought to the
 * network's size (cubic when it has another size). `.npy`: uint8 H×W, H×W×3, N×H×W or N×H×W×3, or float32 C×H×W or
 * N×C×H×W from 0 to 1, of exactly the network's size.
 * @throws UserError `image-missing`, `image-format`, `image-damaged`, `image-too-large`, `image-shape`, `image-range`, `npy-…`
 */
export async function prepareImage(path: string, shape: ImageShape): Promise<PreparedImages> {
  if (path.toLowerCase().endsWith('.npy')) return prepareArray(path, shape);
  const bytes = await readWhole(path);
  const format = formatOf(bytes);
  if (format === null) {
    throw new UserError('image-format', `${path} is neither PNG, JPEG nor .npy: convert it to one of them`);
  }
  return preparePicture(path, bytes, format, shape);
}

async function readWhole(path: string): Promise<Buffer> {
  let handle;
  try {
    handle = await open(path, 'r');
    const stats = await handle.stat();
    if (!stats.isFile()) throw new UserError('image-missing', `${path} is not a file: give the path of an image`);
    if (stats.size > MAX_BYTES) {
      throw new UserError(
        'image-too-large',
        `${path} has ${String(stats.size)} bytes, more than the ${String(MAX_BYTES)} that are read: make it smaller`,
      );
    }
    return await handle.readFile();
  } catch (error) {
    if (error instanceof UserError) throw error;
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new UserError('image-missing', `${path} cannot be read (${code}): give the path of an image`, {
      cause: error,
    });
  } finally {
    await handle?.close();
  }
}

function formatOf(bytes: Buffer): 'PNG' | 'JPEG' | null {
  if (bytes.subarray(0, 8).equals(Buffer.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a))) return 'PNG';
  return bytes.subarray(0, 3).equals(Buffer.of(0xff, 0xd8, 0xff)) ? 'JPEG' : null;
}

async function preparePicture(
  path: string,
  bytes: Buffer,
  format: string,
  { channels, size }: ImageShape,
): Promise<PreparedImages> {
  try {
    const input = sharp(bytes, { failOn: 'error', limitInputPixels: MAX_PIXELS });
    const { width, height, channels: bands, hasAlpha, orientation } = await input.metadata();
    const colour = bands - (hasAlpha ? 1 : 0) >= 3;
    const turned = (orientation ?? 1) > 1;
    const sideways = (orientation ?? 1) > 4;
    const [w, h] = sideways ? [height, width] : [width, height];
    let pipeline = input.autoOrient().flatten({ background: '#000000' });
    pipeline = pipeline.toColourspace(channels === 1 ? 'b-w' : 'srgb');
    if (channels === 1) pipeline = pipeline.greyscale();
    if (w !== size || h !== size) {
      pipeline = pipeline.resize(size, size, { fit: 'cover', position: 'centre', kernel: 'cubic' });
    }
    const { data, info } = await pipeline.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
    const planes = new Float32Array(channels * size * size);
    for (let p = 0; p < size * size; p++) {
      for (let c = 0; c < channels; c++) {
        planes[c * size * size + p] = data[p * info.channels + (c % info.channels)]! / 255;
      }
    }
    return { count: 1, planes, preparation: describe() };

    function describe(): string {
      const said = [`${format} ${String(w)}×${String(h)}`, turned ? 'rotated as the camera recorded' : ''];
      if (hasAlpha) said.push('transparency on black');
      if (colour && channels === 1) said.push('colours to grey');
      if (!colour && channels === 3) said.push('grey to three channels');
      if (w !== h) said.push(`middle ${String(Math.min(w, h))}×${String(Math.min(w, h))} cut out`);
      said.push(w === size && h === size ? 'not resized' : `resized to ${String(size)}×${String(size)} (cubic)`);
      return said.filter((word) => word !== '').join(', ');
    }
  } catch (error) {
    const message = (error instanceof Error ? error.message : String(error)).split('\n')[0]!;
    if (message.includes('exceeds pixel limit')) {
      throw new UserError('image-too-large', `${path} has more than ${String(MAX_PIXELS)} pixels: make it smaller`, {
        cause: error,
      });
    }
    throw new UserError('image-damaged', `${path} is not a complete ${format} image (${message}): save it again`, {
      cause: error,
    });
  }
}

async function prepareArray(path: string, { channels, size }: ImageShape): Promise<PreparedImages> {
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
        `${path} holds the value ${String(planes[bad])}: float32 images go from 0 to 1, uint8 images from 0 to 255`,
      );
    }
    return checked(path, images[0]!, planes, `float32 array of ${String(images[0]!)} ${wanted}, not resized`);
  }
  if (dtype !== 'uint8') fail();
  const tail = (channels === 3 ? [size, size, 3] : [size, size]).join();
  const single = shape.join() === tail;
  if (!single && shape.slice(1).join() !== tail) fail();
  const images = single ? 1 : count;
  const area = size * size;
  planes = new Float32Array(images * channels * area);
  for (let i = 0; i < images; i++) {
    for (let p = 0; p < area; p++) {
      for (let c = 0; c < channels; c++) {
        planes[(i * channels + c) * area + p] = (data as Uint8Array)[(i * area + p) * channels + c]! / 255;
      }
    }
  }
  return checked(path, images, planes, `uint8 array of ${String(images)} ${wanted}, not resized`);
}

function checked(path: string, count: number, planes: Float32Array, preparation: string): PreparedImages {
  if (count < 1 || count > MAX_NPY_IMAGES) {
    throw new UserError('image-shape', `${path} holds ${String(count)} images: give 1 to ${String(MAX_NPY_IMAGES)}`);
  }
  return { count, planes, preparation };
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
