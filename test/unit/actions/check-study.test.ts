import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkStudyPlan, estimateStudy } from '../../../src-main/actions/check-study.js';
import { openStudy, type OpenStudy } from '../../../src-main/actions/study.js';
import type { DatasetDescription } from '../../../src-main/datasets/medmnist.js';
import { UserError } from '../../../src-main/errors.js';
import { LocalExecutor, runsAtOnce } from '../../../src-main/executors/local.js';
import type { WritableHistory } from '../../../src-main/history/interface.js';
import type { PaceEstimate } from '../../../src-main/jobs/tasks.js';
import type { JobConfig } from '../../../src-main/vocabulary/run-config.js';
import { writeTinyDataset } from '../../integration/host/tiny-dataset.js';
import { temporaryFolder } from '../history/fixtures.js';
import { changed, type Changes } from '../studies/example-study.js';

let folder: ReturnType<typeof temporaryFolder>;
let dataset: DatasetDescription;
beforeAll(async () => {
  folder = temporaryFolder();
  dataset = await writeTinyDataset(folder.folder);
});
afterAll(() => folder.remove());

const SPACE = { channels: 4, cells: 1, budgets: ['5k..20k'], epochs: 2 };

function open(searches: Changes = {}, changes: Changes = {}): Promise<OpenStudy> {
  const file = join(folder.folder, 'study.json');
  writeFileSync(file, JSON.stringify(changed(changes, { ...SPACE, ...searches })));
  return openStudy(file, async () => dataset);
}

const executor = (threads: number, atOnce?: number): LocalExecutor =>
  new LocalExecutor({
    ...{ threads, atOnce, history: {} as WritableHistory },
    launch: () => {
      throw new Error('nothing is started');
    },
    listener: () => undefined,
    report: () => undefined,
  });
const check = async (...changes: Parameters<typeof open>) => checkStudyPlan(await open(...changes), executor(1, 1));

describe('the check of a study', () => {
  it('counts tasks', async () => {
    expect(await check({ seeds: [1, 2, 3, 4, 5, 6] })).toEqual({
      count: { tasks: 24, searches: 12, retrainings: 12 },
      problems: [],
      warnings: [],
    });
  });

  it.each<[Changes, Changes, RegExp]>([
    [{ methods: ['bayes'] }, {}, /^breastmnist, bayes, 5000\.\.20000: there is no search method bayes: choose/],
    [{ budgets: ['5k..20k', '1..2'] }, {}, /^breastmnist, zo-darts\+\+, 1\.\.2: no network of this space/],
    [{ methods: [{ method: 'random', asPublished: true }] }, {}, /random is always as published: remove asPublished/],
    [{ methods: [{ method: 'random', settings: { colour: 1 } }] }, {}, /settings of random: .*colour/],
    [{ methods: ['random'], epochs: 2000 }, {}, /epochs must be a whole number from 1 to 10000, saw 20000/],
    [{}, { retrainings: { epochs: 5, warmupEpochs: 5 } }, /warm-up epochs must be fewer than the 5 epochs, saw 5/],
  ])('says what is wrong with %j %j, once', async (searches, changes, problem) => {
    const { problems } = await check(searches, changes);
    expect(problems).toEqual([expect.stringMatching(problem) as string]);
  });

  it('says what too few seeds cannot show', async () => {
    expect((await check({ seeds: [1, 2, 3] })).warnings).toEqual([
      'with 3 seeds no difference between methods can have a p below 0.25: for p ≤ 0.05 give at least 6 seeds (searches.seeds)',
    ]);
    expect((await check({ seeds: [1], methods: ['random'] })).warnings).toEqual([]);
  });

  it.each<[Changes['methods'], boolean]>([
    [['zo-darts++', 'evolution'], true],
    [['zo-darts'], true],
    [['zo-darts++', 'random'], false],
    [[{ method: 'random', name: 'chance', settings: { networks: 8 } }], false],
  ])('says of the methods %j that none draws by chance: %j', async (methods, isSaid) => {
    const said = [
      'no method is random: the study compares methods with each other and cannot say whether any is better than ' +
        'networks drawn by chance. Add random to searches.methods',
    ];
    expect((await check({ methods, seeds: [1, 2, 3, 4, 5, 6] })).warnings).toEqual(isSaid ? said : []);
  });

  it('says when tasks have more threads than there are processors', async () => {
    const [warning] = await executor(64, 8).check();
    expect(warning).toMatch(
      /^8 tasks with 64 threads each are more than the \d+ processors .*Lower on\.atOnce or on\.threads\.$/,
    );
  });

  it('names the field of a dataset that is not there', async () => {
    const file = join(folder.folder, 'study.json');
    writeFileSync(file, JSON.stringify(changed()));
    const refused = openStudy(file, () => Promise.reject(new UserError('dataset-unknown', 'there is none: add it')));
    await expect(refused).rejects.toThrow(`${file}: datasets.0: there is none: add it`);
  });
});

describe('the estimate of a study', () => {
  const pace = (seconds: number): PaceEstimate => {
    const needs = { memory: null, disk: { needed: 1, free: 2 }, warnings: ['little space'] };
    return { seconds, imagesPerSecond: 1, stepsPerEpoch: 1, needs };
  };

  it('measures each kind once, and counts what is left', async () => {
    const opened = await open({ budgets: ['5k..20k', '..9k'] });
    const measured: JobConfig[] = [];
    const measures = {
      search: async (config: JobConfig) => (measured.push(config), pace(10)),
      retraining: async (config: JobConfig) => (measured.push(config), pace(4)),
    };
    const finished = new Set(opened.tasks.slice(0, 2).map(({ key }) => key));
    const estimate = await estimateStudy(opened, { finished, atOnce: 1 }, measures);
    // 2 methods and 2 budgets; 8 searches and 8 retrainings, one of each finished
    expect(measured.map(({ kind }) => kind)).toEqual(['search', 'retrain', 'search', 'retrain']);
    expect(estimate).toEqual({ seconds: 98, processSeconds: 98, atOnce: 1, warnings: ['little space'] });
    expect(measured[0]).toMatchObject({ backend: 'native', threads: 1, race: null });
    const epochs = measured
      .slice(0, 4)
      .flatMap((config) => (config.kind === 'search' ? [[config.method, config.epochs]] : []));
    expect(new Map(epochs as [string, number][])).toEqual(
      new Map([
        ['random', 20],
        ['zo-darts++', 2],
      ]),
    );
    expect((await estimateStudy(opened, { finished, atOnce: 2 }, measures)).seconds).toBeLessThan(60);
    const ofRandom = new Set(opened.tasks.filter(({ method }) => method === 'random').map(({ key }) => key));
    measured.length = 0;
    await estimateStudy(opened, { finished: ofRandom, atOnce: 1 }, measures);
    expect(measured.flatMap((config) => (config.kind === 'search' ? config.method : []))).toEqual(['zo-darts++']);
  });
});

it.each([
  [1, 8, 8],
  [2, 8, 4],
  [3, 8, 2],
  [16, 8, 1],
  [0, 8, 1],
])('runs with %i threads on %i processors: %i at once', (threads, processors, atOnce) => {
  expect(runsAtOnce(threads, processors)).toBe(atOnce);
});
