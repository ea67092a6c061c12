import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createStudy, type StudyChoices } from '../../../src-main/actions/create-study.js';
import { forgetStudyFile, rememberStudyFile, studyFiles } from '../../../src-main/actions/study-files.js';
import { studyEntry, studyTaskRows, type KnownStudy } from '../../../src-main/actions/study-list.js';
import { figuresOfStudy } from '../../../src-main/actions/study-figures.js';
import { writeStudyFigures } from '../../../src-main/actions/write-study-figures.js';
import { ranksTable } from '../../../src-main/display/study-tables.js';
import type { WritableHistory } from '../../../src-main/history/interface.js';
import { openHistory } from '../../../src-main/history/open.js';
import { readStudy } from '../../../src-main/studies/read-study.js';
import type { StudyTask } from '../../../src-main/vocabulary/study.js';
import { epochRecord, searchConfig, searchResult, temporaryFolder } from '../history/fixtures.js';

let home: ReturnType<typeof temporaryFolder>;
let history: WritableHistory;
beforeEach(async () => {
  home = temporaryFolder();
  ({ history } = await openHistory(home.folder));
});
afterEach(() => {
  history.close();
  home.remove();
});

const choices: StudyChoices = {
  name: 'breast',
  datasets: [{ id: 'file:aa', name: 'Mine', path: '/data/mine.npz' }],
  methods: [
    { method: 'zo-darts++', asPublished: true },
    { method: 'random', asPublished: false },
  ],
  ...{ budgets: ['72k..222k'], seeds: [1, 2], epochs: 50, batch: null, channels: null, cells: null },
  ...{ retrainSeeds: [1], retrainEpochs: null, threads: 1, atOnce: null },
};

describe('the file of a study from the window', () => {
  it('has what was chosen and no default, is read back, and is remembered', async () => {
    const file = join(home.folder, 'studies', 'breast.json');
    const study = createStudy(history, file, choices);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
      format: 'medforge-study',
      version: 1,
      name: 'breast',
      datasets: ['/data/mine.npz'],
      searches: {
        methods: [{ method: 'zo-darts++', asPublished: true }, 'random'],
        ...{ budgets: ['72k..222k'], seeds: [1, 2], epochs: 50 },
      },
      retrainings: { seeds: [1] },
      on: { executor: 'local', threads: 1 },
    });
    expect(await readStudy(file)).toEqual(study);
    expect([...studyFiles(history)]).toEqual([['breast', file]]);
  });

  it.each<[string, Partial<StudyChoices>, RegExp]>([
    [
      'a budget',
      { budgets: ['much'] },
      /^the study: searches\.budgets\.0: 'much' is not a number of parameters: write/,
    ],
    ['no method', { methods: [] }, /^the study: searches\.methods: must have at least one entry/],
    ['a name', { name: ' ' }, /^the study: name: must not be empty/],
    ['a seed twice', { seeds: [1, 1] }, /^the study: searches\.seeds/],
  ])('is refused with %s that is wrong', (_, change, message) => {
    expect(() => createStudy(history, join(home.folder, 's.json'), { ...choices, ...change })).toThrow(message);
    expect(studyFiles(history).size).toBe(0);
  });

  it('never takes the place of another', () => {
    const file = join(home.folder, 'a.json');
    const taken = 'There is a study “breast” already: give this one another name.';
    writeFileSync(file, 'mine');
    expect(() => createStudy(history, file, choices)).toThrow(taken);
    expect(readFileSync(file, 'utf8')).toBe('mine');
    history.planStudy('breast', []);
    expect(() => createStudy(history, join(home.folder, 'b.json'), choices)).toThrow(taken);
  });

  it('is remembered by the name of its study, the newest first', () => {
    rememberStudyFile(history, 'a', '/a.json');
    rememberStudyFile(history, 'b', '/b.json');
    rememberStudyFile(history, 'a', '/moved.json');
    expect([...studyFiles(history)]).toEqual([
      ['a', '/moved.json'],
      ['b', '/b.json'],
    ]);
    forgetStudyFile(history, 'a');
    expect([...studyFiles(history).keys()]).toEqual(['b']);
  });
});

const search: StudyTask = {
  ...{ key: 's', dataset: 'breast', method: 'random', budget: '..222000', seed: 3 },
  ...{ trainingSeed: null, search: null },
};
const retraining: StudyTask = { ...search, key: 'r', trainingSeed: 7, search: 's' };
const known: KnownStudy = {
  ...{ study: 'mine', file: null, executor: 'local', problem: null },
  ...{ here: null, isElsewhere: false, isAbandoned: false },
};

