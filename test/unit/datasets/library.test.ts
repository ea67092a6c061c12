import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { listNpzFiles, loadReferenced } from '../../../src-main/datasets/library.js';
import { hashFile, loadDataset } from '../../../src-main/datasets/medmnist.js';
import { refusalOf } from './expect-refusal.js';
import { medmnistArrays, npz, put, temporaryFolder } from './fixtures.js';

const folder = temporaryFolder();

test('a referenced file is loaded only while it is still the same file', async () => {
  const content = npz(medmnistArrays());
  const path = put(folder, 'a.npz', content);
  const { sha256, bytes } = await loadDataset(path);
  const reference = { path, sha256, bytes };
  expect((await loadReferenced(reference)).sha256).toBe(sha256);
  expect(await hashFile(path)).toMatchObject({ sha256, bytes });

  const other = medmnistArrays();
  other['val_images']![other['val_images']!.length - 1]! ^= 1;
  writeFileSync(path, npz(other));
  const altered = await refusalOf(() => loadReferenced({ ...reference, bytes: npz(other).length }), path);
  expect([altered.kind, altered.message.includes('its SHA-256 is another one')]).toEqual(['dataset-changed', true]);
  writeFileSync(path, Buffer.concat([content, Buffer.of(0)]));
  const longer = await refusalOf(() => loadReferenced(reference), path);
  expect([longer.kind, longer.message]).toEqual([
    'dataset-changed',
    expect.stringContaining(`it had ${bytes} bytes and now has ${bytes + 1}`),
  ]);
  rmSync(path);
  expect((await refusalOf(() => loadReferenced(reference), path)).kind).toBe('file-missing');
});

test('the archives of a folder are listed by name', async () => {
  const many = join(folder, 'many');
  mkdirSync(join(many, 'folder.npz'), { recursive: true });
  for (const name of ['b.npz', 'A.NPZ', 'c.npz.part', 'd.txt']) put(many, name, Buffer.alloc(1));
  expect(await listNpzFiles(many)).toEqual([join(many, 'A.NPZ'), join(many, 'b.npz')]);
  const missing = join(folder, 'missing');
  expect((await refusalOf(() => listNpzFiles(missing), missing)).kind).toBe('folder-unreadable');
});
