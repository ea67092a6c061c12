import { UserError } from '../../errors.js';
import { all, write } from '../database.js';
import type { ReadableDatabase, Row, WritableDatabase } from '../database.js';
import type { BundleSummary } from '../../vocabulary/model.js';
import { count, text } from '../values.js';

function fromRow(row: Row): BundleSummary {
  return {
    bundle: count(row, 'bundle'),
    model: count(row, 'model'),
    folder: text(row, 'folder'),
    createdAt: text(row, 'created_at'),
    verified: count(row, 'verified') === 1,
  };
}

export function selectBundles(database: ReadableDatabase, model: number | null): BundleSummary[] {
  return all(database, 'SELECT * FROM bundles WHERE @model IS NULL OR model = @model ORDER BY bundle', { model }).map(
    fromRow,
  );
}

export function insertBundle(
  database: WritableDatabase,
  bundle: { readonly model: number; readonly folder: string; readonly verified: boolean; readonly createdAt: string },
): number {
  return write(
    database,
    'INSERT INTO bundles (model, folder, verified, created_at) VALUES (@model, @folder, @verified, @createdAt)',
    { ...bundle, verified: Number(bundle.verified) },
  ).key;
}

export function updateVerified(database: WritableDatabase, bundle: number, verified: boolean): void {
  const { changes } = write(database, 'UPDATE bundles SET verified = @verified WHERE bundle = @bundle', {
    bundle,
    verified: Number(verified),
  });
  if (changes === 0) throw new UserError('bundle-unknown', `There is no bundle ${bundle} in the history.`);
}

export function deleteBundle(database: WritableDatabase, bundle: number): void {
  write(database, 'DELETE FROM bundles WHERE bundle = @bundle', { bundle });
}