describe('a study in the list', () => {
  const entry = (change: Partial<KnownStudy> = {}) => studyEntry(history, { ...known, ...change });

  it('is new until something of it has a run', () => {
    expect(entry()).toMatchObject({ state: 'new', share: 0, counts: { tasks: 0 } });
    history.planStudy('mine', [search, retraining]);
    expect(entry()).toMatchObject({ state: 'new', counts: { tasks: 2, waiting: 2 } });
  });

  it.each<[Partial<KnownStudy>, string]>([
    [{}, 'stopped'],
    [{ here: 'running' }, 'running'],
    [{ here: 'waiting' }, 'waiting'],
    [{ isElsewhere: true }, 'elsewhere'],
    [{ isAbandoned: true }, 'abandoned'],
  ])('with %j is %s', (change, state) => {
    history.planStudy('mine', [search, retraining]);
    history.createRun(searchConfig, { task: { study: 'mine', key: 's' } });
    expect(entry(change).state).toBe(state);
  });

  it('counts running tasks by their epochs, and knows their runs', () => {
    history.planStudy('mine', [search, retraining]);
    const run = history.createRun(searchConfig, { task: { study: 'mine', key: 's' } });
    history.claimRun(run);
    history.appendEpoch(run, epochRecord(1), null, { checkpoint: 'c', seconds: 1, secondsLeft: null });
    expect(entry()).toMatchObject({ going: [run], share: 1 / searchConfig.epochs / 2, counts: { running: 1 } });
    expect(studyTaskRows(history, 'mine')).toMatchObject([
      { task: 1, run, epoch: 1, epochs: searchConfig.epochs, standing: 'running', trainingSeed: null },
      { task: 2, run: null, epoch: 0, epochs: 0, standing: 'waiting', trainingSeed: 7 },
    ]);
  });

  it('has ended with tasks missing, or is finished', () => {
    history.planStudy('mine', [search]);
    history.moveStudyTask({ study: 'mine', key: 's' }, { state: 'given-up', reason: 'why' });
    expect(entry()).toMatchObject({ state: 'ended', counts: { lost: 1 } });
    history.moveStudyTask({ study: 'mine', key: 's' }, { state: 'waiting' });
    history.createRun(searchConfig, { task: { study: 'mine', key: 's' } });
    history.moveStudyTask({ study: 'mine', key: 's' }, { state: 'finished' });
    expect(entry()).toMatchObject({ state: 'finished', share: 1 });
  });

  it('is abandoned where its process is gone without a word', () => {
    history.planStudy('mine', [search]);
    expect(history.listStudies()).toMatchObject([{ name: 'mine', owner: null, abandoned: false }]);
    history.claimStudy('mine');
    expect(history.listStudies()).toMatchObject([{ owner: { pid: process.pid }, abandoned: false }]);
    history.releaseStudy('mine');
    expect(history.listStudies()).toMatchObject([{ owner: null, abandoned: false }]);
  });

  it('names a method without probabilities, and draws nothing twice', async () => {
    history.planStudy('mine', [search]);
    const run = history.createRun(searchConfig, { task: { study: 'mine', key: 's' } });
    history.claimRun(run);
    history.finishRun(run, searchResult, 1);
    history.moveStudyTask({ study: 'mine', key: 's' }, { state: 'finished' });
    expect(await figuresOfStudy(history, 'mine')).toMatchObject({ unsampled: ['random'], samples: [] });
    const before = new Map([[run, [5, 6]]]);
    const { samples, unsampled } = await figuresOfStudy(history, 'mine', before);
    expect([samples, unsampled]).toMatchObject([[{ run, parameters: [5, 6] }], []]);
  });

  it('has its figures as files of numbers, ranks recomputed from the probabilities', async () => {
    const operations = { name: 'alphaProbabilities', label: 'p', rows: ['edge 1'], columns: ['a', 'b', 'c'] };
    history.planStudy('mine', [search]);
    const run = history.createRun(searchConfig, { task: { study: 'mine', key: 's' } });
    history.claimRun(run);
    history.describeTraces(run, { series: [], tables: [{ ...operations, draw: 'operations' }] });
    const probabilities = [
      [0.5, 0.3, 0.2],
      [0.1, 0.2, 0.7],
    ];
    probabilities.forEach((row, i) =>
      history.appendEpoch(
        run,
        epochRecord(i + 1),
        { epoch: i + 1, values: {}, tables: { alphaProbabilities: row } },
        { checkpoint: 'c', seconds: 1, secondsLeft: null },
      ),
    );
    const written = async () => {
      const files = await writeStudyFigures(history, 'mine', join(home.folder, 'out'));
      return files.map((file) => file.slice(join(home.folder, 'out').length + 1));
    };
    expect(await written()).toEqual(['accuracy-parameters.csv', 'sampled-parameters.csv']);
    const table = ranksTable(history.getRun(run).trace, history.traces(run))!;
    expect(table.rows).toHaveLength(6);
    for (const [edge, operation, epoch, rank, probability] of table.rows) {
      const row = probabilities[Number(epoch) - 1]!;
      expect(probability).toBe(row[operations.columns.indexOf(String(operation))]);
      expect(rank).toBe(1 + row.filter((other) => other > Number(probability)).length);
      expect(edge).toBe('edge 1');
    }
  });
});
