import { copyFileSync, mkdirSync, readFileSync, readdirSync, truncateSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Snapshot } from '../../../src-main/compute/snapshot.js';
import { z } from 'zod';
import {
  CHECKPOINT_FORMAT,
  configSha256,
  decodeCheckpoint,
  encodeCheckpoint,
  formerConfigSha256,
  withoutDefaults,
} from '../../../src-main/jobs/checkpoint-format.js';
import { FolderCheckpoints } from '../../../src-main/jobs/checkpoint.js';
import type { CheckpointOptions } from '../../../src-main/jobs/checkpoint.js';
import { epochRecord, retrainConfig, searchConfig, exampleTrace, temporaryFolder } from '../history/fixtures.js';

let home: ReturnType<typeof temporaryFolder>;
let warnings: string[];
const identity = { run: 12, configSha256: configSha256(searchConfig), datasetSha256: searchConfig.dataset.sha256 };

beforeEach(() => {
  home = temporaryFolder();
  warnings = [];
});
afterEach(() => home.remove());

const open = (options: Partial<CheckpointOptions> = {}): FolderCheckpoints =>
  new FolderCheckpoints({ folder: home.folder, identity, warn: (text) => warnings.push(text), ...options });
const files = (): string[] => readdirSync(home.folder).sort();
const path = (file: string): string => join(home.folder, file);

/** A snapshot with every array type, odd lengths and numbers that JSON and careless copies lose. */
const state = (epoch: number): Snapshot => ({
  values: {
    epoch,
    nothing: null,
    text: 'ä\0"',
    numbers: [NaN, -Infinity, Infinity, -0, 5e-324, 0.1 + 0.2],
    deep: { a: [true] },
  },
  arrays: {
    weights: Float32Array.from({ length: 1001 }, (_, index) => Math.fround(Math.sin(index * epoch))),
    momentum: Float64Array.of(-0, NaN, 5e-324, Math.PI),
    random: Uint32Array.of(0xffffffff, 0, epoch),
    steps: Int32Array.of(-1, epoch),
    bytes: Uint8Array.of(255, 0, 7),
    empty: new Float32Array(0),
  },
});

test('a snapshot comes back bit for bit', async () => {
  const finished = { record: epochRecord(3, { loss: NaN }), trace: exampleTrace(3) };
  const file = await open().save(3, state(3), finished);
  expect(file).toBe('checkpoint-000001-epoch-000003.ckpt');
  const found = await open().latest();
  expect(found).toEqual({ epoch: 3, snapshot: state(3), file, finished });
  expect(Object.is((found?.snapshot.values['numbers'] as number[])[3], -0)).toBe(true);
  // The arrays are their own: writing to one changes no other.
  found?.snapshot.arrays['weights']?.fill(0);
  expect(found?.snapshot.arrays['momentum']).toEqual(state(3).arrays['momentum']);
});

test('there is none at first; the newest by number is used, whatever its epoch or time', async () => {
  expect(await open().latest()).toBeNull();
  const store = open();
  for (const epoch of [1, 2, 3, 4]) await store.save(epoch, state(epoch));
  await store.save(2, state(2));
  expect(files()).toEqual(
    ['3-epoch-000003', '4-epoch-000004', '5-epoch-000002'].map((name) => `checkpoint-00000${name}.ckpt`),
  );
  expect((await open().latest())?.epoch).toBe(2);
  open().clear();
  expect(files()).toEqual([]);
});

test('a checkpoint inside an epoch carries on what the last finished epoch said, over a resume too', async () => {
  const finished = { record: epochRecord(1), trace: null };
  const first = open();
  await first.save(1, state(1), finished);
  await first.save(1, state(1));
  expect((await open().latest())?.finished).toEqual(finished);
  const second = open();
  await second.latest();
  await second.save(1, state(1));
  expect((await open().latest())?.finished).toEqual(finished);
});

