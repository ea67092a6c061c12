import type { Diagnostics } from '../../vocabulary/diagnostics.js';
import { reliabilityCharts } from '../charts/reliability.js';
import { diagnosticsOf } from '../evidence.js';
import type { Section, Text } from '../document.js';
import type { ModelFacts } from '../facts.js';
import { named } from '../labels.js';
import { estimateText } from '../text.js';

export function calibration({ evidence }: ModelFacts): Section {
  const title = 'Calibration';
  const diagnostics = diagnosticsOf(evidence);
  if (!diagnostics)
    return { title, blocks: [{ kind: 'paragraph', text: 'Unknown: it needs the stored predictions of the network.' }] };
  const of = subject(diagnostics);
  return {
    title,
    blocks: [
      {
        kind: 'paragraph',
        text: `How well predicted probabilities match observed frequencies, for the probability of ${of}. “Calibrated” means that the logits are divided by the temperature ${diagnostics.temperature.toFixed(3)}, fitted on the validation set. An exported bundle has both outputs.`,
      },
      {
        kind: 'table',
        caption:
          'Expected calibration error over ten bins of equal width, and Brier score, with 95 % intervals; smaller is better for both',
        columns: [
          { title: '' },
          { title: 'Calibration error, as trained', number: true },
          { title: 'calibrated', number: true },
          { title: 'Brier score, as trained', number: true },
          { title: 'calibrated', number: true },
        ],
        rows: [row('Validation', diagnostics.validation), row('Test', diagnostics.test)],
      },
      reliabilityCharts(diagnostics, of),
    ],
  };
}

function subject({ calibrationOf, finding }: Diagnostics): string {
  if (calibrationOf === 'finding') return named(finding?.label ?? '');
  return calibrationOf === 'all labels' ? 'all labels' : 'the most probable class';
}

function row(name: string, { calibration: { before, after } }: Diagnostics['test']): Text[] {
  return [
    name,
    ...[before.expectedCalibrationError, after.expectedCalibrationError, before.brierScore, after.brierScore].map(
      (one) => estimateText(one, 'area'),
    ),
  ];
}
