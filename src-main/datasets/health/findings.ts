import { count, percent } from '../../number-text.js';
import type { Baseline, DatasetHealth, HealthFinding, Severity, TwinCount } from '../../vocabulary/dataset-health.js';
import { isMultiLabel, PART_NAMES, type Part, type Task } from '../dataset.js';

type Report = Omit<DatasetHealth, 'findings'>;

/** What is said of labels but not kept in the report. */
export interface LabelShape {
  readonly oneHot: boolean;
  readonly task: Task;
}

/** Share of the test part from which twins make its figures worthless without a second look. */
const MANY = 0.01;
/** Test images of a class below which a figure of it says little. */
const FEW = 10;
/** The most frequent class of the training part against the least. */
const UNEQUAL = 2;
/** Accuracy of something simple from which one asks what gives the class away. */
const TOO_EASY = 0.99;

const COLUMNS = ['train', 'val', 'test'] as const;
const ORDER: readonly Severity[] = ['serious', 'warning', 'note'];

/** What is worth saying of a dataset, each in one sentence that says what follows; the most serious first. */
export function healthFindings(report: Report, shape: LabelShape): HealthFinding[] {
  const found = [
    ...empty(report),
    ...twins(report),
    ...patients(report),
    ...classes(report, shape),
    ...baselines(report),
    ...originals(report),
    ...unfinished(report),
  ];
  return found.sort((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity));
}

const finding = (kind: string, severity: Severity, sentence: string): HealthFinding => ({ kind, severity, sentence });

const images = (n: number, part: Part | '' = ''): string =>
  `${count(n)} ${part === '' ? '' : `${PART_NAMES[part]} `}${n === 1 ? 'image' : 'images'}`;

const has = (n: number): string => (n === 1 ? 'has' : 'have');

function identicalOf({ images: all, identical }: TwinCount): string {
  if (identical === 0) return 'near-identical (pixel correlation of at least 0.99)';
  return identical === all
    ? 'identical'
    : `identical (${count(identical)}) or near-identical (pixel correlation of at least 0.99)`;
}

function twins({ twins: all, samples }: Report): HealthFinding[] {
  const { testElsewhere: test, testInTraining, validationInTraining: validation, within } = all;
  const found: HealthFinding[] = [];
  if (test.otherLabel > 0) {
    found.push(
      finding(
        'twin-other-label',
        'serious',
        `${images(test.otherLabel, 'test')} ${has(test.otherLabel)} a twin in the training or validation set with a different label: one of the two labels is wrong, so look at the pairs and correct or remove the wrong images.`,
      ),
    );
  }
  if (testInTraining.identical === samples.test) {
    found.push(
      finding(
        'test-in-training',
        'serious',
        'Every test image is also in the training set: figures of the test set measure only memory, so split the images again.',
      ),
    );
  } else if (test.images > 0) {
    found.push(
      finding(
        'test-twins',
        test.images >= MANY * samples.test ? 'serious' : 'warning',
        `${images(test.images, 'test')} of ${count(samples.test)} (${percent(test.images / samples.test)}) ${has(test.images)} ${article(test)} image in the training or validation set: figures of the test set are too good because the model may remember ${test.images === 1 ? 'it' : 'them'}, so read the figures without ${test.images === 1 ? 'it' : 'them'}.`,
      ),
    );
  }
  if (validation.images > 0) {
    found.push(
      finding(
        'validation-twins',
        'warning',
        `${images(validation.images, 'val')} ${has(validation.images)} ${article(validation)} image in the training set: choices made on the validation set favour what was memorised.`,
      ),
    );
  }
  if (all.labelConflicts > 0) {
    found.push(
      finding(
        'label-conflict',
        'warning',
        `${images(all.labelConflicts)} in the training and validation sets ${has(all.labelConflicts)} a twin with a different label: one of the two labels is wrong, and no model can learn both.`,
      ),
    );
  }
  if (within.test.images > 0) {
    found.push(
      finding(
        'test-repeats',
        'note',
        `${images(within.test.images, 'test')} ${has(within.test.images)} a twin in the test set: repeated images count more than once, so intervals are too narrow.`,
      ),
    );
  }
  if (within.train.images > 0) {
    found.push(
      finding(
        'training-repeats',
        'note',
        `${images(within.train.images, 'train')} ${has(within.train.images)} a twin in the training set: there is less to learn from than the number of images suggests, and a search that splits this set may have twins in both halves.`,
      ),
    );
  }
  return found;
}

