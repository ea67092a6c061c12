import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp, { type CreateRaw, type Sharp } from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openModelFile, type Classifier } from '../../../src-main/bundle/classifier.js';
import { predict, predictFile } from '../../../src-main/bundle/predict.js';
import { prepareImage, toPng } from '../../../src-main/bundle/prepare-image.js';
import { tf } from '../../../src-main/compute/tensorflow.js';
import { encodeNpy } from '../../../src-main/datasets/npy.js';
import { evaluateModel } from '../../../src-main/training/evaluate.js';
import { writeModel } from '../../../src-main/training/model-file.js';
import { ruleOfArrays, type PixelRule } from '../../../src-main/vocabulary/pixel-rule.js';
import { tinyDataset } from '../training/tiny-dataset.js';
import { tinyModel } from '../training/tiny-model.js';

const folder = mkdtempSync(join(tmpdir(), 'predict-'));
const at = (name: string): string => join(folder, name);
const dataset = tinyDataset();
const grey = ruleOfArrays(8, 1);
const colour = ruleOfArrays(8, 3);
const first = dataset.parts.test.images.pixels.subarray(0, 64);
let classifier: Classifier;

beforeAll(async () => {
  await tf.setBackend('cpu');
  await writeModel(at('m.safetensors'), await tinyModel(dataset));
  classifier = await openModelFile(at('m.safetensors'), 1);
});
afterAll(async () => {
  await classifier.session.release();
  rmSync(folder, { recursive: true, force: true });
});

function raw(pixels: Uint8Array | number[], width: number, height: number, channels: 1 | 3 | 4): Sharp {
  const image = sharp(Buffer.from(pixels), { raw: { width, height, channels } });
  return channels === 1 ? image.toColourspace('b-w') : image;
}
const flat = (width: number, height: number, value: number[]): number[] =>
  Array.from({ length: width * height }, () => value).flat();

