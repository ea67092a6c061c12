import { decisionOf } from '../../headline.js';
import type { Diagnostics, Estimate } from '../../vocabulary/diagnostics.js';
import type { PartMetrics } from '../../vocabulary/metrics.js';
import { diagnosticsOf } from '../evidence.js';
import { rocChart, rocOfClasses } from '../charts/roc.js';
import type { Block, Section, Text } from '../document.js';
import type { ModelFacts } from '../facts.js';
import { named } from '../labels.js';
import { areaWithInterval, count, estimateText, NONE, shareText, shareWithInterval, voteText } from '../text.js';

/** Figures with intervals beside the majority vote, on both parts, and the ROC. */
export function results({ model, evidence }: ModelFacts): Section {
  const diagnostics = diagnosticsOf(evidence);
  const { validation, test } = model.result.metrics;
  return {
    title: 'Results',
    blocks: diagnostics
      ? [
          figures(diagnostics),
          ...explained(diagnostics),
          ...withoutTwins(diagnostics),
          rocOf(diagnostics, test),
          ...groups(diagnostics),
        ]
      : [formerFigures(validation, test), rocOfClasses(test)],
  };
}

function figures(diagnostics: Diagnostics): Block {
  const { finding, validation, test } = diagnostics;
  const { majority } = test;
  const usual = diagnostics.operatingPoint ? ', most probable class' : '';
  const row = (
    name: string,
    format: 'share' | 'area',
    of: (part: typeof test) => Estimate,
    vote: number | null,
  ): Text[] => [name, estimateText(of(validation), format), estimateText(of(test), format), voteText(vote, format)];
  const decided =
    (figure: 'sensitivity' | 'specificity' | 'positivePredictiveValue' | 'negativePredictiveValue') =>
    (part: typeof test): Estimate =>
      decisionOf(part)![figure];
  return {
    kind: 'table',
    caption: `Figures with 95 % intervals${diagnostics.operatingPoint ? '; sensitivity, specificity and predictive values at the operating point' : ''}`,
    columns: [
      { title: '' },
      { title: `Validation, ${count(validation.images)} images`, number: true },
      { title: `Test, ${count(test.images)} images`, number: true },
      { title: 'Majority class, test', number: true },
    ],
    rows: [
      ...(finding && test.finding
        ? [
            row(`Sensitivity for ${named(finding.label)}`, 'share', decided('sensitivity'), majority.sensitivity),
            row('Specificity', 'share', decided('specificity'), majority.specificity),
            row('Positive predictive value', 'share', decided('positivePredictiveValue'), null),
            row('Negative predictive value', 'share', decided('negativePredictiveValue'), null),
            row(`AUC, ${named(finding.label)} against the rest`, 'area', (part) => part.finding!.auc, 0.5),
          ]
        : []),
      row(`Balanced accuracy${usual}`, 'share', (part) => part.balancedAccuracy, majority.balancedAccuracy),
      row(`Accuracy${usual}`, 'share', (part) => part.accuracy, majority.accuracy),
      row('AUC as MedMNIST defines it', 'area', (part) => part.auc, test.auc.value === null ? null : 0.5),
    ],
  };
}

function explained({ test, finding }: Diagnostics): Block[] {
  const { label } = test.majority;
  const vote = label === null ? 'the most frequent answer for each label' : `always predicting ${named(label)}`;
  const values = finding
    ? ` Predictive values hold only where the finding is as frequent as in that set (${shareText((test.finding?.positives ?? 0) / test.images)} of the test images).`
    : '';
  return [
    {
      kind: 'paragraph',
      tone: 'note',
      text: `Majority class: ${vote}, the most frequent class of the training set. Intervals of sensitivity, specificity and predictive values are exact (Clopper and Pearson 1934); the others are bootstrap percentile intervals over images (Efron 1979), and none is given for fewer than ten images of a class.${clustered(test.patients)} They say nothing about other sites, scanners or patients.${values}`,
    },
  ];
}

function clustered(patients: number | null): string {
  return patients === null
    ? ''
    : ` Images of one patient are correlated, so intervals are computed over the ${count(patients)} patients of that set, each with all of its images (Field and Welsh 2007); exact intervals use the effective number of independent images (Korn and Graubard 1998).`;
}

