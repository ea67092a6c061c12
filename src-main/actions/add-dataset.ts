import type { DatasetDescription } from '../datasets/medmnist.js';
import type { StoredDataset, WritableHistory } from '../history/interface.js';

/** Adds a checked dataset file to the list, or replaces the entry of the same content. The file stays where it is. */
export function addDataset(history: WritableHistory, description: DatasetDescription): StoredDataset {
  const entry = storedDataset(description);
  history.addDataset(entry);
  return entry;
}

/** What the history keeps of a checked dataset file. */
function storedDataset(description: DatasetDescription): StoredDataset {
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
