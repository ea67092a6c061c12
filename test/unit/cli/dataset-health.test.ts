import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createProgram } from '../../../src-main/cli/program.js';
import { openHistory } from '../../../src-main/history/open.js';
import { writePlanted } from '../datasets/health/made.js';
import { temporaryFolder } from '../history/fixtures.js';

let home: ReturnType<typeof temporaryFolder>;
let path: string;
let said: string[];

beforeEach(() => {
  home = temporaryFolder();
  path = writePlanted(join(home.folder, 'made.npz'));
  said = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    said.push(String(text));
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
});
afterEach(() => {
  vi.restoreAllMocks();
  home.remove();
});

const medforge = async (...args: readonly string[]): Promise<unknown> => {
  const program = await createProgram('test', args);
  return program.parseAsync(['--home', home.folder, ...args], { from: 'user' });
};
const told = (): Record<string, unknown>[] => said.map((line) => JSON.parse(line) as Record<string, unknown>);

describe('medforge datasets check', () => {
  test('tells findings, pairs, original files and what simple methods reach', async () => {
    await medforge('datasets', 'check', path);
    const text = said.join('');
    expect(text).toMatch(/^Made \(SHA-256 [0-9a-f]{8}\): train 20, val 20, test 20 images\n/);
    expect(text).toMatch(/checked \d{4}-\d\d-\d\d \d\d:\d\d UTC; --again checks again/);
    expect(text).toMatch(/calm +10 +10 +\d+/);
    expect(text).toMatch(/serious +1 test image has a twin in the training or validation set with a different label/);
    expect(text).toMatch(/test 1 +calm +val 1 +wild +identical +0\.0 +different label/);
    expect(text).toMatch(/test 0 +calm +train 0 +calm +0\.99\d\d +\d+\.\d/);
    expect(text).toMatch(/PNG +40×30 +8 +20 +20 +20/);
    expect(text).toMatch(/linear model +\d/);
  });

  test('remembers the report of the same contents, and looks anew where that is asked', async () => {
    const checkedAt = async (...more: string[]): Promise<unknown> => {
      said = [];
      await medforge('--json', 'datasets', 'check', path, ...more);
      const [report] = told();
      expect(report).toMatchObject({ event: 'health', version: 2, cleaning: { trainingTwins: { train: 1, val: 1 } } });
      return report!['checkedAt'];
    };
    const first = await checkedAt();
    expect(await checkedAt()).toBe(first);
    expect(await checkedAt('--again')).not.toBe(first);
  });
});

describe('medforge datasets clean', () => {
  test('makes what check said, names and finding of the source with it, and adds it to the list', async () => {
    await medforge('datasets', 'add', path);
    await medforge('datasets', 'name', path, '--classes', 'healthy,ill', '--name', 'Lund');
    await medforge('datasets', 'finding', path, 'ill');
    const before = readFileSync(path);
    said = [];
    const out = join(home.folder, 'clean.npz');
    await medforge('datasets', 'clean', path, '--out', out, '--remove', 'training-twins', 'conflicting-test');
    const text = said.join('');
    expect(text).toContain('1 training, 1 validation and 1 test images were left out.');
    expect(text).toContain(`Wrote ${out} and added it as Lund (cleaned).`);
    expect(readFileSync(path).equals(before)).toBe(true);
    const { history } = await openHistory(home.folder);
    const copy = history.listDatasets().find((entry) => entry.path === out)!;
    expect(copy).toMatchObject({
      name: 'Lund (cleaned)',
      labels: ['healthy', 'ill'],
      samples: { train: 19, val: 19, test: 19 },
    });
    expect(history.chosenFinding(copy.sha256)).toEqual({ class: 1 });
    history.close();
  });

  test('names the copy as it is told', async () => {
    await medforge('datasets', 'clean', path, '--out', join(home.folder, 'c.npz'), '--name', 'Without twins');
    expect(said.join('')).toContain('added it as Without twins.');
  });

  test.each<[string, () => string[], string, RegExp]>([
    [
      'the dataset itself as the copy',
      () => [path, '--out', path],
      'clean-source',
      /made\.npz is the dataset itself, which is never changed: name another file for the copy\.$/,
    ],
    [
      'a file that is there',
      () => {
        writeFileSync(join(home.folder, 'there.npz'), 'mine');
        return [path, '--out', join(home.folder, 'there.npz')];
      },
      'clean-exists',
      /there\.npz is there already: name another file, or add --force to replace it\.$/,
    ],
    [
      'a folder that is not there',
      () => [path, '--out', join(home.folder, 'nowhere', 'c.npz')],
      'clean-not-written',
      /c\.npz could not be written: .*; choose another place\.$/,
    ],
    [
      'the name of a published set',
      () => [path, '--out', join(home.folder, 'c.npz'), '--name', 'BreastMNIST'],
      'dataset-name',
      /^"BreastMNIST" could be confused with BreastMNIST, which this file is not: choose another name\.$/,
    ],
  ])('refuses %s, and leaves nothing', async (_, args, kind, message) => {
    const given = args();
    const out = given[2]!;
    const before = existsSync(out) ? readFileSync(out) : null;
    await expect(medforge('datasets', 'clean', ...given)).rejects.toMatchObject({
      kind,
      message: expect.stringMatching(message) as string,
    });
    expect(existsSync(out) ? readFileSync(out) : null).toEqual(before);
  });

  test('refuses a copy that would be the same, by its name', async () => {
    const out = join(home.folder, 'once.npz');
    await medforge('datasets', 'clean', path, '--out', out, '--remove', 'training-twins', 'conflicting-test');
    await expect(medforge('datasets', 'clean', out, '--out', join(home.folder, 'twice.npz'))).rejects.toMatchObject({
      kind: 'clean-nothing',
      message: 'No image of Made (cleaned) matches the choice, so no copy was made.',
    });
  });
});
