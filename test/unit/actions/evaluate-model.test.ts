import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { evaluateElsewhere, evaluateModel } from '../../../src-main/actions/evaluate-model.js';
import { chooseFinding } from '../../../src-main/actions/finding.js';
import { DEMO_CLASSES } from '../../../src-main/datasets/demo-format.js';
import type { WritableHistory } from '../../../src-main/history/interface.js';
import { openHistory } from '../../../src-main/history/open.js';
import { InferenceNetwork } from '../../../src-main/training/inference-network.js';
import { temporaryFolder } from '../history/fixtures.js';
import { storeModel, writeClasses } from './stored-model.js';

let home: ReturnType<typeof temporaryFolder>;
let history: WritableHistory;
beforeEach(async () => {
  home = temporaryFolder();
  ({ history } = await openHistory(home.folder));
});
afterEach(() => {
  vi.restoreAllMocks();
  history.close();
  home.remove();
});

const NUMBERS = ['0', '1', '2', '3'];
const NAMED = { named: true };
const UNNAMED = { named: false };
const list = (labels: readonly string[]): string => labels.map((label) => `"${label}"`).join(', ');

describe('a model on another file', () => {
  it.each<[string, readonly string[], { named: boolean }, { labels: readonly string[]; byNumber: boolean }]>([
    ['has the same classes', DEMO_CLASSES, NAMED, { labels: DEMO_CLASSES, byNumber: false }],
    ['of which both have no names', NUMBERS, UNNAMED, { labels: NUMBERS, byNumber: false }],
    ['of which the file has no names', DEMO_CLASSES, UNNAMED, { labels: DEMO_CLASSES, byNumber: true }],
    ['of which the model has no names', NUMBERS, NAMED, { labels: DEMO_CLASSES, byNumber: true }],
  ])('%s', async (_, ofModel, ofFile, expected) => {
    const own = writeClasses(home.folder, 'own.npz', NAMED);
    const { model } = await storeModel(history, own, { labels: [...ofModel] });
    const other = writeClasses(home.folder, 'other.npz', ofFile);
    const { metrics, dataset, classesByNumber, diagnostics } = await evaluateElsewhere(history, model, 'test', other);
    expect([dataset.labels, classesByNumber]).toEqual([expected.labels, expected.byNumber]);
    expect(metrics.perClass.map(({ label }) => label)).toEqual(expected.labels);
    expect(diagnostics.labels).toEqual(expected.labels);
    expect(metrics.images).toBe(70);
  });

  it.each<[string, readonly string[], { named: boolean; classes?: number }, string, (path: string) => string]>([
    [
      'other names',
      ['cyst', 'mass', 'ring', 'none'],
      NAMED,
      'model-classes',
      (path) =>
        `the model was trained for the classes "cyst", "mass", "ring", "none", ${path} has ${list(DEMO_CLASSES)}: ` +
        'give a dataset with the same classes in the same order',
    ],
    [
      'the same names in another order',
      [DEMO_CLASSES[1]!, DEMO_CLASSES[0]!, ...DEMO_CLASSES.slice(2)],
      NAMED,
      'model-classes',
      (path) =>
        `the model was trained for the classes ${list([DEMO_CLASSES[1]!, DEMO_CLASSES[0]!, ...DEMO_CLASSES.slice(2)])}, ` +
        `${path} has ${list(DEMO_CLASSES)}: give a dataset with the same classes in the same order`,
    ],
    [
      'no names, and fewer',
      DEMO_CLASSES,
      { named: false, classes: 3 },
      'model-dataset',
      (path) =>
        `the model was trained for 4 classes (${list(DEMO_CLASSES)}), but ${path} has 3 classes without names: ` +
        'give the dataset that it was trained on',
    ],
  ])('with %s is refused before an image is classified', async (_, ofModel, ofFile, kind, message) => {
    const own = writeClasses(home.folder, 'own.npz', NAMED);
    const { model } = await storeModel(history, own, { labels: [...ofModel] });
    const other = writeClasses(home.folder, 'other.npz', ofFile);
    const classified = vi.spyOn(InferenceNetwork.prototype, 'forward');
    await expect(evaluateElsewhere(history, model, 'test', other)).rejects.toMatchObject({
      kind,
      message: message(other),
    });
    expect(classified).not.toHaveBeenCalled();
  });

  it.each([
    ['test', 1],
    ['val', 2],
  ] as const)('classifies each part once: asked for %s, %i', async (part, parts) => {
    const own = writeClasses(home.folder, 'own.npz', NAMED);
    const { model } = await storeModel(history, own);
    const classified = vi.spyOn(InferenceNetwork.prototype, 'forward');
    await evaluateElsewhere(history, model, part, own);
    // a part of less than 256 images is one batch
    expect(classified).toHaveBeenCalledTimes(parts);
  });

  it('says on its own file what it says at home', async () => {
    const own = writeClasses(home.folder, 'own.npz', NAMED);
    const { model, run } = await storeModel(history, own);
    const { name, sha256 } = history.getRun(run).dataset;
    chooseFinding(history, { name, sha256, labels: DEMO_CLASSES }, 'ring');
    const atHome = await evaluateModel(history, model, 'test');
    const elsewhere = await evaluateElsewhere(history, model, 'test', own);
    expect(elsewhere.metrics).toEqual(atHome.metrics);
    expect(elsewhere.csv).toBe(atHome.csv);
    expect(elsewhere.diagnostics.finding?.label).toBe('ring');
  });
});
