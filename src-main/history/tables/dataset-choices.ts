import { first, write } from '../database.js';
import type { ReadableDatabase, WritableDatabase } from '../database.js';
import type { DatasetChoices } from '../interface.js';
import { count, textOrNull, texts } from '../values.js';

export function selectDatasetChoices(database: ReadableDatabase, sha256: string): DatasetChoices | null {
  const row = first(database, 'SELECT name, labels, horizontal_flip FROM dataset_choices WHERE sha256 = @sha256', {
    sha256,
  });
  if (!row) return null;
  return {
    name: textOrNull(row, 'name'),
    labels: row['labels'] === null ? null : texts(row, 'labels'),
    horizontalFlip: row['horizontal_flip'] === null ? null : count(row, 'horizontal_flip') === 1,
  };
}

export function replaceDatasetChoices(database: WritableDatabase, sha256: string, choices: DatasetChoices): void {
  const { name, labels, horizontalFlip } = choices;
  write(database, 'INSERT OR REPLACE INTO dataset_choices VALUES (@sha256, @name, @labels, @horizontalFlip)', {
    sha256,
    name,
    labels: labels && JSON.stringify(labels),
    horizontalFlip: horizontalFlip === null ? null : Number(horizontalFlip),
  });
}
