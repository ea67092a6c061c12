import { countMultiplyAccumulates, countParameters } from '../space/parameter-count.js';
import type { Metrics } from '../training/metrics/part-metrics.js';
import { operatingPointText } from '../operating-point-text.js';
import type { Diagnostics } from '../vocabulary/diagnostics.js';
import type { OperatingPoint } from '../vocabulary/operating-point.js';
import { CALIBRATED } from './onnx-writer.js';
import { isMultiLabel } from '../datasets/dataset.js';
import { identityText } from '../datasets/identity.js';
import { pixelRuleOf, type ModelDescription } from '../training/model-file.js';
import { describePixelRule } from '../vocabulary/pixel-rule.js';
import { PIXEL_RULE } from './preprocessing.js';
import type { ExportContext } from './export-context.js';
import { INTENDED_USE } from '../intended-use.js';

/** What the export measured when it re-opened the network with onnxruntime. */
export interface ExportCheck {
  readonly images: number;
  /** Between the engine's probabilities and onnxruntime's, over the whole test part. */
  readonly largestDifference: number;
  /** Between an image alone and the same image in a batch. */
  readonly batchDifference: number;
}

/** What was measured of both parts. */
export interface Measured {
  readonly validation: Metrics;
  readonly test: Metrics;
  readonly diagnostics: Diagnostics;
}

/** configs/metadata.json with the keys of the MONAI bundle specification. */
export function monaiMetadata(model: ModelDescription, context: ExportContext, { test }: Diagnostics): object {
  const { labels, space, size, dataset, task } = model;
  const channels = Object.fromEntries(labels.map((label, k) => [String(k), label]));
  return {
    schema: 'https://github.com/Project-MONAI/MONAI-extra-test-data/releases/download/0.8.1/meta_schema_20220324.json',
    version: context.version,
    changelog: { [context.version]: `exported by MedForge ${model.program}` },
    monai_version: 'not used',
    pytorch_version: 'not used',
    numpy_version: 'not used',
    optional_packages_version: { onnxruntime: '1.30.0' },
    name: context.name,
    task: `${task} classification of ${dataset.name} images`,
    description: `Image classifier with ${String(model.parameters)} parameters, found by ZO-DARTS++ architecture search and trained from scratch.`,
    authorship: 'exported by MedForge',
    copyright: 'see LICENSE and docs/data_license.txt',
    data_source: `${dataset.name}, SHA-256 ${dataset.sha256}: ${identityText({ ...dataset, size })}`,
    data_type: 'image arrays',
    image_classes: `${space.inputChannels === 1 ? 'grey' : 'RGB'} image, ${String(size)}×${String(size)}, values from 0 to 1`,
    image_preparation: `${describePixelRule(pixelRuleOf(model))}; divided by 255. ${PIXEL_RULE} holds this rule. It is not a MONAI transform: prepare the images in this way first.`,
    label_classes: labels.map((label, k) => `${String(k)}: ${label}`).join('; '),
    pred_classes: isMultiLabel(task) ? 'one probability per label' : 'one probability per class, summing to 1',
    eval_metrics: {
      accuracy: test.accuracy.value,
      balanced_accuracy: test.balancedAccuracy.value,
      auc: test.auc.value,
      ...(test.finding
        ? {
            sensitivity: (test.finding.atOperatingPoint ?? test.finding.usual).sensitivity.value,
            specificity: (test.finding.atOperatingPoint ?? test.finding.usual).specificity.value,
          }
        : {}),
    },
    intended_use: INTENDED_USE,
    references: ['ZO-DARTS++, arXiv 2503.06092', 'MedMNIST v2, Scientific Data 10, 41 (2023)'],
    network_data_format: {
      inputs: {
        image: {
          type: 'image',
          format: 'magnitude',
          modality: 'see data_source',
          num_channels: space.inputChannels,
          spatial_shape: [size, size],
          dtype: 'float32',
          value_range: [0, 1],
          is_patch_data: false,
          channel_def: space.inputChannels === 1 ? { '0': 'grey' } : { '0': 'red', '1': 'green', '2': 'blue' },
        },
      },
      outputs: {
        pred: {
          type: 'probabilities',
          format: 'classes',
          num_channels: space.classes,
          spatial_shape: [1],
          dtype: 'float32',
          value_range: [0, 1],
          is_patch_data: false,
          channel_def: channels,
        },
      },
    },
  };
}

/** architecture.json */
export function architecture(model: ModelDescription): object {
  const { space, genotype, size } = model;
  return {
    space,
    genotype,
    parameters: countParameters(space, genotype),
    multiply_accumulates: countMultiplyAccumulates(space, genotype, size),
  };
}

/** run.json: where the model comes from. */
export function provenance(model: ModelDescription, context: ExportContext): object {
  const { dataset, seed, selectedEpoch, selectionRule, recipe, program } = model;
  return {
    run: context.run,
    search_run: context.searchRun,
    budget: context.budget,
    dataset,
    seed,
    selected_epoch: selectedEpoch,
    selection_rule: selectionRule,
    recipe,
    program: `MedForge ${program}`,
    exported_at: context.createdAt,
  };
}

/** docs/metrics.json */
export function metricsDocument(
  { validation, test, diagnostics }: Measured,
  context: ExportContext,
  check: ExportCheck,
): object {
  return { validation, test, diagnostics, seeds: context.seeds, export_check: check };
}

/** configs/calibration.json: what the output "calibrated_probabilities" does. */
export function calibrationDocument({ temperature }: Diagnostics): object {
  return {
    method: 'temperature scaling (Guo et al. 2017)',
    temperature,
    fitted_on: 'validation part',
    output: CALIBRATED,
    figures: 'docs/metrics.json, diagnostics',
  };
}

/** configs/operating_point.json; `threshold` is of the output "probabilities". */
export function operatingPointDocument(point: OperatingPoint): object {
  return { ...point, output: 'probabilities', in_words: operatingPointText(point) };
}

/** Named values inside the ONNX file. */
export function onnxMetadata(model: ModelDescription, context: ExportContext): Record<string, string> {
  return {
    name: context.name,
    version: context.version,
    task: model.task,
    labels: JSON.stringify(model.labels),
    genotype: JSON.stringify(model.genotype),
    space: JSON.stringify(model.space),
    dataset: model.dataset.name,
    dataset_sha256: model.dataset.sha256,
    synthetic: String(model.dataset.synthetic),
    seed: String(model.seed),
    parameters: String(model.parameters),
    finding: context.finding === null ? '' : (model.labels[context.finding] ?? ''),
    operating_point: context.operatingPoint ? JSON.stringify(context.operatingPoint) : '',
    intended_use: INTENDED_USE,
  };
}
