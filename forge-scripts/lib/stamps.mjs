import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { KEPT, ROOT } from './project.mjs';

/** SHA-256 over names and contents of files and folders (project-relative), and over extra texts. */
export function contentHash(paths, texts = []) {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(`text ${text.length}\n${text}`);
  for (const path of paths) for (const file of filesUnder(path)) addFile(hash, file);
  return hash.digest('hex');
}

function filesUnder(path) {
  const full = join(ROOT, path);
  if (!existsSync(full)) return [];
  if (statSync(full).isFile()) return [path];
  return readdirSync(full, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length + 1))
    .sort();
}

function addFile(hash, file) {
  const content = readFileSync(join(ROOT, file));
  hash.update(`file ${file} ${content.length}\n`).update(content);
}

export function readStamp(name) {
  try {
    return readFileSync(join(KEPT, `${name}.stamp`), 'utf8');
  } catch {
    return null;
  }
}

export function writeStamp(name, value) {
  mkdirSync(KEPT, { recursive: true });
  const temporary = join(KEPT, `${name}.stamp.${process.pid}`);
  writeFileSync(temporary, value);
  renameSync(temporary, join(KEPT, `${name}.stamp`));
}
