import type { Random } from '../compute/random.js';
import { isMultiLabel, type Dataset, type LabelledImages, type TrainingDataset } from './dataset.js';
import { foldsByPatient, patientsOf } from './patient-split.js';
import { poolParts } from './split.js';

/** A validation part of so many images judges by itself; below, its standard error hides what networks differ by. */
const ENOUGH_IMAGES = 500;
const FOLDS = 4;

/** Images that judge a trained network, by their numbers in a pool. */
export interface JudgingSet {
  readonly pool: LabelledImages;
  readonly images: Uint32Array;
}

/** What one training learns from and what judges it; they have no image in common. */
export interface TrainingView {
  /** Its training part is the pool that the training draws from. */
  readonly dataset: TrainingDataset;
  /** Images that it learns from, by their numbers in that pool. */
  readonly training: Uint32Array;
  readonly judging: readonly JudgingSet[];
}

/**
 * How the architectures of a race are judged, without the test part. Where the validation part has at least 500 images,
 * there is one view: the training part learns, the validation part judges. Else four-fold cross-validation over both parts
 * together, stratified by class: four views, each trained without the fold that judges it, so every image judges once.
 * Images of one patient lie in one fold.
 * @param random deals the folds
 */
export function judgingViews(dataset: TrainingDataset, random: Random): TrainingView[] {
  const { train, val } = dataset.parts;
  if (val.images.count >= ENOUGH_IMAGES) {
    const training = allOf(train.images.count);
    return [{ dataset, training, judging: [{ pool: val, images: allOf(val.images.count) }] }];
  }
  const pool = poolParts(dataset, ['train', 'val']);
  const { values } = pool.labels;
  const classOf = isMultiLabel(dataset.task) ? null : (image: number): number => values[image]!;
  const fold = foldsByPatient(patientsOf(pool), FOLDS, classOf, random);
  const pooled: TrainingDataset = { ...dataset, parts: { ...dataset.parts, train: pool } };
  return Array.from({ length: FOLDS }, (_, k) => ({
    dataset: pooled,
    training: allOf(fold.length).filter((i) => fold[i] !== k),
    judging: [{ pool, images: allOf(fold.length).filter((i) => fold[i] === k) }],
  }));
}

/** The whole training part learns, validation and test part judge; for measuring what is chosen already. */
export function officialView(dataset: Dataset): TrainingView {
  const { train, val, test } = dataset.parts;
  const whole = (pool: LabelledImages): JudgingSet => ({ pool, images: allOf(pool.images.count) });
  return { dataset, training: allOf(train.images.count), judging: [whole(val), whole(test)] };
}

function allOf(count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, i) => i);
}
