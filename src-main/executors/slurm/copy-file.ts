import { copyFile, open, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { renamePatiently, syncFolder, temporaryName } from '../../durable-file.js';

/** Copies a file so that it is whole or not there under its name, whatever is killed meanwhile. */
export async function copyDurably(from: string, to: string): Promise<void> {
  const temporary = join(dirname(to), temporaryName(basename(to)));
  try {
    await copyFile(from, temporary);
    const handle = await open(temporary, 'r+');
    await handle.sync().finally(() => handle.close());
    renamePatiently(temporary, to);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  syncFolder(dirname(to));
}
