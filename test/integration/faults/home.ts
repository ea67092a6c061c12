import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Recovery, WritableHistory } from '../../../src-main/history/interface.js';
import { openHistory } from '../../../src-main/history/open.js';
import type { SearchConfig } from '../../../src-main/vocabulary/run-config.js';
import { medmnistArrays, npz } from '../../unit/datasets/fixtures.js';
import { searchConfig } from '../../unit/history/fixtures.js';

/** Settings of a short run of the counting job over a small dataset. */
export function countingConfig(folder: string, epochs = 6): SearchConfig {
  const content = npz(medmnistArrays());
  const path = join(folder, 'data.npz');
  writeFileSync(path, content);
  const sha256 = createHash('sha256').update(content).digest('hex');
  return { ...searchConfig, epochs, dataset: { name: 'data', path, sha256, bytes: content.length } };
}

/** Opens the history of `home`, does something with it and closes it. */
export async function withHistory<T>(
  home: string,
  use: (history: WritableHistory, recovery: Recovery | null) => T,
): Promise<T> {
  const { history, recovery } = await openHistory(home);
  try {
    return use(history, recovery);
  } finally {
    history.close();
  }
}

/** Everything that a run leaves in the history but times. */
export function trace(history: WritableHistory, run: number): unknown {
  return { epochs: history.epochs(run), traces: history.traces(run), result: history.getRun(run).result };
}
