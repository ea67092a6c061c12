import type { Part } from '../dataset.js';

const SPELLINGS: { readonly [name: string]: Part } = {
  train: 'train',
  training: 'train',
  trn: 'train',
  val: 'val',
  valid: 'val',
  validate: 'val',
  validation: 'val',
  dev: 'val',
  development: 'val',
  test: 'test',
  testing: 'test',
  tst: 'test',
};

/** The part that a folder or a cell of a table names; null where it names none. `Train`, `valid`, `test_set`, `training-data`. */
export function partNamed(text: string): Part | null {
  const word = text.trim().toLowerCase();
  return SPELLINGS[word] ?? SPELLINGS[word.replace(/[\s_-]*(set|data|images|split|part|folder)$/, '')] ?? null;
}
