import type { Decision, PartDiagnostics } from '../../vocabulary/diagnostics.js';
import { diagnosticsOf } from '../evidence.js';
import type { Section, Text } from '../document.js';
import type { ModelFacts } from '../facts.js';
import { named } from '../labels.js';
import { count, estimateText } from '../text.js';

export function operatingPoint({ evidence }: ModelFacts): Section {
  const title = 'Operating point';
  const diagnostics = diagnosticsOf(evidence);
  if (!diagnostics)
    return {
      title,
      blocks: [{ kind: 'paragraph', text: 'Unknown, because sensitivity and specificity are unknown.' }],
    };
  const { finding, operatingPoint: point, operatingRule, operatingPointProblem: problem } = diagnostics;
  if (!finding) {
    const text =
      'The dataset has no finding, so there is no operating point: the prediction is the most probable class.';
    return { title, blocks: [{ kind: 'paragraph', text }] };
  }
  const chosen = point
    ? `The model predicts ${named(finding.label)} if its probability (before calibration) is at least ${point.threshold.toFixed(4)}: ${operatingRule}. The test set was not used to choose it.`
    : `No operating point is chosen${problem === null ? '' : ` (${problem})`}: the prediction is the most probable class. Whether a missed ${named(finding.label)} or a false alarm is worse has not been decided.`;
  return {
    title,
    blocks: [
      { kind: 'paragraph', text: chosen },
      {
        kind: 'table',
        caption: point ? 'At the operating point' : 'Prediction: most probable class',
        columns: [
          { title: '' },
          { title: 'Sensitivity', number: true },
          { title: 'Specificity', number: true },
          { title: 'Found', number: true },
          { title: 'Missed', number: true },
          { title: 'False alarms', number: true },
        ],
        rows: [row('Validation', diagnostics.validation), row('Test', diagnostics.test)],
      },
    ],
  };
}

function row(name: string, { finding }: PartDiagnostics): Text[] {
  const decision: Decision = finding!.atOperatingPoint ?? finding!.usual;
  return [
    name,
    estimateText(decision.sensitivity, 'share'),
    estimateText(decision.specificity, 'share'),
    `${count(decision.truePositives)} of ${count(finding!.positives)}`,
    count(decision.falseNegatives),
    `${count(decision.falsePositives)} among ${count(finding!.negatives)}`,
  ];
}
