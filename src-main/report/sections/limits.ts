import { decisionOf } from '../../headline.js';
import { INTENDED_USE } from '../../intended-use.js';
import { diagnosticsOf, weightsOf } from '../evidence.js';
import { TO_BE_WRITTEN, type Section, type Text } from '../document.js';
import type { ModelFacts } from '../facts.js';
import { named } from '../labels.js';
import { count, plural, shareText } from '../text.js';

/** What cannot be said, for a reader who would otherwise take it for said. */
export function limits(facts: ModelFacts): Section {
  return {
    title: 'What this report cannot say',
    blocks: [
      {
        kind: 'list',
        items: [INTENDED_USE, ...ofData(facts), ...ofFinding(facts), ...ofTraining(facts), TO_BE_WRITTEN],
      },
    ],
  };
}

function ofData({ model, evidence }: ModelFacts): Text[] {
  const { images } = model.result.metrics.test;
  const size = weightsOf(evidence)?.size;
  return [
    ...(model.summary.synthetic ? ['The images are drawn by the program. Nothing here is about patients.'] : []),
    `All parts come from one dataset: how it does at another site, with other devices, other preparation or other patients was not measured.`,
    `The test part has ${plural(images, 'image')}. The intervals count them as independent; if several are of one patient, the true ones are wider.`,
    'How it does in groups of patients (sex, age, origin, device) was not measured: the file does not know them.',
    ...(size === undefined
      ? []
      : [`Images are ${size}×${size} pixels: what is smaller than a pixel of that size cannot be seen.`]),
    'Whether the labels are right was not examined; nor was the test part compared with what experts say.',
  ];
}

function ofFinding({ evidence }: ModelFacts): Text[] {
  const diagnostics = diagnosticsOf(evidence);
  if (!diagnostics?.finding || !diagnostics.test.finding) return [];
  const { finding, test, validation, operatingPoint } = diagnostics;
  const { positives, negatives } = test.finding!;
  const of = named(finding.label);
  const interval = decisionOf(test)?.sensitivity.interval;
  const width = interval
    ? `, so that its sensitivity may as well be ${shareText(interval[0])} as ${shareText(interval[1])}`
    : '';
  return [
    `Of ${of} the test part has ${plural(positives, 'image')}${width}.`,
    `${shareText(positives / (positives + negatives))} of the test images show ${of}. Where it is rarer, more of what the model finds are false alarms.`,
    ...(operatingPoint
      ? [
          `The operating point was chosen on ${count(validation.finding?.positives ?? 0)} validation images of ${of}: on others it will not keep exactly what it was chosen for.`,
        ]
      : []),
  ];
}

function ofTraining({ measuredOnTest, siblings }: ModelFacts): Text[] {
  return [
    ...(measuredOnTest > 1
      ? [
          `${count(measuredOnTest)} networks of this data folder were measured on this test part. Who takes the best of them takes its luck too, and its figures are too good.`,
        ]
      : []),
    ...(siblings.length < 2 ? ['One seed was trained: another one gives other figures.'] : []),
    'Calibration holds for images like those of the validation part, and for a finding as frequent as there.',
  ];
}
