import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readDicomParty } from '../../../../src-main/datasets/pixels/dicom/read-party.js';
import { applyRule, openFrames, openImage } from '../../../../src-main/datasets/pixels/index.js';

interface Summary {
  readonly mean: number;
  readonly deviation: number;
  readonly pixels: readonly (readonly number[])[];
}
interface Expected {
  readonly file: string;
  readonly image: {
    readonly width: number;
    readonly height: number;
    readonly channels: 1 | 3;
    readonly frames: number;
  };
  readonly first: Summary;
  readonly last: Summary;
}

const FOLDER = join(import.meta.dirname, '../../../../../shared/data/import/dicom');
/** Made by expected-dicom.py, beside this file. */
const EXPECTED = JSON.parse(readFileSync(join(import.meta.dirname, 'expected-dicom.json'), 'utf8')) as Expected[];
const REFUSED: readonly (readonly [string, string, string])[] = [
  ['00-DICOMDIR-empty.dcm', 'dicom-directory', 'this is the directory of a DICOM medium (DICOMDIR)'],
  ['43-DICOMDIR-bigEnd.dcm', 'dicom-directory', 'this is the directory of a DICOM medium (DICOMDIR)'],
  ['01-no_meta_group_length.dcm', 'dicom-no-image', 'the DICOM file contains no image.'],
  ['02-ExplVR_BigEndNoMeta.dcm', 'dicom-no-image', 'the DICOM file contains no image (modality RTPLAN)'],
  ['09-chrKoreanMulti.dcm', 'dicom-no-image', 'the DICOM file contains no image (modality CR)'],
  // the size in its codestream was overwritten
  ['21-JPEG2000-embedded-sequence-delimiter.dcm', 'dicom-damaged', 'its jpeg-2000 pixels do not decode'],
  [
    '51-emri_small_jpeg_2k_lossless_too_short.dcm',
    'dicom-truncated',
    'it ends at 40316 bytes in the middle of an element',
  ],
];

/** Grey levels between two readers: compression with loss is decoded by different arithmetic. */
const TOLERANCE = 1.6;

describe.skipIf(!existsSync(FOLDER))('89 DICOM files of pydicom (skipped where the files are absent)', () => {
  it('are all here', () => expect(EXPECTED.length + REFUSED.length).toBe(89));

  it.each(EXPECTED)('$file is rendered as pydicom renders it', async ({ file, image, first, last }) => {
    const { width, height, channels, frames } = image;
    const opened = await openFrames(join(FOLDER, file));
    expect(opened.frames).toBe(frames);
    for (const [frame, expected] of [[0, first] as const, [frames - 1, last] as const].slice(0, frames)) {
      const source = await opened.read(frame);
      expect(source).toMatchObject({ format: 'DICOM', width, height, channels });
      const size = Math.max(width, height);
      const { pixels } = applyRule(
        { size, channels, fit: 'pad', resampling: 'area', intensity: { kind: 'window-of-file' }, frames: 'first' },
        source,
        file,
      );
      const [left, top] = [Math.ceil((size - width) / 2), Math.ceil((size - height) / 2)];
      let [sum, squares] = [0, 0];
      for (let y = 0; y < height; y++) {
        const from = ((top + y) * size + left) * channels;
        for (let i = from; i < from + width * channels; i++) {
          sum += pixels[i]!;
          squares += pixels[i]! ** 2;
        }
      }
      const mean = sum / (width * height * channels);
      const deviation = Math.sqrt(squares / (width * height * channels) - mean ** 2);
      expect(Math.abs(mean - expected.mean)).toBeLessThan(0.3);
      expect(Math.abs(deviation - expected.deviation)).toBeLessThan(0.3);
      const places = [
        [height >> 1, width >> 1],
        [Math.floor(height / 3), width >> 2],
        [Math.floor((height * 3) / 4), Math.floor((width * 2) / 3)],
      ] as const;
      places.forEach(([y, x], i) => {
        expected.pixels[i]!.forEach((value, c) =>
          expect(Math.abs(pixels[((top + y) * size + left + x) * channels + c]! - value)).toBeLessThan(TOLERANCE),
        );
      });
    }
  });

  it.each(EXPECTED)('$file: whose it is stands before its pixels', async ({ file }) => {
    const { header } = await openImage(join(FOLDER, file));
    const { patientId, studyInstanceUid } = header!;
    expect(await readDicomParty(join(FOLDER, file))).toEqual({ patientId, studyInstanceUid });
  });

  it.each(REFUSED)('%s is refused as %s', async (file, kind, message) => {
    await expect(openImage(join(FOLDER, file))).rejects.toMatchObject({
      name: 'UserError',
      kind,
      message: expect.stringContaining(`${file}: `) as string,
    });
    await expect(openImage(join(FOLDER, file))).rejects.toThrow(message);
  });

  it.each([
    '06-SC_rgb_small_odd.dcm',
    '40-MR_small_bigendian.dcm',
    '11-SC_rgb_rle.dcm',
    '68-JPEG-LL.dcm',
    '26-image_dfl.dcm',
  ])('%s cut anywhere is refused', async (file) => {
    const whole = readFileSync(join(FOLDER, file));
    for (let part = 1; part < 20; part++) {
      const bytes = whole.subarray(0, Math.floor((whole.length * part) / 20));
      await expect(openImage({ name: file, bytes }), `${file} ${String(part)}/20`).rejects.toMatchObject({
        name: 'UserError',
        kind: expect.stringMatching(/^(dicom-(truncated|no-image)|image-format)$/) as string,
      });
    }
  });
});
