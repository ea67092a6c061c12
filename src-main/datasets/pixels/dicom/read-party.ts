import { open, type FileHandle } from 'node:fs/promises';
import { UserError } from '../../../errors.js';
import { fileErrorCode } from '../../../file-errors.js';
import { refusal } from '../../refusal.js';
import type { DicomHeader } from '../source-image.js';
import { readDicomFile } from './read-file.js';
import { TAG } from './tags.js';

/** Patient and study stand before the pixels: in nearly every file within so many bytes. */
const BEGINNING = 64 * 1024;

/**
 * Whose image a DICOM file holds, from the elements before its pixels; no pixel is read or decoded.
 * @throws UserError `image-missing`, `dicom-truncated`, `dicom-damaged`
 */
export async function readDicomParty(path: string): Promise<Pick<DicomHeader, 'patientId' | 'studyInstanceUid'>> {
  let file;
  try {
    file = await open(path, 'r');
    const { size } = await file.stat();
    const beginning = await bytesOf(file, Math.min(size, BEGINNING));
    try {
      return partyIn(beginning, path);
    } catch (error) {
      if (!(error instanceof UserError) || size <= BEGINNING) throw error;
      return partyIn(await bytesOf(file, size), path);
    }
  } catch (error) {
    if (error instanceof UserError) throw error;
    const wrong = `the file cannot be read (${fileErrorCode(error) ?? String(error)})`;
    throw refusal('image-missing', path, wrong, 'Give the path of an image', error);
  } finally {
    await file?.close();
  }
}

function partyIn(bytes: Uint8Array, source: string) {
  // elements come in the order of their tags
  const { dataSet } = readDicomFile(bytes, source, (tag) => tag > TAG.studyInstanceUid);
  return { patientId: dataSet.text(TAG.patientId), studyInstanceUid: dataSet.text(TAG.studyInstanceUid) };
}

async function bytesOf(file: FileHandle, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  const { bytesRead } = await file.read(bytes, 0, length, 0);
  return bytes.subarray(0, bytesRead);
}
