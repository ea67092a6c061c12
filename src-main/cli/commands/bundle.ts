import { writeFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { Option, type Command } from 'commander';
import { evaluateModel } from '../../actions/evaluate-model.js';
import { exportModel } from '../../actions/export-model.js';
import { predictImages } from '../../actions/predict-images.js';
import { verifyBundle, type VerifyReport } from '../../bundle/verify.js';
import type { Part } from '../../datasets/dataset.js';
import { loadDataset } from '../../datasets/medmnist.js';
import { UserError } from '../../errors.js';
import { writeModelBundle } from '../../jobs/bundle-writer.js';
import type { TaskProgress } from '../../jobs/task-progress.js';
import { untilSignalled } from '../signals.js';
import { findDataset } from '../dataset-argument.js';
import { wholeNumber } from '../options.js';
import { percent, table } from '../output.js';
import { outputOf, withSession, withSessionOnFullDisk, type Session } from '../session.js';

export function registerBundle(program: Command): void {
  registerEvaluate(program);
  registerExport(program);
  registerVerify(program);
  registerPredict(program);
}

function registerEvaluate(program: Command): void {
  program
    .command('evaluate')
    .argument('<model>', 'number of a model (`runs show` lists them)', wholeNumber)
    .addOption(new Option('--split <part>', 'part of the dataset').choices(['train', 'val', 'test']).default('test'))
    .option('--csv <file>', "writes the MedMNIST evaluator's result file; a folder gets the evaluator's own file name")
    .option('--dataset <dataset>', 'measure on this dataset instead of the one of the training')
    .description('measures a trained model as the MedMNIST evaluator does')
    .action((model: number, options: { split: Part; csv?: string; dataset?: string }, command: Command) =>
      withSessionOnFullDisk(command, async (session) => {
        const { history, output } = session;
        const { metrics, csv, csvName, dataset } = await evaluateModel(history, model, {
          part: options.split,
          dataset: options.dataset === undefined ? undefined : findDataset(history, options.dataset),
        });
        output.object({ event: 'evaluated', model, metrics });
        const [low, high] = metrics.aucInterval;
        output.text(`model ${model} on the ${metrics.images} images of ${dataset.name}, ${options.split}:`);
        output.text(`AUC ${metrics.auc.toFixed(4)} [${low.toFixed(3)}, ${high.toFixed(3)}]`);
        const [lowest, highest] = metrics.accuracyInterval;
        output.text(`accuracy ${metrics.accuracy.toFixed(4)} [${lowest.toFixed(3)}, ${highest.toFixed(3)}]`);
        const rows: string[][] = [['class', 'sensitivity', 'specificity', 'precision', 'F1']];
        for (const { label, sensitivity, specificity, precision, f1 } of metrics.perClass) {
          rows.push([label, ...[sensitivity, specificity, precision, f1].map((value) => value.toFixed(3))]);
        }
        for (const line of table(rows)) output.text(line);
        if (metrics.confusion) {
          output.text('confusion (rows: truth, columns: prediction)');
          for (const line of table(metrics.confusion.map((row, i) => [dataset.labels[i] ?? String(i), ...row]))) {
            output.text(`  ${line}`);
          }
        }
        if (options.csv !== undefined) output.note(`Wrote ${writeCsv(options.csv, csvName, csv)}`);
      }),
    );
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
    .requiredOption('--out <folder>', "folder in which the bundle's own folder is made")
    .option('--name <name>', 'name of the bundle (default: dataset, model and seed)')
    .option('--release <version>', 'version of the bundle (default: the first free one from 1.0.0)')
    .option('--triton', 'adds a Triton model repository', false)
    .description('writes a verified ONNX bundle; nothing is left under its name unless every check passes')
    .action((model: number, options: ExportOptions, command: Command) =>
      withSession(command, async (session) => {
        await exportToFolder(session, model, options);
      }),
    );
}

interface ExportOptions {
  readonly out: string;
  readonly name?: string;
  readonly release?: string;
  readonly triton: boolean;
}

/** Exports in this process and says so. @returns the folder of the bundle */
export async function exportToFolder(session: Session, model: number, options: ExportOptions): Promise<string> {
  const { history, output } = session;
  const progress = ({ step, done, total }: TaskProgress): void =>
    output.progress(`export ${done + 1}/${total}: ${step}`);
  const { bundle, folder, check, bytes } = await untilSignalled(
    new UserError('export-cancelled', 'the export was cancelled: nothing was written'),
    (signal) =>
      exportModel({ history, write: (request) => writeModelBundle(request, progress, signal) }, model, {
        folder: options.out,
        name: options.name,
        version: options.release,
        triton: options.triton,
      }),
  );
  output.object({ event: 'exported', model, bundle, folder, bytes, check });
  output.text(
    `Exported ${folder}: onnxruntime agrees with the engine on all ${check.images} test images ` +
      `(largest difference of a probability ${check.largestDifference.toExponential(1)})`,
  );
  return folder;
}

function registerVerify(program: Command): void {
  program
    .command('verify')
    .argument('<bundle>', 'folder of a bundle')
    .option('--dataset <file>', 'runs the whole test part of this dataset again')
    .description('checks a bundle: every file, the network, the sample, the metrics')
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
export function verifiedLines({ checks, unchecked, ignored }: VerifyReport): string[] {
  return [
    ...checks.map((check) => `✓ ${check}`),
    ...unchecked.map((check) => `– ${check}`),
    ...ignored.map((path) => `– ${path} was left by a file manager and is ignored`),
  ];
}

function registerPredict(program: Command): void {
  program
    .command('predict')
    .argument('<bundle>', 'folder of a bundle')
    .argument('<images...>', 'PNG, JPEG or .npy files')
    .description('classifies images with the network of a bundle')
    .action(async (folder: string, images: string[], _: unknown, command: Command) => {
      const output = outputOf(command);
      let failed = 0;
      for (const result of await predictImages(folder, images)) {
        if ('error' in result) {
          failed++;
          output.object({ event: 'failed', ...result });
          output.note(`medforge: ${result.error.message}`);
          continue;
        }
        output.object({ event: 'prediction', ...result });
        output.text(`${result.image}: ${result.predicted.join(', ') || 'no label'} (${result.preparation})`);
        for (const { label, probability } of result.probabilities) {
          output.text(`  ${percent(probability).padStart(7)}  ${label}`);
        }
      }
      if (failed > 0) process.exitCode = 1;
    });
}