function withoutTwins({ finding, operatingPoint, test, withoutTwins: left }: Diagnostics): Block[] {
  if (!left) {
    return [
      {
        kind: 'paragraph',
        tone: 'note',
        text: 'Whether test images have a twin in the training or validation set was not checked when this model was evaluated. Evaluate it again to check.',
      },
    ];
  }
  if (left.twins === 0) {
    return [
      {
        kind: 'paragraph',
        tone: 'note',
        text: 'No test image has an identical or near-identical image (pixel correlation of at least 0.99) in the training or validation set.',
      },
    ];
  }
  const { twins, figures } = left;
  const have = `${count(twins)} of ${count(test.images)} test images ${twins === 1 ? 'has' : 'have'} an identical or near-identical image (pixel correlation of at least 0.99) in the training or validation set`;
  if (!figures) {
    return [{ kind: 'paragraph', text: `${have}, so every figure may include images that the model remembers.` }];
  }
  const decided = operatingPoint ? test.finding?.atOperatingPoint : test.finding?.usual;
  const row = (name: string, format: 'share' | 'area', all: Estimate, without: Estimate): Text[] => [
    name,
    estimateText(all, format),
    estimateText(without, format),
  ];
  return [
    { kind: 'paragraph', text: `${have}. Without them the figures are these.` },
    {
      kind: 'table',
      caption: `Test figures with and without images that have a twin${operatingPoint ? ', sensitivity and specificity at the operating point' : ''}`,
      columns: [
        { title: '' },
        { title: `All ${count(test.images)} images`, number: true },
        { title: `${count(figures.images)} images without twin`, number: true },
      ],
      rows: [
        ...(finding && decided && figures.finding && test.finding
          ? [
              row(`Sensitivity for ${named(finding.label)}`, 'share', decided.sensitivity, figures.finding.sensitivity),
              row('Specificity', 'share', decided.specificity, figures.finding.specificity),
              row(`AUC, ${named(finding.label)} against the rest`, 'area', test.finding.auc, figures.finding.auc),
            ]
          : []),
        row('Balanced accuracy', 'share', test.balancedAccuracy, figures.balancedAccuracy),
        row('Accuracy', 'share', test.accuracy, figures.accuracy),
        row('AUC as MedMNIST defines it', 'area', test.auc, figures.auc),
      ],
    },
  ];
}

function groups({ finding, operatingPoint, test }: Diagnostics): Block[] {
  const decided = finding === null ? '' : operatingPoint ? ', at the operating point' : ', most probable class';
  return test.groupings.map(({ name, groups }): Block => {
    const hasPatients = groups.some(({ patients }) => patients !== null);
    return {
      kind: 'table',
      caption: `Test images by ${name}${decided}, with 95 % intervals over ${hasPatients ? 'patients' : 'images'}`,
      columns: [
        { title: name },
        { title: 'Images', number: true },
        ...(hasPatients ? [{ title: 'Patients', number: true }] : []),
        ...(finding
          ? [
              { title: 'Sensitivity', number: true },
              { title: 'Specificity', number: true },
            ]
          : []),
        { title: finding ? `AUC, ${named(finding.label)} against the rest` : 'AUC', number: true },
        { title: 'Balanced accuracy', number: true },
      ],
      rows: groups.map((group) => [
        group.value ?? 'not known',
        count(group.images),
        ...(hasPatients ? [group.patients === null ? NONE : count(group.patients)] : []),
        ...(group.finding
          ? [estimateText(group.finding.sensitivity, 'share'), estimateText(group.finding.specificity, 'share')]
          : []),
        estimateText(group.finding?.auc ?? group.auc, 'area'),
        estimateText(group.balancedAccuracy, 'share'),
      ]),
    };
  });
}

function rocOf(diagnostics: Diagnostics, test: PartMetrics): Block {
  return diagnostics.finding && (diagnostics.test.finding?.roc.length ?? 0) > 0
    ? rocChart(diagnostics)
    : rocOfClasses(test);
}

