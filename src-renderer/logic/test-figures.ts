import type { ModelSummary } from '../../src-main/ipc/contract.js';
import { aucText, shareText } from './run-columns.js';

/** What networks and retrainings alike reach on the test part. */
type Test = ModelSummary['test'];
export type Estimated = Test['auc'];

export interface TestFigure {
  readonly key: 'balancedAccuracy' | 'sensitivity' | 'specificity' | 'auc' | 'accuracy';
  readonly name: string;
  /** In the middle of a sentence. */
  readonly inText: string;
  /** A share is shown in percent, an AUC is not. */
  readonly share: boolean;
  /** Undefined where no class of the dataset is named as the finding. */
  readonly of: (test: Test) => Estimated | undefined;
  readonly text: (estimated: Estimated | undefined) => string;
}

const share = { share: true, text: shareText };

/** By what models are judged, what matters most first. */
export const TEST_FIGURES: readonly [TestFigure, ...TestFigure[]] = [
  {
    ...share,
    key: 'balancedAccuracy',
    name: 'Balanced accuracy',
    inText: 'balanced accuracy',
    of: (test) => test.balancedAccuracy,
  },
  { ...share, key: 'sensitivity', name: 'Sensitivity', inText: 'sensitivity', of: (test) => test.finding?.sensitivity },
  { ...share, key: 'specificity', name: 'Specificity', inText: 'specificity', of: (test) => test.finding?.specificity },
  { share: false, key: 'auc', name: 'AUC', inText: 'AUC', of: (test) => test.auc, text: aucText },
  { ...share, key: 'accuracy', name: 'Accuracy', inText: 'accuracy', of: (test) => test.accuracy },
];
