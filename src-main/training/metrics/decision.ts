import { isMultiLabel, type Part } from '../../datasets/dataset.js';
import type { Decision } from '../../vocabulary/diagnostics.js';
import type { OperatingPoint } from '../../vocabulary/operating-point.js';
import { decideAt } from './decide.js';
import { absent, named, nothingElse, proportion } from './estimate.js';
import { confusionMatrix } from './per-class.js';
import { isPositive, isPredicted, type ScoredPart } from './scores.js';

/** What the network says by itself: the most probable class; of labels, those above 0.5. */
export function usualDecision(part: ScoredPart, finding: number, label: string, name: Part): Decision {
  return counted(part, finding, label, name, (i) => isPredicted(part, i, finding), confusionMatrix(part));
}

/** What is said at an operating point. */
export function decisionAt(part: ScoredPart, point: OperatingPoint, name: Part): Decision {
  const { count, outputs, values } = part.scores;
  const said = Array.from({ length: count }, (_, i) =>
    decideAt(point, part.task, values.subarray(i * outputs, (i + 1) * outputs)),
  );
  const { finding, label } = point;
  const confusion = isMultiLabel(part.task)
    ? null
    : Array.from({ length: outputs }, () => new Array<number>(outputs).fill(0));
  if (confusion) said.forEach(([k], i) => confusion[part.truth.values[i]!]![k!]!++);
  return counted(part, finding, label, name, (i) => said[i]!.includes(finding), confusion);
}

function counted(
  part: ScoredPart,
  finding: number,
  label: string,
  name: Part,
  isSaid: (i: number) => boolean,
  confusion: Decision['confusion'],
): Decision {
  let [truePositives, falseNegatives, trueNegatives, falsePositives] = [0, 0, 0, 0];
  for (let i = 0; i < part.scores.count; i++) {
    const said = isSaid(i);
    if (isPositive(part, i, finding)) {
      if (said) truePositives++;
      else falseNegatives++;
    } else if (said) falsePositives++;
    else trueNegatives++;
  }
  const [positives, negatives] = [truePositives + falseNegatives, trueNegatives + falsePositives];
  const saidOf = (what: string): string => `${named(label)} is said of ${what} image`;
  return {
    truePositives,
    falseNegatives,
    trueNegatives,
    falsePositives,
    sensitivity: proportion(truePositives, positives, absent(label, name)),
    specificity: proportion(trueNegatives, negatives, nothingElse(label, name)),
    positivePredictiveValue: proportion(truePositives, truePositives + falsePositives, saidOf('no')),
    negativePredictiveValue: proportion(trueNegatives, trueNegatives + falseNegatives, saidOf('every')),
    confusion,
  };
}
