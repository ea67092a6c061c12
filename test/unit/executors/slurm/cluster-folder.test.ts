import { appendFileSync, chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { attemptFile, attemptsOf } from '../../../../src-main/attempts/attempt-files.js';
import {
  openClusterFolder,
  purgeClusterFolder,
  requireOwner,
  sendDataset,
  sendProgram,
} from '../../../../src-main/executors/slurm/cluster-folder.js';
import { bringState, mirrorAttempts } from '../../../../src-main/executors/slurm/mirror.js';
import { readControl, readTask, writeControl, writeTask } from '../../../../src-main/executors/slurm/task-file.js';
import { retrainConfig, temporaryFolder } from '../../history/fixtures.js';

let home: ReturnType<typeof temporaryFolder>;
let folder: string;
const owner = { home: '/home/me/medforge', study: 'breast' };

beforeEach(() => {
  home = temporaryFolder();
  folder = join(home.folder, 'shared');
});
afterEach(() => home.remove());

describe.skipIf(process.platform === 'win32')('the folder of a cluster', () => {
  test('is for one user and one study', () => {
    openClusterFolder(folder, owner);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    openClusterFolder(folder, owner);
    for (const other of [
      { ...owner, home: '/elsewhere' },
      { ...owner, study: 'lungs' },
    ]) {
      expect(() => openClusterFolder(folder, other)).toThrow(
        /belongs to another study \(breast of \/home\/me\/medforge on .*\): choose another folder/,
      );
    }
    expect(requireOwner(folder, owner)).toBe(folder);
    chmodSync(folder, 0o750);
    expect(() => openClusterFolder(folder, owner)).toThrow(
      /could be read by other users, and images are copied there: let it be yours and for nobody else \(chmod 700 /,
    );
  });

  test('that is empty becomes private, and one that cannot be made is said', () => {
    mkdirSync(folder, { mode: 0o755 });
    openClusterFolder(folder, owner);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    writeFileSync(join(home.folder, 'file'), '');
    expect(() => openClusterFolder(join(home.folder, 'file', 'deeper'), owner)).toThrow(
      /cannot be used for the cluster \(ENOTDIR.*\): choose another on\.folder/,
    );
    expect(() => requireOwner(home.folder, owner)).toThrow(/has no runs of a study: give the folder that/);
  });

  test('has each dataset and each version of the program once, until it is purged', async () => {
    openClusterFolder(folder, owner);
    const path = join(home.folder, 'a.npz');
    writeFileSync(path, 'images');
    const reference = { name: 'a', path, sha256: 'f'.repeat(64), bytes: 6 };
    expect(await sendDataset(folder, reference)).toBe(`data/${'f'.repeat(64)}.npz`);
    writeFileSync(path, 'others');
    await sendDataset(folder, reference);
    expect(readFileSync(join(folder, 'data', `${'f'.repeat(64)}.npz`), 'utf8')).toBe('images');
    const program = { files: new Map([['dist/task.mjs', path]]), main: 'dist/task.mjs' };
    const first = await sendProgram(folder, program);
    expect(await sendProgram(folder, program)).toBe(first);
    writeFileSync(path, 'later version');
    const second = await sendProgram(folder, program);
    expect(second).not.toBe(first);
    expect(readFileSync(join(folder, second), 'utf8')).toBe('later version');
    purgeClusterFolder(folder);
    expect(existsSync(join(folder, 'data'))).toBe(false);
  });
});

test('a task and what it is asked come back from their files', () => {
  const task = { run: 3, config: retrainConfig, data: 'data/x.npz', threads: 4 };
  writeTask(home.folder, task);
  expect(readTask(home.folder)).toMatchObject(task);
  writeFileSync(join(home.folder, 'task.json'), JSON.stringify({ format: 'medforge-task', version: 1, run: 3 }));
  expect(() => readTask(home.folder)).toThrow(/task\.json: config: .*'medforge study run' writes it anew/);
  expect(readControl(home.folder)).toEqual({ control: 'continue', reason: '' });
  writeControl(home.folder, { control: 'cancel', reason: 'why' });
  expect(readControl(home.folder)).toEqual({ control: 'cancel', reason: 'why' });
});

describe('what a run says on a cluster', () => {
  let [there, here] = ['', ''];
  const say = (attempt: number, text: string): void => {
    mkdirSync(join(there, 'attempts'), { recursive: true });
    appendFileSync(attemptFile(there, attempt), text);
  };
  const heard = (attempt: number): string => readFileSync(attemptFile(here, attempt), 'utf8');
  beforeEach(() => {
    [there, here] = ['there', 'here'].map((name) => join(home.folder, name)) as [string, string];
    mkdirSync(there);
    mkdirSync(here);
  });

  test('comes in whole lines, once', async () => {
    expect(await mirrorAttempts(there, here)).toBe(false);
    say(1, '{"a":1}\n{"b"');
    expect(await mirrorAttempts(there, here)).toBe(true);
    expect(heard(1)).toBe('{"a":1}\n');
    expect(await mirrorAttempts(there, here)).toBe(false);
    say(1, ':2}\n');
    expect(await mirrorAttempts(there, here)).toBe(true);
    expect(heard(1)).toBe('{"a":1}\n{"b":2}\n');
  });

  test('goes on in the middle of a line where the collector was killed', async () => {
    say(1, '{"a":1}\n{"b":2}\n');
    mkdirSync(join(here, 'attempts'));
    writeFileSync(attemptFile(here, 1), '{"a":1}\n{"b');
    await mirrorAttempts(there, here);
    expect(heard(1)).toBe('{"a":1}\n{"b":2}\n');
  });

  test('of an attempt that was replaced is read up to the next one, and no further', async () => {
    say(1, 'a\n');
    say(2, 'b\n');
    await mirrorAttempts(there, here);
    say(1, 'too late\n');
    say(2, 'c\n');
    await mirrorAttempts(there, here);
    expect([heard(1), heard(2)]).toEqual(['a\n', 'b\nc\n']);
  });

  test('brings its models before the line that tells of them, and nothing of the protocol', async () => {
    for (const name of ['model-1.safetensors', 'task.json', 'control', 'job.sh', 'slurm-7.out', '.x.12.tmp']) {
      writeFileSync(join(there, name), name);
    }
    say(1, '{"event":{"type":"finished"}}\n');
    await mirrorAttempts(there, here);
    expect(existsSync(join(here, 'model-1.safetensors'))).toBe(true);
    for (const name of ['task.json', 'control', 'job.sh', 'slurm-7.out', '.x.12.tmp']) {
      expect(existsSync(join(here, name))).toBe(false);
    }
  });

  test('and its newest checkpoint are taken along where the run goes on elsewhere', async () => {
    say(1, 'a\n');
    mkdirSync(join(there, 'checkpoints'));
    for (const number of [1, 2]) {
      writeFileSync(join(there, 'checkpoints', `checkpoint-00000${number}-epoch-000001.ckpt`), String(number));
    }
    await bringState(there, here);
    expect(attemptsOf(here)).toEqual([1]);
    expect(existsSync(join(here, 'checkpoints', 'checkpoint-000002-epoch-000001.ckpt'))).toBe(true);
    expect(existsSync(join(here, 'checkpoints', 'checkpoint-000001-epoch-000001.ckpt'))).toBe(false);
  });
});
