import { HEALTH_VERSION, type DatasetHealth, type TwinCount, type TwinPair } from '../../vocabulary/dataset-health.js';
import { isMultiLabel, type Dataset, type Images, type Part } from '../dataset.js';
import type { Originals } from '../image-sources.js';
import { classBalance } from '../medmnist-labels.js';
import { baselines } from './baselines.js';
import { isLeftOut, type CleaningChoice } from './clean.js';
import { healthFindings } from './findings.js';
import { belongTo, summaryOfOriginals } from './originals.js';
import { pixelsOf } from './outlines.js';
import { searchTwins, type FoundImage, type Question, type Twins } from './twin-search.js';

const PARTS = ['train', 'val', 'test'] as const;

export interface HealthOptions {
  /** What the images were made of, where the file says it; default null. Those of other images are left aside. */
  readonly originals?: Originals | null;
  /** How far it is: what is done now, and the share of it that is done. */
  readonly progress?: (step: string, done: number) => void;
  /** Between two pieces of the work, no further apart than a second: throws to end it. */
  readonly turn?: () => Promise<void>;
}

/**
 * What a dataset is worth as a measure: images that are alike within and across its parts, patients across parts, classes, images that
 * show nothing, labels that look like something else, and what something simple reaches. The same dataset, the same report.
 */
export async function datasetHealth(
  dataset: Dataset,
  { originals = null, progress = () => undefined, turn = () => Promise.resolve() }: HealthOptions = {},
): Promise<DatasetHealth> {
  const { name, sha256, labels, parts } = dataset;
  const searching = 'searching for similar images';
  progress(searching, 0);
  const twins = await searchTwins(parts, {
    turn: async (done) => {
      progress(searching, done);
      await turn();
    },
  });
  progress('measuring simple methods', 0);
  const files = originals && belongTo(originals, dataset) ? originals : null;
  const reached = await baselines(dataset, files, turn);
  progress('counting', 0);
  const count = (part: Part, among: readonly Part[]): TwinCount => countTwins(twins, parts[part].images, part, among);
  const leftOut = (choice: CleaningChoice): OfParts => {
    const of = (part: Part): number => countWhere(parts[part].images, (i) => isLeftOut(twins, choice, part, i));
    return { train: of('train'), val: of('val'), test: of('test') };
  };
  const balance = classBalance(
    { train: parts.train.labels, val: parts.val.labels, test: parts.test.labels },
    dataset.classes,
  );
  const report: Omit<DatasetHealth, 'findings'> = {
    version: HEALTH_VERSION,
    name,
    sha256,
    labels,
    balance,
    samples: { train: parts.train.images.count, val: parts.val.images.count, test: parts.test.images.count },
    twins: {
      testInTraining: count('test', ['train']),
      testInValidation: count('test', ['val']),
      testElsewhere: count('test', ['train', 'val']),
      validationInTraining: count('val', ['train']),
      within: { train: count('train', ['train']), val: count('val', ['val']), test: count('test', ['test']) },
      labelConflicts: count('train', PARTS).otherLabel + count('val', PARTS).otherLabel,
      pairs: twins.pairs.map((pair): TwinPair => ({
        ...pair,
        images: [place(dataset, pair.images[0]), place(dataset, pair.images[1])],
        difference: differenceOf(dataset, pair.images),
      })),
      compared: twins.compared,
    },
    cleaning: {
      trainingTwins: leftOut({ trainingTwins: true, conflictingTest: false }),
      conflictingTest: leftOut({ trainingTwins: false, conflictingTest: true }),
    },
    originals: files && summaryOfOriginals(files, dataset),
    patients: acrossParts(dataset),
    oneGrey: countImages(parts, (pixels) => pixels.every((value) => value === pixels[0])),
    black: countImages(parts, (pixels) => pixels.every((value) => value === 0)),
    baselines: reached,
  };
  const shape = { oneHot: isOneHot(dataset), task: dataset.task };
  return { ...report, findings: healthFindings(report, shape) };
}

type OfParts = DatasetHealth['samples'];

function countWhere({ count }: Images, is: (image: number) => boolean): number {
  let found = 0;
  for (let i = 0; i < count; i++) if (is(i)) found++;
  return found;
}

function countTwins(twins: Twins, own: Images, part: Part, among: readonly Part[]): TwinCount {
  const images = (question: Omit<Question, 'among'>): number =>
    countWhere(own, (i) => twins.has(part, i, { among, ...question }));
  return { images: images({}), identical: images({ identical: true }), otherLabel: images({ otherLabel: true }) };
}

function place({ parts, task }: Dataset, { part, index }: FoundImage): TwinPair['images'][0] {
  const { values, labelsPerImage } = parts[part].labels;
  if (!isMultiLabel(task)) return { part, index, truth: [values[index]!] };
  const own = values.subarray(index * labelsPerImage, (index + 1) * labelsPerImage);
  return { part, index, truth: Array.from(own.keys()).filter((k) => own[k] === 1) };
}

/** Mean absolute difference of the pixel values of two images. */
function differenceOf({ parts }: Dataset, [a, b]: readonly [FoundImage, FoundImage]): number {
  const [one, other] = [pixelsOf(parts[a.part].images, a.index), pixelsOf(parts[b.part].images, b.index)];
  let sum = 0;
  for (let p = 0; p < one.length; p++) sum += Math.abs(one[p]! - other[p]!);
  return sum / one.length;
}

function countImages(parts: Dataset['parts'], is: (pixels: Uint8Array) => boolean): OfParts {
  const of = (part: Part): number => {
    const { images } = parts[part];
    return countWhere(images, (i) => is(pixelsOf(images, i)));
  };
  return { train: of('train'), val: of('val'), test: of('test') };
}

function acrossParts({ parts }: Dataset): DatasetHealth['patients'] {
  const patients = PARTS.map((part) => parts[part].labels.subjects?.patients ?? null);
  const [train, val, test] = patients;
  if (!train || !val || !test) return null;
  const sets = [train, val, test].map((numbers) => new Set(numbers));
  const all = new Set(sets.flatMap((set) => [...set]));
  const several = [...all].filter((patient) => sets.filter((set) => set.has(patient)).length > 1);
  const testImages = test.filter((patient) => sets[0]!.has(patient) || sets[1]!.has(patient)).length;
  return { all: all.size, inSeveralParts: several.length, testImages };
}

/** Several labels an image, of which every image has exactly one: classes, written one-hot. */
function isOneHot({ parts, task }: Dataset): boolean {
  if (!isMultiLabel(task)) return false;
  return PARTS.every((part) => {
    const { values, labelsPerImage, count } = parts[part].labels;
    for (let i = 0; i < count; i++) {
      const own = values.subarray(i * labelsPerImage, (i + 1) * labelsPerImage);
      if (own.reduce((sum, value) => sum + value, 0) !== 1) return false;
    }
    return true;
  });
}
