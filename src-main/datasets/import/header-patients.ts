import { join } from 'node:path';
import { UserError } from '../../errors.js';
import { openImage } from '../pixels/index.js';
import type { PlannedImage } from '../sources/index.js';
import { inOrder } from './in-order.js';

/**
 * The patients that DICOM headers name, by path; the study where no patient is named. What cannot be read is left to the survey.
 */
export async function headerPatients(
  location: string,
  images: readonly PlannedImage[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const patients = new Map<string, string>();
  const read = async ({ path }: PlannedImage): Promise<string | null> => {
    try {
      const { header } = await openImage(join(location, path));
      return header?.patientId ?? header?.studyInstanceUid ?? null;
    } catch (error) {
      if (error instanceof UserError) return null;
      throw error;
    }
  };
  const dicom = images.filter(({ kind }) => kind === 'dicom');
  for await (const [{ path }, patient] of inOrder(dicom, read, signal)) if (patient) patients.set(path, patient);
  return patients;
}
