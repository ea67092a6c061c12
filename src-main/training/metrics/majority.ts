import { argmax } from '../../argmax.js';
import { isMultiLabel, type Part } from '../../datasets/dataset.js';
import type { PartDiagnostics } from '../../vocabulary/diagnostics.js';
import { accuracy } from './accuracy.js';
import { balancedAccuracy } from './balanced-accuracy.js';
import { isPositive, isPredicted, type ScoredPart } from './scores.js';

/** Images of the training part with each class, or label. */
export interface TrainingCounts {
  readonly images: number;
  readonly ofClass: readonly number[];
}

/** What one part has to say of who always answers what is most frequent in the training part. */
export function majorityVote(
  part: ScoredPart,
  { images, ofClass }: TrainingCounts,
  labels: readonly string[],
  finding: number | null,
  name: Part,
): PartDiagnostics['majority'] {
  const { count, outputs } = part.scores;
  const multiLabel = isMultiLabel(part.task);
  const most = argmax(ofClass, 0, outputs);
  const answer = Array.from({ length: outputs }, (_, k) => Number(multiLabel ? ofClass[k]! > images / 2 : k === most));
  const values = Float64Array.from({ length: count * outputs }, (_, n) => answer[n % outputs]!);
  const vote: ScoredPart = { ...part, scores: { count, outputs, values } };
  const balanced = balancedAccuracy(vote, labels, name);
  const said = finding !== null && isPredicted(vote, 0, finding);
  /** Null where no image of that kind is there to be right about. */
  const ofImages = (positive: boolean, share: number): number | null => {
    if (finding === null) return null;
    for (let i = 0; i < count; i++) if (isPositive(part, i, finding) === positive) return share;
    return null;
  };
  return {
    label: multiLabel ? null : (labels[most] ?? String(most)),
    accuracy: accuracy(vote),
    balancedAccuracy: balanced.missing === null ? balanced.value : null,
    sensitivity: ofImages(true, Number(said)),
    specificity: ofImages(false, Number(!said)),
  };
}
