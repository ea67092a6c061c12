import { all, first, write } from '../database.js';
import type { Parameters, ReadableDatabase, Row, WritableDatabase } from '../database.js';
import type { StoredDataset } from '../interface.js';
import { count, oneOf, text, textOrNull, texts, word } from '../values.js';

const TASKS: readonly StoredDataset['task'][] = [
  'binary-class',
  'multi-class',
  'ordinal-regression',
  'multi-label, binary-class',
];

function toRow(dataset: StoredDataset): Parameters {
  return {
    id: dataset.id,
    name: dataset.name,
    description: dataset.description,
    path: dataset.path,
    sha256: dataset.sha256,
    bytes: dataset.bytes,
    md5Matches: dataset.md5Matches === null ? null : Number(dataset.md5Matches),
    task: dataset.task,
    labels: JSON.stringify(dataset.labels),
    channels: dataset.channels,
    size: dataset.size,
    train: dataset.samples.train,
    val: dataset.samples.val,
    test: dataset.samples.test,
    licence: dataset.licence,
    synthetic: Number(dataset.synthetic),
    horizontalFlip: Number(dataset.horizontalFlip),
  };
}

function fromRow(row: Row): StoredDataset {
  return {
    id: text(row, 'id'),
    name: text(row, 'name'),
    description: text(row, 'description'),
    path: text(row, 'path'),
    sha256: text(row, 'sha256'),
    bytes: count(row, 'bytes'),
    md5Matches: row['md5_matches'] === null ? null : count(row, 'md5_matches') === 1,
    task: word(row, 'task', TASKS),
    labels: texts(row, 'labels'),
    channels: oneOf(row, 'channels', [1, 3]),
    size: count(row, 'size'),
    samples: { train: count(row, 'train_samples'), val: count(row, 'val_samples'), test: count(row, 'test_samples') },
    licence: textOrNull(row, 'licence'),
    synthetic: count(row, 'synthetic') === 1,
    horizontalFlip: count(row, 'horizontal_flip') === 1,
  };
}

export function selectDatasets(database: ReadableDatabase): StoredDataset[] {
  return all(database, 'SELECT * FROM datasets ORDER BY name, id').map(fromRow);
}

export function selectDataset(database: ReadableDatabase, id: string): StoredDataset | null {
  const row = first(database, 'SELECT * FROM datasets WHERE id = @id', { id });
  return row ? fromRow(row) : null;
}

/** Whether the file with this content is known to be synthetic. */
export function isSynthetic(database: ReadableDatabase, sha256: string): boolean {
  return (
    first(database, 'SELECT 1 AS one FROM datasets WHERE sha256 = @sha256 AND synthetic = 1', { sha256 }) !== undefined
  );
}

export function replaceDataset(database: WritableDatabase, dataset: StoredDataset): void {
  write(
    database,
    `INSERT OR REPLACE INTO datasets VALUES (@id, @name, @description, @path, @sha256, @bytes, @md5Matches, @task,
       @labels, @channels, @size, @train, @val, @test, @licence, @synthetic, @horizontalFlip)`,
    toRow(dataset),
  );
}

export function deleteDataset(database: WritableDatabase, id: string): void {
  write(database, 'DELETE FROM datasets WHERE id = @id', { id });
}
