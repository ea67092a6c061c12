import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
/** What the scripts keep between runs: stamps, the lock, the Electron runtime. */
export const KEPT = join(ROOT, '.setup');
export const BIN = join(ROOT, 'node_modules', '.bin');