function article(twins: TwinCount): string {
  const text = identicalOf(twins);
  return `${text.startsWith('i') ? 'an' : 'a'} ${text}`;
}

function patients({ patients: known }: Report): HealthFinding[] {
  if (known === null) {
    return [
      finding(
        'patients-unknown',
        'note',
        'The file does not record patients: images of one patient may be in several sets without anyone noticing.',
      ),
    ];
  }
  if (known.inSeveralParts === 0) return [];
  const which =
    known.testImages > 0
      ? `${images(known.testImages, 'test')} ${known.testImages === 1 ? 'is' : 'are'} of a patient whom the model knows, so figures of the test set are too good: split the images again, by patient`
      : 'choices made on the validation set favour known patients: split the images again, by patient';
  return [
    finding(
      'patients-across-parts',
      known.testImages > 0 ? 'serious' : 'warning',
      `${count(known.inSeveralParts)} of ${count(known.all)} patients ${has(known.inSeveralParts)} images in more than one set; ${which}.`,
    ),
  ];
}

function empty({ oneGrey, black, samples }: Report): HealthFinding[] {
  return COLUMNS.flatMap((part) => {
    const [grey, dark] = [oneGrey[part], black[part]];
    if (grey === 0) return [];
    const what =
      dark === grey ? 'black' : dark === 0 ? 'of a single grey value' : `of a single grey value (${count(dark)} black)`;
    if (grey === samples[part]) {
      return [
        finding(
          'part-empty',
          'serious',
          `Every image of the ${PART_NAMES[part]} set is ${what}: nothing can be ${part === 'train' ? 'learned from' : 'measured on'} it, so find out how the file was made.`,
        ),
      ];
    }
    return [
      finding(
        'images-empty',
        'warning',
        `${images(grey, part)} of ${count(samples[part])} ${grey === 1 ? 'is' : 'are'} ${what} and ${grey === 1 ? 'shows' : 'show'} nothing: find out what went wrong with ${grey === 1 ? 'it' : 'them'}, or leave ${grey === 1 ? 'it' : 'them'} out.`,
      ),
    ];
  });
}

function classes({ labels, samples, balance }: Report, { oneHot, task }: LabelShape): HealthFinding[] {
  const name = (k: number): string =>
    /^\d+$/.test(labels[k] ?? '') ? `class ${labels[k]}` : `“${labels[k] ?? String(k)}”`;
  const listed = (numbers: readonly number[]): string =>
    numbers.length > 5 ? `${count(numbers.length)} classes` : numbers.map(name).join(', ');
  const found: HealthFinding[] = [];
  if (oneHot) {
    found.push(
      finding(
        'one-hot',
        'serious',
        `Every image has exactly one of ${count(labels.length)} labels: they look like one-hot encoded classes, but are treated as independent labels, each yes or no. If each image has one class, save one class number per image.`,
      ),
    );
  }
  COLUMNS.forEach((part, column) => {
    const of = balance.map((row) => row[column] ?? 0);
    const absent = of.flatMap((n, k) => (n === 0 ? [k] : []));
    const [all] = of.flatMap((n, k) => (n === samples[part] ? [k] : []));
    if (!isMultiLabel(task) && all !== undefined) {
      found.push(
        finding(
          'labels-constant',
          'serious',
          `Every ${PART_NAMES[part]} image is ${name(all)}: no figure of this set can tell one class from another.`,
        ),
      );
    } else if (absent.length > 0) {
      found.push(
        finding(
          'class-missing',
          part === 'test' ? 'serious' : 'warning',
          `No image of ${listed(absent)} is in the ${PART_NAMES[part]} set: ${part === 'test' ? 'what a model does with such images is not measured, and AUC and balanced accuracy are not defined' : 'choices made there do not take such images into account'}.`,
        ),
      );
    }
    const single = of.flatMap((n, k) => (n === 1 ? [k] : []));
    if (single.length > 0) {
      found.push(
        finding(
          'class-of-one-image',
          'warning',
          `The ${PART_NAMES[part]} set has only one image of ${listed(single)}: ${part === 'train' ? 'a model can learn nothing about it except that image' : 'its sensitivity can only be 0 or 1'}.`,
        ),
      );
    }
    const few = of.flatMap((n, k) => (part === 'test' && n > 1 && n < FEW ? [k] : []));
    if (few.length > 0) {
      found.push(
        finding(
          'class-few',
          'warning',
          `Fewer than ${FEW} test images of ${listed(few)}: figures for ${few.length === 1 ? 'it' : 'them'} are very uncertain.`,
        ),
      );
    }
  });
  const training = balance.map(([train = 0]) => train);
  const [most, least] = [Math.max(...training), Math.min(...training)];
  if (least > 0 && most / least >= UNEQUAL) {
    found.push(
      finding(
        'classes-unequal',
        'note',
        `There are ${(most / least).toFixed(1)} times as many training images of ${name(training.indexOf(most))} as of ${name(training.indexOf(least))}: read the balanced accuracy, because accuracy alone rewards a model that never predicts the rare class.`,
      ),
    );
  }
  return found;
}

