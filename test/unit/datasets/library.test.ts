import { createHash } from 'node:crypto';
import { mkdirSync, renameSync, rmSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { listNpzFiles, loadReferenced, type FileReference } from '../../../src-main/datasets/library.js';
import { hashFile, loadDataset } from '../../../src-main/datasets/medmnist.js';
import { openRegularFile, RegularFile } from '../../../src-main/datasets/regular-file.js';
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
  expect([altered.kind, altered.message.includes(`its SHA-256 was ${sha256} and is `)]).toEqual([
    'dataset-changed',
    true,
  ]);
  writeFileSync(path, Buffer.concat([content, Buffer.of(0)]));
  const longer = await refusalOf(() => loadReferenced(reference), path);
  expect([longer.kind, longer.message]).toEqual([
    'dataset-changed',
    expect.stringContaining(`it had ${bytes} bytes and now has ${bytes + 1}`),
  ]);
  rmSync(path);
  expect((await refusalOf(() => loadReferenced(reference), path)).kind).toBe('file-missing');
});

/** Does something to the file the moment it was hashed. */
function onceHashed(action: () => void): void {
  const { hash } = RegularFile.prototype;
  vi.spyOn(RegularFile.prototype, 'hash').mockImplementationOnce(async function (this: RegularFile, signal) {
    const hashes = await hash.call(this, signal);
    action();
    return hashes;
  });
}

describe('between the check of a referenced file and its use', () => {
  const content = npz(medmnistArrays());
  const arrays = medmnistArrays();
  arrays['train_images']!.fill(7, 200);
  const other = npz(arrays);
  const place = (name: string): FileReference => {
    const path = put(folder, name, content);
    return { path, sha256: createHash('sha256').update(content).digest('hex'), bytes: content.length };
  };

  test('another file takes its name: the one that was checked is used', async () => {
    const reference = place('renamed.npz');
    const before = await loadReferenced(reference);
    onceHashed(() => renameSync(put(folder, 'other.npz', other), reference.path));
    expect((await loadReferenced(reference)).parts).toEqual(before.parts);
    expect((await refusalOf(() => loadReferenced(reference), reference.path)).kind).toBe('dataset-changed');
  });

  test('it is overwritten, with its old time: it is refused', async () => {
    const reference = place('overwritten.npz');
    const { atime, mtime } = statSync(reference.path);
    onceHashed(() => {
      writeFileSync(reference.path, other);
      truncateSync(reference.path, content.length);
      utimesSync(reference.path, atime, mtime);
    });
    expect((await refusalOf(() => loadReferenced(reference), reference.path)).kind).toBe('file-changed');
  });

  test('it is touched: that changes nothing', async () => {
    const reference = place('touched.npz');
    onceHashed(() => utimesSync(reference.path, 1, 1));
    expect((await loadReferenced(reference)).sha256).toBe(reference.sha256);
  });
});

test('a file of several mebibytes is read as it was hashed, and refused where one byte is another', async () => {
  const path = join(folder, 'large');
  const content = Buffer.from(Uint8Array.from({ length: 2_500_000 }, (_, i) => (i * 7919) >> 3));
  writeFileSync(path, content);
  const file = await openRegularFile(path, 1e9);
  const { sha256 } = await file.hash();
  expect(sha256).toBe(createHash('sha256').update(content).digest('hex'));
  for (const [offset, length] of [
    [0, 10],
    [1_048_570, 20],
    [100, 2_400_000],
    [2_499_990, 100],
  ] as const) {
    expect(content.subarray(offset, offset + length).equals(await file.read(offset, length))).toBe(true);
  }
  content[1_500_000]! ^= 1;
  writeFileSync(path, content);
  expect(content.subarray(0, 10).equals(await file.read(0, 10))).toBe(true);
  expect((await refusalOf(() => file.read(1_048_570, 20), path)).kind).toBe('file-changed');
  await file.close();
});

test('the archives of a folder are listed by name', async () => {
  const many = join(folder, 'many');
  mkdirSync(join(many, 'folder.npz'), { recursive: true });
  for (const name of ['b.npz', 'A.NPZ', 'c.npz.part', 'd.txt']) put(many, name, Buffer.alloc(1));
  expect(await listNpzFiles(many)).toEqual([join(many, 'A.NPZ'), join(many, 'b.npz')]);
  const missing = join(folder, 'missing');
  expect((await refusalOf(() => listNpzFiles(missing), missing)).kind).toBe('folder-unreadable');
});

test.each([
  ['a run of an earlier version', { name: 'scans' }, { labels: ['0', '1'], horizontalFlip: true }],
  ['one on a file that was named like an organ set', { name: 'OrganAMNIST' }, { horizontalFlip: false }],
  [
    'a run that knows what it takes the file for',
    { name: 'Chest of Lund', reading: { labels: ['no', 'yes'], horizontalFlip: false } },
    { name: 'Chest of Lund', labels: ['no', 'yes'], horizontalFlip: false },
  ],
])('%s has the mirroring and the labels that it was started with', async (_, kept, expected) => {
  const content = npz(medmnistArrays());
  const path = put(folder, 'kept.npz', content);
  const sha256 = createHash('sha256').update(content).digest('hex');
  expect(await loadReferenced({ path, sha256, bytes: content.length, ...kept })).toMatchObject(expected);
});
