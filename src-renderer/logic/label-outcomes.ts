import type { Outcome, PartMetrics } from '../../src-main/ipc/contract.js';

/** How often each thing that can come of a label did; labels are said from a probability of 0.5. */
export interface LabelOutcomes {
  readonly label: string;
  readonly images: Readonly<Record<Outcome, number>>;
}

/** Of each label, in its order. Results of before labels had their images counted tell nothing, and give none. */
export function outcomesOfLabels({ images: all, perClass }: PartMetrics): LabelOutcomes[] {
  return perClass.flatMap(({ label, images: positives, sensitivity, specificity }) => {
    if (positives === null) return [];
    const negatives = all - positives;
    const found = positives === 0 ? 0 : Math.round(sensitivity * positives);
    const left = negatives === 0 ? 0 : Math.round(specificity * negatives);
    const images = {
      'true-positive': found,
      'false-negative': positives - found,
      'false-positive': negatives - left,
      'true-negative': left,
    };
    return [{ label, images }];
  });
}
