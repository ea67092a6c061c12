import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { exportBundle } from '../bundle/export.js';
import type { ExportContext } from '../bundle/export-context.js';
import { useBackend } from '../compute/index.js';
import { loadReferenced } from '../datasets/library.js';
import { readModel } from '../training/model-file.js';
import type { DatasetReference } from '../vocabulary/dataset-reference.js';
import type { TaskProgress } from './task-progress.js';

export interface ModelExportRequest {
  /** The model file of a retraining. */
  readonly model: string;
  readonly dataset: DatasetReference;
  /** The folder that the bundle's own folder is made in. */
  readonly folder: string;
  /** The version is chosen here: the first that is free. */
  readonly context: Omit<ExportContext, 'version'>;
}

/** Writes a verified bundle. @returns its folder  @throws as `exportBundle`, `loadReferenced`, `readModel` */
export async function exportModel(
  { model, dataset, folder, context }: ModelExportRequest,
  progress: (progress: TaskProgress) => void,
  signal: AbortSignal,
): Promise<string> {
  await useBackend('auto', { threads: 0 });
  const exported = await exportBundle({
    ...context,
    version: freeVersion(folder, context.name),
    model: await readModel(model),
    dataset: await loadReferenced(dataset, { signal }),
    out: folder,
    onProgress: (step, done, total) => progress({ step, done, total }),
    signal,
  });
  return exported.folder;
}

/** `1.0.0`, or the next patch version whose folder is not taken. */
export function freeVersion(folder: string, name: string): string {
  let patch = 0;
  while (existsSync(join(folder, `${name}-1.0.${patch}`))) patch += 1;
  return `1.0.${patch}`;
}
