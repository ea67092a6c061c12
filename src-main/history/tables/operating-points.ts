import type { OperatingPoint } from '../../vocabulary/operating-point.js';
import { first, write } from '../database.js';
import type { ReadableDatabase, WritableDatabase } from '../database.js';
import { fromJson, stored } from '../values.js';

export function selectOperatingPoint(database: ReadableDatabase, model: number): OperatingPoint | null {
  const row = first(
    database,
    'SELECT run, operating_point FROM operating_points JOIN models USING (model) WHERE model = @model',
    { model },
  );
  return row ? stored(row, 'operating_point', 'operatingPoint') : null;
}

export function replaceOperatingPoint(database: WritableDatabase, model: number, point: OperatingPoint): void {
  write(database, 'INSERT OR REPLACE INTO operating_points VALUES (@model, @point)', { model, point: fromJson(point) });
}

export function deleteOperatingPoint(database: WritableDatabase, model: number): void {
  write(database, 'DELETE FROM operating_points WHERE model = @model', { model });
}
