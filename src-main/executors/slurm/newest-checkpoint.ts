import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { CHECKPOINTS_FOLDER, parseCheckpointName } from '../../run-folder.js';

/** Number of the newest checkpoint of a run, 0 without one. */
export function newestCheckpoint(runFolder: string): number {
  try {
    const names = readdirSync(join(runFolder, CHECKPOINTS_FOLDER));
    return Math.max(0, ...names.map((name) => parseCheckpointName(name)?.number ?? 0));
  } catch {
    return 0;
  }
}
