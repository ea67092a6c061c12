import { countParameters } from '../space/parameter-count.js';
import type { Metrics } from '../training/metrics/part-metrics.js';
import { isMultiLabel } from '../datasets/dataset.js';
import { identityText } from '../datasets/identity.js';
import { pixelRuleOf, type ModelDescription } from '../training/model-file.js';
import { describePixelRule } from '../vocabulary/pixel-rule.js';
import type { ExportContext } from './export-context.js';
import { INTENDED_USE } from '../intended-use.js';
import type { Diagnostics, Estimate, PartDiagnostics } from '../vocabulary/diagnostics.js';
import { operatingPointText } from '../operating-point-text.js';
import { absent } from '../training/metrics/estimate.js';
import type { ExportCheck, Measured } from './metadata.js';
import { CALIBRATED } from './onnx-writer.js';
import { SAMPLE_COUNT } from './sample.js';

const number = (value: number): string => value.toLocaleString('en-US');
const figure = (value: number): string => (Number.isNaN(value) ? 'not defined' : value.toFixed(3));
const interval = (ends: readonly [number, number] | null): string =>
  ends === null || ends[0] === ends[1] ? 'no interval' : `${figure(ends[0])}–${figure(ends[1])}`;
/** Text that comes from a dataset, without the signs that mean something in a Markdown table. */
const cell = (text: string): string => text.replace(/[|\r\n<>`[\]]/g, ' ');

const estimated = ({ value, interval: ends, missing }: Estimate): string =>
  value === null ? `not defined: ${cell(missing ?? '')}` : `${figure(value)} (${interval(ends)})`;

/** README.md: the model card. */
export function modelCard(
  model: ModelDescription,
  context: ExportContext,
  { validation, test, diagnostics }: Measured,
  check: ExportCheck,
): string {
  const { dataset, labels, space, size, task, recipe } = model;
  const colours = space.inputChannels === 1 ? 'grey' : 'RGB';
  const rows = (metrics: Metrics, part: string): string =>
    `| ${part} | ${number(metrics.images)} | ${figure(metrics.accuracy)} (${interval(metrics.accuracyInterval)}) | ${figure(metrics.auc)} (${interval(metrics.aucInterval)}) |`;
  const { seeds, budget } = context;
  return `---
license: other
library_name: onnx
pipeline_tag: image-classification
tags: [medical, ${dataset.identity === 'not-official' ? '' : 'medmnist, '}neural-architecture-search]
---

# ${context.name} ${context.version}

${dataset.synthetic ? '**Trained on synthetic images. Its results say nothing about patients.**\n\n' : ''}A small image classifier for ${cell(dataset.name)}, ${context.searchRun === null ? 'a network from the search space of' : 'found by architecture search with'} ZO-DARTS++ (arXiv 2503.06092) and trained from scratch by MedForge ${model.program}.

**Intended use: ${INTENDED_USE}**

## Input and output

\`models/model.onnx\`, ONNX opset 17. Input \`image\`: float32 N×${String(space.inputChannels)}×${String(size)}×${String(size)}, ${colours}, values from 0 to 1; normalisation is part of the network. Outputs \`logits\`, \`probabilities\` and \`${CALIBRATED}\` (see Calibration): float32 N×${String(space.classes)}. N may be any number, and an image's result does not depend on its batch.

From the file of an image to the input${model.pixelRule ? ', by the rule of the dataset' : ''}: ${describePixelRule(pixelRuleOf(model))}; then divided by 255. \`medforge predict\` does this. \`configs/pixel_rule.json\` contains the rule, and \`preprocessor_config.json\` lists which steps Hugging Face's image processor performs and which it does not.

Label order (${
    diagnostics.operatingPoint
      ? 'see Operating point'
      : isMultiLabel(task)
        ? 'several labels may apply, each above 0.5'
        : 'the most probable one applies'
  }):

| output | label |
|---|---|
${labels.map((label, k) => `| ${String(k)} | ${cell(label)} |`).join('\n')}

## Data

${cell(dataset.name)}, licence ${dataset.licence ?? 'unknown'}; ${number(dataset.samples.train)} training, ${number(dataset.samples.val)} validation and ${number(dataset.samples.test)} test images; SHA-256 \`${dataset.sha256}\`. This is ${cell(identityText({ ...dataset, size }))}. See \`docs/data_license.txt\`. The bundle holds none of its images: \`sample/input.npy\` is drawn.

${healthOf(context)}

## Headline

${headline(diagnostics)}
${twinsPart(diagnostics)}${operatingPart(diagnostics)}${calibrationPart(diagnostics)}
## Metrics

ACC and AUC as the MedMNIST evaluator defines them, with 95 % bootstrap intervals; an accuracy of 1 has an exact interval (Clopper and Pearson 1934); an AUC of 1, or one with fewer than ten images of a class, has no interval. Sensitivities and specificities have exact intervals. Seed ${String(model.seed)}, epoch ${String(model.selectedEpoch)} of ${String(recipe.epochs)}: ${model.selectionRule}. The test set was not used to choose anything.

| set | images | ACC | AUC |
|---|---|---|---|
${rows(validation, 'validation')}
${rows(test, 'test')}
${seeds && seeds.seeds.length > 1 ? `\nOver the seeds ${seeds.seeds.join(', ')}, the test set gives ACC ${figure(seeds.accuracyMean)} ± ${figure(seeds.accuracyDeviation)} and AUC ${figure(seeds.aucMean)} ± ${figure(seeds.aucDeviation)} (mean and standard deviation).\n` : ''}
On the test set:

| label | images | sensitivity | specificity | precision | F1 |
|---|---|---|---|---|---|
${test.perClass.map((m) => `| ${cell(m.label)} | ${number(m.images)} | ${figure(m.sensitivity)} (${interval(m.sensitivityInterval)}) | ${figure(m.specificity)} (${interval(m.specificityInterval)}) | ${figure(m.precision)} | ${figure(m.f1)} |`).join('\n')}
${test.perClass
  .filter(({ images }) => images === 0)
  .map(({ label }) => `\nNot defined: ${cell(absent(label, 'test'))}.\n`)
  .join('')}
## Size

${number(countParameters(space, model.genotype))} trainable parameters (batch norms with scale and shift; edges that do not lead to the output are not built).${budget ? ` The search had a budget of ${number(budget.lower)} to ${number(budget.upper)} parameters.` : ''}

## How it was checked

During export, the written network was reopened with onnxruntime and run on all ${number(check.images)} test images: same ACC and AUC as the training engine, largest difference in a probability ${check.largestDifference.toExponential(1)}; an image on its own differs from the same image in a batch of 64 by at most ${check.batchDifference.toExponential(1)}.

\`medforge verify .\` checks this again from the bundle: the SHA-256 of every file, the consistency of labels and sizes, the ${String(SAMPLE_COUNT)} images of \`sample/\`, the calibrated probabilities, and the figures recomputed from \`docs/test_predictions.csv\` and \`docs/validation_predictions.csv\`. With \`--dataset FILE.npz\`, it also runs the whole test set again.

## Limits

Images are ${String(size)}×${String(size)} pixels. Trained and evaluated on one dataset; other scanners, populations and image preparation will give different results. Calibration holds only for images like those of the validation set and for the same frequency of the finding.
`;
}

/** What decides whether the network is of use, beside who always says the same. */
function headline({ finding, test }: Diagnostics): string {
  const { majority } = test;
  const rows: [string, string, number | null][] = [
    ['balanced accuracy', estimated(test.balancedAccuracy), majority.balancedAccuracy],
    ['AUC', estimated(test.auc), test.auc.value === null ? null : 0.5],
    ['accuracy', estimated(test.accuracy), majority.accuracy],
  ];
  const usual = test.finding?.usual;
  if (finding && usual) {
    const label = cell(finding.label);
    rows.push(
      [`sensitivity for ${label}`, estimated(usual.sensitivity), majority.sensitivity],
      [`specificity for ${label}`, estimated(usual.specificity), majority.specificity],
    );
  }
  const always = majority.label === null ? 'majority class' : `majority class (always ${cell(majority.label)})`;
  return `On the ${number(test.images)} images of the test set, with 95 % intervals; the prediction is the most probable class.${
    finding ? '' : ' The dataset has no finding, so there is no sensitivity or specificity.'
  }

| | this network | ${always} |
|---|---|---|
${rows.map(([name, own, other]) => `| ${name} | ${own} | ${other === null ? 'not defined' : figure(other)} |`).join('\n')}`;
}

/** What the health report of the dataset says. */
function healthOf({ health }: ExportContext): string {
  if (!health) return 'The dataset was not checked before this export (`medforge datasets check`).';
  if (health.length === 0) return 'The health report of the dataset found nothing.';
  return `The health report of the dataset:\n\n${health.map(({ severity, sentence }) => `- ${severity}: ${cell(sentence)}`).join('\n')}`;
}

function twinsPart({ finding, operatingPoint, test, withoutTwins }: Diagnostics): string {
  if (!withoutTwins) return '';
  const { twins, figures } = withoutTwins;
  if (twins === 0)
    return '\nNo test image has an identical or near-identical image (pixel correlation of at least 0.99) in the training or validation set.\n';
  const have = `${number(twins)} of ${number(test.images)} test images ${twins === 1 ? 'has' : 'have'} an identical or near-identical image (pixel correlation of at least 0.99) in the training or validation set`;
  if (!figures) return `\n${have}, so every figure may include images that the network remembers.\n`;
  const decided = operatingPoint ? test.finding?.atOperatingPoint : test.finding?.usual;
  const rows: [string, Estimate, Estimate][] = [
    ['balanced accuracy', test.balancedAccuracy, figures.balancedAccuracy],
    ['AUC', test.auc, figures.auc],
    ['accuracy', test.accuracy, figures.accuracy],
  ];
  if (finding && decided && figures.finding) {
    const at = operatingPoint ? ' at the operating point' : '';
    rows.push(
      [`sensitivity for ${cell(finding.label)}${at}`, decided.sensitivity, figures.finding.sensitivity],
      [`specificity for ${cell(finding.label)}${at}`, decided.specificity, figures.finding.specificity],
    );
  }
  return `
${have}. With and without them:

| | all ${number(test.images)} test images | the ${number(figures.images)} without twin |
|---|---|---|
${rows.map(([name, all, without]) => `| ${name} | ${estimated(all)} | ${estimated(without)} |`).join('\n')}
`;
}

function operatingPart({ operatingPoint, validation, test }: Diagnostics): string {
  if (!operatingPoint) return '';
  const row = (name: string, { finding }: PartDiagnostics): string => {
    const decision = finding!.atOperatingPoint!;
    const { sensitivity, specificity, positivePredictiveValue } = decision;
    const figures = [sensitivity, specificity, positivePredictiveValue].map((one) => estimated(one));
    return `| ${name} | ${figures.join(' | ')} | ${number(decision.truePositives)} | ${number(decision.falseNegatives)} | ${number(decision.falsePositives)} |`;
  };
  return `
## Operating point

Predicts ${cell(operatingPointText(operatingPoint))}, using the output \`probabilities\`; otherwise the most probable other class. Chosen without the test set. \`medforge predict\` uses it; \`configs/operating_point.json\` contains the threshold.

| set | sensitivity | specificity | positive predictive value | found | missed | false alarms |
|---|---|---|---|---|---|---|
${row('validation', validation)}
${row('test', test)}
`;
}

function calibrationPart({ calibrationOf, finding, temperature, validation, test }: Diagnostics): string {
  const subject = calibrationOf === 'finding' ? cell(finding!.label) : calibrationOf;
  const row = (name: string, { calibration }: PartDiagnostics): string =>
    (['before', 'after'] as const)
      .map((when) => {
        const { expectedCalibrationError, brierScore } = calibration[when];
        const output = when === 'before' ? 'probabilities' : CALIBRATED;
        return `| ${name} | \`${output}\` | ${estimated(expectedCalibrationError)} | ${estimated(brierScore)} |`;
      })
      .join('\n');
  return `
## Calibration

Probability of ${subject}: expected calibration error over ten bins of equal width, and Brier score. The temperature ${temperature.toFixed(3)}, fitted on the validation set, divides the logits of the output \`${CALIBRATED}\`.

| set | output | ECE | Brier score |
|---|---|---|---|
${row('validation', validation)}
${row('test', test)}
`;
}