test('arrays that are windows of a larger buffer are written as what they show', async () => {
  const weights = new Float32Array(Float32Array.of(1, 2, 3, 4).buffer, 4, 2);
  await open().save(1, { values: {}, arrays: { weights } });
  expect((await open().latest())?.snapshot.arrays['weights']).toEqual(Float32Array.of(2, 3));
});

describe('a damaged newest checkpoint', () => {
  const small = (epoch: number): Snapshot => ({ values: { epoch }, arrays: { weights: Float32Array.of(1, 2, epoch) } });

  test('with any byte flipped, or cut short anywhere, is passed over for the one before it, and said', async () => {
    const store = open();
    await store.save(1, small(1));
    const newest = await store.save(2, small(2));
    const whole = readFileSync(path(newest));
    const damaged = [
      ...Array.from(whole, (byte, index) => {
        const copy = Buffer.from(whole);
        copy[index] = byte ^ (1 << (index % 8));
        return copy;
      }),
      ...Array.from(whole, (_, length) => whole.subarray(0, length)),
      Buffer.concat([whole, Buffer.alloc(1)]),
    ];
    for (const bytes of damaged) {
      writeFileSync(path(newest), bytes);
      warnings = [];
      expect((await open().latest())?.epoch).toBe(1);
      expect(warnings).toHaveLength(1);
    }
    writeFileSync(path(newest), whole);
    expect((await open().latest())?.epoch).toBe(2);
  });

  test('is named in the warning', async () => {
    const store = open();
    await store.save(1, small(1));
    truncateSync(path(await store.save(2, small(2))), 70);
    await open().latest();
    expect(warnings).toEqual([
      'checkpoint-000002-epoch-000002.ckpt is damaged (its checksum does not match): continuing from checkpoint-000001-epoch-000001.ckpt, epoch 1.',
    ]);
  });

  test('with no whole one before it refuses to resume, and all files stay', async () => {
    const store = open();
    for (const epoch of [1, 2]) truncateSync(path(await store.save(epoch, small(epoch))), epoch);
    await expect(open().latest()).rejects.toMatchObject({
      kind: 'checkpoint-corrupt',
      message:
        'Run 12 cannot be resumed: checkpoint-000002-epoch-000002.ckpt is damaged (it is truncated), ' +
        `checkpoint-000001-epoch-000001.ckpt is damaged (it is truncated) in ${home.folder}. ` +
        'Its history is kept; start a new run, or put back a copy of the folder.',
    });
    expect(files()).toHaveLength(2);
  });

  test('is followed by a new one with a new number', async () => {
    const store = open();
    truncateSync(path(await store.save(1, small(1))), 3);
    expect(await open().save(2, small(2))).toBe('checkpoint-000002-epoch-000002.ckpt');
    expect((await open().latest())?.epoch).toBe(2);
    expect(warnings).toEqual([]);
  });
});

test('a checkpoint of a newer version is refused by name and left untouched', async () => {
  const store = open();
  await store.save(1, state(1));
  const file = await store.save(2, state(2));
  const bytes = readFileSync(path(file));
  bytes.writeUInt32LE(CHECKPOINT_FORMAT + 1, 8);
  createHash('sha256')
    .update(bytes.subarray(0, -32))
    .digest()
    .copy(bytes, bytes.length - 32);
  writeFileSync(path(file), bytes);
  await expect(open().latest()).rejects.toMatchObject({
    kind: 'checkpoint-newer',
    message: `${path(file)} was made by a newer version of MedForge (format 2): resume with that version.`,
  });
  expect(readFileSync(path(file)).equals(bytes)).toBe(true);
});

test.each([
  ['another run', { ...identity, run: 13 }, 'for run 13: it belongs to run 12'],
  ['other settings', { ...identity, configSha256: '00' }, 'for run 12: it was made with other settings'],
  [
    'another dataset',
    { ...identity, datasetSha256: 'cd' },
    `for run 12: it was made with the dataset ${identity.datasetSha256}, the run has cd`,
  ],
])('a checkpoint of %s is refused', async (_, other, message) => {
  const file = await open().save(1, state(1));
  await expect(open({ identity: other }).latest()).rejects.toMatchObject({
    kind: 'checkpoint-foreign',
    message: `${path(file)} cannot be used ${message}. Remove it from the folder to continue without it.`,
  });
});

