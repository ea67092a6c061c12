import type {
  DatasetEntry,
  DatasetHealth,
  DatasetHealthState,
  InvokeChannels,
  PairPicture,
  Part,
  PushChannels,
  TwinCount,
  TwinPair,
} from '../../src-main/ipc/contract.js';
import { ownEntry } from './fixture-catalogue.js';
import { picture } from './fixture-data.js';

type HealthChannel = Extract<keyof InvokeChannels, `datasets:${'health' | 'check' | 'pairs' | 'clean' | 'stop'}`>;
type Handlers = {
  [K in HealthChannel]: (...args: Parameters<InvokeChannels[K]>) => Promise<ReturnType<InvokeChannels[K]>>;
};
type Push = <K extends keyof PushChannels>(channel: K, payload: PushChannels[K]) => void;

const counted = (images: number, identical = 0, otherLabel = 0): TwinCount => ({ images, identical, otherLabel });
const none = { train: 0, val: 0, test: 0 };

function pair(n: number, others: Part, otherLabel: boolean): TwinPair {
  const identical = n === 0;
  return {
    images: [
      { part: n % 7 === 6 ? others : 'test', index: (n * 29 + 7) % 156, truth: [n % 2] },
      { part: others, index: (n * 113 + 18) % 546, truth: [otherLabel ? 1 - (n % 2) : n % 2] },
    ],
    correlation: identical ? 1 : 0.99962 - n * 0.00015,
    identical,
    otherLabel,
    difference: identical ? 0 : 0.7 + n * 0.1,
  };
}

const interval = (low: number, high: number) => [low, high] as const;
const estimate = (value: number, low: number, high: number) => ({
  value,
  interval: interval(low, high),
  missing: null,
});

const serious: DatasetHealth = {
  ...{ version: 2, name: 'BreastMNIST', sha256: '3a22d2a4'.repeat(8), labels: ['malignant', 'normal, benign'] },
  samples: { train: 546, val: 78, test: 156 },
  balance: [
    [147, 21, 42],
    [399, 57, 114],
  ],
  findings: [
    {
      kind: 'twin-other-label',
      severity: 'serious',
      sentence:
        '3 test images have a twin in the training or validation set with a different label: one of the two labels is wrong, so look at the pairs and correct or remove the wrong images.',
    },
    {
      kind: 'test-twins',
      severity: 'serious',
      sentence:
        '42 test images of 156 (26.9 %) have an identical (1) or near-identical (pixel correlation of at least 0.99) image in the training or validation set: figures of the test set are too good by what the model remembers of them, so read the figures without them.',
    },
    {
      kind: 'depths-differ',
      severity: 'warning',
      sentence:
        'The original files differ in bit depth: 730 with 8 bits, 50 with 16 bits. Their grey levels may tell where an image was made.',
    },
    {
      kind: 'patients-unknown',
      severity: 'note',
      sentence:
        'The file does not say whose images it has: images of one patient may be in several sets, and nobody can tell.',
    },
  ],
  twins: {
    testInTraining: counted(38, 1, 2),
    testInValidation: counted(7, 0, 1),
    testElsewhere: counted(42, 1, 3),
    validationInTraining: counted(22),
    within: { train: counted(124, 6, 2), val: counted(0), test: counted(4) },
    labelConflicts: 6,
    pairs: Array.from({ length: 60 }, (_, n) => pair(n, n % 5 === 3 ? 'val' : 'train', n < 5)),
    compared: { contents: 773, of: 773 },
  },
  cleaning: {
    trainingTwins: { train: 40, val: 7, test: 0 },
    conflictingTest: { ...none, test: 3 },
  },
  originals: {
    kinds: [
      { kind: { format: 'PNG', width: 500, height: 500, bits: 8 }, images: { train: 500, val: 70, test: 140 } },
      { kind: { format: 'DICOM', width: 1024, height: 768, bits: 16 }, images: { train: 36, val: 6, test: 8 } },
      { kind: { format: 'JPEG', width: 640, height: 480, bits: 8 }, images: { train: 10, val: 2, test: 8 } },
    ],
    kindCount: 3,
    depths: [
      { bits: 8, images: 730 },
      { bits: 16, images: 50 },
    ],
    ...{ smallest: 480, largest: 1024, enlarged: 0 },
    rule: 'eight-bit samples as they are; the whole image, padded with black to a square; brought to 28×28 grey pixels by area',
  },
  patients: null,
  oneGrey: none,
  black: none,
  baselines: [
    {
      method: 'majority vote',
      how: 'what is most frequent in the training set',
      validation: { images: 78, accuracy: estimate(0.731, 0.618, 0.825), balancedAccuracy: 0.5 },
      test: { images: 156, accuracy: estimate(0.731, 0.654, 0.799), balancedAccuracy: 0.5 },
    },
    {
      method: 'nearest neighbour',
      how: '14×14 pixels',
      validation: { images: 78, accuracy: estimate(0.91, 0.824, 0.963), balancedAccuracy: 0.87 },
      test: { images: 156, accuracy: estimate(0.814, 0.744, 0.872), balancedAccuracy: 0.76 },
    },
    {
      method: 'linear model',
      how: '14×14 pixels',
      validation: { images: 78, accuracy: estimate(0.872, 0.777, 0.937), balancedAccuracy: 0.82 },
      test: { images: 156, accuracy: estimate(0.769, 0.695, 0.832), balancedAccuracy: 0.654 },
    },
  ],
};

