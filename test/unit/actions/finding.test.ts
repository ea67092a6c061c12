import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chooseFinding, findingOf } from '../../../src-main/actions/finding.js';
import { setOperatingPoint } from '../../../src-main/actions/diagnose-model.js';
import { catalogue } from '../../../src-main/datasets/catalogue.js';
import { defaultFinding } from '../../../src-main/datasets/finding.js';
import type { WritableHistory } from '../../../src-main/history/interface.js';
import { openHistory } from '../../../src-main/history/open.js';
import { chooseOnValidation } from '../../../src-main/jobs/model-diagnosis.js';
import { writePredictions } from '../../../src-main/training/predictions-file.js';
import { retrainConfig, retrainResult, temporaryFolder } from '../history/fixtures.js';
import { twoClasses } from '../training/scored.js';

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

const BREAST = { name: 'BreastMNIST', sha256: 'aa', labels: ['malignant', 'normal, benign'] };
const OTHER = { name: 'Lesions', sha256: 'bb', labels: ['0', '1', '2'] };

describe('the finding of a dataset', () => {
  it('is by default what the labels of the catalogue name', () => {
    const named = catalogue().map(({ id, name, labels }) => [id, labels[defaultFinding(name, labels) ?? -1] ?? null]);
    expect(Object.fromEntries(named)).toEqual({
      pathmnist: 'colorectal adenocarcinoma epithelium',
      chestmnist: null,
      dermamnist: 'melanoma',
      octmnist: null,
      pneumoniamnist: 'pneumonia',
      retinamnist: null,
      breastmnist: 'malignant',
      bloodmnist: null,
      tissuemnist: null,
      organamnist: null,
      organcmnist: null,
      organsmnist: null,
    });
    expect(findingOf(history, BREAST)).toBe(0);
    expect(findingOf(history, OTHER)).toBeNull();
    expect(findingOf(history, { ...BREAST, labels: ['0', '1'] })).toBeNull();
  });

  it.each([
    ['a label', 'normal, benign', 1],
    ['a label in another case', ' Malignant ', 0],
    ['a number', '1', 1],
    ['nothing', null, null],
  ])('is named by %s and remembered with the content of the file', (_, choice, finding) => {
    expect(chooseFinding(history, BREAST, choice)).toBe(finding);
    expect(findingOf(history, { ...BREAST, name: 'moved and renamed' })).toBe(finding);
    expect(findingOf(history, { ...BREAST, sha256: 'cc' })).toBe(0);
    history.chooseFinding('aa', null);
    expect(findingOf(history, BREAST)).toBe(0);
  });

  it('of a label that is a number is the class of that label', () => {
    expect(chooseFinding(history, { ...OTHER, labels: ['2', '1', '0'] }, '2')).toBe(0);
  });

  it.each(['cancer', '2', '-1', ''])('cannot be "%s"', (choice) => {
    expect(() => chooseFinding(history, BREAST, choice)).toThrow(
      `BreastMNIST has no class "${choice}": choose one of 0 "malignant", 1 "normal, benign", or its number`,
    );
    expect(history.chosenFinding('aa')).toBeNull();
  });

  it('survives the next start', async () => {
    chooseFinding(history, OTHER, '2');
    history.close();
    ({ history } = await openHistory(home.folder));
    expect(findingOf(history, OTHER)).toBe(2);
  });
});

describe('the operating point of a model', () => {
  /** A model of two labels with its predictions. @returns its number */
  function trained(): number {
    const run = history.createRun({ ...retrainConfig, seeds: [7] });
    const metrics = {
      ...retrainResult.models[0]!.metrics.test,
      perClass: BREAST.labels.map((label) => ({ ...retrainResult.models[0]!.metrics.test.perClass[0]!, label })),
    };
    const model = { ...retrainResult.models[0]!, metrics: { validation: metrics, test: metrics } };
    history.claimRun(run);
    history.finishRun(run, { ...retrainResult, models: [model] }, 1);
    const validation = twoClasses([
      [0.9, 0],
      [0.3, 0],
      [0.5, 1],
      [0.1, 1],
    ]);
    const { file, summary } = history.getModel(history.listModels(run)[0]!.model);
    writePredictions(file, { validation, test: validation, training: { images: 4, ofClass: [1, 3] } });
    return summary.model;
  }
  const choose = chooseOnValidation;

  it('is chosen on the validation set, kept, replaced and forgotten', async () => {
    const model = trained();
    chooseFinding(history, { ...BREAST, sha256: retrainConfig.dataset.sha256 }, 'malignant');
    const point = await setOperatingPoint({ history, choose }, model, { rule: 'sensitivity', atLeast: 1 });
    expect(point).toMatchObject({ finding: 0, label: 'malignant' });
    expect(point!.threshold).toBeCloseTo(0.2, 7);
    expect(history.operatingPoint(model)).toEqual(point);
    await setOperatingPoint({ history, choose }, model, { rule: 'threshold', threshold: 0.4 });
    expect(history.operatingPoint(model)).toMatchObject({ rule: { rule: 'threshold' }, threshold: 0.4 });
    await setOperatingPoint({ history, choose }, model, null);
    expect(history.operatingPoint(model)).toBeNull();
  });

  it('needs a finding', async () => {
    const model = trained();
    chooseFinding(history, { ...BREAST, sha256: retrainConfig.dataset.sha256 }, null);
    await expect(setOperatingPoint({ history, choose }, model, { rule: 'youden' })).rejects.toMatchObject({
      kind: 'operating-point-finding',
      message:
        'An operating point needs a finding, and this dataset has none: choose one first with \'medforge datasets finding DATASET CLASS\' ("malignant", "normal, benign").',
    });
  });

  it('goes with its model, and there is none of a model that is not', async () => {
    const model = trained();
    history.setOperatingPoint(model, { finding: 0, label: 'malignant', rule: { rule: 'youden' }, threshold: 0.5 });
    history.deleteRun(history.getModel(model).summary.run);
    expect(history.operatingPoint(model)).toBeNull();
    expect(() => history.setOperatingPoint(99, null)).toThrow('There is no model 99 in the history');
    await Promise.resolve();
  });
});
