import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src-main/compute/random.js';
import type { Task } from '../../../src-main/datasets/dataset.js';
import { diagnose } from '../../../src-main/training/metrics/diagnostics.js';
import { selectImages } from '../../../src-main/training/metrics/select-images.js';
import { selectionSentence, type SelectionFacts } from '../../../src-main/training/metrics/selection-sentence.js';
import type { ScoredPart } from '../../../src-main/training/metrics/scores.js';
import type { PartDiagnostics } from '../../../src-main/vocabulary/diagnostics.js';
import type { DecidedAt, ImageSelection, Outcome } from '../../../src-main/vocabulary/image-page.js';
import { scored, twoClasses } from './scored.js';

/** Probabilities of class 0 (the finding) and truths; numbers of images are positions. */
const part = twoClasses([
  [0.9, 0],
  [0.2, 0],
  [0.05, 0],
  [0.7, 1],
  [0.1, 1],
  [0.35, 1],
  [0.2, 0],
]);
const choices = { finding: 0, temperature: 1 };
const numbers = (selection: ImageSelection, of = part): number[] =>
  selectImages(of, selection, choices).images.map(({ index }) => index);

describe('images behind a figure', () => {
  const at = { finding: 0, threshold: 0.15 };
  it.each<[string, ImageSelection, number[], number]>([
    [
      'a cell, the most confident first, equal ones by number',
      { by: 'cell', truth: 0, prediction: 1, at: null },
      [2, 1, 6],
      4,
    ],
    ['a cell at an operating point', { by: 'cell', truth: 0, prediction: 1, at }, [2], 4],
    ['what is found', { by: 'outcome', class: 0, outcome: 'true-positive', at: null }, [0], 4],
    [
      'what is missed: the lowest probability first',
      { by: 'outcome', class: 0, outcome: 'false-negative', at: null },
      [2, 1, 6],
      4,
    ],
    ['false alarms', { by: 'outcome', class: 0, outcome: 'false-positive', at }, [3, 5], 3],
    ['what is rightly left alone', { by: 'outcome', class: 0, outcome: 'true-negative', at: null }, [4, 5], 3],
    ['a bin of the finding', { by: 'bin', bin: 2, calibrated: false }, [1, 6], 7],
    ['an empty bin', { by: 'bin', bin: 4, calibrated: false }, [], 7],
    ['whatever is wrong', { by: 'wrong', at: null }, [2, 1, 6, 3], 7],
    ['whatever is wrong at an operating point', { by: 'wrong', at }, [2, 3, 5], 7],
  ])('%s', (_, selection, expected, of) => {
    expect(numbers(selection)).toEqual(expected);
    expect(selectImages(part, selection, choices).of).toBe(of);
  });

  it('calibrated bins are of calibrated probabilities', () => {
    // a temperature of 2 makes 0.9 to 0.75: √0.9 / (√0.9 + √0.1)
    const selection = { by: 'bin', bin: 7, calibrated: true } as const;
    const { images, scores } = selectImages(part, selection, { finding: 0, temperature: 2 });
    expect(images).toMatchObject([{ index: 0, subject: 0, probability: 0.75 }]);
    expect(scores.values[0]).toBeCloseTo(0.75, 12);
    expect(numbers({ ...selection, calibrated: false })).toEqual([3]);
  });

  it('of labels, each is a decision of its own', () => {
    const labels = scored('multi-label, binary-class', 2, [1, 0, 0, 1], [0.3, 0.8, 0.9, 0.6]);
    const { images, of } = selectImages(labels, { by: 'wrong', at: null }, { finding: null, temperature: 1 });
    // image 0 lacks label 0 and has label 1 too many; image 1 has label 0 too many
    expect(images.map(({ index, subject }) => [index, subject])).toEqual([
      [1, 0],
      [0, 1],
      [0, 0],
    ]);
    expect(of).toBe(4);
    expect(() => numbers({ by: 'cell', truth: 0, prediction: 1, at: null }, labels)).toThrow(
      'A model with several labels per image has no confusion matrix: choose the outcomes of one label instead.',
    );
  });

  it('refuses a class that is not there', () => {
    expect(() => numbers({ by: 'cell', truth: 0, prediction: 2, at: null })).toThrow(
      'The model has no class 2: choose a class from 0 to 1.',
    );
  });
});

const OUTCOMES: readonly [Outcome, keyof NonNullable<PartDiagnostics['finding']>['usual']][] = [
  ['true-positive', 'truePositives'],
  ['false-negative', 'falseNegatives'],
  ['false-positive', 'falsePositives'],
  ['true-negative', 'trueNegatives'],
];

