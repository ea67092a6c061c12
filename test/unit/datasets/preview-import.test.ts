import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { previewImport } from '../../../src-main/datasets/import/preview-import.js';
import { spreadOver } from '../../../src-main/datasets/import/spread.js';
import { importChoicesSchema } from '../../../src-main/vocabulary/import-plan.js';
import { importPixelsSchema } from '../../../src-main/vocabulary/image-import.js';
import { importPreviewSchema } from '../../../src-main/vocabulary/import-preview.js';
import { deepPng } from '../../support/small-pictures.js';
import { folders } from './image-folders.js';

const folder = folders();
const bytesOf = (url: string): Buffer => Buffer.from(url.slice('data:image/png;base64,'.length), 'base64');
const preview = async (location: string, whole: boolean, count = 4, pixels = {}) =>
  importPreviewSchema.parse(
    await previewImport({
      choices: importChoicesSchema.parse({ location, decisions: { 'classes-missing': 'keep' } }),
      pixels: importPixelsSchema.parse({ size: 12, ...pixels }),
      count,
      whole,
    }),
  );

describe('which images stand for all', () => {
  const images = Array.from({ length: 100 }, (_, i) => ({ i, label: i < 90 ? 0 : 1 }));
  const numbers = (count: number): number[] => spreadOver(images, count, ({ label }) => label).map(({ i }) => i);
  it.each([
    ['as many of each class, from its first to its last', 8, [0, 22, 45, 67, 90, 92, 95, 97]],
    ['an odd one more for the first', 3, [0, 45, 90]],
    ['one', 1, [0]],
    ['none', 0, []],
  ])('%s', (_, count, expected) => expect(numbers(count)).toEqual(expected));
  it('a class that has too few leaves its places to the others, and all are all', () => {
    expect(numbers(30).filter((i) => i >= 90)).toHaveLength(10);
    expect(numbers(1000)).toHaveLength(100);
  });
});

describe('the preview of an import', () => {
  it('shows sources in their proportions, and the pixels that the import makes', async () => {
    const wide = deepPng(
      40,
      20,
      Array.from({ length: 800 }, (_, i) => (i % 40 < 20 ? 0 : 4095)),
    );
    const dark = deepPng(
      20,
      20,
      Array.from({ length: 400 }, () => 1000),
    );
    const location = folder({
      'a/1.png': wide,
      'a/2.png': dark,
      'b/3.png': dark,
      'b/4.png': dark,
      'b/5.png': 'no image',
    });
    const shown = await preview(location, true, 24, { unreadable: 'drop' });
    expect(shown).toMatchObject({ looked: 5, total: 5, unreadable: { count: 1 } });
    expect(shown.unreadable.reasons[0]).toContain('5.png');
    expect(shown.images.map(({ file, labels }) => [file, ...labels])).toEqual([
      ['a/1.png', 'a'],
      ['a/2.png', 'a'],
      ['b/3.png', 'b'],
      ['b/4.png', 'b'],
    ]);
    expect(shown.rule).toContain('12 bits in use');
    const [first, second] = shown.images;
    expect(await sharp(bytesOf(first!.source)).metadata()).toMatchObject({ width: 40, height: 20 });
    const made = await sharp(bytesOf(first!.pixels)).greyscale().raw().toBuffer({ resolveWithObject: true });
    expect(made.info).toMatchObject({ width: 12, height: 12 });
    // padded above; the right half is white
    expect([made.data[6], made.data[6 * 12], made.data[6 * 12 + 11]]).toEqual([0, 0, 255]);
    expect(first!.preparation).toBe('PNG 40×20, padded with black to a square, resized to 12×12 (area)');
    const grey = await sharp(bytesOf(second!.pixels)).greyscale().raw().toBuffer();
    expect(grey[0]).toBe(Math.round((1000 / 4095) * 255));
  });

  it('looks at those that are shown alone, when it is not to look at all', async () => {
    const image = deepPng(
      12,
      12,
      Array.from({ length: 144 }, () => 100),
    );
    const names = Array.from({ length: 10 }, (_, i) => [`a/${i}.png`, image] as const);
    const location = folder(Object.fromEntries([...names, ['b/x.png', image], ['b/y.png', image]]));
    expect(await preview(location, false, 4)).toMatchObject({ looked: 4, total: 12 });
    await rm(join(location, 'a', '0.png'));
    expect(await preview(location, false, 4)).toMatchObject({ looked: 4, total: 11 });
  });
});
