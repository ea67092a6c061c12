import { argmax } from '../../argmax.js';
import { createRandom } from '../../compute/random.js';
import { clusteredInterval } from '../../statistics/proportion.js';
import type { Baseline } from '../../vocabulary/dataset-health.js';
import { isMultiLabel, type Dataset, type Part } from '../dataset.js';
import type { Originals } from '../image-sources.js';
import { imagesOfPatients } from '../subjects.js';
import { linearModels } from './linear-model.js';
import { smallPixels } from './small-pixels.js';

/** Training images that neighbours are looked for among, and images per set that are asked about: seconds at most. */
const NEIGHBOURS = 10_000;
const ASKED = 2_000;
/** Training images that the linear model is fitted to. */
const FITTED = 50_000;
const ROWS_AT_ONCE = 32;

type Judged = 'val' | 'test';

/** What is said of an image of a part: 0 or 1 for each class or label. */
type Answer = (part: Judged, image: number) => Uint8Array;

/**
 * What a majority vote, the nearest neighbour and a linear model reach, on pixels made small, and the kind of the original file alone. Images that are sampled are drawn with a fixed
 * seed: the same dataset, the same figures. Of the linear model the penalty is the one that is best on the validation part.
 * @param originals what the images were made of; null: not known  @param turn between two pieces of the work
 */
export async function baselines(
  dataset: Dataset,
  originals: Originals | null,
  turn: () => Promise<void>,
): Promise<Baseline[]> {
  const { parts } = dataset;
  const outputs = dataset.classes;
  const everything = { val: numbers(parts.val.images.count), test: numbers(parts.test.images.count) };
  const asked = {
    val: sample(everything.val.length, ASKED, 'val'),
    test: sample(everything.test.length, ASKED, 'test'),
  };
  const baseline = (method: Baseline['method'], how: string, of: typeof everything, answer: Answer): Baseline => ({
    method,
    how,
    validation: judge(dataset, 'val', of.val, answer),
    test: judge(dataset, 'test', of.test, answer),
  });

  const vote = majority(dataset);
  const found = [baseline('majority vote', 'the most frequent class of the training set', everything, () => vote)];

  const among = sample(parts.train.images.count, NEIGHBOURS, 'train');
  const near = await nearest(dataset, among, asked, turn);
  const side = smallPixels(parts.train.images, []).side;
  const pixels = `${side}×${side} pixels`;
  const sampled = among.length < parts.train.images.count ? `, among ${among.length} training images` : '';
  const some = asked.val.length < everything.val.length || asked.test.length < everything.test.length;
  found.push(
    baseline(
      'nearest neighbour',
      `${pixels}${sampled}${some ? `, ${ASKED} images per set` : ''}`,
      asked,
      (part, image) => targetsOf(dataset, 'train', near[part].get(image)!),
    ),
  );

  const fitted = sample(parts.train.images.count, FITTED, 'fit');
  const { values, features } = smallPixels(parts.train.images, fitted);
  const targets = new Uint8Array(fitted.length * outputs);
  fitted.forEach((image, r) => targets.set(targetsOf(dataset, 'train', image), r * outputs));
  const models = await linearModels(values, features, targets, outputs, turn);
  const small = {
    val: smallPixels(parts.val.images, everything.val),
    test: smallPixels(parts.test.images, everything.test),
  };
  const answers = models.map(
    (model): Answer =>
      (part, image) =>
        decided(dataset, model.scores(small[part].values, image)),
  );
  const right = answers.map((answer) => judge(dataset, 'val', everything.val, answer).accuracy.value ?? 0);
  const best = answers[argmax(right)]!;
  const fitting = fitted.length < parts.train.images.count ? `, fitted to ${fitted.length} training images` : '';
  found.push(baseline('linear model', `${pixels}${fitting}`, everything, best));
  if (originals !== null && originals.kinds.length > 1) {
    const answers = byOriginal(dataset, originals);
    found.push(
      baseline(
        'original file',
        'what is most frequent among training images of files of the same format, size and bit depth',
        everything,
        (part, image) => answers[originals.kindOf[part][image]!]!,
      ),
    );
  }
  await turn();
  return found;
}

/** What is said of an image by the kind of its file; of a kind that is not in the training part, what is most frequent there. */
function byOriginal(dataset: Dataset, { kinds, kindOf }: Originals): Uint8Array[] {
  const sums = kinds.map(() => new Float64Array(dataset.classes));
  const images = new Uint32Array(kinds.length);
  kindOf.train.forEach((kind, i) => {
    images[kind]!++;
    targetsOf(dataset, 'train', i).forEach((value, k) => (sums[kind]![k]! += value));
  });
  const vote = majority(dataset);
  return sums.map((sum, kind) =>
    images[kind] === 0
      ? vote
      : decided(
          dataset,
          sum.map((value) => value / images[kind]!),
        ),
  );
}

