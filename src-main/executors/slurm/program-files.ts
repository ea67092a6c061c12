import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { addonPath } from '../../compute/native/binding.js';
import { UserError } from '../../errors.js';
import type { ClusterProgram } from './cluster-folder.js';

const PROGRAM = join('dist', 'cluster', 'task.mjs');
const CATALOGUE = join('resources', 'medmnist-catalogue.json');
const ADDON = join('build', 'Release', 'medforge_native.node');

/** What nodes need, in the places where the program looks for it: as in this installation. @throws UserError `cluster-program` */
export function clusterProgram(): ClusterProgram {
  const root = rootWith(PROGRAM);
  const addon = addonPath();
  if (root === null || addon === null) {
    const missing = root === null ? PROGRAM : ADDON;
    throw new UserError(
      'cluster-program',
      `${missing} is not built, which nodes of a cluster compute with: run npm run setup`,
    );
  }
  const files = [
    [PROGRAM, join(root, PROGRAM)],
    [CATALOGUE, join(root, CATALOGUE)],
    [ADDON, addon],
  ] as const;
  return { files: new Map(files), main: PROGRAM };
}

/** The nearest folder above this file that has it. */
function rootWith(file: string): string | null {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    if (existsSync(join(folder, file))) return folder;
    if (dirname(folder) === folder) return null;
  }
}
