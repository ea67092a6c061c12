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
    ? `Which of ${labels.length} labels apply to one ${colours} image${size}?`
    : `Which of ${labels.length} classes does one ${colours} image${size} show?`;
  return {
    title: 'Question',
    blocks: [
      {
        kind: 'facts',
        rows: [
          ['Question', asked],
          [several ? 'Labels' : 'Classes', listed(labels.map(named))],
          [
            'Finding',
            diagnostics?.finding
              ? `${named(diagnostics.finding.label)}: sensitivity and specificity refer to it`
              : diagnostics
                ? 'none, so there is no sensitivity or specificity'
                : 'unknown',
          ],
          ['Intended use', TO_BE_WRITTEN],
          ['Intended users and patients', TO_BE_WRITTEN],
          ['Current practice without it', TO_BE_WRITTEN],
        ],
      },
    ],
  };
}
