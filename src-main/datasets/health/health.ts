import { HEALTH_VERSION, type DatasetHealth, type TwinCount, type TwinPair } from '../../vocabulary/dataset-health.js';
import { isMultiLabel, type Dataset, type Images, type Part } from '../dataset.js';
import { classBalance } from '../medmnist-labels.js';
import { baselines } from './baselines.js';
import { healthFindings } from './findings.js';
import { pixelsOf } from './outlines.js';
import { searchTwins, type FoundImage, type Question, type Twins } from './twin-search.js';

const PARTS = ['train', 'val', 'test'] as const;

export interface HealthOptions {
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
  { progress = () => undefined, turn = () => Promise.resolve() }: HealthOptions = {},
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
  const reached = await baselines(dataset, turn);
  progress('counting', 0);
  const count = (part: Part, among: readonly Part[]): TwinCount => countTwins(twins, parts[part].images, part, among);
  const balance = classBalance(
    { train: parts.train.labels, val: parts.val.labels, test: parts.test.labels },
    dataset.classes,
  );
  const report: Omit<DatasetHealth, 'findings'> = {
    version: HEALTH_VERSION,
    name,
    sha256,
    labels,
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
      })),
      compared: twins.compared,
    },
    patients: acrossParts(dataset),
    oneGrey: countImages(parts, (pixels) => pixels.every((value) => value === pixels[0])),
    black: countImages(parts, (pixels) => pixels.every((value) => value === 0)),
    baselines: reached,
  };
  const shape = { balance, oneHot: isOneHot(dataset), task: dataset.task };
  return { ...report, findings: healthFindings(report, shape) };
}

function countTwins(twins: Twins, { count }: Images, part: Part, among: readonly Part[]): TwinCount {
  const images = (question: Omit<Question, 'among'>): number => {
    let found = 0;
    for (let i = 0; i < count; i++) if (twins.has(part, i, { among, ...question })) found++;
    return found;
  };
  return { images: images({}), identical: images({ identical: true }), otherLabel: images({ otherLabel: true }) };
}

function place({ parts, task }: Dataset, { part, index }: FoundImage): TwinPair['images'][0] {
  const { values, labelsPerImage } = parts[part].labels;
  if (!isMultiLabel(task)) return { part, index, truth: [values[index]!] };
  const own = values.subarray(index * labelsPerImage, (index + 1) * labelsPerImage);
  return { part, index, truth: Array.from(own.keys()).filter((k) => own[k] === 1) };
}

function countImages(parts: Dataset['parts'], is: (pixels: Uint8Array) => boolean): DatasetHealth['oneGrey'] {
  const of = (part: Part): number => {
    const { images } = parts[part];
    let found = 0;
    for (let i = 0; i < images.count; i++) if (is(pixelsOf(images, i))) found++;
    return found;
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