test('settings are told apart by what they are, not by the order of their keys or the place of the dataset', () => {
  const reversed = Object.fromEntries(Object.entries(searchConfig).reverse()) as unknown as typeof searchConfig;
  const moved = { ...searchConfig, dataset: { ...searchConfig.dataset, path: '/elsewhere.npz', name: 'renamed' } };
  expect(configSha256(reversed)).toBe(configSha256(searchConfig));
  expect(configSha256(moved)).toBe(configSha256(searchConfig));
  expect(configSha256({ ...searchConfig, seed: 4 })).not.toBe(configSha256(searchConfig));
  expect(configSha256(retrainConfig)).not.toBe(configSha256(searchConfig));
});

test('temporaries of dead processes are removed, those of living ones and other files are not', () => {
  mkdirSync(home.folder, { recursive: true });
  const dead = 4_194_304 + 1; // above the largest process number of Linux
  writeFileSync(path(`.checkpoint-000009-epoch-000001.ckpt.${dead}.tmp`), '');
  writeFileSync(path(`.checkpoint-000009-epoch-000001.ckpt.${process.ppid}.tmp`), '');
  writeFileSync(path('notes.tmp'), '');
  open();
  expect(files()).toEqual([`.checkpoint-000009-epoch-000001.ckpt.${process.ppid}.tmp`, 'notes.tmp']);
});

test('a file that is copied beside is not confused by its name', async () => {
  const file = await open().save(1, state(1));
  copyFileSync(path(file), path(`${file} (copy)`));
  expect((await open().latest())?.file).toBe(file);
  expect(decodeCheckpoint(Buffer.from('no checkpoint at all, but long enough to have a head and a checksum'))).toEqual({
    state: 'corrupt',
    reason: 'it is not a checkpoint',
  });
});

describe('a checkpoint that is whole and not what this version writes is refused', () => {
  /** A file whose checksum is right, with any header. */
  function write(header: (text: string) => string): void {
    const checkpoint = { ...identity, epoch: 1, snapshot: state(1), finished: null };
    const whole = Buffer.concat([...encodeCheckpoint(checkpoint).pieces]);
    const end = 24 + whole.readUInt32LE(12);
    const text = Buffer.from(header(whole.toString('utf8', 24, end)));
    const padded = Buffer.concat([text, Buffer.alloc((8 - (text.length % 8)) % 8, ' ')]);
    const arrays = whole.subarray(Math.ceil(end / 8) * 8, -32);
    const body = Buffer.concat([whole.subarray(0, 24), padded, arrays]);
    body.writeUInt32LE(padded.length, 12);
    body.writeBigUInt64LE(BigInt(body.length + 32), 16);
    writeFileSync(
      path('checkpoint-000001-epoch-000001.ckpt'),
      Buffer.concat([body, createHash('sha256').update(body).digest()]),
    );
  }

  test.each<[string, (text: string) => string, string]>([
    ['another type', (text) => text.replace('"epoch":1', '"epoch":"1"'), 'epoch: Invalid input'],
    [
      'an array type that there is not',
      (text) => text.replace('Float64Array', 'Float16Array'),
      'arrays.1.type: Invalid',
    ],
    ['no JSON', (text) => text.replace('{', '['), 'its header is not JSON'],
    [
      'an array beyond its end',
      (text) => text.replace('"length":1001', '"length":9999'),
      'the array weights ends after',
    ],
  ])('%s', async (_, header, problem) => {
    write(header);
    const file = path('checkpoint-000001-epoch-000001.ckpt');
    const refused = open().latest();
    await expect(refused).rejects.toMatchObject({ kind: 'checkpoint-unreadable' });
    await expect(open().latest()).rejects.toThrow(
      `${file} is intact, but not in the checkpoint format of this version of MedForge (${problem}`,
    );
    await expect(open().latest()).rejects.toThrow(
      '): resume with the version that wrote it, or remove it from the folder to continue from an older checkpoint.',
    );
  });

  test('but one with a key more is read', async () => {
    write((text) => text.replace('{', '{"later":1,'));
    expect((await open().latest())?.snapshot).toEqual(state(1));
  });
});

