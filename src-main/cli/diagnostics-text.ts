import { estimateText, figureText, intervalText } from '../estimate-text.js';
import type { Calibration, Decision, Diagnostics, PartDiagnostics } from '../vocabulary/diagnostics.js';
import { headlineOf } from '../headline.js';
import { operatingPointText } from '../operating-point-text.js';
import { table } from './output.js';

/** The figures of a model for people: headline beside majority vote, operating point, calibration. */
export function diagnosticsLines(diagnostics: Diagnostics): string[] {
  return [
    ...sentenceLines(diagnostics),
    ...headlineLines(diagnostics),
    ...twinLines(diagnostics),
    ...operatingLines(diagnostics),
    ...calibrationLines(diagnostics),
    ...groupLines(diagnostics),
  ];
}

/** Columns of a cell that says why a figure is not defined. */
const WIDEST = 160;

/** What is said first of a model: that it is bad, where it is, and how much of the finding it finds. */
function sentenceLines(diagnostics: Diagnostics): string[] {
  const { warning, sentence } = headlineOf(diagnostics);
  const lines = [
    ...(warning ? [`Warning: ${warning[0]!.toLowerCase()}${warning.slice(1)}.`] : []),
    sentence ?? [],
  ].flat();
  return lines.map((line) => line.replaceAll('\u202f', ' '));
}

/** What a table of one part says, each figure beside that of who always answers the most frequent class. */
function headlineLines({ finding, test }: Diagnostics): string[] {
  const { majority } = test;
  const rows = [
    ['on the test set', 'this model', `majority class${majority.label === null ? '' : ` ("${majority.label}")`}`],
    ['balanced accuracy', estimateText(test.balancedAccuracy), figureText(majority.balancedAccuracy)],
    ['AUC', estimateText(test.auc), figureText(test.auc.value === null ? null : 0.5)],
    ['accuracy', estimateText(test.accuracy), figureText(majority.accuracy)],
  ];
  if (finding && test.finding) {
    const { usual, positives, negatives, auc } = test.finding;
    rows.push(
      [`sensitivity for "${finding.label}"`, estimateText(usual.sensitivity), figureText(majority.sensitivity)],
      [`specificity for "${finding.label}"`, estimateText(usual.specificity), figureText(majority.specificity)],
    );
    const ofFinding = `finding "${finding.label}": ${positives} of ${positives + negatives} test images`;
    const alone = auc.value === test.auc.value ? '' : `; AUC against all others ${estimateText(auc)}`;
    return [
      ...table(rows, [], WIDEST),
      `${ofFinding}${alone}. Intervals: 95 %, of the ${test.patients === null ? 'images' : `${test.patients} patients`}.`,
    ];
  }
  return [
    ...table(rows, [], WIDEST),
    "The dataset has no finding. For sensitivity and specificity, choose one with 'medforge datasets finding DATASET CLASS'.",
  ];
}

function twinLines({ finding, operatingPoint, test, withoutTwins }: Diagnostics): string[] {
  if (!withoutTwins || withoutTwins.twins === 0) return [];
  const { twins, figures } = withoutTwins;
  const have = `${twins} of ${test.images} test images ${twins === 1 ? 'has' : 'have'} an identical or near-identical image in the training or validation set`;
  if (!figures) return ['', `${have}: the model may remember every test image.`];
  const decided = operatingPoint ? test.finding?.atOperatingPoint : test.finding?.usual;
  const rows = [
    ['balanced accuracy', test.balancedAccuracy, figures.balancedAccuracy],
    ['AUC', test.auc, figures.auc],
    ['accuracy', test.accuracy, figures.accuracy],
    ...(finding && decided && figures.finding
      ? ([
          [`sensitivity for "${finding.label}"`, decided.sensitivity, figures.finding.sensitivity],
          [`specificity for "${finding.label}"`, decided.specificity, figures.finding.specificity],
        ] as const)
      : []),
  ] as const;
  return [
    '',
    `${have}${operatingPoint ? '; sensitivity and specificity at the operating point' : ''}`,
    ...table(
      [
        ['test images', `all ${test.images}`, `the ${figures.images} without twin`],
        ...rows.map(([name, all, without]) => [name, estimateText(all), estimateText(without)]),
      ],
      [],
      WIDEST,
    ),
  ];
}

