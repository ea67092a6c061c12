import { join } from 'node:path';
import { UserError } from '../../errors.js';
import { inOrder } from './in-order.js';

/**
 * The patients that DICOM headers name, by path; the study where no patient is named. What cannot be read is left to the survey.
 * @param images DICOM files, relative to the location
 */
export async function headerPatients(
  location: string,
  images: readonly { readonly path: string }[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const { readDicomParty } = await import('../pixels/dicom/read-party.js');
  const patients = new Map<string, string>();
  const read = async ({ path }: { readonly path: string }): Promise<string | null> => {
    try {
      const { patientId, studyInstanceUid } = await readDicomParty(join(location, path));
      return patientId ?? studyInstanceUid;
    } catch (error) {
      if (error instanceof UserError) return null;
      throw error;
    }
  };
  for await (const [{ path }, patient] of inOrder(images, read, signal)) if (patient) patients.set(path, patient);
  return patients;
}
