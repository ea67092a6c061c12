import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { datasetHealth } from '../../../../src-main/datasets/health/health.js';
import { readOriginals, type Originals } from '../../../../src-main/datasets/image-sources.js';
import { encodeNpz } from '../../../../src-main/datasets/npz-writer.js';
import type { OriginalKind } from '../../../../src-main/vocabulary/dataset-health.js';
import { temporaryFolder } from '../fixtures.js';
import { dataset, sound } from './made.js';

const folder = temporaryFolder();
const kind = (change: Partial<OriginalKind> = {}): OriginalKind => ({
  ...{ format: 'PNG', width: 40, height: 40, bits: 8 },
  ...change,
});

/** Originals of a sound dataset, 20 images a set. @param number of each image's kind, by its place in its set */
function originals(kinds: readonly OriginalKind[], number: (image: number) => number): Originals {
  const of = (): Uint32Array => Uint32Array.from({ length: 20 }, (_, i) => number(i));
  return { kinds, kindOf: { train: of(), val: of(), test: of() } };
}

it.each<[string, readonly OriginalKind[], (image: number) => number, string, string, RegExp]>([
  [
    'a size of files that gives the class away',
    [kind(), kind({ width: 64 })],
    // classes take turns
    (i) => i % 2,
    'file-gives-class-away',
    'serious',
    /^Format, size and bit depth of the original files alone tell the class of 100\.0 % of the test images \(always the most frequent class: 50\.0 %\)/,
  ],
  [
    'several bit depths',
    [kind(), kind({ bits: 16 })],
    (i) => Number(i >= 12),
    'depths-differ',
    'warning',
    /^The original files differ in bit depth: 36 with 8 bits, 24 with 16 bits\./,
  ],
  [
    'files that were enlarged',
    [kind(), kind({ height: 8 })],
    (i) => Number(i === 0),
    'files-enlarged',
    'warning',
    /^3 images were made of a file that is smaller than the images of the dataset: enlarged, they show less detail/,
  ],
  [
    'several sizes',
    [kind(), kind({ width: 100, height: 70 })],
    (i) => Number(i >= 10),
    'sizes-differ',
    'note',
    /^The original files have several sizes, with sides from 40 to 100 pixels/,
  ],
])('finds %s', async (_, kinds, number, found, severity, sentence) => {
  const findingsOf = async (files: Originals) =>
    (await datasetHealth(dataset(sound()), { originals: files })).findings.filter((one) => one.kind === found);
  expect(await findingsOf(originals([kind()], () => 0))).toEqual([]);
  const [finding] = await findingsOf(originals(kinds, number));
  expect(finding?.severity).toBe(severity);
  expect(finding?.sentence).toMatch(sentence);
});

it('reports the kinds of files, the most frequent first, and what they alone reach', async () => {
  const files = originals([kind({ bits: null }), kind({ format: 'DICOM', bits: 16 })], (i) => Number(i >= 5));
  const report = await datasetHealth(dataset(sound()), { originals: files });
  expect(report.originals).toMatchObject({
    kinds: [
      { kind: { format: 'DICOM', bits: 16 }, images: { train: 15, val: 15, test: 15 } },
      { kind: { format: 'PNG', bits: null }, images: { train: 5, val: 5, test: 5 } },
    ],
    ...{ kindCount: 2, smallest: 40, largest: 40, enlarged: 0, rule: null },
    depths: [
      { bits: 16, images: 45 },
      { bits: null, images: 15 },
    ],
  });
  expect(report.baselines.map(({ method }) => method)).toContain('original file');
});

it('leaves originals of other images aside', async () => {
  const files = originals([kind()], () => 0);
  const others = { ...files, kindOf: { ...files.kindOf, test: new Uint32Array(19) } };
  expect((await datasetHealth(dataset(sound()), { originals: others })).originals).toBeNull();
});

const archive = (name: string, text: string | null): string => {
  const path = join(folder, name);
  const data = new TextEncoder().encode(text ?? 'x');
  const arrays = {
    [text === null ? 'train_images' : 'medforge_sources']: { dtype: 'uint8', shape: [data.length], data },
  };
  writeFileSync(path, Buffer.concat(encodeNpz(arrays as never)));
  return path;
};
const head = 'part,number,file,image,sha256,row,patient,preparation';

it.each([
  [
    'of the first version',
    `${head}\r\ntrain,0,a.png,0,ab,,,"PNG 30×12, middle 12×12 cut out"\r\n`,
    kind({ width: 30, height: 12, bits: null }),
  ],
  [
    'of this version',
    `${head},format,width,height,bits\r\ntrain,0,a,0,ab,,,whatever,DICOM,512,400,16\r\n`,
    kind({ format: 'DICOM', width: 512, height: 400, bits: 16 }),
  ],
  [
    'with fractions',
    `${head},format,width,height,bits\r\ntrain,0,a,0,ab,,,whatever,TIFF,9,9,\r\n`,
    kind({ format: 'TIFF', width: 9, height: 9, bits: null }),
  ],
])('reads the sources of an import %s', async (name, text, expected) => {
  expect((await readOriginals(archive(`${name}.npz`, text)))?.kinds).toEqual([expected]);
});

it.each([
  ['no sources', null],
  ['no size', `${head}\r\ntrain,0,a.png,0,ab,,,unknown\r\n`],
  ['a gap', `${head}\r\ntrain,1,a.png,0,ab,,,PNG 30×12\r\n`],
  ['a set that is none', `${head}\r\nextra,0,a.png,0,ab,,,PNG 30×12\r\n`],
  ['no table', `${head}\r\n"train`],
])('knows no originals of a file with %s', async (name, text) => {
  expect(await readOriginals(archive(`${name}.npz`, text))).toBeNull();
});