const clean: DatasetHealth = {
  ...serious,
  ...{ findings: [], originals: null },
  cleaning: { trainingTwins: none, conflictingTest: none },
  twins: {
    ...serious.twins,
    ...{ testInTraining: counted(0), testInValidation: counted(0), testElsewhere: counted(0) },
    ...{ validationInTraining: counted(0), labelConflicts: 0, pairs: [] },
    within: { train: counted(0), val: counted(0), test: counted(0) },
  },
};

const wait = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Made-up reports: BreastMNIST has everything, PneumoniaMNIST nothing, the others are not checked. */
export function healthHandlers(push: Push, add: (entry: DatasetEntry) => void): Handlers {
  const kept = (report: DatasetHealth): DatasetHealthState => ({
    kept: { report, checkedAt: '2026-11-25T13:21:00.000Z' },
    formerlyCheckedAt: null,
  });
  const states = new Map<string, DatasetHealthState>([
    ['breastmnist', kept(serious)],
    ['pneumoniamnist', kept(clean)],
    [ownEntry.id, { kept: null, formerlyCheckedAt: '2026-11-20T09:02:00.000Z' }],
  ]);
  const stopped = new Set<string>();
  const work = async (dataset: string, steps: readonly string[]): Promise<boolean> => {
    stopped.delete(dataset);
    for (const step of steps) {
      for (let done = 0; done < 1000; done += 100) {
        push('datasets:working', { dataset, progress: { step, done, total: 1000 } });
        await wait(150);
        if (!stopped.has(dataset)) continue;
        push('datasets:working', { dataset, progress: null });
        return false;
      }
    }
    push('datasets:working', { dataset, progress: null });
    return true;
  };
  return {
    'datasets:health': async (id) => states.get(id) ?? { kept: null, formerlyCheckedAt: null },
    'datasets:check': async (id) => {
      if (!(await work(id, ['searching for similar images', 'measuring simple methods']))) return null;
      const found = kept(id === 'breastmnist' ? serious : clean);
      states.set(id, found);
      return found;
    },
    'datasets:pairs': async (_, from, count) =>
      Array.from({ length: count }, (__, n): PairPicture => {
        const [one, other] = [picture(from + n), picture(from + n + (n === 0 ? 0 : 0.01))];
        return { images: [one, other], difference: { largest: 14 + n, image: picture(900 + from + n) } };
      }),
    'datasets:clean': async (id, { name }) => {
      if (!(await work(id, ['reading the images', 'searching for similar images', 'writing the copy']))) return null;
      const entry: DatasetEntry = { ...ownEntry, id: 'file:c1', name };
      add(entry);
      return {
        entry,
        cleaned: { of: 'BreastMNIST', sha256: '3a', removed: serious.cleaning.trainingTwins, because: '' },
      };
    },
    'datasets:stop': async (id) => void stopped.add(id),
  };
}
