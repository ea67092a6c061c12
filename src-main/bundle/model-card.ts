import { countParameters } from '../space/parameter-count.js';
import type { Metrics } from '../training/metrics/part-metrics.js';
import { isMultiLabel } from '../datasets/dataset.js';
import type { ModelDescription } from '../training/model-file.js';
import { INTENDED_USE, type ExportContext } from './export-context.js';
import type { ExportCheck } from './metadata.js';
import { SAMPLE_COUNT } from './sample.js';

const number = (value: number): string => value.toLocaleString('en-US');
const figure = (value: number): string => (Number.isNaN(value) ? 'not defined' : value.toFixed(3));
const interval = (ends: readonly [number, number] | null): string =>
  ends === null || ends[0] === ends[1] ? 'no interval' : `${figure(ends[0])}–${figure(ends[1])}`;
/** Text that comes from a dataset, without the signs that mean something in a Markdown table. */
const cell = (text: string): string => text.replace(/[|\r\n<>`[\]]/g, ' ');

/** README.md: the model card. */
export function modelCard(
  model: ModelDescription,
  context: ExportContext,
  validation: Metrics,
  test: Metrics,
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
tags: [medical, medmnist, neural-architecture-search]
---

# ${context.name} ${context.version}

${dataset.synthetic ? '**Trained on synthetic images. It says nothing about patients.**\n\n' : ''}A small image classifier for ${cell(dataset.name)}, ${context.searchRun === null ? 'a network of the search space of' : 'found by architecture search with'} ZO-DARTS++ (arXiv 2503.06092) and trained from scratch by MedForge ${model.program}.

**Intended use: ${INTENDED_USE}**

## Input and output

\`models/model.onnx\`, ONNX opset 17. Input \`image\`: float32 N×${String(space.inputChannels)}×${String(size)}×${String(size)}, ${colours}, values from 0 to 1; normalisation is part of the network. Outputs \`logits\` and \`probabilities\`: float32 N×${String(space.classes)}. N may be any number, and an image's result does not depend on its batch.

Label order (${isMultiLabel(task) ? 'several labels may apply, each above 0.5' : 'the most probable one applies'}):

| output | label |
|---|---|
${labels.map((label, k) => `| ${String(k)} | ${cell(label)} |`).join('\n')}

## Data

${cell(dataset.name)}, licence ${dataset.licence ?? 'unknown'}; ${number(dataset.samples.train)} training, ${number(dataset.samples.val)} validation and ${number(dataset.samples.test)} test images; SHA-256 \`${dataset.sha256}\`. See \`docs/data_license.txt\`. The bundle holds none of its images: \`sample/input.npy\` is drawn.

## Metrics

ACC and AUC as the MedMNIST evaluator defines them, with 95 % bootstrap intervals; an accuracy of 1 has its exact interval (Clopper and Pearson 1934), an AUC of 1 none. Seed ${String(model.seed)}, epoch ${String(model.selectedEpoch)} of ${String(recipe.epochs)}: ${model.selectionRule}. The test part was not used to choose anything.

| part | images | ACC | AUC |
|---|---|---|---|
${rows(validation, 'validation')}
${rows(test, 'test')}
${seeds && seeds.seeds.length > 1 ? `\nOver the seeds ${seeds.seeds.join(', ')} the test part has ACC ${figure(seeds.accuracyMean)} ± ${figure(seeds.accuracyDeviation)} and AUC ${figure(seeds.aucMean)} ± ${figure(seeds.aucDeviation)} (mean and standard deviation).\n` : ''}
On the test part:

| label | sensitivity | specificity | precision | F1 |
|---|---|---|---|---|
${test.perClass.map((m) => `| ${cell(m.label)} | ${figure(m.sensitivity)} | ${figure(m.specificity)} | ${figure(m.precision)} | ${figure(m.f1)} |`).join('\n')}

## Size

${number(countParameters(space, model.genotype))} trainable parameters (batch norms with scale and shift; edges that lead nowhere are not built).${budget ? ` The search had a budget of ${number(budget.lower)} to ${number(budget.upper)} parameters.` : ''}

## How it was checked

On export the written network was opened again with onnxruntime and run on all ${number(check.images)} test images: same ACC and AUC as the training engine, largest difference of a probability ${check.largestDifference.toExponential(1)}; an image alone differs from the same image in a batch of 64 by at most ${check.batchDifference.toExponential(1)}.

\`medforge verify .\` repeats this from the bundle: every file's SHA-256, labels and sizes against each other, the ${String(SAMPLE_COUNT)} images of \`sample/\`, and ACC and AUC recomputed from \`docs/test_predictions.csv\`. With \`--dataset FILE.npz\` it runs the whole test part again.

## Limits

Images are ${String(size)}×${String(size)} pixels. Trained and measured on one dataset; other scanners, populations and preparations will give other results. Probabilities are not calibrated.
`;
}
