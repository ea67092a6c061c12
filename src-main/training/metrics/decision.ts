import { isMultiLabel, type Part } from '../../datasets/dataset.js';
import type { Decision } from '../../vocabulary/diagnostics.js';
import type { OperatingPoint } from '../../vocabulary/operating-point.js';
import { decideAt } from './decide.js';
import { absent, named, nothingElse, shareOf } from './estimate.js';
import { confusionMatrix } from './per-class.js';
import { isPositive, isPredicted, type ScoredPart } from './scores.js';
import { unitsOf } from './units.js';

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
  const units = unitsOf(part.truth);
  const said = Uint8Array.from({ length: units.images }, (_, i) => Number(isSaid(i)));
  const there = Uint8Array.from({ length: units.images }, (_, i) => Number(isPositive(part, i, finding)));
  const countOf = (isThere: number, is: number): number =>
    said.reduce((sum, one, i) => sum + Number(one === is && there[i] === isThere), 0);
  const is =
    (values: Uint8Array, value: number) =>
    (i: number): boolean =>
      values[i] === value;
  const saidOf = (what: string): string => `${named(label)} is predicted for ${what} image`;
  return {
    truePositives: countOf(1, 1),
    falseNegatives: countOf(1, 0),
    trueNegatives: countOf(0, 0),
    falsePositives: countOf(0, 1),
    sensitivity: shareOf(units, is(there, 1), is(said, 1), absent(label, name)),
    specificity: shareOf(units, is(there, 0), is(said, 0), nothingElse(label, name)),
    positivePredictiveValue: shareOf(units, is(said, 1), is(there, 1), saidOf('no')),
    negativePredictiveValue: shareOf(units, is(said, 0), is(there, 0), saidOf('every')),
    confusion,
  };
}
