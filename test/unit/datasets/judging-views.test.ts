import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src-main/compute/random.js';
import type { Dataset } from '../../../src-main/datasets/dataset.js';
import { judgingViews, officialView } from '../../../src-main/datasets/judging-views.js';
import { tinyDataset } from '../training/tiny-dataset.js';

const sorted = (indices: Iterable<number>): number[] => [...indices].sort((a, b) => a - b);

/** The dataset with its images repeated, so that a part has exactly so many. */
function withValidation(dataset: Dataset, count: number): Dataset {
  const { images, labels } = dataset.parts.val;
  const pixels = new Uint8Array((count * images.pixels.length) / images.count);
  return {
    ...dataset,
    parts: {
      ...dataset.parts,
      val: { images: { ...images, count, pixels }, labels: { ...labels, count, values: new Uint8Array(count) } },
    },
  };
}

describe('the images that judge a race', () => {
  it('are the validation set where it has at least 500', () => {
    const dataset = withValidation(tinyDataset(), 500);
    const views = judgingViews(dataset, createRandom(1, 'folds'));
    expect(views).toHaveLength(1);
    expect(views[0]!.dataset.parts.train).toBe(dataset.parts.train);
    expect(views[0]!.training).toHaveLength(37);
    expect(views[0]!.judging.map(({ pool, images }) => [pool, images.length])).toEqual([[dataset.parts.val, 500]]);
  });

  it('are train and validation set in four folds where it has fewer, each image once and never where it was learnt', () => {
    const dataset = tinyDataset();
    const views = judgingViews(dataset, createRandom(1, 'folds'));
    expect(views).toHaveLength(4);
    expect(sorted(views.flatMap(({ judging }) => [...judging[0]!.images]))).toEqual(sorted(Array(49).keys()));
    for (const { dataset: pooled, training, judging } of views) {
      expect(sorted([...training, ...judging[0]!.images])).toEqual(sorted(Array(49).keys()));
      expect(judging[0]!.pool).toBe(pooled.parts.train);
      expect(pooled.parts.train.images.count).toBe(49);
      const classes = [0, 1, 2].map(
        (k) => [...judging[0]!.images].filter((i) => pooled.parts.train.labels.values[i] === k).length,
      );
      expect(Math.max(...classes) - Math.min(...classes)).toBeLessThanOrEqual(1);
    }
  });

  it('are dealt by the seed, and several labels per image are no obstacle', () => {
    const folds = (dataset: Dataset, seed: number): number[][] =>
      judgingViews(dataset, createRandom(seed, 'folds')).map(({ judging }) => [...judging[0]!.images]);
    expect(folds(tinyDataset(), 1)).toEqual(folds(tinyDataset(), 1));
    expect(folds(tinyDataset(), 1)).not.toEqual(folds(tinyDataset(), 2));
    const many = folds(tinyDataset({ task: 'multi-label, binary-class' }), 1);
    expect(many.map(({ length }) => length)).toEqual([13, 12, 12, 12]);
  });

  it('are folds of about one size that divide no patient, also where some have many images', () => {
    const dataset = tinyDataset();
    const { train, val } = dataset.parts;
    // in train seven patients with 1 to 9 images, in val patients of two
    const ofTrain = Int32Array.from({ length: train.images.count }, (_, i) => Math.floor(Math.sqrt(i)));
    const ofVal = Int32Array.from({ length: val.images.count }, (_, i) => 100 + (i >> 1));
    const known = (part: typeof train, patients: Int32Array) => ({
      ...part,
      labels: { ...part.labels, subjects: { patients, groupings: [] } },
    });
    const parts = { ...dataset.parts, train: known(train, ofTrain), val: known(val, ofVal) };
    const views = judgingViews({ ...dataset, parts }, createRandom(1, 'folds'));
    const patients = [...ofTrain, ...ofVal];
    const folds = views.map(({ judging }) => [...judging[0]!.images]);
    expect(sorted(folds.flat())).toEqual(sorted(Array(49).keys()));
    const foldsOf = new Map<number, Set<number>>();
    folds.forEach((images, fold) => {
      for (const image of images) foldsOf.set(patients[image]!, (foldsOf.get(patients[image]!) ?? new Set()).add(fold));
    });
    expect([...foldsOf.values()].every(({ size }) => size === 1)).toBe(true);
    const sizes = folds.map(({ length }) => length);
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(11);
  });

  it('never hold the test set, which only measures what is chosen already', () => {
    const dataset = tinyDataset();
    for (const view of judgingViews(dataset, createRandom(1, 'folds'))) {
      expect(view.judging.every(({ pool }) => pool !== dataset.parts.test)).toBe(true);
    }
    expect(officialView(dataset).judging.map(({ pool }) => pool)).toEqual([dataset.parts.val, dataset.parts.test]);
  });
});
