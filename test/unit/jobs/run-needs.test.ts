import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FileSystem } from '../../../src-main/durable-file.js';
import { nodeFileSystem } from '../../../src-main/durable-file.js';
import { FolderCheckpoints } from '../../../src-main/jobs/checkpoint.js';
import { diskNeed } from '../../../src-main/jobs/disk-need.js';
import { bytesNeeded } from '../../../src-main/jobs/memory-need.js';
import { requireWhatItNeeds } from '../../../src-main/jobs/run-needs.js';
import type { JobEvent } from '../../../src-main/vocabulary/events.js';
import type { JobConfig } from '../../../src-main/vocabulary/run-config.js';
import { retrainConfig, searchConfig, temporaryFolder } from '../history/fixtures.js';

describe('the disk space of a checkpoint', () => {
  const space = { channels: 8, cells: 1, inputChannels: 1, classes: 2 };

  test('of a search is as measured: the first, and the largest once its supernet has grown', () => {
    const { first, largest } = diskNeed({ ...searchConfig, space });
    // BreastMNIST, 10 epochs, batches of 128: mid-round after growth, and the published form with its twin
    expect(first / 3_395_184).toBeGreaterThan(0.98);
    expect(first / 3_395_184).toBeLessThan(1);
    expect(largest / 11_187_120).toBeGreaterThan(0.98);
    expect(largest / 11_187_120).toBeLessThan(1.02);
  });

  test('of a retraining grows with its network, and its networks with the seeds', () => {
    const one = diskNeed({ ...retrainConfig, seeds: [1] });
    const three = diskNeed({ ...retrainConfig, seeds: [1, 2, 3] });
    expect(three).toEqual({ ...one, models: 3 * one.models });
    expect(one.largest).toBe(4 * one.models);
  });
});

describe('before a run computes', () => {
  let home: ReturnType<typeof temporaryFolder>;
  beforeEach(() => (home = temporaryFolder()));
  afterEach(() => home.remove());

  /** What is said where the disk has so much free. */
  function said(config: JobConfig, free: number, memory = 64e9): string[] {
    const statfs: FileSystem['statfsSync'] = () => ({ bavail: free, bsize: 1 });
    const fs = Object.assign(Object.create(nodeFileSystem) as FileSystem, { statfsSync: statfs });
    const folder = join(home.folder, 'checkpoints');
    const identity = { run: 1, configSha256: 'a', datasetSha256: 'b' };
    const events: JobEvent[] = [];
    const checkpoints = new FolderCheckpoints({ folder, identity, fs });
    requireWhatItNeeds(
      config,
      28,
      'native',
      { checkpoints, folder: '/run', emit: (event) => events.push(event) },
      memory,
    );
    return events.map((event) => (event.type === 'log' ? `${event.level}: ${event.text}` : event.type));
  }
  const search: JobConfig = { ...searchConfig, batch: 128, space: { ...searchConfig.space, channels: 16, cells: 3 } };

  test('it is said how much memory, with what the process has already, and space it needs', () => {
    const lines = said(search, 20e9);
    const pattern =
      /^info: Needs about (\d\.\d) GB of memory \((6\d\.\d) GB free\) and up to 0\.7 GB of disk space \(20\.0 GB free\)\.$/;
    expect(lines).toEqual([expect.stringMatching(pattern)]);
    const [, needed, free] = pattern.exec(lines[0]!)!.map(Number);
    const resident = process.memoryUsage.rss() / 1e9;
    expect(Math.abs(needed! - resident - bytesNeeded(search, 28) / 1e9)).toBeLessThan(0.2);
    expect(Math.abs(free! - resident - 64)).toBeLessThan(0.2);
  });

  test('space that may not suffice is a warning, with the way out', () => {
    expect(said(search, 0.3e9)[1]).toBe(
      'warning: This run may need 0.7 GB on the disk of /run, but only 0.2 GB is free for it: it pauses if there is no space for a ' +
        'checkpoint. Free some space, or use a data folder on another disk (--home).',
    );
  });

  test('memory that may not suffice is a warning too', () => {
    expect(said(search, 20e9, 1.7e9)[1]).toMatch(
      /^warning: This search needs about 1\.\d GB of memory .* It will be tried; if it fails, start one with/,
    );
  });

  test('no space even for the first checkpoint is refused', () => {
    expect(() => said(search, 0.1e9)).toThrow(
      expect.objectContaining({
        kind: 'disk-full',
        message: expect.stringMatching(/^Not enough space for a checkpoint: need 1\d\d MB in /) as string,
      }),
    );
  });

  test('what does not suffice for certain is refused', () => {
    expect(() => said(search, 20e9, 0.5e9)).toThrow(expect.objectContaining({ kind: 'out-of-memory' }));
  });
});
