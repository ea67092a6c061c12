import { TO_BE_WRITTEN, type Section } from '../document.js';
import type { ModelFacts } from '../facts.js';
import { listed, named } from '../labels.js';
import { diagnosticsOf, weightsOf } from '../evidence.js';

export function question({ model, run, evidence }: ModelFacts): Section {
  const labels = model.result.metrics.test.perClass.map(({ label }) => label);
  const weights = weightsOf(evidence);
  const diagnostics = diagnosticsOf(evidence);
  const colours = run.config.space.inputChannels === 1 ? 'grey' : 'colour';
  const size = weights ? ` of ${weights.size}×${weights.size} pixels` : '';
  const several = weights?.task === 'multi-label, binary-class';
  const asked = several
    ? `Which of ${labels.length} labels does one ${colours} image${size} carry?`
    : `Which of ${labels.length} classes does one ${colours} image${size} show?`;
  return {
    title: 'Question',
    blocks: [
      {
        kind: 'facts',
        rows: [
          ['What is asked', asked],
          [several ? 'Labels' : 'Classes', listed(labels.map(named))],
          [
            'Finding',
            diagnostics?.finding
              ? `${named(diagnostics.finding.label)}: sensitivity and specificity are about it`
              : diagnostics
                ? 'none is named, so there is neither sensitivity nor specificity'
                : 'not known',
          ],
          ['Intended use', TO_BE_WRITTEN],
          ['Who it is for, in whom', TO_BE_WRITTEN],
          ['What is done today without it', TO_BE_WRITTEN],
        ],
      },
    ],
  };
}
