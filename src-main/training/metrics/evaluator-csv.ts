import type { Part } from '../../datasets/dataset.js';
import type { Scores } from './scores.js';

/**
 * The MedMNIST evaluator's result file: one line an image, its number and then its scores, without a header
 * (`Evaluator.parse_and_evaluate` of the medmnist package reads it).
 */
export function evaluatorCsv(scores: Scores): string {
  const lines: string[] = [];
  for (let i = 0; i < scores.count; i++) {
    lines.push([i, ...scores.values.subarray(i * scores.outputs, (i + 1) * scores.outputs)].join(','));
  }
  return `${lines.join('\n')}\n`;
}

/**
 * The evaluator's name for a result file: `breastmnist_test_[AUC]0.901_[ACC]0.863@1.csv`; images that are not 28×28
 * carry their size: `breastmnist_64_test_…`.
 * @param dataset name of the set in the medmnist package  @param run word after the @, without `.`
 */
export function evaluatorFileName(
  dataset: string,
  size: number,
  part: Part,
  metrics: { readonly auc: number; readonly accuracy: number },
  run: string,
): string {
  const sizeWord = size === 28 ? '' : `_${String(size)}`;
  return `${dataset}${sizeWord}_${part}_[AUC]${threeDigits(metrics.auc)}_[ACC]${threeDigits(metrics.accuracy)}@${run}.csv`;
}

/** As Python's `.3f`: exact halves go to the even digit (only odd sixteenths are exact halves of a thousandth). */
function threeDigits(value: number): string {
  if (Math.abs(value * 16) % 2 !== 1) return value.toFixed(3);
  const below = Math.floor(value * 1000);
  return ((below % 2 === 0 ? below : below + 1) / 1000).toFixed(3);
}
