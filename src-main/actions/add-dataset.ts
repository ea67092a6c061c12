import { catalogue, fileId, findCatalogued } from '../datasets/catalogue.js';
import type { DatasetDescription } from '../datasets/medmnist.js';
import type { StoredDataset, WritableHistory } from '../history/interface.js';
import type { DatasetIdentity } from '../vocabulary/dataset-identity.js';

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
  const entry = catalogue().find(({ id }) => id === description.catalogueId);
  return {
    id: entry ? fileId(entry, size) : `file:${sha256}`,
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
    horizontalFlip: description.horizontalFlip,
  };
}

/** The set that the entry of a list belongs to; null for a file of nobody's catalogue. */
export function catalogueIdOf(id: string): string | null {
  return findCatalogued(id)?.entry.id ?? null;
}

/** What the file of an entry is; the catalogue has no entry of a file that is not its own. */
export function identityOf({ id, md5Matches }: Pick<StoredDataset, 'id' | 'md5Matches'>): DatasetIdentity {
  if (catalogueIdOf(id) === null) return 'not-official';
  return md5Matches === true ? 'official' : 'same-contents';
}
