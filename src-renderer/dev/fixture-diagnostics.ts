import type {
  Calibration,
  Decision,
  Diagnostics,
  Estimate,
  GroupFigures,
  GroupingFigures,
  Headline,
  ModelDiagnostics,
  PartDiagnostics,
} from '../../src-main/ipc/contract.js';

/** Made-up diagnostics of a network that misses most of what it is to find: good accuracy, 26 % sensitivity. */

const of = (value: number, reach: number): Estimate => ({
  value,
  interval: [Math.max(0, value - reach), Math.min(1, value + reach)],
  missing: null,
});

function decision(truePositives: number, falsePositives: number, positives: number, negatives: number): Decision {
  const [falseNegatives, trueNegatives] = [positives - truePositives, negatives - falsePositives];
  return {
    truePositives,
    falseNegatives,
    trueNegatives,
    falsePositives,
    sensitivity: of(truePositives / positives, 0.13),
    specificity: of(trueNegatives / negatives, 0.05),
    positivePredictiveValue: of(truePositives / (truePositives + falsePositives), 0.2),
    negativePredictiveValue: of(trueNegatives / (trueNegatives + falseNegatives), 0.08),
    confusion: [
      [truePositives, falseNegatives],
      [falsePositives, trueNegatives],
    ],
  };
}

function calibration(steepness: number): Calibration {
  return {
    bins: Array.from({ length: 10 }, (_, bin) => {
      const middle = bin / 10 + 0.05;
      const observed = Math.min(1, Math.max(0, 0.5 + (middle - 0.5) * steepness));
      return {
        from: bin / 10,
        to: (bin + 1) / 10,
        images: Math.round(60 * (0.1 + (middle - 0.5) ** 2)),
        probability: middle,
        observed,
        interval: [Math.max(0, observed - 0.2), Math.min(1, observed + 0.2)],
      };
    }),
    expectedCalibrationError: of(Math.abs(1 - steepness) / 4, 0.04),
    brierScore: of(0.15 + Math.abs(1 - steepness) / 20, 0.03),
  };
}

const group = (value: string | null, images: number, patients: number, found: number): GroupFigures => ({
  value,
  images,
  patients,
  positives: Math.round(images * 0.27),
  balancedAccuracy: of(0.5 + found / 2, 0.9 / Math.sqrt(images)),
  accuracy: of(0.7 + found / 4, 0.7 / Math.sqrt(images)),
  auc: of(0.6 + found / 2, 1 / Math.sqrt(images)),
  finding: {
    auc:
      images < 20
        ? { value: 0.6 + found / 2, interval: null, missing: null }
        : of(0.6 + found / 2, 1 / Math.sqrt(images)),
    sensitivity: of(found, 1.2 / Math.sqrt(images)),
    specificity: of(0.965, 0.4 / Math.sqrt(images)),
  },
});
const groupings: readonly GroupingFigures[] = [
  { name: 'site', groups: [group('Lund', 81, 63, 0.31), group('Odense', 62, 48, 0.21), group(null, 13, 10, 0.25)] },
  {
    name: 'age',
    groups: [group('18–39', 34, 28, 0.2), group('40–64', 78, 58, 0.28), group('65 and over', 44, 35, 0.27)],
  },
];

