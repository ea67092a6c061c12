import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { datasetsFolder } from '../datasets/library.js';
import { temporaryOwner } from '../durable-file.js';

/** Removes what imports left behind whose processes were killed; what cannot be removed stays. @param home data folder */
export async function removeKilledImports(home: string): Promise<void> {
  const folder = datasetsFolder(home);
  for (const name of await readdir(folder).catch(() => [] as string[])) {
    const owner = temporaryOwner(name);
    if (owner !== null && !isAlive(owner)) await rm(join(folder, name), { force: true }).catch(() => undefined);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