function formerFigures(validation: PartMetrics, test: PartMetrics): Block {
  return {
    kind: 'table',
    caption: 'Figures with 95 % intervals',
    columns: [
      { title: '' },
      { title: `Validation, ${count(validation.images)} images`, number: true },
      { title: `Test, ${count(test.images)} images`, number: true },
    ],
    rows: [
      ['Accuracy', ...[validation, test].map((part) => shareWithInterval(part.accuracy, part.accuracyInterval))],
      ['AUC as MedMNIST defines it', ...[validation, test].map((part) => areaWithInterval(part.auc, part.aucInterval))],
    ],
  };
}

/** Counts of errors, and the figures of each class. */
export function errors({ model, evidence }: ModelFacts): Section {
  const { test } = model.result.metrics;
  const diagnostics = diagnosticsOf(evidence);
  const atPoint = diagnostics?.operatingPoint ? (diagnostics.test.finding?.atOperatingPoint?.confusion ?? null) : null;
  const labels = test.perClass.map(({ label }) => label);
  return {
    title: 'Errors',
    blocks: [
      ...confusions(labels, test.confusion, atPoint),
      ...(test.confusion ? [wrong(labels, atPoint ?? test.confusion, atPoint !== null)] : []),
      ...perClass(test),
      {
        kind: 'paragraph',
        tone: 'note',
        text: 'The window shows these images and where the network looked. What the errors have in common: [to be written]',
      },
    ],
  };
}

function confusions(
  labels: readonly string[],
  usual: PartMetrics['confusion'],
  atPoint: PartMetrics['confusion'],
): Block[] {
  if (!usual)
    return [{ kind: 'paragraph', text: 'An image can have several labels, so there is no confusion matrix.' }];
  const blocks: Block[] = atPoint
    ? [{ kind: 'confusion', caption: 'Test images, at the operating point', labels, matrix: atPoint }]
    : [];
  return [...blocks, { kind: 'confusion', caption: 'Test images, most probable class', labels, matrix: usual }];
}

function wrong(labels: readonly string[], matrix: readonly (readonly number[])[], atPoint: boolean): Block {
  return {
    kind: 'table',
    caption: `Errors on the test set${atPoint ? ', at the operating point' : ''}`,
    columns: [
      { title: 'Class' },
      { title: 'Images', number: true },
      { title: 'Correct', number: true },
      { title: 'Missed', number: true },
      { title: 'False alarms', number: true },
      { title: 'Most often confused with' },
    ],
    rows: matrix.map((row, k) => {
      const all = row.reduce((sum, value) => sum + value, 0);
      const right = row[k] ?? 0;
      const alarms = matrix.reduce((sum, other, i) => sum + (i === k ? 0 : (other[k] ?? 0)), 0);
      const others = row.map((value, i) => (i === k ? 0 : value));
      const most = Math.max(...others);
      const label = labels[others.indexOf(most)] ?? '';
      const taken = most === 0 ? NONE : `${label} (${count(most)})`;
      return [labels[k] ?? String(k), count(all), count(right), count(all - right), count(alarms), taken];
    }),
  };
}

function perClass({ perClass: classes }: PartMetrics): Block[] {
  const share = (value: number, ends: PartMetrics['aucInterval']): string => shareWithInterval(value, ends);
  const absent = classes.filter(({ images }) => images === 0);
  return [
    {
      kind: 'table',
      caption: 'Each class against the rest on the test set, most probable class, with exact 95 % intervals',
      columns: [
        { title: 'Class' },
        { title: 'Images', number: true },
        { title: 'Sensitivity', number: true },
        { title: 'Specificity', number: true },
        { title: 'Precision', number: true },
        { title: 'F1', number: true },
      ],
      rows: classes.map((row) => [
        row.label,
        row.images === null ? NONE : count(row.images),
        share(row.sensitivity, row.sensitivityInterval),
        share(row.specificity, row.specificityInterval),
        Number.isFinite(row.precision) ? shareText(row.precision) : NONE,
        Number.isFinite(row.f1) ? row.f1.toFixed(3) : NONE,
      ]),
    },
    ...(absent.length > 0
      ? [
          {
            kind: 'paragraph' as const,
            tone: 'note' as const,
            text: absent.map(({ label }) => `Not defined: no image of ${named(label)} in the test set.`).join(' '),
          },
        ]
      : []),
  ];
}
