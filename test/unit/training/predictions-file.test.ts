import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { UNKNOWN_VALUE, type Task } from '../../../src-main/datasets/dataset.js';
import { requirePredictions } from '../../../src-main/jobs/model-diagnosis.js';
import type { Predictions } from '../../../src-main/training/metrics/diagnostics.js';
import { predictionsFile, readPredictions, writePredictions } from '../../../src-main/training/predictions-file.js';
import { decodeSafetensors, encodeSafetensors } from '../../../src-main/training/safetensors.js';
import { ofSubjects, scored } from './scored.js';

const folder = mkdtempSync(join(tmpdir(), 'predictions-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;
const model = (): string => join(folder, `model-seed-${String(files++)}.safetensors`);

function predictions(task: Task = 'multi-class'): Predictions {
  const truth = task === 'multi-label, binary-class' ? [0, 1, 1, 1, 0, 0] : [0, 2];
  const part = scored(task, 3, truth, [0.5, 0.25, 0.25, 0.125, 0, 0.875]);
  return { validation: part, test: part, training: { images: 9, ofClass: [4, 3, 2] } };
}

describe('the kept predictions of a model', () => {
  it.each<Task>(['multi-class', 'binary-class', 'ordinal-regression', 'multi-label, binary-class'])(
    'of the task %s come back as they were',
    async (task) => {
      const path = model();
      const written = predictions(task);
      writePredictions(path, written);
      const read = (await readPredictions(path))!;
      for (const name of ['validation', 'test'] as const) {
        expect(read[name].task).toBe(task);
        expect([...read[name].scores.values]).toEqual([...written[name].scores.values]);
        expect(read[name].truth).toEqual(written[name].truth);
      }
      expect(read.training).toEqual(written.training);
    },
  );

  it('say whose images they are, where the dataset knows', async () => {
    const path = model();
    const patients = Int32Array.of(7, 16_000_001);
    const groupings = [
      { name: 'site', values: ['Lund', 'Odense'], valueOf: Uint16Array.of(1, UNKNOWN_VALUE) },
      { name: 'sex', values: ['F'], valueOf: Uint16Array.of(0, 0) },
    ];
    const plain = predictions();
    const known = ofSubjects(plain.test, { patients, groupings });
    writePredictions(path, { ...plain, validation: ofSubjects(plain.validation, { groupings }), test: known });
    const read = (await readPredictions(path))!;
    expect(read.test.truth.subjects).toEqual({ patients, groupings });
    expect(read.validation.truth.subjects).toEqual({ patients: null, groupings });
  });

  it('say which test images have a twin in another set, where that was looked for', async () => {
    const path = model();
    writePredictions(path, { ...predictions(), testTwins: Uint8Array.of(0, 1) });
    expect((await readPredictions(path))!.testTwins).toEqual(Uint8Array.of(0, 1));
    const former = model();
    writePredictions(former, predictions());
    expect(await readPredictions(former)).not.toHaveProperty('testTwins');
  });

  it('of an earlier version are missing, and the way out is named', async () => {
    const path = model();
    expect(await readPredictions(path)).toBeNull();
    await expect(requirePredictions(path, 7)).rejects.toMatchObject({
      kind: 'predictions-missing',
      message:
        "Model 7 comes from a version that did not store predictions, so balanced accuracy, operating point and calibration are unknown: evaluate it again ('medforge evaluate 7').",
    });
  });

  type Content = ReturnType<typeof decodeSafetensors>;
  const change = (name: string, values: number[], shape: number[]) => (content: Content) => ({
    ...content,
    tensors: new Map([...content.tensors, [name, { shape, values: Float32Array.from(values) }]]),
  });

  it.each<[string, (content: Content) => Content, string]>([
    ['a class that is none', change('test.truth', [0, 3], [2, 1]), 'its test set contradicts itself'],
    ['a truth too few', change('test.truth', [0], [1, 1]), 'its test set contradicts itself'],
    ['NaN', change('validation.probabilities', [NaN, 0, 0, 0, 0, 1], [2, 3]), 'its validation set contradicts itself'],
    ['other classes', change('test.probabilities', [0.5, 0.5], [2, 1]), 'its test set contradicts itself'],
    ['twins of other images', change('test.twins', [0, 1, 0], [3]), 'what it says of twins contradicts itself'],
    ['twins that are half', change('test.twins', [0, 0.5], [2]), 'what it says of twins contradicts itself'],
    ['no description', ({ tensors }) => ({ tensors, metadata: {} }), 'it is damaged'],
    [
      'no test set',
      ({ tensors, metadata }) => ({
        tensors: new Map([...tensors].filter(([name]) => !name.startsWith('test'))),
        metadata,
      }),
      'it lacks the test set',
    ],
  ])('with %s are refused', async (_, spoil, what) => {
    const path = model();
    writePredictions(path, predictions());
    const file = predictionsFile(path);
    writeFileSync(file, encodeSafetensors(spoil(decodeSafetensors(readFileSync(file), file))));
    await expect(readPredictions(path)).rejects.toMatchObject({
      kind: 'predictions-unreadable',
      message: `${file} does not contain the predictions of a model (${what}): evaluate the model again`,
    });
  });

  it('that were cut off are refused', async () => {
    const path = model();
    writeFileSync(predictionsFile(path), 'abc');
    await expect(readPredictions(path)).rejects.toMatchObject({ kind: 'predictions-unreadable' });
  });
});
