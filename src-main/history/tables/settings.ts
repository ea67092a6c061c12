import { first, write } from '../database.js';
import type { ReadableDatabase, WritableDatabase } from '../database.js';
import { text } from '../values.js';

export function selectSetting(database: ReadableDatabase, key: string): unknown {
  const row = first(database, 'SELECT value FROM settings WHERE key = @key', { key });
  return row ? (JSON.parse(text(row, 'value')) as unknown) : null;
}

export function upsertSetting(database: WritableDatabase, key: string, value: unknown): void {
  write(
    database,
    'INSERT INTO settings (key, value) VALUES (@key, @value) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
    { key, value: JSON.stringify(value) },
  );
}
