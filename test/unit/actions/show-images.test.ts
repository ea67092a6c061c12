import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chooseFinding } from '../../../src-main/actions/finding.js';
import { imageSelection, showImages, type WantedImages } from '../../../src-main/actions/show-images.js';
import type { WritableHistory } from '../../../src-main/history/interface.js';
import { openHistory } from '../../../src-main/history/open.js';
import type { ImagesRequest } from '../../../src-main/jobs/model-images.js';
import type { ImageQuestion, ImageSelection } from '../../../src-main/vocabulary/image-page.js';
import { retrainConfig, retrainResult, temporaryFolder } from '../history/fixtures.js';

let home: ReturnType<typeof temporaryFolder>;
let history: WritableHistory;
let run: number;
let model: number;
beforeEach(async () => {
  home = temporaryFolder();
  ({ history } = await openHistory(home.folder));
  run = retrained();
  model = history.listModels(run)[0]!.model;
});
afterEach(() => {
  history.close();
  home.remove();
});

const DATASET = { name: 'BreastMNIST', sha256: retrainConfig.dataset.sha256, labels: ['malignant', 'normal, benign'] };

/** A retraining of one network with two labels. @returns its number */
function retrained(): number {
  const number = history.createRun({ ...retrainConfig, seeds: [7] });
  const [trained] = retrainResult.models;
  const { test } = trained!.metrics;
  const metrics = { ...test, perClass: DATASET.labels.map((label) => ({ ...test.perClass[0]!, label })) };
  history.claimRun(number);
  history.finishRun(
    number,
    { ...retrainResult, models: [{ ...trained!, metrics: { validation: metrics, test: metrics } }] },
    1,
  );
  return number;
}

const wish = (wanted: Partial<WantedImages>): ImageSelection =>
  imageSelection(history, model, { at: 'kept', ...wanted });

describe('which images are meant', () => {
  beforeEach(() => void chooseFinding(history, DATASET, 'malignant'));

  const at = { finding: 0, threshold: 0.3 };
  it.each<[string, Partial<WantedImages>, ImageSelection]>([
    ['nothing: all that are wrong', {}, { by: 'wrong', at: null }],
    ['a cell', { truth: 'Malignant', prediction: '1' }, { by: 'cell', truth: 0, prediction: 1, at: null }],
    [
      'an outcome about the finding',
      { outcome: 'false-negative' },
      { by: 'outcome', class: 0, outcome: 'false-negative', at: null },
    ],
    [
      'an outcome about another class at a threshold',
      { outcome: 'true-positive', class: 'normal, benign', at: 0.3 },
      { by: 'outcome', class: 1, outcome: 'true-positive', at },
    ],
    ['a bin', { bin: 3, calibrated: true, at: 0.3 }, { by: 'bin', bin: 3, calibrated: true }],
  ])('%s', (_, wanted, selection) => {
    expect(wish(wanted)).toEqual(selection);
  });

  it('at the operating point that is kept, unless another one is asked for', () => {
    history.setOperatingPoint(model, { finding: 0, label: 'malignant', rule: { rule: 'youden' }, threshold: 0.2 });
    expect(wish({})).toEqual({ by: 'wrong', at: { finding: 0, threshold: 0.2 } });
    expect(wish({ at: 'most-probable' })).toEqual({ by: 'wrong', at: null });
    expect(wish({ at: 0.3 })).toEqual({ by: 'wrong', at });
    // one of another finding does not count
    chooseFinding(history, DATASET, 'normal, benign');
    expect(wish({})).toEqual({ by: 'wrong', at: null });
  });

  it.each<[Partial<WantedImages>, string]>([
    [{ truth: 'malignant' }, 'selection-question'],
    [{ prediction: 'malignant' }, 'selection-question'],
    [{ class: 'malignant' }, 'selection-question'],
    [{ truth: '0', prediction: '1', bin: 2 }, 'selection-question'],
    [{ outcome: 'true-negative', bin: 2 }, 'selection-question'],
    [{ truth: '0', prediction: 'cancer' }, 'finding-class'],
  ])('%j is refused as %s', (wanted, kind) => {
    expect(() => wish(wanted)).toThrow(expect.objectContaining({ kind }) as Error);
  });

  it('says what to ask for, and which classes there are', () => {
    expect(() => wish({ truth: '0' })).toThrow(
      'Choose only one of these: a cell (truth and prediction), an outcome (of a class), or a bin. Choose none to see all wrong images.',
    );
    expect(() => wish({ outcome: 'true-positive', class: 'cancer' })).toThrow(
      `Model ${model} has no class "cancer": choose one of 0 "malignant", 1 "normal, benign", or its number`,
    );
    chooseFinding(history, DATASET, null);
    expect(() => wish({ outcome: 'true-positive' })).toThrow(
      'An outcome without a class refers to the finding, and this dataset has none: choose one first',
    );
    expect(() => wish({ at: 0.3 })).toThrow('An operating point needs a finding, and this dataset');
  });
});

it('asks for the images of the file that the model was trained on', async () => {
  const asked: ImagesRequest[] = [];
  const read = (request: ImagesRequest) => {
    asked.push(request);
    return Promise.resolve({ sentence: '', labels: [], from: 0, total: 0, images: [] });
  };
  const question: ImageQuestion = { part: 'val', selection: { by: 'wrong', at: null }, from: 0, count: 5 };
  await showImages({ history, read }, model, question, { pictures: true });
  const { file } = history.getModel(model);
  const { dataset } = history.getRun(run);
  expect(asked).toMatchObject([{ model: file, number: model, run, dataset, question, pictures: true }]);
  expect(() => showImages({ history, read }, 99, question, { pictures: true })).toThrow(
    expect.objectContaining({ kind: 'model-unknown' }) as Error,
  );
});
