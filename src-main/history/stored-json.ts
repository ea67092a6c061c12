import { fromJsonText } from '../json-numbers.js';
import { sayIssue } from '../schema-issue.js';
import type { Stored, storedSchemas } from './stored-schemas.js';

type Schemas = typeof storedSchemas;

let schemas: Schemas | null = null;

/**
 * Loads the schemas of what is kept as JSON. Apart, because it takes longer than the window's first picture, which needs
 * none of them, may wait.
 */
export async function loadStoredSchemas(): Promise<void> {
  schemas ??= (await import('./stored-schemas.js')).storedSchemas;
}

export type Parsed<T> = { readonly value: T } | { readonly problem: string };

/** What {@link toJsonText} wrote, checked. Keys that this version does not know are left out. */
export function parseStored<K extends keyof Schemas>(as: K, text: string): Parsed<Stored<K>> {
  if (schemas === null) throw new Error(`the history read a ${as} before loadStoredSchemas had ended`);
  let json: unknown;
  try {
    json = fromJsonText(text);
  } catch {
    return { problem: 'it is not JSON' };
  }
  const { success, data, error } = schemas[as].safeParse(json);
  return success ? { value: data as Stored<K> } : { problem: sayIssue(error.issues[0]!) };
}
