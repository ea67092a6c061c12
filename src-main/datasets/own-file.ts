import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { datasetsFolder } from './library.js';

/**
 * The file in the data folder of a dataset that the program makes: readable where the name allows it, and never that of another name.
 * Nothing is created.
 */
export function ownFile(home: string, name: string): string {
  const plain = name
    .normalize('NFC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 60);
  const told = createHash('sha256').update(name.normalize('NFC')).digest('hex').slice(0, 8);
  return join(datasetsFolder(home), `${plain === '' ? 'import' : plain}-${told}.npz`);
}
