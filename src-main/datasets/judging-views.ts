import type { Random } from '../compute/random.js';
import { isMultiLabel, type Dataset, type LabelledImages, type Task, type TrainingDataset } from './dataset.js';
import { poolParts } from './split.js';
import { imagesOfPatients } from './subjects.js';

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
  const fold = stratifiedFolds(dataset.task, pool, random);
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

/**
 * Fold of each image: shuffled, then dealt class by class, so that each fold has its share of every class. Patients are dealt with
 * all of their images, to the class of the first one.
 */
function stratifiedFolds(task: Task, pool: LabelledImages, random: Random): Uint8Array {
  const { values, subjects } = pool.labels;
  const patients = imagesOfPatients(subjects?.patients ?? allOf(pool.images.count));
  const order = random.shuffle(allOf(patients.length));
  const classOf = (patient: number): number => values[patients[patient]![0]!]!;
  const dealt = isMultiLabel(task) ? order : order.sort((a, b) => classOf(a) - classOf(b));
  const folds = new Uint8Array(pool.images.count);
  dealt.forEach((patient, i) => {
    for (const image of patients[patient]!) folds[image] = i % FOLDS;
  });
  return folds;
}

function allOf(count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, i) => i);
}
