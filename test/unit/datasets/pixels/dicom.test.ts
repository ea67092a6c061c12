import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { applyRule, openFrames, openImage } from '../../../../src-main/datasets/pixels/index.js';
import type { IntensityRule, PixelRule } from '../../../../src-main/vocabulary/pixel-rule.js';
import {
  dicomFile,
  imageElements,
  shorts,
  type WrittenDataSet,
  type WrittenFile,
} from '../../../support/dicom-file.js';

const OF_FILE: IntensityRule = { kind: 'window-of-file' };
const rule = (intensity: IntensityRule, channels: 1 | 3 = 1): PixelRule => ({
  size: 4,
  channels,
  fit: 'pad',
  resampling: 'area',
  intensity,
  frames: 'first',
});

/** Four rows of four equal pixels, so that a picture is told by its first row. */
const rows = (values: readonly number[]): number[] => [...values, ...values, ...values, ...values];
const grey = (values: readonly number[], changes: WrittenDataSet = {}, little = true): WrittenDataSet =>
  imageElements(4, 4, { '7FE00010 OW': shorts(rows(values), little), ...changes });
const open = (elements: WrittenDataSet, file?: WrittenFile) =>
  openImage({ name: 'a.dcm', bytes: dicomFile(elements, file) });

async function shown(elements: WrittenDataSet, intensity = OF_FILE, file?: WrittenFile, channels: 1 | 3 = 1) {
  const { pixels, preparation } = applyRule(rule(intensity, channels), await open(elements, file), 'a.dcm');
  return { row: [...pixels.subarray(0, 4 * channels)], preparation };
}

describe('a grey DICOM file', () => {
  const WINDOW = { '00281050 DS': '1000', '00281051 DS': '2001' };
  const big = '1.2.840.10008.1.2.2';
  // the linear window of 1000 and 2001 goes from 499.5 − 1000 = −0.5 to 1999.5
  const windowed = [0, 64, 128, 255];
  it.each<[string, WrittenDataSet, number[], WrittenFile?, IntensityRule?]>([
    ['through its window', grey([0, 500, 1000, 2000], WINDOW), windowed],
    [
      'through the first of two windows',
      grey([0, 500, 1000, 2000], { '00281050 DS': '1000\\40', '00281051 DS': '2001\\400' }),
      windowed,
    ],
    [
      'MONOCHROME1 inverted after the window',
      grey([0, 500, 1000, 2000], { ...WINDOW, '00280004 CS': 'MONOCHROME1' }),
      [255, 191, 127, 0],
    ],
    ['implicit', grey([0, 500, 1000, 2000], WINDOW), windowed, { syntax: '1.2.840.10008.1.2' }],
    ['big endian', grey([0, 500, 1000, 2000], WINDOW, false), windowed, { syntax: big }],
    ['without preamble', grey([0, 500, 1000, 2000], WINDOW), windowed, { bare: true }],
    ['big endian without preamble', grey([0, 500, 1000, 2000], WINDOW, false), windowed, { syntax: big, bare: true }],
    [
      'implicit without preamble',
      grey([0, 500, 1000, 2000], WINDOW),
      windowed,
      { syntax: '1.2.840.10008.1.2', bare: true },
    ],
    [
      'signed and rescaled before the window',
      grey([-1000, -500, 0, 1000], { ...WINDOW, '00280103 US': [1], '00281052 DS': '1000', '00281053 DS': '1' }),
      windowed,
    ],
    [
      'with the slope in a functional group',
      grey([0, 250, 500, 1000], {
        '52009229 SQ': {
          items: [
            {
              '00289132 SQ': { items: [WINDOW] },
              '00289145 SQ': { items: [{ '00281052 DS': '0', '00281053 DS': '2' }] },
            },
          ],
        },
      }),
      windowed,
    ],
    [
      'through a table',
      grey([0, 1, 2, 3], {
        '00283010 SQ': { items: [{ '00283002 US': [3, 1, 8], '00283006 US': [10, 20, 30] }] },
      }),
      [10, 10, 20, 30],
    ],
    ['without a window from its smallest to its largest value', grey([100, 200, 300, 355]), [0, 100, 200, 255]],
    [
      '12 of 16 bits by a rule of bits',
      grey([0, 1365, 2730, 4095], { '00280101 US': [12], '00280102 US': [11] }),
      [0, 85, 170, 255],
      {},
      { kind: 'bits', bits: 12 },
    ],
    [
      '12 bits at the top of 16',
      grey([0, 1365 << 4, 2730 << 4, 4095 << 4], { '00280101 US': [12], '00280102 US': [15] }),
      [0, 85, 170, 255],
      {},
      { kind: 'bits', bits: 12 },
    ],
    [
      'through the window of the rule',
      grey([0, 500, 1000, 2000], { '00281050 DS': '1', '00281051 DS': '1' }),
      windowed,
      {},
      { kind: 'window', center: 1000, width: 2001 },
    ],
    [
      'sigmoid',
      grey([0, 500, 1000, 2000], { '00281050 DS': '500', '00281051 DS': '1000', '00281056 CS': 'SIGMOID' }),
      [30, 128, 225, 254],
    ],
  ])('%s', async (_, elements, expected, file, intensity) => {
    expect((await shown(elements, intensity, file)).row).toEqual(expected);
  });

  it('says what was done', async () => {
    const { preparation } = await shown(grey([0, 500, 1000, 2000], { ...WINDOW, '00280004 CS': 'MONOCHROME1' }));
    expect(preparation).toBe(
      'DICOM 4×4, through the window of the file (centre 1000, width 2001), inverted (MONOCHROME1), not resized',
    );
  });

  it('deflated', async () => {
    const whole = Buffer.from(dicomFile(grey([0, 500, 1000, 2000], WINDOW), { syntax: '1.2.840.10008.1.2.1.99' }));
    const start = whole.indexOf('1.2.840.10008.1.2.1.99') + 22;
    const bytes = Buffer.concat([whole.subarray(0, start), deflateRawSync(whole.subarray(start))]);
    const image = await openImage({ name: 'a.dcm', bytes });
    expect([...applyRule(rule(OF_FILE), image).pixels.subarray(0, 4)]).toEqual(windowed);
  });

  it('tells patient, study and what else its header says', async () => {
    const { header } = await open(
      grey([0, 1, 2, 3], {
        '00100040 CS': 'F',
        '00101010 AS': '045Y',
        '0020000D UI': '1.2.3',
        '00080060 CS': 'DX',
        '00280301 CS': 'YES',
      }),
    );
    expect(header).toMatchObject({
      patientId: 'P1',
      patientSex: 'F',
      patientAge: '045Y',
      studyInstanceUid: '1.2.3',
      modality: 'DX',
      burnedInAnnotation: 'yes',
    });
  });

  it('of several frames gives each', async () => {
    const opened = await openFrames({
      name: 'a.dcm',
      bytes: dicomFile(
        imageElements(1, 3, {
          '00280008 IS': '3',
          '7FE00010 OW': shorts([1, 1, 1, 2, 2, 2, 3, 3, 3]),
        }),
      ),
    });
    expect(opened.frames).toBe(3);
    const middle = await opened.read(1);
    expect([...middle.samples]).toEqual([2, 2, 2]);
    expect(middle).toMatchObject({ width: 3, height: 1, frames: 3, frame: 1 });
  });
});

