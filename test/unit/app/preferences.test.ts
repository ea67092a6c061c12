import { expect, it } from 'vitest';
import { DEFAULT_PREFERENCES, readPreferences } from '../../../src-main/vocabulary/preferences.js';

const own = {
  theme: 'dark',
  numbers: 'space-comma',
  threads: 3,
  backend: 'native',
  onGpuFault: 'native',
  recent: ['run:1'],
} as const;

it.each([
  ['nothing', null, DEFAULT_PREFERENCES],
  ['what was kept', own, own],
  ['some', { theme: 'light' }, { ...DEFAULT_PREFERENCES, theme: 'light' }],
  [
    'what is unknown',
    { theme: 'pink', numbers: 1, threads: 1.5, backend: 'tpu', onGpuFault: 'pray', recent: 'x' },
    DEFAULT_PREFERENCES,
  ],
  ['too many threads', { threads: 257 }, DEFAULT_PREFERENCES],
  ['no object', 'dark', DEFAULT_PREFERENCES],
  [
    'too long a list',
    { recent: Array.from({ length: 20 }, (_, i) => String(i)) },
    { ...DEFAULT_PREFERENCES, recent: Array.from({ length: 12 }, (_, i) => String(i)) },
  ],
])('preferences of %s', (_, kept, read) => expect(readPreferences(kept)).toEqual(read));