const numbers = (count: number): Uint32Array => Uint32Array.from({ length: count }, (_, i) => i);

/** Some of the images per set, in their order. */
function sample(count: number, most: number, purpose: string): Uint32Array {
  const all = numbers(count);
  if (count <= most) return all;
  return createRandom(1, `health/${purpose}`).shuffle(all).slice(0, most).sort();
}

/** 0 or 1 for each class or label of an image. */
function targetsOf({ parts, classes }: Dataset, part: Part, image: number): Uint8Array {
  const { values, labelsPerImage } = parts[part].labels;
  if (labelsPerImage > 1) return values.subarray(image * labelsPerImage, (image + 1) * labelsPerImage);
  const targets = new Uint8Array(classes);
  targets[values[image]!] = 1;
  return targets;
}

function majority(dataset: Dataset): Uint8Array {
  const images = dataset.parts.train.images.count;
  const sums = new Float64Array(dataset.classes);
  for (let i = 0; i < images; i++) targetsOf(dataset, 'train', i).forEach((value, k) => (sums[k]! += value / images));
  return decided(dataset, sums);
}

/** Labels above a half; of classes the largest. */
function decided({ task, classes }: Dataset, scores: Float64Array): Uint8Array {
  const most = argmax(scores);
  return Uint8Array.from({ length: classes }, (_, k) => Number(isMultiLabel(task) ? scores[k]! > 0.5 : k === most));
}

/** The training image that is nearest to each image asked about, by the squared distance of small pixels. */
async function nearest(
  { parts }: Dataset,
  among: Uint32Array,
  asked: { readonly [part in Judged]: Uint32Array },
  turn: () => Promise<void>,
): Promise<{ readonly [part in Judged]: ReadonlyMap<number, number> }> {
  const train = smallPixels(parts.train.images, among);
  const { features } = train;
  const find = async (part: Judged): Promise<Map<number, number>> => {
    const own = smallPixels(parts[part].images, asked[part]).values;
    const found = new Map<number, number>();
    for (let n = 0; n < asked[part].length; n++) {
      let [best, least] = [0, Infinity];
      for (let t = 0; t < among.length; t++) {
        let distance = 0;
        for (let f = 0; f < features && distance < least; f++) {
          const difference = own[n * features + f]! - train.values[t * features + f]!;
          distance += difference * difference;
        }
        if (distance < least) [best, least] = [t, distance];
      }
      found.set(asked[part][n]!, among[best]!);
      if (n % ROWS_AT_ONCE === ROWS_AT_ONCE - 1) await turn();
    }
    return found;
  };
  return { val: await find('val'), test: await find('test') };
}

/** Accuracy with its exact interval, over patients where they are known; of several labels the share of right ones. */
function judge(dataset: Dataset, part: Judged, images: Uint32Array, answer: Answer): Baseline['test'] {
  const several = isMultiLabel(dataset.task);
  const right = new Float64Array(images.length);
  const ofClass = Array.from({ length: dataset.classes }, () => ({ images: 0, right: 0 }));
  images.forEach((image, n) => {
    const [truth, said] = [targetsOf(dataset, part, image), answer(part, image)];
    const agreed = truth.reduce((sum, value, k) => sum + Number(value === said[k]), 0);
    right[n] = several ? agreed : Number(agreed === truth.length);
    if (several) return;
    const own = ofClass[argmax(truth)]!;
    own.images++;
    own.right += right[n];
  });
  const trials = several ? dataset.classes : 1;
  const patients = dataset.parts[part].labels.subjects?.patients;
  const groups = patients
    ? imagesOfPatients(Array.from(images, (image) => patients[image]!))
    : Array.from(images, (_, n) => [n]);
  const clusters = groups.map((group) => ({
    successes: group.reduce((sum, n) => sum + right[n]!, 0),
    trials: group.length * trials,
  }));
  const shares = ofClass.map(({ images: all, right: hits }) => (all === 0 ? null : hits / all));
  return {
    images: images.length,
    accuracy: {
      value: right.reduce((sum, value) => sum + value, 0) / (images.length * trials),
      interval: clusteredInterval(clusters),
      missing: null,
    },
    balancedAccuracy:
      several || shares.includes(null) ? null : shares.reduce<number>((sum, share) => sum + share!, 0) / shares.length,
  };
}