describe('an image', () => {
  it('of the right size reaches the network unchanged, as PNG and as an array', async () => {
    await raw(first, 8, 8, 1).png().toFile(at('same.png'));
    const expected = Float32Array.from(first, (p) => p / 255);
    const png = await prepareImage(at('same.png'), grey);
    expect(png).toEqual({ count: 1, planes: expected, preparations: ['PNG 8×8, not resized'] });
    writeFileSync(at('same.npy'), encodeNpy({ dtype: 'uint8', shape: [8, 8], data: first.slice() }));
    expect((await prepareImage(at('same.npy'), grey)).planes).toEqual(expected);
    writeFileSync(at('float.npy'), encodeNpy({ dtype: 'float32', shape: [1, 1, 8, 8], data: expected }));
    expect(await prepareImage(at('float.npy'), grey)).toEqual({
      count: 1,
      planes: expected,
      preparations: ['float32 array of 1 8×8, not resized'],
    });
  });

  it.each<[string, () => Sharp, PixelRule, string, number[]]>([
    ['grey.png', () => raw(flat(20, 20, [51]), 20, 20, 1).png(), grey, 'PNG 20×20, resized to 8×8 (cubic)', [0.2]],
    [
      'wide.png',
      () => raw(flat(30, 12, [51]), 30, 12, 1).png(),
      grey,
      'PNG 30×12, middle 12×12 cut out, resized to 8×8 (cubic)',
      [0.2],
    ],
    ['tiny.png', () => raw(flat(2, 2, [255]), 2, 2, 1).png(), grey, 'PNG 2×2, resized to 8×8 (cubic)', [1]],
    [
      'rgb.png',
      () => raw(flat(8, 8, [102, 102, 102]), 8, 8, 3).png(),
      grey,
      'PNG 8×8, grey stored as colours, not resized',
      [0.4],
    ],
    ['rgb3.png', () => raw(flat(8, 8, [255, 51, 0]), 8, 8, 3).png(), colour, 'PNG 8×8, not resized', [1, 0.2, 0]],
    [
      'grey3.png',
      () => raw(flat(8, 8, [51]), 8, 8, 1).png(),
      colour,
      'PNG 8×8, grey to three channels, not resized',
      [0.2, 0.2, 0.2],
    ],
    [
      'alpha.png',
      () => raw(flat(8, 8, [255, 255, 255, 0]), 8, 8, 4).png(),
      grey,
      'PNG 8×8, transparency on black, grey stored as colours, not resized',
      [0],
    ],
    [
      'palette.png',
      () => raw(flat(8, 8, [255, 0, 0]), 8, 8, 3).png({ palette: true }),
      colour,
      'PNG 8×8, palette to colours, not resized',
      [1, 0, 0],
    ],
    [
      'photo.jpg',
      () => raw(flat(16, 16, [51]), 16, 16, 1).jpeg({ quality: 100 }),
      grey,
      'JPEG 16×16, resized to 8×8 (cubic)',
      [0.2],
    ],
    [
      'turned.jpg',
      () =>
        raw(flat(24, 16, [51]), 24, 16, 1)
          .withMetadata({ orientation: 6 })
          .jpeg({ quality: 100 }),
      grey,
      'JPEG 16×24, rotated as the camera recorded, grey stored as colours, middle 16×16 cut out, resized to 8×8 (cubic)',
      [0.2],
    ],
  ])('%s is brought to size and says how', async (name, image, rule, preparation, expected) => {
    await image().toFile(at(name));
    const prepared = await prepareImage(at(name), rule);
    expect(prepared.preparations).toEqual([preparation]);
    expect(prepared.planes).toHaveLength(rule.channels * 64);
    for (let c = 0; c < rule.channels; c++) {
      for (let p = 0; p < 64; p++) expect(prepared.planes[c * 64 + p]).toBeCloseTo(expected[c]!, 2);
    }
  });

  it('is cut in the middle', async () => {
    // black, white, black in thirds
    const thirds = Array.from({ length: 24 * 8 }, (_, i) => (i % 24 >= 8 && i % 24 < 16 ? 255 : 0));
    await raw(thirds, 24, 8, 1).png().toFile(at('thirds.png'));
    const { planes } = await prepareImage(at('thirds.png'), grey);
    expect(planes).toEqual(new Float32Array(64).fill(1));
  });

  it('of 16 bits a channel keeps its brightness', async () => {
    const values = Uint16Array.from({ length: 64 }, () => 0x3333);
    await sharp(Buffer.from(values.buffer), {
      raw: { width: 8, height: 8, channels: 1, depth: 'ushort' } as CreateRaw,
    })
      .toColourspace('grey16')
      .png()
      .toFile(at('deep.png'));
    const { planes } = await prepareImage(at('deep.png'), grey);
    for (const value of planes) expect(value).toBeCloseTo(0.2, 2);
  });

  it('turned by the camera is turned back', async () => {
    const left = Array.from({ length: 64 }, (_, i) => (i % 8 < 4 ? 255 : 0));
    // orientation 3: the picture is upside down
    await raw(left, 8, 8, 1).withMetadata({ orientation: 3 }).png().toFile(at('half.png'));
    const { planes } = await prepareImage(at('half.png'), grey);
    expect([planes[0], planes[7]]).toEqual([0, 1]);
  });

  it('can be shown as the network saw it', async () => {
    const { data, info } = await sharp(
      await toPng(
        Float32Array.from(first, (p) => p / 255),
        { ...grey, outputs: 3 },
        16,
      ),
    )
      .toColourspace('b-w')
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect([info.width, info.height]).toEqual([16, 16]);
    expect(data[0]).toBe(first[0]);
    expect(data[2 * info.channels]).toBe(first[1]);
  });

  it.each<[string, string | Uint8Array | null, string]>([
    ['none.png', null, 'none.png: the file cannot be read (ENOENT). Give the path of an image.'],
    [
      'text.png',
      'hello',
      'text.png: by its content, this is not a PNG, JPEG, TIFF, BMP, WebP or DICOM file. Use an image file.',
    ],
    ['empty.jpg', '', 'empty.jpg: the file is empty. Use an image file.'],
    [
      'vector.png',
      '<svg xmlns="http://www.w3.org/2000/svg"/>',
      'vector.png: by its content, this is not a PNG, JPEG, TIFF, BMP, WebP or DICOM file',
    ],
    [
      'shape.npy',
      encodeNpy({ dtype: 'uint8', shape: [9, 8], data: new Uint8Array(72) }),
      'shape.npy is uint8 of shape (9, 8): give uint8 N×8×8 or float32 N×1×8×8 from 0 to 1',
    ],
    [
      'type.npy',
      encodeNpy({ dtype: 'int32', shape: [8, 8], data: new Int32Array(64) }),
      'type.npy is int32 of shape (8, 8): give',
    ],
    [
      'hwc.npy',
      encodeNpy({ dtype: 'uint8', shape: [8, 8, 3], data: new Uint8Array(192) }),
      'hwc.npy is uint8 of shape (8, 8, 3): give',
    ],
    [
      'range.npy',
      encodeNpy({ dtype: 'float32', shape: [1, 8, 8], data: new Float32Array(64).fill(2) }),
      'range.npy contains the value 2: float32 images go from 0 to 1, uint8 images from 0 to 255',
    ],
    [
      'nan.npy',
      encodeNpy({ dtype: 'float32', shape: [1, 8, 8], data: new Float32Array(64).fill(NaN) }),
      'nan.npy: 64 values are NaN and 0 are infinite',
    ],
    ['bad.npy', 'x', 'bad.npy'],
  ])('is refused: %s', async (name, content, message) => {
    if (content !== null) writeFileSync(at(name), content);
    await expect(prepareImage(at(name), grey)).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringContaining(message) as string,
    });
  });

  it('cut anywhere is refused', async () => {
    const whole = await raw(first, 8, 8, 1).png().toBuffer();
    for (const length of [8, 20, whole.length >> 1, whole.length - 13]) {
      writeFileSync(at('cut.png'), whole.subarray(0, length));
      await expect(prepareImage(at('cut.png'), grey)).rejects.toMatchObject({ kind: 'image-damaged' });
    }
  });

  it('that claims to be enormous is refused before it is unpacked', async () => {
    const png = await raw(first, 8, 8, 1).png().toBuffer();
    png.writeUInt32BE(60_000, 16);
    png.writeUInt32BE(60_000, 20);
    png.writeInt32BE(crc32(png.subarray(12, 29)), 29);
    writeFileSync(at('bomb.png'), png);
    await expect(prepareImage(at('bomb.png'), grey)).rejects.toMatchObject({
      kind: 'image-too-large',
      message: `${at('bomb.png')}: the image has more than 100000000 pixels. Make it smaller.`,
    });
  });
});

