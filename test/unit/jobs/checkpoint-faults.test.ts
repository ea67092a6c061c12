import { readdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { nodeFileSystem } from '../../../src-main/durable-file.js';
import type { FileSystem } from '../../../src-main/durable-file.js';
import { UserError } from '../../../src-main/errors.js';
import { FolderCheckpoints } from '../../../src-main/jobs/checkpoint.js';
import { temporaryFolder } from '../history/fixtures.js';
import { failingFileSystem } from './failing-file-system.js';

let home: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  home = temporaryFolder();
});
afterEach(() => home.remove());

const identity = { run: 1, configSha256: 'c', datasetSha256: 'd' };
const open = (fs: FileSystem = nodeFileSystem): FolderCheckpoints =>
  new FolderCheckpoints({ folder: home.folder, identity, fs, reserveBytes: 0 });
const state = (epoch: number) => ({ values: { epoch }, arrays: { weights: new Float32Array(300).fill(epoch) } });

/** Saves epochs 1 to 4, then 5 with the n-th call failing; 4 or 5 must be found whole afterwards. */
async function saveWithFailure(
  call: number,
  how: string,
  forever: boolean,
): Promise<'saved' | 'refused' | 'not reached'> {
  const store = open({ ...nodeFileSystem, fsyncSync: () => undefined });
  for (const epoch of [1, 2, 3, 4]) await store.save(epoch, state(epoch));
  const fs = failingFileSystem({ call, how, forever });
  let outcome: 'saved' | 'refused' = 'saved';
  try {
    await open(fs).save(5, state(5));
  } catch (error) {
    outcome = 'refused';
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).kind).toBe(how === 'ENOSPC' ? 'disk-full' : 'checkpoint-failed');
  }
  const found = await open().latest();
  expect(found?.snapshot).toEqual(state(found?.epoch ?? 0));
  expect(outcome === 'saved' ? [5] : [4, 5]).toContain(found?.epoch);
  expect(readdirSync(home.folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  if (fs.failed.length === 0) return 'not reached';
  return outcome;
}

describe.each(['EIO', 'ENOSPC', 'EACCES', 'short'])('%s in the n-th call of saving', (how) => {
  test.each([
    ['once', false],
    ['for ever', true],
  ])('%s: the checkpoint before is whole or the new one is', async (_, forever) => {
    let call = 1;
    const outcomes = new Set<string>();
    for (; call < 200; call++) {
      const outcome = await saveWithFailure(call, how, forever);
      if (outcome === 'not reached') break;
      outcomes.add(outcome);
      home.remove();
      home = temporaryFolder();
    }
    // Opening, space, temporary, four pieces, fsync, rename, folder, reading back, removing the oldest.
    expect(call).toBeGreaterThanOrEqual(25);
    expect(call).toBeLessThan(200);
    expect([...outcomes].sort()).toEqual(how === 'short' ? ['saved'] : ['refused', 'saved']);
  });
});

test('a failed fsync is not trusted: the checkpoint is written anew, and refused when that fails too', async () => {
  let fsyncs = 0;
  let writes = 0;
  const failing = (times: number): FileSystem => ({
    ...nodeFileSystem,
    writeSync: (...args) => {
      writes += 1;
      return nodeFileSystem.writeSync(...args);
    },
    fsyncSync: (descriptor) => {
      fsyncs += 1;
      if (fsyncs <= times) throw Object.assign(new Error('EIO: i/o error, fsync'), { code: 'EIO' });
      nodeFileSystem.fsyncSync(descriptor);
    },
  });
  const file = await open(failing(1)).save(1, state(1));
  expect(writes).toBe(2 * 3);
  fsyncs = 0;
  await expect(open(failing(2)).save(2, state(2))).rejects.toMatchObject({
    kind: 'checkpoint-failed',
    message: `A checkpoint could not be written to ${home.folder} (EIO: i/o error, fsync): check the disk; earlier ones are kept.`,
  });
  expect(readdirSync(home.folder)).toEqual([file]);
});

test('space is looked at before anything is written: twice the checkpoint and a reserve', async () => {
  const fs: FileSystem = { ...nodeFileSystem, statfsSync: () => ({ bavail: 500, bsize: 4096 }) };
  const store = new FolderCheckpoints({ folder: home.folder, identity, fs });
  await expect(store.save(1, state(1))).rejects.toMatchObject({
    kind: 'disk-full',
    message: `Not enough space for a checkpoint: need 68 MB in ${home.folder}. Free some space, then resume the run.`,
  });
  expect(readdirSync(home.folder)).toEqual([]);
});

test('a rename is tried again while another program holds the file', async () => {
  let renames = 0;
  const fs: FileSystem = {
    ...nodeFileSystem,
    renameSync: (from, to) => {
      renames += 1;
      if (renames < 4) throw Object.assign(new Error('EBUSY'), { code: 'EBUSY' });
      nodeFileSystem.renameSync(from, to);
    },
  };
  await open(fs).save(1, state(1));
  expect(renames).toBe(4);
  expect((await open().latest())?.epoch).toBe(1);
});

test('bytes that the disk returns other than written are noticed before an older checkpoint is removed', async () => {
  const store = open();
  for (const epoch of [1, 2, 3]) await store.save(epoch, state(epoch));
  const fs: FileSystem = {
    ...nodeFileSystem,
    readSync: (descriptor, bytes, ...rest) => {
      const read = nodeFileSystem.readSync(descriptor, bytes, ...rest);
      bytes[0] = (bytes[0] ?? 0) ^ 1;
      return read;
    },
  };
  await expect(open(fs).save(4, state(4))).rejects.toMatchObject({ kind: 'checkpoint-failed' });
  expect(readdirSync(home.folder)).toHaveLength(3);
  expect((await open().latest())?.epoch).toBe(3);
});
