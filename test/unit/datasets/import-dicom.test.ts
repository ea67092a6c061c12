import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { parseImport } from '../../../src-main/actions/import-images.js';
import { importImages, planWithHeaders } from '../../../src-main/datasets/import/import-images.js';
import { loadDataset } from '../../../src-main/datasets/medmnist.js';
import { dicomFile, imageElements, shorts } from '../../support/dicom-file.js';

const root = mkdtempSync(join(tmpdir(), 'import-dicom-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const PATIENTS = 20;
const SLICES = 4;
const folder = join(root, 'CT');
/** Slices without and with contrast, four of each patient, in files without an ending as archives write them. */
for (let patient = 0; patient < PATIENTS; patient++) {
  const label = patient % 2 ? 'contrast' : 'native';
  mkdirSync(join(folder, label, `series ${String(patient)}`), { recursive: true });
  for (let slice = 0; slice < SLICES; slice++) {
    // from −1024 HU, shown through a window of 40 and 401: 0 and 255 at −160 and 240
    const values = Array.from({ length: 144 }, (_, i) => 1024 - 160 + (i % 2 ? 400 : 0) + patient + slice);
    const elements = imageElements(12, 12, {
      '00100020 LO': `CT-${String(patient)}`,
      '0020000D UI': `1.2.${String(patient)}`,
      '00281050 DS': '40.5',
      '00281051 DS': '401',
      '00281052 DS': '-1024',
      '00281053 DS': '1',
      '7FE00010 OW': shorts(values, true),
    });
    writeFileSync(join(folder, label, `series ${String(patient)}`, `IM${String(slice)}`), dicomFile(elements));
  }
}
const wanted = parseImport({ name: 'CT', choices: { location: folder }, pixels: { size: 12 } });

it('keeps the slices of a patient, whom the headers name, in one part and shows them through their window', async () => {
  const planned = await planWithHeaders(wanted);
  expect(planned.plan).toMatchObject({ patientsFrom: 'the DICOM headers', patients: [14, 2, 4], images: [56, 8, 16] });
  const path = join(root, 'made.npz');
  await importImages(wanted, path, { planned });
  const { parts, pixelRule } = await loadDataset(path);
  expect(pixelRule).toMatchObject({ channels: 1, intensity: { kind: 'window-of-file' } });
  const inParts = Object.values(parts).map(({ labels }) => new Set(labels.subjects!.patients));
  expect(inParts.flatMap((those) => [...those]).sort((a, b) => a - b)).toEqual([...Array(PATIENTS).keys()]);
  const { pixels } = parts.train.images;
  expect([pixels[0]! < 20, pixels[1]! > 235]).toEqual([true, true]);
  // names of patients stay out of the file
  expect(readFileSync(path).includes('CT-1')).toBe(false);
});

it('makes the same bytes with a plan that is handed on as with its own', async () => {
  const [one, other] = [join(root, 'one.npz'), join(root, 'other.npz')];
  await importImages(wanted, one, { planned: await planWithHeaders(wanted) });
  await importImages(wanted, other);
  expect(readFileSync(one)).toEqual(readFileSync(other));
});
