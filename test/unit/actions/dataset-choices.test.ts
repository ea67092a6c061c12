import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  asChosen,
  chooseMirroring,
  nameDataset,
  referenceAsChosen,
} from '../../../src-main/actions/dataset-choices.js';
import { startSearch } from '../../../src-main/actions/start-search.js';
import type { WritableHistory } from '../../../src-main/history/interface.js';
import { openHistory } from '../../../src-main/history/open.js';
import { temporaryFolder } from '../history/fixtures.js';

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

const OWN = {
  name: 'scans',
  sha256: 'aa',
  labels: ['0', '1'],
  horizontalFlip: false,
  catalogueId: null,
  synthetic: false,
};
const OFFICIAL = { ...OWN, name: 'OrganAMNIST', sha256: 'bb', catalogueId: 'organamnist' };

describe('the names of a dataset of one’s own', () => {
  it('are remembered with the contents of the file, whatever it is called', async () => {
    const named = nameDataset(history, OWN, { name: ' Chest of Lund ', labels: ['normal', ' pneumonia '] });
    expect(named).toMatchObject({ name: 'Chest of Lund', labels: ['normal', 'pneumonia'] });
    history.close();
    ({ history } = await openHistory(home.folder));
    expect(asChosen(history, { ...OWN, name: 'moved' })).toEqual(named);
    expect(asChosen(history, { ...OWN, sha256: 'cc' })).toEqual({ ...OWN, sha256: 'cc' });
    expect(nameDataset(history, OWN, { labels: ['no', 'yes'] })).toMatchObject({
      name: 'Chest of Lund',
      labels: ['no', 'yes'],
    });
  });

  it.each([
    [
      { labels: ['a'] },
      'dataset-labels',
      'scans has 2 classes, but 1 names were given: name all of them, in the order 0, 1.',
    ],
    [{ labels: ['a', 'A'] }, 'dataset-labels', 'Two classes are called "A": give each class a different name.'],
    [
      { labels: ['a', ' '] },
      'dataset-labels',
      'The name of a class has 1 to 100 characters, all of them visible, saw "".',
    ],
    [
      { name: 'a\u0007' },
      'dataset-name',
      'A name of a dataset has 1 to 100 characters, all of them visible, saw "a?".',
    ],
    [
      { name: 'Breast MNIST' },
      'dataset-name',
      '"Breast MNIST" could be confused with BreastMNIST, which this file is not: choose another name.',
    ],
  ])('cannot be %j', (names, kind, message) => {
    expect(() => nameDataset(history, OWN, names)).toThrow(expect.objectContaining({ kind, message }) as Error);
    expect(history.datasetChoices('aa')).toBeNull();
  });

  it('are not given to a set of the catalogue or the demo', () => {
    for (const dataset of [OFFICIAL, { ...OWN, name: 'Demo', synthetic: true }]) {
      expect(() => nameDataset(history, dataset, { name: 'x' })).toThrow(
        `${dataset.name} has the names of its publishers: you can change this only for your own datasets.`,
      );
    }
  });
});

describe('mirroring', () => {
  it('is chosen for a dataset, and a run keeps what it was started with', () => {
    const facts = {
      path: '/scans.npz',
      bytes: 1,
      channels: 1 as const,
      classes: 2,
      size: 28,
      samples: { train: 8, val: 2, test: 4 },
    };
    const start = (): number => startSearch(history, asChosen(history, { ...OWN, ...facts }), { epochs: 1 });
    const before = start();
    chooseMirroring(history, OWN, true);
    nameDataset(history, OWN, { labels: ['no', 'yes'] });
    const after = start();
    expect(history.getRun(before).dataset.reading).toEqual({ labels: ['0', '1'], horizontalFlip: false });
    expect(history.getRun(after).dataset.reading).toEqual({ labels: ['no', 'yes'], horizontalFlip: true });
    // the names of today, the training of then
    expect(referenceAsChosen(history, history.getRun(before).dataset).reading).toEqual({
      labels: ['no', 'yes'],
      horizontalFlip: false,
    });
  });

  it('of a set of the catalogue follows from its labels', () => {
    expect(() => chooseMirroring(history, OFFICIAL, true)).toThrow(
      'OrganAMNIST is mirrored or not as its labels allow (it is not): you can change this only for your own datasets.',
    );
    expect(chooseMirroring(history, OFFICIAL, false)).toBe(OFFICIAL);
  });
});
