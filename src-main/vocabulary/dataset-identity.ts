import { z } from 'zod';

/**
 * What a dataset file is, proved by its content and never by its name. `official`: byte for byte a file of MedMNIST, by its MD5.
 * `same-contents`: the pixels and labels of one in other bytes. `not-official`: everything else.
 */
export const datasetIdentitySchema = z.enum(['official', 'same-contents', 'not-official']);
export type DatasetIdentity = z.infer<typeof datasetIdentitySchema>;