function operatingLines({ operatingPoint, operatingPointProblem, validation, test }: Diagnostics): string[] {
  if (operatingPointProblem !== null) return ['', `Operating point: ${operatingPointProblem}.`];
  if (!operatingPoint) return [];
  const row = (name: string, { finding }: PartDiagnostics): string[] => [
    name,
    ...decisionCells(finding!.atOperatingPoint!),
  ];
  return [
    '',
    `operating point: ${operatingPointText(operatingPoint)}`,
    ...table(
      [
        ['', 'sensitivity', 'specificity', 'positive predictive value', 'found', 'missed', 'false alarms'],
        row('validation', validation),
        row('test', test),
      ],
      [],
      WIDEST,
    ),
  ];
}

function groupLines({ finding, operatingPoint, test }: Diagnostics): string[] {
  if (test.groupings.length === 0) return [];
  const hasPatients = test.groupings.some(({ groups }) => groups.some(({ patients }) => patients !== null));
  const titles = finding ? ['sensitivity', 'specificity', 'AUC against all others'] : ['accuracy', 'AUC'];
  const rows = test.groupings.flatMap(({ name, groups }) =>
    groups.map((group) => [
      `${name}: ${group.value ?? 'unknown'}`,
      String(group.images),
      ...(hasPatients ? [String(group.patients ?? '–')] : []),
      ...(group.finding
        ? [group.finding.sensitivity, group.finding.specificity, group.finding.auc]
        : [group.accuracy, group.auc]
      ).map(estimateText),
      estimateText(group.balancedAccuracy),
    ]),
  );
  const decided = finding === null ? '' : operatingPoint ? ', at the operating point' : ', most probable class';
  return [
    '',
    `groups of the test set${decided}; intervals: 95 %, of the ${hasPatients ? 'patients' : 'images'}`,
    ...table(
      [['', 'images', ...(hasPatients ? ['patients'] : []), ...titles, 'balanced accuracy'], ...rows],
      [],
      WIDEST,
    ),
  ];
}

function decisionCells(decision: Decision): string[] {
  const { sensitivity, specificity, positivePredictiveValue } = decision;
  const counts = [decision.truePositives, decision.falseNegatives, decision.falsePositives];
  return [...[sensitivity, specificity, positivePredictiveValue].map(estimateText), ...counts.map(String)];
}

function calibrationLines({ calibrationOf, temperature, finding, validation, test }: Diagnostics): string[] {
  const subject =
    calibrationOf === 'finding' ? `"${finding!.label}"` : `the ${calibrationOf}`.replace('the all', 'all');
  const row = (name: string, { expectedCalibrationError, brierScore }: Calibration): string[] => [
    name,
    estimateText(expectedCalibrationError),
    estimateText(brierScore),
  ];
  const bins = test.calibration.before.bins.map((bin, b) => {
    const after = test.calibration.after.bins[b]!;
    const cells = ({ images, probability, observed, interval }: typeof bin): string[] =>
      images === 0
        ? ['0', '–', '–']
        : [String(images), figureText(probability), `${figureText(observed)} [${intervalText(interval)}]`];
    return [`${bin.from.toFixed(1)}–${bin.to.toFixed(1)}`, ...cells(bin), ...cells(after)];
  });
  return [
    '',
    `calibration of the probability of ${subject}; temperature ${temperature.toFixed(3)}, fitted on the validation set`,
    ...table([
      ['', 'ECE', 'Brier score'],
      row('validation', validation.calibration.before),
      row('validation, calibrated', validation.calibration.after),
      row('test', test.calibration.before),
      row('test, calibrated', test.calibration.after),
    ]),
    ...table([['test', 'images', 'probability', 'observed', 'calibrated: images', 'probability', 'observed'], ...bins]),
  ];
}
