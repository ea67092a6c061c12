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
    ...(model.summary.synthetic ? ['The images are synthetic. Nothing here applies to patients.'] : []),
    `All sets come from one dataset: performance at other sites, with other devices, other image preparation or other patients was not measured.`,
    `The test set has ${plural(images, 'image')}. The intervals treat them as independent; if several images are of one patient, the true intervals are wider.`,
    'Performance in groups of patients (sex, age, origin, device) was not measured: the file does not record them.',
    ...(size === undefined
      ? []
      : [`Images are ${size}×${size} pixels: details smaller than one of these pixels cannot be seen.`]),
    'Whether the labels are correct was not checked, and the test set was not compared with expert readings.',
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
    ? `, so its sensitivity could be as low as ${shareText(interval[0])} or as high as ${shareText(interval[1])}`
    : '';
  return [
    `The test set has ${plural(positives, 'image')} of ${of}${width}.`,
    `${shareText(positives / (positives + negatives))} of the test images show ${of}. Where the finding is rarer, a larger share of the positive predictions are false alarms.`,
    ...(operatingPoint
      ? [
          `The operating point was chosen on ${count(validation.finding?.positives ?? 0)} validation images of ${of}: on other images it will not meet its target exactly.`,
        ]
      : []),
  ];
}

function ofTraining({ measuredOnTest, siblings }: ModelFacts): Text[] {
  return [
    ...(measuredOnTest > 1
      ? [
          `${count(measuredOnTest)} networks of this data folder were measured on this test set. If you choose the best of them, its figures are too optimistic, because part of its lead is luck.`,
        ]
      : []),
    ...(siblings.length < 2 ? ['Only one seed was trained: another seed would give different figures.'] : []),
    'Calibration holds only for images like those of the validation set and for the same frequency of the finding.',
  ];
}