describe.each<[Task, number, number | null]>([
  ['binary-class', 2, 0],
  ['binary-class', 2, null],
  ['multi-class', 4, 2],
  ['multi-class', 4, null],
  ['multi-label, binary-class', 3, 1],
  ['multi-label, binary-class', 3, null],
])('%s of %i classes, finding %s', (task, outputs, finding) => {
  it('has as many images behind each figure as the figure says', async () => {
    const predictions = {
      validation: random(task, outputs, 7),
      test: random(task, outputs, 8),
      training: counts(outputs),
    };
    const labels = Array.from({ length: outputs }, (_, k) => `class ${k}`);
    const point = finding === null ? null : { finding, label: labels[finding]!, threshold: 0.31 };
    const operatingPoint = point && { ...point, rule: { rule: 'threshold' } as const };
    const diagnostics = await diagnose(predictions, { labels, finding, operatingPoint });
    const { test, temperature } = diagnostics;
    const total = (selection: ImageSelection): number =>
      selectImages(predictions.test, selection, { finding, temperature }).images.length;
    for (const [when, calibrated] of [
      ['before', false],
      ['after', true],
    ] as const) {
      const bins = test.calibration[when].bins.map((_, bin) => total({ by: 'bin', bin, calibrated }));
      expect(bins).toEqual(test.calibration[when].bins.map(({ images }) => images));
      expect(bins.filter((images) => images > 0).length).toBeGreaterThan(3);
    }
    if (finding === null) return;
    const decided = { finding, threshold: 0.31 };
    for (const [at, decision] of [
      [null, test.finding!.usual],
      [decided, test.finding!.atOperatingPoint!],
    ] as const satisfies readonly (readonly [DecidedAt, unknown])[]) {
      for (const [outcome, name] of OUTCOMES) {
        expect(total({ by: 'outcome', class: finding, outcome, at })).toBe(decision[name]);
      }
      decision.confusion?.forEach((row, truth) =>
        row.forEach((images, prediction) => expect(total({ by: 'cell', truth, prediction, at })).toBe(images)),
      );
    }
    // every point that the window can be moved to, on both parts
    const { roc, atValidationCorners } = diagnostics.validation.finding!;
    expect(atValidationCorners).toEqual(roc);
    expect(test.finding!.atValidationCorners).toHaveLength(roc.length);
    for (const { threshold, truePositives, falsePositives } of test.finding!.atValidationCorners) {
      const of = (outcome: Outcome): number =>
        total({ by: 'outcome', class: finding, outcome, at: { finding, threshold } });
      expect([of('true-positive'), of('false-positive')]).toEqual([truePositives, falsePositives]);
    }
    expect(total({ by: 'outcome', class: finding, outcome: 'false-positive', at: decided })).not.toBe(
      total({ by: 'outcome', class: finding, outcome: 'false-positive', at: null }),
    );
  });
});

const counts = (classes: number) => ({ images: 10 * classes, ofClass: new Array<number>(classes).fill(10) });

/** 120 images whose probabilities say something of their truth. */
function random(task: Task, outputs: number, seed: number): ScoredPart {
  const drawn = createRandom(seed, 'images');
  const truth: number[] = [];
  const scores: number[] = [];
  for (let i = 0; i < 120; i++) {
    const own = drawn.integer(outputs);
    const logits = Array.from({ length: outputs }, (_, k) => 1.5 * drawn.normal() + (k === own ? 1 : 0));
    if (task === 'multi-label, binary-class') {
      truth.push(...logits.map((_, k) => Number(k === own)));
      scores.push(...logits.map((z) => 1 / (1 + Math.exp(-z))));
      continue;
    }
    truth.push(own);
    const sum = logits.reduce((total, z) => total + Math.exp(z), 0);
    scores.push(...logits.map((z) => Math.exp(z) / sum));
  }
  return scored(task, outputs, truth, scores);
}

describe('the sentence over the images', () => {
  const facts: SelectionFacts = {
    part: 'test',
    selection: { by: 'cell', truth: 0, prediction: 1, at: null },
    labels: ['malignant', 'benign', '2'],
    calibrationOf: 'finding',
    finding: 0,
    multiLabel: false,
    total: 26,
    of: 1140,
  };
  const outcome = (which: Outcome): ImageSelection => ({ by: 'outcome', class: 0, outcome: which, at: null });
  const bin: ImageSelection = { by: 'bin', bin: 3, calibrated: true };
  it.each<[Partial<SelectionFacts>, string]>([
    [{}, '26 of 1,140 "malignant" test images classified as "benign", most confident first'],
    [{ part: 'val', total: 1 }, '1 of 1,140 "malignant" validation images classified as "benign"'],
    [{ total: 0, of: 1 }, 'None of 1 "malignant" test image classified as "benign"'],
    [
      { selection: { by: 'cell', truth: 2, prediction: 2, at: null } },
      '26 of 1,140 class 2 test images correctly classified as class 2, most confident first',
    ],
    [{ selection: outcome('true-positive') }, '26 of 1,140 "malignant" test images found, most confident first'],
    [{ selection: outcome('false-negative') }, '26 of 1,140 "malignant" test images missed, most confident first'],
    [
      { selection: outcome('false-positive') },
      '26 of 1,140 other test images wrongly classified as "malignant", most confident first',
    ],
    [
      { selection: outcome('true-negative') },
      '26 of 1,140 other test images correctly not classified as "malignant", most confident first',
    ],
    [
      { selection: { by: 'wrong', at: { finding: 0, threshold: 0.2 } } },
      '26 of 1,140 test images wrongly classified, where "malignant" is predicted from a probability of 0.2000, most confident first',
    ],
    [
      { selection: { by: 'wrong', at: { finding: 0, threshold: 2 } }, total: 1 },
      '1 of 1,140 test images wrongly classified, where "malignant" is never predicted',
    ],
    [
      { selection: { by: 'wrong', at: null }, multiLabel: true },
      '26 of 1,140 label decisions for the test images wrong, most confident first',
    ],
    [
      { selection: bin },
      '26 of 1,140 test images with a probability of "malignant" of 30 to 40 %, calibrated, most confident first',
    ],
    [
      { selection: bin, calibrationOf: 'most probable class' },
      '26 of 1,140 test images with a probability of the most probable class of 30 to 40 %, calibrated, most confident first',
    ],
    [
      { selection: { ...bin, calibrated: false }, calibrationOf: 'all labels' },
      '26 of 1,140 label probabilities of the test images of 30 to 40 %, most confident first',
    ],
  ])('%#', (change, sentence) => {
    expect(selectionSentence({ ...facts, ...change })).toBe(sentence);
  });
});
