import { healthFindings } from '../../../src-main/datasets/health/findings.js';
import type { Task } from '../../../src-main/datasets/dataset.js';
import type { DatasetHealth } from '../../../src-main/vocabulary/dataset-health.js';

const NONE = { images: 0, identical: 0, otherLabel: 0 };

/** A health report with what is found in these counts: [class][part]. */
export function exampleHealth(
  labels: readonly string[],
  balance: readonly (readonly number[])[],
  task: Task,
  twins: Partial<DatasetHealth['twins']> = {},
): DatasetHealth {
  const of = (part: number): number => balance.reduce((sum, row) => sum + row[part]!, 0);
  const report: Omit<DatasetHealth, 'findings'> = {
    ...{ version: 2, name: 'BreastMNIST', sha256: 'a'.repeat(64), labels },
    samples: { train: of(0), val: of(1), test: of(2) },
    twins: {
      ...{ testInTraining: NONE, testInValidation: NONE, testElsewhere: NONE, validationInTraining: NONE },
      ...{ within: { train: NONE, val: NONE, test: NONE }, labelConflicts: 0, pairs: [] },
      compared: { contents: of(0) + of(1) + of(2), of: of(0) + of(1) + of(2) },
      ...twins,
    },
    balance,
    cleaning: { trainingTwins: { train: 0, val: 0, test: 0 }, conflictingTest: { train: 0, val: 0, test: 0 } },
    originals: null,
    patients: null,
    oneGrey: { train: 0, val: 0, test: 0 },
    black: { train: 0, val: 0, test: 0 },
    baselines: [
      {
        method: 'nearest neighbour',
        how: '14×14 pixels',
        validation: {
          images: 78,
          accuracy: { value: 0.91, interval: [0.824, 0.963], missing: null },
          balancedAccuracy: 0.87,
        },
        test: {
          images: 156,
          accuracy: { value: 0.814, interval: [0.744, 0.872], missing: null },
          balancedAccuracy: 0.76,
        },
      },
    ],
  };
  return { ...report, findings: healthFindings(report, { oneHot: false, task }) };
}
