import { first, write } from '../database.js';
import type { ReadableDatabase, WritableDatabase } from '../database.js';
import type { ChosenFinding } from '../interface.js';
import { count } from '../values.js';

export function selectFinding(database: ReadableDatabase, sha256: string): ChosenFinding | null {
  const row = first(database, 'SELECT class FROM findings WHERE sha256 = @sha256', { sha256 });
  return row ? { class: row['class'] === null ? null : count(row, 'class') } : null;
}

export function replaceFinding(database: WritableDatabase, sha256: string, finding: number | null): void {
  write(database, 'INSERT OR REPLACE INTO findings VALUES (@sha256, @finding)', { sha256, finding });
}

export function deleteFinding(database: WritableDatabase, sha256: string): void {
  write(database, 'DELETE FROM findings WHERE sha256 = @sha256', { sha256 });
}
