import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { exportBundle, type ExportResult } from '../bundle/export.js';
import type { ExportContext } from '../bundle/export-context.js';
import { useEngine } from '../compute/index.js';
import type { Dataset } from '../datasets/dataset.js';
import { loadReferenced } from '../datasets/library.js';
import { readModel, type Model } from '../training/model-file.js';
import type { Engine } from '../vocabulary/backend.js';
import type { DatasetReference } from '../vocabulary/dataset-reference.js';
import type { TaskProgress } from './task-progress.js';

export interface BundleRequest {
  /** The model file of a retraining. */
  readonly model: string;
  readonly dataset: DatasetReference;
  /** The folder that the bundle's own folder is made in. */
  readonly folder: string;
  /** Null: the first free one from 1.0.0. */
  readonly version: string | null;
  readonly context: Omit<ExportContext, 'version'>;
  /** Computes what onnxruntime is compared with. */
  readonly engine?: Engine;
}

export type WrittenBundle = Pick<ExportResult, 'folder' | 'bytes' | 'check'>;

/** Writes a verified bundle. @throws UserError `backend-unavailable`, as `exportBundle`, `loadReferenced`, `readModel`; the signal's reason */
export async function writeModelBundle(
  { model, dataset, folder, version, context, engine }: BundleRequest,
  progress: (progress: TaskProgress) => void = () => undefined,
  signal?: AbortSignal,
): Promise<WrittenBundle> {
  await useEngine(engine);
  const loaded = await loadReferenced(dataset, signal ? { signal } : {});
  const proved = ofDataset(await readModel(model), loaded);
  const { operatingPoint } = context;
  const written = await exportBundle({
    ...context,
    operatingPoint: operatingPoint && { ...operatingPoint, label: loaded.labels[operatingPoint.finding]! },
    version: version ?? freeVersion(folder, context.name),
    model: proved,
    dataset: loaded,
    out: folder,
    onProgress: (step, done, total) => progress({ step, done, total }),
    ...(signal ? { signal } : {}),
  });
  return { folder: written.folder, bytes: written.bytes, check: written.check };
}

/**
 * A model with the names that its dataset has today, and what that is as its content proves: one of an earlier version took the name
 * of a file for it. Of another dataset it stays as it is, for `exportBundle` to refuse.
 */
function ofDataset(model: Model, dataset: Dataset): Model {
  const { description } = model;
  if (dataset.sha256 !== description.dataset.sha256 || dataset.labels.length !== description.labels.length)
    return model;
  const { name, catalogueId, identity, licence, labels } = dataset;
  return {
    ...model,
    description: {
      ...description,
      labels: [...labels],
      dataset: { ...description.dataset, name, catalogueId, identity, licence },
    },
  };
}

/** `1.0.0`, or the next patch version whose folder is not taken. */
function freeVersion(folder: string, name: string): string {
  let patch = 0;
  while (existsSync(join(folder, `${name}-1.0.${patch}`))) patch += 1;
  return `1.0.${patch}`;
}