describe('a coloured DICOM file', () => {
  const eight = { '00280100 US': [8], '00280101 US': [8], '00280102 US': [7] };
  const repeated = (pixel: readonly number[]): Uint8Array => Uint8Array.from({ length: 48 }, (_, i) => pixel[i % 3]!);
  const rgb = (photometric: string, pixels: Uint8Array, changes: WrittenDataSet = {}): WrittenDataSet =>
    imageElements(4, 4, {
      ...eight,
      '00280002 US': [3],
      '00280004 CS': photometric,
      '00280006 US': [0],
      '7FE00010 OB': pixels,
      ...changes,
    });
  const planes = Uint8Array.from({ length: 48 }, (_, i) => [200, 100, 50][i >> 4]!);
  it.each<[string, WrittenDataSet, number[]]>([
    ['RGB', rgb('RGB', repeated([200, 100, 50])), [200, 100, 50]],
    ['one colour after the other', rgb('RGB', planes, { '00280006 US': [1] }), [200, 100, 50]],
    // Y = 0.299 R + 0.587 G + 0.114 B, and so on
    ['YBR_FULL', rgb('YBR_FULL', repeated([124, 86, 182])), [200, 100, 50]],
    [
      'YBR_FULL_422',
      rgb(
        'YBR_FULL_422',
        Uint8Array.from({ length: 32 }, (_, i) => [124, 124, 86, 182][i % 4]!),
      ),
      [200, 100, 50],
    ],
    [
      'of a palette',
      imageElements(4, 4, {
        ...eight,
        '00280004 CS': 'PALETTE COLOR',
        '00281101 US': [2, 7, 16],
        '00281102 US': [2, 7, 16],
        '00281103 US': [2, 7, 16],
        '00281201 OW': shorts([0, 200 * 257]),
        '00281202 OW': shorts([0, 100 * 257]),
        '00281203 OW': shorts([0, 50 * 257]),
        '7FE00010 OB': new Uint8Array(16).fill(8),
      }),
      [200, 100, 50],
    ],
  ])('%s', async (_, elements, expected) => {
    const { row } = await shown(elements, OF_FILE, {}, 3);
    row.forEach((value, i) => expect(Math.abs(value - expected[i % 3]!)).toBeLessThanOrEqual(1));
  });
});

