import type { ModelComparison, PairedFigure } from '../../src-main/ipc/contract.js';

const figure = (
  name: PairedFigure['figure'],
  first: number,
  second: number,
  below: number,
  above: number,
): PairedFigure => ({
  figure: name,
  first,
  second,
  difference: first - second,
  interval: [first - second - below, first - second + above],
  missing: null,
});

/** The difference of two made-up models. */
export const comparison: ModelComparison = {
  images: 156,
  finding: 'malignant',
  networks: [
    figure('balancedAccuracy', 0.812, 0.771, 0.031, 0.034),
    figure('sensitivity', 0.714, 0.595, 0.104, 0.11),
    figure('specificity', 0.91, 0.947, 0.04, 0.031),
    figure('auc', 0.893, 0.871, 0.019, 0.022),
    figure('accuracy', 0.858, 0.853, 0.038, 0.04),
  ],
  accuracyTest: { onlyFirst: 9, onlySecond: 8, pValue: 1 },
  retrainings: {
    first: { run: 4985, networks: 3 },
    second: { run: 4980, networks: 3 },
    figures: [
      figure('balancedAccuracy', 0.806, 0.768, 0.052, 0.052),
      figure('sensitivity', 0.698, 0.587, 0.15, 0.15),
      figure('specificity', 0.914, 0.949, 0.055, 0.055),
      figure('auc', 0.889, 0.873, 0.028, 0.028),
      figure('accuracy', 0.856, 0.851, 0.049, 0.049),
    ],
  },
  withoutRetrainings: null,
};
