import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkStudy, readStudy } from '../../../src-main/studies/read-study.js';
import { slurmSeconds } from '../../../src-main/vocabulary/study.js';
import { temporaryFolder } from '../history/fixtures.js';
import { changed, exampleStudy, type Changes } from './example-study.js';

const slurm = (changes: Changes): Changes => ({ on: { executor: 'slurm', folder: '/scratch/me', ...changes } });

let folder: ReturnType<typeof temporaryFolder>;
beforeAll(() => {
  folder = temporaryFolder();
});
afterAll(() => folder.remove());

function write(content: string): string {
  const path = join(folder.folder, 'breast.json');
  writeFileSync(path, content);
  return path;
}

describe('a study', () => {
  it('is read with every default filled in', async () => {
    const { format, version, name, datasets, searches } = exampleStudy;
    const { seeds, budgets } = searches;
    const short = { format, version, name: ' breast ', datasets, searches: { methods: ['random'], budgets, seeds } };
    expect(await readStudy(write(JSON.stringify(short)))).toEqual({
      ...{ format, version, name, datasets },
      searches: {
        methods: [{ method: 'random', name: 'random', settings: {}, asPublished: false }],
        ...{ budgets, seeds, race: false },
      },
      retrainings: { seeds: [1] },
      on: { executor: 'local', backend: 'native', threads: 1 },
    });
  });

  it.each([
    ['08:00:00', 28_800],
    ['1-00:01:00', 86_460],
    ['0:01:00', 60],
  ])('on Slurm has jobs of %s', (time, seconds) => {
    const { on } = checkStudy(changed(slurm({ time })), 's.json');
    expect(on).toEqual({
      ...{ executor: 'slurm', folder: '/scratch/me', cpus: 1, memory: '4G', time, atOnce: 20 },
      ...{ sendImages: false, backend: 'native', askSeconds: 20, graceSeconds: 90 },
    });
    expect(slurmSeconds(time)).toBe(seconds);
  });

  it('names a method by its id unless it is given a name', () => {
    const methods = ['darts-v1', { method: 'zo-darts++', asPublished: true }, { method: 'random', name: 'chance' }];
    const names = checkStudy(changed({}, { methods }), 's.json').searches.methods.map(({ name }) => name);
    expect(names).toEqual(['darts-v1', 'zo-darts++ as published', 'chance']);
  });
});

describe('a study is refused, with file, field and way out', () => {
  it.each([
    [{ format: 'other' }, {}, 'it is not a study: "format" must be "medforge-study"'],
    [{ version: 2 }, {}, 'version: must be 1, saw 2'],
    [{ name: '' }, {}, 'name: must not be empty'],
    [{ name: 'a\nb' }, {}, 'name: must not contain control characters'],
    [{ datasets: [] }, {}, 'datasets: must have at least one entry'],
    [{ datasets: 'breast' }, {}, 'datasets: must be a list, saw "breast"'],
    [{ datasets: ['a', 'a'] }, {}, 'datasets.1: a is there twice: remove one'],
    [{ seed: 1 }, {}, 'unknown field seed: remove or correct it'],
    [{}, { seeds: undefined }, 'searches.seeds: is missing'],
    [{}, { seeds: [-1] }, 'searches.seeds.0: seed must be a whole number from 0 to 4294967295, saw -1'],
    [{}, { seeds: [1, 1] }, 'searches.seeds: seeds must be different from each other'],
    [{}, { epochs: 0 }, 'searches.epochs: epochs must be a whole number from 1 to 10000, saw 0'],
    [{}, { race: 'no' }, 'searches.race: must be true or false, saw "no"'],
    [{}, { methods: [3] }, 'searches.methods.0: must be an object, saw 3'],
    [{}, { methods: [{ name: 'x' }] }, 'searches.methods.0.method: is missing'],
    [
      {},
      { methods: [{ method: 'random', network: 2 }] },
      'searches.methods.0: unknown field network: remove or correct it',
    ],
    [
      {},
      { methods: ['random', { method: 'random', settings: { networks: 2 } }] },
      'searches.methods.1: random is there twice',
    ],
    [{}, { budgets: ['small'] }, "searches.budgets.0: 'small' is not a number of parameters: write 222000, 222k"],
    [{}, { budgets: ['222k..72k'] }, 'searches.budgets.0: the smaller number must come first'],
    [{ retrainings: { seeds: [] } }, {}, 'retrainings.seeds: seeds must be at least one whole number'],
    [
      { retrainings: { mixup: 11 } },
      {},
      'retrainings.mixup: mixup must be a number of at least 0 and at most 10, saw 11',
    ],
    [{ on: { executor: 'pbs' } }, {}, 'on.executor: must be local or slurm'],
    [{ on: { executor: 'slurm' } }, {}, 'on.folder: is missing'],
    [slurm({ folder: 'scratch' }), {}, 'on.folder: must be an absolute path without quotes, % and backslashes'],
    [slurm({ folder: '/a/%j' }), {}, 'on.folder: must be an absolute path without quotes, % and backslashes'],
    [slurm({ partition: 'cpu; ls' }), {}, 'on.partition: must be one word as sbatch takes it'],
    [slurm({ memory: 4 }), {}, 'on.memory: must be a text, saw 4'],
    [slurm({ memory: '4 GB' }), {}, 'on.memory: must be a number with M, G or T: 4G'],
    [slurm({ time: '8h' }), {}, 'on.time: must be hours, minutes and seconds (08:00:00), or days before (1-00:00:00)'],
    [slurm({ time: '00:00:30' }), {}, 'on.time: must be at least one minute'],
    [slurm({ cpus: 0 }), {}, 'on.cpus: must be at least 1'],
    [slurm({ threads: 2 }), {}, 'on: unknown field threads: remove or correct it'],
    [slurm({ backend: 'webgpu' }), {}, 'on.backend: must be native, saw "webgpu"'],
    [slurm({ node: 'module load a\nb' }), {}, 'on.node: must be one line'],
    [slurm({ sendImages: 'yes' }), {}, 'on.sendImages: must be true or false, saw "yes"'],
    [{ on: { atOnce: 0 } }, {}, 'on.atOnce: must be at least 1'],
  ] as [Changes, Changes, string][])('%j %j', (changes, searches, message) => {
    const check = (): unknown => checkStudy(changed(changes, searches), 'my/breast.json');
    expect(check).toThrow(`my/breast.json: ${message}`);
    expect(check).toThrow(/\(docs\/studies\.md describes the file\)$/);
  });

  it('when its file is none', async () => {
    await expect(readStudy(join(folder.folder, 'no.json'))).rejects.toMatchObject({
      kind: 'study-unreadable',
      message: expect.stringMatching(
        /no\.json cannot be read \(ENOENT\): give the path of the file of a study/,
      ) as string,
    });
    await expect(readStudy(write('{"format": '))).rejects.toThrow(/breast\.json is not JSON \(.*\): correct it; docs/);
    await expect(readStudy(write(`"${'x'.repeat(1024 * 1024)}"`))).rejects.toThrow(
      'has 1048578 bytes, a study at most 1048576: give the JSON file of a study',
    );
  });
});
