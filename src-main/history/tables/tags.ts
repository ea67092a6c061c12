import { all, write } from '../database.js';
import type { ReadableDatabase, WritableDatabase } from '../database.js';
import { count, text } from '../values.js';

export function selectTags(database: ReadableDatabase): { readonly tag: string; readonly runs: number }[] {
  return all(database, 'SELECT tag, count(*) AS runs FROM tags GROUP BY tag ORDER BY tag').map((row) => ({
    tag: text(row, 'tag'),
    runs: count(row, 'runs'),
  }));
}

export function replaceTags(database: WritableDatabase, run: number, tags: readonly string[]): void {
  write(database, 'DELETE FROM tags WHERE run = @run', { run });
  for (const tag of new Set(tags.map((name) => name.trim()).filter((name) => name !== ''))) {
    write(database, 'INSERT INTO tags (run, tag) VALUES (@run, @tag)', { run, tag });
  }
}