describe('a DICOM file is refused', () => {
  const whole = dicomFile(grey([1, 2, 3, 4]));
  const jpeg = { fragments: [Uint8Array.of(0xff, 0xd8, 0xff, 0xd9)] };
  const without = (sopClass: string, changes: WrittenDataSet = {}): WrittenDataSet => ({
    '00080016 UI': sopClass,
    '00080060 CS': 'OT',
    ...changes,
  });
  it.each<[string, Uint8Array, string, string]>([
    [
      'that promises more pixels than it has',
      dicomFile(grey([1, 2, 3, 4], { '00280008 IS': '2' })),
      'dicom-truncated',
      'a.dcm: the DICOM file is not complete: it contains 32 bytes of pixels but needs 64. Copy it again from its archive.',
    ],
    [
      'of a syntax that is a film',
      dicomFile(grey([1, 2, 3, 4]), { syntax: '1.2.840.10008.1.2.4.100' }),
      'dicom-syntax',
      'a.dcm: its transfer syntax 1.2.840.10008.1.2.4.100 is not supported (video, or rarely used). Export it uncompressed or as JPEG.',
    ],
    [
      'whose JPEG is none',
      dicomFile(imageElements(4, 4, { '7FE00010 OB': jpeg }), { syntax: '1.2.840.10008.1.2.4.50' }),
      'dicom-damaged',
      'a.dcm: the DICOM file cannot be read: its jpeg pixels do not decode',
    ],
    [
      'with fewer frames than it says',
      dicomFile(imageElements(4, 4, { '00280008 IS': '2', '7FE00010 OB': jpeg }), { syntax: '1.2.840.10008.1.2.4.50' }),
      'dicom-truncated',
      'a.dcm: the DICOM file is not complete: it contains 1 of 2 frames. Copy it again from its archive.',
    ],
    [
      'with an encapsulated PDF',
      dicomFile(without('1.2.840.10008.5.1.4.1.1.104.1')),
      'dicom-document',
      'a.dcm: the DICOM file contains a document (such as a PDF), not an image. Leave it out.',
    ],
    [
      'with a presentation state',
      dicomFile(without('1.2.840.10008.5.1.4.1.1.11.1')),
      'dicom-presentation-state',
      'a.dcm: the DICOM file contains a presentation state (how another file is displayed), not an image. Use the file of the image itself.',
    ],
    [
      'that is a directory',
      dicomFile(without('1.2.840.10008.1.3.10')),
      'dicom-directory',
      'a.dcm: this is the directory of a DICOM medium (DICOMDIR), not an image. Use the folders next to it.',
    ],
    [
      'without an image',
      dicomFile(without('1.2.840.10008.5.1.4.1.1.88.11', { '00080060 CS': 'SR' })),
      'dicom-no-image',
      'a.dcm: the DICOM file contains no image (modality SR). Leave it out, or export the images of its study.',
    ],
  ])('%s', async (_, bytes, kind, message) => {
    await expect(openImage({ name: 'a.dcm', bytes })).rejects.toMatchObject({
      name: 'UserError',
      kind,
      message: expect.stringContaining(message) as string,
    });
  });

  it('cut anywhere', async () => {
    for (let length = 140; length < whole.length; length++) {
      const bytes = whole.subarray(0, length);
      // between two elements nothing is cut: then its image is missing
      await expect(openImage({ name: 'a.dcm', bytes }), String(length)).rejects.toMatchObject({
        kind: expect.stringMatching(/^dicom-(truncated|no-image)$/) as string,
      });
    }
  });

  it('with bits asked of rescaled values', async () => {
    const image = await open(grey([0, 1, 2, 3], { '00281052 DS': '-1024', '00281053 DS': '1' }));
    expect(() => applyRule(rule({ kind: 'bits', bits: 12 }), image, 'a.dcm')).toThrow(
      'a.dcm: its values are signed or rescaled (as in CT), so the number of bits does not define white. Choose a window or a range for the dataset.',
    );
  });
});