describe('the settings that a checkpoint belongs to', () => {
  test('do not contain the number of threads any more', async () => {
    const [one, two] = [1, 2].map((threads) => ({ ...searchConfig, threads }));
    expect(configSha256(one!)).toBe(configSha256(two!));
    const former = { ...identity, configSha256: formerConfigSha256(one!) };
    expect(former.configSha256).not.toBe(formerConfigSha256(two!));
    await open({ identity: former }).save(1, state(1));
    const found = await open({ formerConfigSha256: former.configSha256 }).latest();
    expect(found?.epoch).toBe(1);
    const other = open({ formerConfigSha256: formerConfigSha256(two!) });
    await expect(other.latest()).rejects.toMatchObject({ kind: 'checkpoint-foreign' });
  });

  test('are those of the earlier version', () => {
    expect(formerConfigSha256(searchConfig)).toBe('0f5f063bee4fb800c4c296695c0f1596388c83314b0376e86c6f3fe7c52fde8f');
    expect(formerConfigSha256(retrainConfig)).toBe('e4718562ffeda7b155972927ce8d5d3c85ca32b5e5dc14bff92bca82c5ad3b80');
  });

  test('are the same with a later setting that has its default', () => {
    const schema = z.object({ kept: z.number(), later: z.array(z.number()).default([1, 2]) }).readonly();
    expect(withoutDefaults(schema, { kept: 1, later: [1, 2] })).toEqual({ kept: 1 });
    expect(withoutDefaults(schema, { kept: 1, later: [2, 1] })).toEqual({ kept: 1, later: [2, 1] });
  });
});

describe('another arithmetic', () => {
  const saved = async (...arithmetics: readonly string[]): Promise<void> => {
    for (const [index, arithmetic] of arithmetics.entries()) {
      const store = open();
      await store.latest(arithmetic);
      await store.save(index + 1, state(index + 1));
    }
  };
  const resumed = async (arithmetic: string, sameBits = false): Promise<string[]> => {
    const warnings: string[] = [];
    await open({ sameBits, warn: (text) => warnings.push(text) }).latest(arithmetic);
    return warnings;
  };

  test('that goes on with a checkpoint is said, and kept for the next ones', async () => {
    await saved('native avx512');
    expect(await resumed('native avx2')).toEqual([
      'Computed with native avx512 up to epoch 1 and with native avx2 from here on: the result will differ in its last bits from ' +
        'that of a run that used only one of them, and the differences grow.',
    ]);
    await saved('native avx2');
    const newest = decodeCheckpoint(readFileSync(path(files().at(-1)!)));
    expect(newest).toMatchObject({ checkpoint: { arithmetic: ['native avx512', 'native avx2'] } });
  });

  test('is refused where the same bits are wanted; the same one is not', async () => {
    await saved('native avx512');
    expect(await resumed('native avx512', true)).toEqual([]);
    await expect(resumed('native avx2', true)).rejects.toMatchObject({
      kind: 'checkpoint-other-bits',
      message: expect.stringContaining(
        'with native avx2, and it was written with native avx512. Resume on the computer where it was started, or without --same-bits.',
      ) as string,
    });
  });

  test('is not known of an older checkpoint: nothing is said, and the same bits cannot be promised', async () => {
    await open().save(1, state(1));
    expect(await resumed('native avx2')).toEqual([]);
    await expect(resumed('native avx2', true)).rejects.toThrow('it does not say what wrote it');
  });
});
