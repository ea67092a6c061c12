import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { readDicomParty } from '../../../../src-main/datasets/pixels/dicom/read-party.js';
import { dicomFile, imageElements, type WrittenDataSet } from '../../../support/dicom-file.js';

const folder = mkdtempSync(join(tmpdir(), 'medforge-party-'));
afterAll(() => rmSync(folder, { recursive: true }));
const path = join(folder, 'a.dcm');

const OF = { '00100020 LO': 'P 17', '0020000D UI': '1.2.3' } as const;
const PIXELS = { '7FE00010 OW': new Uint8Array(8) };
const image = (changes: WrittenDataSet = {}): WrittenDataSet => imageElements(2, 2, { ...OF, ...PIXELS, ...changes });
const deflated = (): Uint8Array => {
  const file = dicomFile({}, { syntax: '1.2.840.10008.1.2.1.99' });
  return Buffer.concat([file, deflateRawSync(dicomFile(image(), { bare: true }))]);
};

describe('whose image a DICOM file holds', () => {
  const whole = dicomFile(image());
  it.each<[string, Uint8Array]>([
    ['explicit', whole],
    ['implicit', dicomFile(image(), { syntax: '1.2.840.10008.1.2' })],
    ['big endian', dicomFile(image(), { syntax: '1.2.840.10008.1.2.2' })],
    ['deflated', deflated()],
    ['without its pixels: nothing of them is read', whole.subarray(0, whole.length - 8)],
    [
      'behind more than is read at once',
      dicomFile(image({ '00080060 CS': 'CT', '00090010 OB': new Uint8Array(100_000) })),
    ],
  ])('%s', async (_, bytes) => {
    writeFileSync(path, bytes);
    expect(await readDicomParty(path)).toEqual({ patientId: 'P 17', studyInstanceUid: '1.2.3' });
  });

  it('is not known where the file ends before it says so', async () => {
    writeFileSync(path, whole.subarray(0, 190));
    await expect(readDicomParty(path)).rejects.toMatchObject({ kind: 'dicom-truncated' });
    await expect(readDicomParty(join(folder, 'b.dcm'))).rejects.toMatchObject({
      kind: 'image-missing',
      message: expect.stringContaining('the file cannot be read (ENOENT)') as string,
    });
  });
});
