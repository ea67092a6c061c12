import type { DatasetDescription } from '../datasets/medmnist.js';
import type { StoredDataset } from './interface.js';

/** What the history keeps of a checked dataset file. */
export function storedDataset(description: DatasetDescription): StoredDataset {
  const { name, path, sha256, bytes, md5Matches, task, labels, channels, size, samples, licence, synthetic } =
    description;
  return {
    id: description.catalogueId ?? `file:${sha256}`,
    name,
    description: synthetic
      ? 'Synthetic images drawn by MedForge'
      : `${task}, ${description.classes} classes, ${size}×${size}, ${channels === 1 ? 'grey' : 'colour'}`,
    path,
    sha256,
    bytes,
    md5Matches,
    task,
    labels,
    channels,
    size,
    samples,
    licence,
    synthetic,
  };
}
