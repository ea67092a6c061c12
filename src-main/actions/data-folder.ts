import { lstat, readdir, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { DataFolder } from '../vocabulary/data-folder.js';

const FOLDERS = ['runs', 'datasets', 'backups'] as const;

/** Measures the data folder. What comes or goes meanwhile does not matter; links count as what they are. */
export async function measureDataFolder(home: string): Promise<DataFolder> {
  const { bavail, bsize } = await statfs(home);
  const sizes = { history: 0, runs: 0, datasets: 0, backups: 0, other: 0 };
  for (const name of await namesIn(home)) {
    const part = name.startsWith('medforge.db') ? 'history' : (FOLDERS.find((folder) => folder === name) ?? 'other');
    sizes[part] += await bytesOf(join(home, name));
  }
  const parts = Object.entries(sizes) as [keyof typeof sizes, number][];
  return {
    path: home,
    bytes: parts.reduce((sum, [, bytes]) => sum + bytes, 0),
    free: bavail * bsize,
    parts: parts
      .filter(([, bytes]) => bytes > 0)
      .map(([name, bytes]) => ({ name, bytes }))
      .sort((a, b) => b.bytes - a.bytes),
  };
}

async function bytesOf(path: string): Promise<number> {
  try {
    const found = await lstat(path);
    if (!found.isDirectory()) return found.size;
  } catch {
    return 0;
  }
  let bytes = 0;
  for (const name of await namesIn(path)) bytes += await bytesOf(join(path, name));
  return bytes;
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch {
    return [];
  }
}
