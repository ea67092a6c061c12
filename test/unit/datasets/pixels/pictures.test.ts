import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { prepareImage } from '../../../../src-main/bundle/prepare-image.js';
import { applyRule, openImage } from '../../../../src-main/datasets/pixels/index.js';
import { describePixelRule, type IntensityRule, type PixelRule } from '../../../../src-main/vocabulary/pixel-rule.js';
import { bitmap, deepPng, floatTiff } from '../../../support/small-pictures.js';

const folder = mkdtempSync(join(tmpdir(), 'pictures-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const EIGHT: IntensityRule = { kind: 'eight-bit' };
const rule = (changes: Partial<PixelRule> = {}): PixelRule => ({
  size: 4,
  channels: 1,
  fit: 'pad',
  resampling: 'area',
  intensity: EIGHT,
  frames: 'first',
  ...changes,
});

const rows = (first: readonly number[]): number[] => [...first, ...first, ...first, ...first];
function eight(pixels: readonly number[], channels: 1 | 3 | 4, width = 4, height = 4): Sharp {
  const image = sharp(Buffer.from(pixels), { raw: { width, height, channels } });
  return channels === 1 ? image.toColourspace('b-w') : image;
}
const coloured = (pixel: readonly number[]): number[] => Array.from({ length: 16 }, () => pixel).flat();

/** name, file, rule, first row that must come out, what must be said of it, allowed difference */
type Case = [string, () => Promise<Buffer> | Buffer, PixelRule, number[], string, number?];
const bits12 = rule({ intensity: { kind: 'bits', bits: 12 } });

const CASES: Case[] = [
  [
    'grey.png',
    () =>
      eight(rows([0, 85, 170, 255]), 1)
        .png()
        .toBuffer(),
    rule(),
    [0, 85, 170, 255],
    'PNG 4×4, not resized',
  ],
  ['12-of-16.png', () => deepPng(4, 4, rows([0, 1365, 2730, 4095])), bits12, [0, 85, 170, 255], 'PNG 4×4, not resized'],
  [
    '12-of-16-alone.png',
    () => deepPng(4, 4, rows([0, 1365, 2730, 4095])),
    rule(),
    [0, 85, 170, 255],
    'PNG 4×4, 16 bits a sample scaled by the 12 in use, not resized',
  ],
  ['dark-of-12.png', () => deepPng(4, 4, rows([0, 16, 32, 1023])), bits12, [0, 1, 2, 64], 'PNG 4×4, not resized'],
  [
    'eight-among-12.png',
    () =>
      eight(rows([0, 85, 170, 255]), 1)
        .png()
        .toBuffer(),
    bits12,
    [0, 85, 170, 255],
    'PNG 4×4, 8 bits a sample, taken as the whole range, not resized',
  ],
  ['16.png', () => deepPng(4, 4, rows([0, 21845, 43690, 65535])), rule(), [0, 85, 170, 255], 'PNG 4×4, not resized'],
  ['16-stretched.png', () => deepPng(4, 4, rows([0, 257, 514, 771])), rule(), [0, 1, 2, 3], 'PNG 4×4, not resized'],
  [
    'colours-of-16.png',
    () => deepPng(4, 4, coloured([65535, 21845, 0]), 3),
    rule({ channels: 3 }),
    [255, 85, 0],
    'PNG 4×4, not resized',
  ],
  [
    'float.tif',
    () => floatTiff(4, 4, rows([0, 1 / 3, 2 / 3, 1])),
    rule(),
    [0, 85, 170, 255],
    'TIFF 4×4, fractions from 0 to 1 scaled, not resized',
  ],
  [
    'float-range.tif',
    () => floatTiff(4, 4, rows([-100, 0, 100, 300])),
    rule({ intensity: { kind: 'range', from: -100, to: 100 } }),
    [0, 127, 255, 255],
    'TIFF 4×4, not resized',
  ],
  [
    'cmyk.jpg',
    () =>
      eight(coloured([130, 110, 95]), 3)
        .toColourspace('cmyk')
        .jpeg({ quality: 100 })
        .toBuffer(),
    rule({ channels: 3 }),
    [130, 110, 95],
    'JPEG 4×4, CMYK to RGB, not resized',
    // four inks do not reach every colour
    12,
  ],
  [
    'turned.jpg',
    () =>
      eight(
        Array.from({ length: 64 }, (_, i) => (i % 8 < 4 ? 0 : 255)),
        1,
        8,
        8,
      )
        .withMetadata({ orientation: 3 })
        .jpeg({ quality: 100 })
        .toBuffer(),
    rule(),
    [255, 255, 0, 0],
    'JPEG 8×8, rotated as the camera recorded, grey stored as colours, resized to 4×4 (area)',
    2,
  ],
  [
    'palette.png',
    () =>
      eight(coloured([255, 0, 0]), 3)
        .png({ palette: true })
        .toBuffer(),
    rule({ channels: 3 }),
    [255, 0, 0],
    'PNG 4×4, palette to colours, not resized',
  ],
  [
    'alpha.png',
    () =>
      eight(Array.from({ length: 16 }, (_, i) => [200, 200, 200, i % 4 < 2 ? 255 : 0]).flat(), 4)
        .png()
        .toBuffer(),
    rule(),
    [200, 200, 0, 0],
    'PNG 4×4, transparency on black, grey stored as colours, not resized',
  ],
  [
    'colours.webp',
    () =>
      eight(coloured([200, 100, 50]), 3)
        .webp({ lossless: true })
        .toBuffer(),
    rule(),
    [124, 124, 124, 124],
    'WebP 4×4, colours to grey, not resized',
  ],
  [
    'grey-as-colours.png',
    () =>
      eight(
        rows([0, 85, 170, 255]).flatMap((v) => [v, v, v]),
        3,
      )
        .png()
        .toBuffer(),
    rule(),
    [0, 85, 170, 255],
    'PNG 4×4, grey stored as colours, not resized',
  ],
  [
    'colours.bmp',
    () => bitmap(4, 4, coloured([200, 100, 50])),
    rule({ channels: 3 }),
    [200, 100, 50],
    'BMP 4×4, not resized',
  ],
  [
    'greys.bmp',
    () =>
      bitmap(
        4,
        4,
        rows([0, 85, 170, 255]).flatMap((v) => [v, v, v]),
        8,
      ),
    rule(),
    [0, 85, 170, 255],
    'BMP 4×4, palette to colours, grey stored as colours, not resized',
  ],
  [
    'wide-padded.png',
    () => eight(Array<number>(32).fill(240), 1, 8, 4).png().toBuffer(),
    rule(),
    [0, 0, 0, 0],
    'PNG 8×4, padded with black to a square, resized to 4×4 (area)',
  ],
  [
    'wide-cut.png',
    () =>
      eight(
        Array.from({ length: 32 }, (_, i) => (i % 8 < 4 ? 0 : 240)),
        1,
        8,
        4,
      )
        .png()
        .toBuffer(),
    rule({ fit: 'crop' }),
    [0, 0, 240, 240],
    'PNG 8×4, middle 4×4 cut out, not resized',
  ],
  [
    'large.png',
    // a mean over 2.5 pixels: 0 0 ½·100, ½·100 100 100, …
    () =>
      eight(
        Array.from({ length: 100 }, (_, i) => [0, 0, 100, 100, 100, 100, 200, 200, 200, 50][i % 10]!),
        1,
        10,
        10,
      )
        .png()
        .toBuffer(),
    rule(),
    [20, 100, 160, 140],
    'PNG 10×10, resized to 4×4 (area)',
  ],
  [
    'small.png',
    () => eight([10, 200, 10, 200], 1, 2, 2).png().toBuffer(),
    rule(),
    [10, 10, 200, 200],
    'PNG 2×2, resized to 4×4 (area)',
  ],
];

describe('a picture becomes the same pixels at an import and at a prediction', () => {
  it.each(CASES)('%s', async (name, make, wanted, row, preparation, tolerance = 0) => {
    const path = join(folder, name);
    writeFileSync(path, await make());
    const applied = applyRule(wanted, await openImage(path), path);
    row.forEach((value, i) => expect(Math.abs(applied.pixels[i]! - value), String(i)).toBeLessThanOrEqual(tolerance));
    expect(applied.preparation).toBe(preparation);
    const { planes, preparations } = await prepareImage(path, wanted);
    expect(preparations).toEqual([preparation]);
    const { size, channels } = wanted;
    const back = Array.from({ length: planes.length }, (_, i) =>
      Math.round(255 * planes[(i % channels) * size * size + Math.floor(i / channels)]!),
    );
    expect(back).toEqual([...applied.pixels]);
  });
});

describe('a picture of another kind than those of the rule is refused', () => {
  it.each<[string, () => Promise<Buffer> | Buffer, PixelRule, string]>([
    [
      'float-unknown.tif',
      () => floatTiff(4, 4, rows([0, 10, 20, 30])),
      rule(),
      'float-unknown.tif: its samples are fractions from 0 to 30, and which value is white is not known. Choose a range of values for the dataset, or save it with 8 or 16 bits.',
    ],
    [
      'float-nan.tif',
      () => floatTiff(4, 4, rows([0, NaN, 0.5, 1])),
      rule(),
      'float-nan.tif: it contains values that are not numbers. Replace them and save it again.',
    ],
    [
      'too-bright.png',
      () => deepPng(4, 4, rows([10, 60000, 60000, 60000])),
      bits12,
      'too-bright.png: 75 % of its values (10 to 60000) are outside the range of the dataset, 0 to 4095. Use an image of the same type as those of the dataset.',
    ],
    [
      'eight-among-fractions.png',
      () =>
        eight(rows([0, 85, 170, 255]), 1)
          .png()
          .toBuffer(),
      rule({ intensity: { kind: 'range', from: 0, to: 1 } }),
      'eight-among-fractions.png: 75 % of its values (0 to 255) are outside the range of the dataset, 0 to 1.',
    ],
    [
      'cut.bmp',
      () => bitmap(4, 4, coloured([1, 2, 3])).subarray(0, 80),
      rule(),
      'cut.bmp: this is not a complete BMP image (80 bytes, the rows need more). Save it again.',
    ],
    [
      'cut.jpg',
      async () => (await eight(Array<number>(12_288).fill(99), 3, 64, 64).jpeg().toBuffer()).subarray(0, -20),
      rule(),
      'cut.jpg: this is not a complete JPEG image',
    ],
  ])('%s', async (name, make, wanted, message) => {
    const path = join(folder, name);
    writeFileSync(path, await make());
    await expect(prepareImage(path, wanted)).rejects.toThrow(join(folder, message));
  });
});

it('a rule is said in words', () => {
  expect(describePixelRule(rule({ size: 64, intensity: { kind: 'bits', bits: 12 } }))).toBe(
    'samples from 0 to 4095 (12 bits in use) scaled to 0 to 255; colours to grey (0.299 red + 0.587 green + 0.114 blue); the whole image, padded with black to a square; brought to 64×64 grey pixels by area; the first image of a file with several',
  );
});