function part(name: 'val' | 'test', positives: number, negatives: number): PartDiagnostics {
  const found = Math.round(0.26 * positives);
  const alarms = Math.round(0.035 * negatives);
  const usual = decision(found, alarms, positives, negatives);
  const roc = Array.from({ length: 41 }, (_, corner) => {
    const falsePositives = Math.round((corner / 40) ** 1.4 * negatives);
    const truePositives = Math.min(positives, Math.round((falsePositives / negatives) ** 0.45 * positives));
    const [sensitivity, specificity] = [truePositives / positives, 1 - falsePositives / negatives];
    return {
      threshold: 1 - corner / 40,
      truePositives,
      falsePositives,
      sensitivity,
      specificity,
      sensitivityInterval: [Math.max(0, sensitivity - 0.13), Math.min(1, sensitivity + 0.13)] as const,
      specificityInterval: [Math.max(0, specificity - 0.07), Math.min(1, specificity + 0.07)] as const,
    };
  });
  return {
    part: name,
    images: positives + negatives,
    patients: name === 'test' ? 121 : 60,
    groupings: name === 'test' ? groupings : [],
    balancedAccuracy: of((found / positives + 1 - alarms / negatives) / 2, 0.07),
    accuracy: of((found + negatives - alarms) / (positives + negatives), 0.06),
    auc: of(0.741, 0.09),
    majority: {
      label: 'normal, benign',
      accuracy: negatives / (positives + negatives),
      balancedAccuracy: 0.5,
      sensitivity: 0,
      specificity: 1,
    },
    finding: {
      positives,
      negatives,
      auc: of(0.741, 0.09),
      usual,
      atOperatingPoint: null,
      roc,
      atValidationCorners: roc,
    },
    calibration: { before: calibration(0.6), after: calibration(0.95) },
  };
}

const withoutTwins: Diagnostics['withoutTwins'] = {
  twins: 42,
  figures: group('without twins', 114, 92, 0.19),
};

export const diagnostics: Diagnostics = {
  withoutTwins,
  labels: ['malignant', 'normal, benign'],
  finding: { class: 0, label: 'malignant' },
  operatingPoint: null,
  operatingPointProblem: null,
  operatingRule: null,
  temperature: 1.62,
  calibrationOf: 'finding',
  validation: part('val', 21, 57),
  test: part('test', 42, 114),
};

/** As if a threshold had been chosen that finds nearly everything. */
export function withOperatingPoint(): Diagnostics {
  const at = (one: PartDiagnostics): PartDiagnostics => {
    const { positives, negatives } = one.finding!;
    const atOperatingPoint = decision(Math.round(0.93 * positives), Math.round(0.63 * negatives), positives, negatives);
    return { ...one, finding: { ...one.finding!, atOperatingPoint } };
  };
  return {
    ...diagnostics,
    operatingPoint: {
      finding: 0,
      label: 'malignant',
      rule: { rule: 'sensitivity', atLeast: 0.9 },
      threshold: 0.1175,
    },
    operatingRule: 'sensitivity of at least 0.9 on the validation set',
    validation: at(diagnostics.validation),
    test: at(diagnostics.test),
  };
}

/** What main says first of all of them; a test holds that it is what main says. */
const headline = (
  { test, operatingPoint }: Diagnostics,
  decision: Decision,
  words: Omit<Headline, 'figures'>,
): Headline => ({
  ...words,
  figures: [
    {
      name: 'Sensitivity for “malignant”',
      estimate: decision.sensitivity,
      majority: 0,
      format: 'share',
    },
    { name: 'Specificity', estimate: decision.specificity, majority: 1, format: 'share' },
    {
      name: `Balanced accuracy${operatingPoint ? ', most probable class' : ''}`,
      estimate: test.balancedAccuracy,
      majority: 0.5,
      format: 'share',
    },
    { name: 'AUC, “malignant” against the rest', estimate: test.auc, majority: 0.5, format: 'area' },
    {
      name: `Accuracy${operatingPoint ? ', most probable class' : ''}`,
      estimate: test.accuracy,
      majority: test.majority.accuracy,
      format: 'share',
    },
  ],
});

/** As main tells them to the page of a model. */
export function told(pointChosen: boolean): ModelDiagnostics {
  const figures = pointChosen ? withOperatingPoint() : diagnostics;
  const { usual, atOperatingPoint } = figures.test.finding!;
  const words = pointChosen
    ? {
        warning: 'Predicts “malignant” for 63.2\u202f% of the other images',
        sentence:
          'At its operating point, the model detects 39 of 42 “malignant” test images and misses 3; 72 false alarms among 114 other images.',
      }
    : {
        warning: 'Misses 73.8\u202f% of the “malignant” images',
        sentence:
          'The model detects 11 of 42 “malignant” test images and misses 31; 4 false alarms among 114 other images.',
      };
  return { ...figures, headline: headline(figures, atOperatingPoint ?? usual, words) };
}
