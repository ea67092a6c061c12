import type { DatasetHealth } from '../../vocabulary/dataset-health.js';
import { first, write } from '../database.js';
import type { ReadableDatabase, WritableDatabase } from '../database.js';
import type { KeptHealth } from '../interface.js';
import { parseStored } from '../stored-json.js';
import { fromJson, text } from '../values.js';

/** @returns null where there is none that this version understands: it is made again */
export function selectHealth(database: ReadableDatabase, sha256: string): KeptHealth | null {
  const row = first(database, 'SELECT report, checked_at FROM dataset_health WHERE sha256 = @sha256', { sha256 });
  if (!row) return null;
  const parsed = parseStored('datasetHealth', text(row, 'report'));
  return 'value' in parsed ? { report: parsed.value, checkedAt: text(row, 'checked_at') } : null;
}

export function replaceHealth(database: WritableDatabase, report: DatasetHealth, checkedAt: string): KeptHealth {
  write(database, 'INSERT OR REPLACE INTO dataset_health VALUES (@sha256, @report, @checkedAt)', {
    sha256: report.sha256,
    report: fromJson(report),
    checkedAt,
  });
  return { report, checkedAt };
}
