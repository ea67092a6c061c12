import { writeFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { Option, type Command } from 'commander';
import { modelDiagnostics, setOperatingPoint } from '../../actions/diagnose-model.js';
import { evaluateElsewhere, evaluateModel } from '../../actions/evaluate-model.js';
import { exportModel } from '../../actions/export-model.js';
import { requireBackend } from '../../actions/require-backend.js';
import { predictImages } from '../../actions/predict-images.js';
import { verifyBundle } from '../../bundle/verify.js';
import { listBackends } from '../../compute/index.js';
import type { Part } from '../../datasets/dataset.js';
import { loadDataset } from '../../datasets/medmnist.js';
import { UserError } from '../../errors.js';
import { figureText, intervalText } from '../../estimate-text.js';
import { writeModelBundle } from '../../jobs/bundle-writer.js';
import { chooseOnValidation, diagnoseModel } from '../../jobs/model-diagnosis.js';
import type { TaskProgress } from '../../jobs/task-progress.js';
import { absent } from '../../training/metrics/estimate.js';
import type { PartMetrics } from '../../vocabulary/metrics.js';
import { operatingPointText } from '../../operating-point-text.js';
import type { VerifyReport } from '../../vocabulary/verify-report.js';
import type { BackendChoice, Engine } from '../../vocabulary/backend.js';
import { untilSignalled } from '../signals.js';
import { backendOption, threadsOption } from '../common-options.js';
import { findDataset } from '../dataset-argument.js';
import { diagnosticsLines } from '../diagnostics-text.js';
import { operatingRule, wholeNumber, type WantedOperatingPoint } from '../options.js';
import { percent, table } from '../output.js';
import { outputOf, withSession, withSessionOnFullDisk, type Session } from '../session.js';

export function registerBundle(program: Command): void {
  registerEvaluate(program);
  registerExport(program);
  registerVerify(program);
  registerPredict(program);
}

function operatingPointOption(): Option {
  return new Option(
    '--operating-point <rule>',
    'threshold for predicting the finding, chosen on the validation set and saved with the model: ' +
      'sensitivity:0.95, specificity:0.9, youden, costs:MISSED:FALSE_ALARM, threshold:0.3 or none',
  ).argParser(operatingRule);
}

interface EvaluateOptions {
  readonly split: Part;
  readonly csv?: string;
  readonly dataset?: string;
  readonly operatingPoint?: WantedOperatingPoint;
  readonly backend: BackendChoice;
  readonly threads: number;
}

function registerEvaluate(program: Command): void {
  program
    .command('evaluate')
    .argument('<model>', 'number of a model (`runs show` lists them)', wholeNumber)
    .addOption(new Option('--split <part>', 'set of the dataset').choices(['train', 'val', 'test']).default('test'))
    .addOption(operatingPointOption())
    .option(
      '--csv <file>',
      "write the result file of the MedMNIST evaluator; in a folder, it gets the evaluator's file name",
    )
    .option(
      '--dataset <dataset>',
      'evaluate on this dataset, with the same classes, instead of the one used for training',
    )
    .addOption(backendOption())
    .addOption(threadsOption())
    .description('evaluates a trained model: main figures, operating point, calibration and figures of each class')
    .action((model: number, options: EvaluateOptions, command: Command) =>
      withSessionOnFullDisk(command, async (session) => {
        const { history, output } = session;
        await requireBackend(options.backend, listBackends);
        const elsewhere = options.dataset === undefined ? undefined : findDataset(history, options.dataset);
        const measured = elsewhere === undefined ? await evaluateModel(history, model, options.split, options) : null;
        if (options.operatingPoint !== undefined) {
          await setOperatingPoint({ history, choose: chooseOnValidation }, model, options.operatingPoint);
        }
        const { metrics, csv, csvName, dataset, diagnostics, classesByNumber } =
          measured === null
            ? await evaluateElsewhere(history, model, options.split, elsewhere!, options)
            : {
                ...measured,
                classesByNumber: false,
                diagnostics: await modelDiagnostics({ history, diagnose: diagnoseModel }, model),
              };
        output.object({ event: 'evaluated', model, classesByNumber, metrics, diagnostics });
        output.text(`model ${model} on the ${metrics.images} images of ${dataset.name}, ${options.split}:`);
        if (classesByNumber) {
          output.text(
            `the classes of ${basename(elsewhere!)} have no names, so they are matched to those of the model by number: ` +
              dataset.labels.map((label, k) => `${k} "${label}"`).join(', '),
          );
        }
        if (options.split === 'test') for (const line of diagnosticsLines(diagnostics)) output.text(line);
        else {
          const figure = (value: number, interval: PartMetrics['aucInterval']): string =>
            Number.isNaN(value) ? 'not defined' : `${value.toFixed(4)} [${intervalText(interval)}]`;
          output.text(`AUC ${figure(metrics.auc, metrics.aucInterval)}`);
          output.text(`accuracy ${figure(metrics.accuracy, metrics.accuracyInterval)}`);
        }
        output.text();
        for (const line of classLines(metrics)) output.text(line);
        if (metrics.confusion) {
          output.text('confusion matrix without an operating point (rows: truth, columns: prediction)');
          for (const line of table(metrics.confusion.map((row, i) => [dataset.labels[i] ?? String(i), ...row]))) {
            output.text(`  ${line}`);
          }
        }
        if (options.csv !== undefined) output.note(`Wrote ${writeCsv(options.csv, csvName, csv)}`);
      }),
    );
}

/** Sensitivity and the like of each class; what cannot be measured is said below. */
function classLines({ perClass, part }: PartMetrics): string[] {
  const rows: (string | number)[][] = [['class', 'images', 'sensitivity', 'specificity', 'precision', 'F1']];
  for (const { label, images, precision, f1, ...figures } of perClass) {
    const { sensitivity, specificity, sensitivityInterval, specificityInterval } = figures;
    const withInterval = (value: number, ends: PartMetrics['aucInterval']): string =>
      ends === null ? figureText(value) : `${figureText(value)} [${intervalText(ends)}]`;
    rows.push([
      label,
      images ?? '–',
      withInterval(sensitivity, sensitivityInterval),
      withInterval(specificity, specificityInterval),
      figureText(precision),
      figureText(f1),
    ]);
  }
  const missing = perClass.flatMap(({ label, images }) => (images === 0 ? [absent(label, part)] : []));
  return [...table(rows), ...missing.map((why) => `not defined: ${why}`)];
}

function writeCsv(target: string, name: string, csv: string): string {
  const file = resolve(/\.csv$/i.test(target) ? target : `${target}/${name}`);
  try {
    writeFileSync(file, csv);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new UserError(
      'csv-unwritable',
      `${file} cannot be written (${code}): choose another file or an existing folder`,
    );
  }
  return file;
}

function registerExport(program: Command): void {
  program
    .command('export')
    .argument('<model>', 'number of a model (`runs show` lists them)', wholeNumber)
    .requiredOption('--out <folder>', 'folder in which the folder of the bundle is created')
    .option('--name <name>', 'name of the bundle (default: dataset, model and seed)')
    .option('--release <version>', 'version of the bundle (default: the first unused version from 1.0.0)')
    .addOption(operatingPointOption())
    .option('--triton', 'add a Triton model repository', false)
    .addOption(backendOption())
    .addOption(threadsOption())
    .description('writes a verified ONNX bundle; nothing is left behind unless every check passes')
    .action((model: number, options: ExportOptions & Required<Engine>, command: Command) =>
      withSession(command, async (session) => {
        await requireBackend(options.backend, listBackends);
        await exportToFolder(session, model, { ...options, engine: options });
      }),
    );
}

interface ExportOptions {
  readonly out: string;
  readonly name?: string;
  readonly release?: string;
  readonly triton: boolean;
  readonly operatingPoint?: WantedOperatingPoint;
  readonly engine?: Engine;
}

/** Exports in this process and says so. @returns the folder of the bundle */
export async function exportToFolder(session: Session, model: number, options: ExportOptions): Promise<string> {
  const { history, output } = session;
  const progress = ({ step, done, total }: TaskProgress): void =>
    output.progress(`export ${done + 1}/${total}: ${step}`);
  if (options.operatingPoint !== undefined) {
    await setOperatingPoint({ history, choose: chooseOnValidation }, model, options.operatingPoint);
  }
  const { bundle, folder, check, bytes } = await untilSignalled(
    new UserError('export-cancelled', 'The export was cancelled. Nothing was written.'),
    (signal) =>
      exportModel({ history, write: (request) => writeModelBundle(request, progress, signal) }, model, {
        folder: options.out,
        name: options.name,
        version: options.release,
        triton: options.triton,
        ...(options.engine ? { engine: options.engine } : {}),
      }),
  );
  output.object({ event: 'exported', model, bundle, folder, bytes, check });
  output.text(
    `Exported ${folder}: onnxruntime and the training engine agree on all ${check.images} test images ` +
      `(largest difference in a probability ${check.largestDifference.toExponential(1)})`,
  );
  const point = history.operatingPoint(model);
  if (point) output.text(`It predicts ${operatingPointText(point)}.`);
  return folder;
}

function registerVerify(program: Command): void {
  program
    .command('verify')
    .argument('<bundle>', 'a bundle: its folder, or the folder packed as a .zip file')
    .option('--dataset <file>', 'also run the whole test set of this dataset')
    .description('checks a bundle: every file, the network, the sample and the metrics')
    .action(async (folder: string, options: { dataset?: string }, command: Command) => {
      const output = outputOf(command);
      const dataset = options.dataset === undefined ? undefined : await loadDataset(resolve(options.dataset));
      const report = await verifyBundle(folder, dataset ? { dataset } : {});
      output.object({ event: 'verified', ...report });
      for (const line of verifiedLines(report)) output.text(line);
      output.text(`${basename(report.folder)} is verified.`);
    });
}

/** What was checked has a tick, what was not a dash. */
export function verifiedLines({ checks, unchecked, ignored, trainedOn }: VerifyReport): string[] {
  return [
    trainedOn,
    ...checks.map((check) => `✓ ${check}`),
    ...unchecked.map((check) => `– ${check}`),
    ...ignored.map((path) => `– ${path} is ignored: it was left by a file manager`),
  ];
}

function registerPredict(program: Command): void {
  program
    .command('predict')
    .argument('<bundle>', 'a bundle: its folder, or the folder packed as a .zip file')
    .argument('<images...>', 'PNG, JPEG, TIFF, BMP, WebP, DICOM or .npy files')
    .description('classifies images with the network of a bundle, by onnxruntime on the processor')
    .action(async (folder: string, images: string[], _: unknown, command: Command) => {
      const output = outputOf(command);
      let failed = 0;
      const decidedAt = new Set<string>();
      for (const result of await predictImages(folder, images)) {
        if ('error' in result) {
          failed++;
          output.object({ event: 'failed', ...result });
          output.note(`medforge: ${result.error.message}`);
          continue;
        }
        output.object({ event: 'prediction', ...result });
        output.text(`${result.image}: ${result.predicted.join(', ') || 'no label'} (${result.preparation})`);
        result.probabilities.forEach(({ label, probability }, k) => {
          const calibrated = result.calibrated?.[k];
          const after = calibrated ? `calibrated ${percent(calibrated.probability).padStart(7)}  ` : '';
          output.text(`  ${percent(probability).padStart(7)}  ${after}${label}`);
        });
        if (result.operatingPoint) decidedAt.add(operatingPointText(result.operatingPoint));
      }
      for (const point of decidedAt) output.text(`operating point: ${point}`);
      if (failed > 0) process.exitCode = 1;
    });
}
