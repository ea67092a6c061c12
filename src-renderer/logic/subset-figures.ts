import type { Diagnostics, Estimate, GroupFigures } from '../../src-main/ipc/contract.js';

/** A figure of a subset of the test set. */
export interface SubsetFigure {
  readonly name: string;
  readonly of: (subset: GroupFigures) => Estimate;
  /** Said in per cent. */
  readonly share: boolean;
}

export interface Subset {
  readonly name: string;
  readonly figures: GroupFigures;
}

/** Subsets that one thing tells apart. */
export interface SubsetSection {
  /** Null: nothing to name. */
  readonly name: string | null;
  readonly subsets: readonly Subset[];
}

/** The figures that subsets are compared by. @param accuracy also where the finding has figures of its own */
export function figuresOfSubsets({ finding }: Diagnostics, accuracy: boolean): readonly SubsetFigure[] {
  const balanced: SubsetFigure = { name: 'Balanced accuracy', of: (subset) => subset.balancedAccuracy, share: true };
  const plain: SubsetFigure = { name: 'Accuracy', of: (subset) => subset.accuracy, share: true };
  if (!finding) return [{ name: 'AUC', of: (subset) => subset.auc, share: false }, plain, balanced];
  return [
    { name: `Sensitivity for “${finding.label}”`, of: (subset) => subset.finding!.sensitivity, share: true },
    { name: 'Specificity', of: (subset) => subset.finding!.specificity, share: true },
    { name: 'AUC', of: (subset) => subset.finding!.auc, share: false },
    balanced,
    ...(accuracy ? [plain] : []),
  ];
}

/** The same figures of the whole test set. */
export function wholeTestSet({ test, operatingPoint }: Diagnostics): GroupFigures {
  return {
    ...{ value: 'all', images: test.images, patients: test.patients, positives: test.finding?.positives ?? null },
    ...{ balancedAccuracy: test.balancedAccuracy, accuracy: test.accuracy, auc: test.auc },
    finding: test.finding && {
      auc: test.finding.auc,
      ...(operatingPoint ? test.finding.atOperatingPoint! : test.finding.usual),
    },
  };
}
