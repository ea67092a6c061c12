import { rm } from 'node:fs/promises';
import { convertDataset, type ConvertOptions } from './convert.js';
import { inspectDataset, type DatasetDescription } from './medmnist.js';

/**
 * Checks a file that the user adds, and makes one of MedForge's own of it where it cannot be used as it is.
 * @throws UserError as `convertDataset` and `inspectDataset`; nothing is left behind then
 */
export async function prepareDataset(path: string, options: ConvertOptions): Promise<DatasetDescription> {
  const made = await convertDataset(path, options);
  if (made === null) return inspectDataset(path, options);
  try {
    return await inspectDataset(made, options);
  } catch (error) {
    await rm(made, { force: true });
    throw error;
  }
}