describe('prediction', () => {
  it('equals the evaluation of the same images, alone and in an array', async () => {
    const { images } = dataset.parts.test;
    const { scores } = await evaluateModel(await tinyModel(dataset), dataset, 'test');
    writeFileSync(at('all.npy'), encodeNpy({ dtype: 'uint8', shape: [70, 8, 8], data: images.pixels.slice() }));
    await raw(first, 8, 8, 1).png().toFile(at('one.png'));
    const predictions = await predictFile(classifier, at('all.npy'));
    expect(predictions).toHaveLength(70);
    expect(predictions[69]!.image).toBe(`${at('all.npy')}[69]`);
    predictions.forEach(({ probabilities, predicted }, i) => {
      const row = [...scores.values.subarray(3 * i, 3 * i + 3)];
      probabilities.forEach(({ probability }, k) => expect(probability).toBeCloseTo(row[k]!, 5));
      expect(predicted).toEqual([dataset.labels[row.indexOf(Math.max(...row))]]);
    });
    const [one] = await predictFile(classifier, at('one.png'));
    one!.probabilities.forEach(({ probability }, k) => expect(probability).toBeCloseTo(scores.values[k]!, 5));
  });

  it('goes on after a bad image', async () => {
    await raw(first, 8, 8, 1).png().toFile(at('good.png'));
    const results = await predict(classifier, [at('nowhere.png'), at('good.png')]);
    expect(results[0]).toEqual({
      image: at('nowhere.png'),
      error: {
        kind: 'image-missing',
        message: `${at('nowhere.png')}: the file cannot be read (ENOENT). Give the path of an image.`,
      },
    });
    expect(results[1]).toMatchObject({ image: at('good.png'), preparation: 'PNG 8×8, not resized' });
  });

  it('of several labels names all above one half', async () => {
    const labelled = tinyDataset({ task: 'multi-label, binary-class' });
    const model = await tinyModel(labelled);
    model.weights['classifier.bias']!.set([5, 5, -5]);
    await writeModel(at('labels.safetensors'), model);
    const several = await openModelFile(at('labels.safetensors'), 1);
    const { images } = labelled.parts.test;
    writeFileSync(at('several.npy'), encodeNpy({ dtype: 'uint8', shape: [70, 8, 8], data: images.pixels.slice() }));
    const predictions = await predictFile(several, at('several.npy'));
    await several.session.release();
    for (const { probabilities, predicted } of predictions) {
      expect(predicted).toEqual(probabilities.filter(({ probability }) => probability > 0.5).map(({ label }) => label));
    }
    expect(predictions[0]!.predicted).toEqual(['class a', 'class b']);
  });
});

function crc32(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let k = 0; k < 8; k++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return ~crc;
}