function baselines({ baselines: all }: Report): HealthFinding[] {
  const vote = all.find(({ method }) => method === 'majority vote');
  const others = all.filter(({ method }) => method === 'nearest neighbour' || method === 'linear model');
  const accuracy = ({ test }: Baseline): number => test.accuracy.value ?? 0;
  const best = others.reduce((a, b) => (accuracy(b) > accuracy(a) ? b : a), others[0]!);
  if (accuracy(best) >= TOO_EASY && (!vote || accuracy(vote) < TOO_EASY)) {
    return [
      finding(
        'too-easy',
        'warning',
        `A ${best.method} on downscaled images reaches ${percent(accuracy(best))} accuracy on the test set: find out what gives the class away (a marker, a border, the device) before you trust a network that does equally well.`,
      ),
    ];
  }
  return [];
}

function originals({ originals: files, baselines: all }: Report): HealthFinding[] {
  if (files === null) return [];
  const found: HealthFinding[] = [];
  const [vote, byFile] = ['majority vote', 'original file'].map(
    (method) => all.find((baseline) => baseline.method === method)?.test.accuracy,
  );
  const [value, atLeast] = [byFile?.value ?? 0, byFile?.interval?.[0] ?? 0];
  if (atLeast > (vote?.value ?? 1)) {
    found.push(
      finding(
        'file-gives-class-away',
        'serious',
        `Format, size and bit depth of the original files alone tell the class of ${percent(value)} of the test images (always the most frequent class: ${percent(vote?.value ?? 0)}): classes come from different devices or archives, and a network may learn those. Compare images of one source.`,
      ),
    );
  }
  const depths = files.depths.filter(({ bits }) => bits !== null);
  if (depths.length > 1) {
    found.push(
      finding(
        'depths-differ',
        'warning',
        `The original files differ in bit depth: ${depths.map(({ bits, images: n }) => `${count(n)} with ${String(bits)} bits`).join(', ')}. Their grey levels may tell where an image was made.`,
      ),
    );
  }
  if (files.enlarged > 0) {
    found.push(
      finding(
        'files-enlarged',
        'warning',
        `${images(files.enlarged)} ${files.enlarged === 1 ? 'was' : 'were'} made of a file that is smaller than the images of the dataset: enlarged, ${files.enlarged === 1 ? 'it shows' : 'they show'} less detail than the others.`,
      ),
    );
  }
  const sizes = new Set(files.kinds.map(({ kind: { width, height } }) => `${String(width)}×${String(height)}`)).size;
  if (sizes > 1) {
    found.push(
      finding(
        'sizes-differ',
        'note',
        `The original files have several sizes, with sides from ${count(files.smallest)} to ${count(files.largest)} pixels: the same detail is not equally large in all images.`,
      ),
    );
  }
  return found;
}

function unfinished({ twins: { compared } }: Report): HealthFinding[] {
  if (compared.contents === compared.of) return [];
  return [
    finding(
      'search-unfinished',
      'warning',
      `Too many images are similar to compare all of them: ${count(compared.contents)} of ${count(compared.of)} were, those of the test set first, so there may be more twins among the others.`,
    ),
  ];
}
