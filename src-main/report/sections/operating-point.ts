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
    return { title, blocks: [{ kind: 'paragraph', text: 'Not known, as sensitivity and specificity.' }] };
  const { finding, operatingPoint: point, operatingRule, operatingPointProblem: problem } = diagnostics;
  if (!finding) {
    const text =
      'No class is named as the finding, so there is nothing to decide for: the most probable class is said.';
    return { title, blocks: [{ kind: 'paragraph', text }] };
  }
  const chosen = point
    ? `${named(finding.label)} is said where its probability (before calibration) is at least ${point.threshold.toFixed(4)}: ${operatingRule}. The test part had no say in it.`
    : `None is chosen${problem === null ? '' : ` (${problem})`}: the most probable class is said. Whether a missed ${named(finding.label)} or a false alarm weighs more was not asked.`;
  return {
    title,
    blocks: [
      { kind: 'paragraph', text: chosen },
      {
        kind: 'table',
        caption: point ? 'Decided at the operating point' : 'Decided for the most probable class',
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
