import { resolve } from 'node:path';
import { Option, type Command } from 'commander';
import { addDataset } from '../../actions/add-dataset.js';
import { checkDataset, cleanDataset } from '../../actions/check-dataset.js';
import { chooseFinding, findingOf, type FindingSubject } from '../../actions/finding.js';
import { catalogue } from '../../datasets/catalogue.js';
import { downloadDataset } from '../../datasets/download.js';
import { inspectDataset, type DatasetDescription } from '../../datasets/medmnist.js';
import { UserError } from '../../errors.js';
import type { ReadableHistory } from '../../history/interface.js';
import { checkDatasetFile, cleanDatasetFile } from '../../jobs/dataset-health.js';
import type { TaskProgress } from '../../jobs/task-progress.js';
import { healthLines } from '../dataset-health-text.js';
import { findDataset } from '../dataset-argument.js';
import { count, table, type Output } from '../output.js';
import { untilSignalled } from '../signals.js';
import { withSession, withSessionOnFullDisk } from '../session.js';
import { registerImport } from './import.js';

export function registerDatasets(program: Command): void {
  const datasets = program.command('datasets').description('the MedMNIST catalogue and the files on this machine');

  datasets
    .command('list')
    .description('catalogue and added files')
    .action((_: unknown, command: Command) =>
      withSessionOnFullDisk(command, async ({ history, output }) => {
        const stored = history.listDatasets();
        const rows: (string | number)[][] = [['name', 'task', 'classes', 'train', 'val', 'test', 'licence', 'file']];
        for (const entry of catalogue()) {
          const file = stored.find(({ id }) => id === entry.id);
          const { train, val, test } = entry.samples;
          output.object({ event: 'dataset', ...entry, file: file?.path ?? null });
          rows.push([entry.id, entry.task, entry.labels.length, train, val, test, entry.licence, file?.path ?? '–']);
        }
        for (const file of stored.filter(({ id }) => id.startsWith('file:'))) {
          const { train, val, test } = file.samples;
          output.object({ event: 'dataset', ...file, file: file.path });
          rows.push([file.name, file.task, file.labels.length, train, val, test, file.licence ?? 'unknown', file.path]);
        }
        for (const line of table(rows)) output.text(line);
        await Promise.resolve();
      }),
    );

  datasets
    .command('info')
    .argument('<dataset>', 'a .npz file, or a name from the list')
    .description('checks a file and says what is in it')
    .action((dataset: string, _: unknown, command: Command) =>
      withSessionOnFullDisk(command, async ({ history, output }) => {
        const description = await inspectDataset(findDataset(history, dataset));
        const finding = findingOf(history, description);
        output.object({ event: 'dataset', ...description, finding });
        describe(description, output);
        output.text(findingText(description, finding));
      }),
    );

  datasets
    .command('add')
    .argument('<file>', 'a .npz file in the MedMNIST format; it stays where it is')
    .description('checks a file and adds it to the list')
    .action((file: string, _: unknown, command: Command) =>
      withSession(command, async ({ history, output }) => {
        const description = await inspectDataset(resolve(file));
        const entry = addDataset(history, description);
        const finding = findingOf(history, entry);
        output.object({ event: 'dataset', ...entry, finding });
        describe(description, output);
        output.text(findingText(entry, finding));
        output.text(`Added as ${entry.id.startsWith('file:') ? entry.name : entry.id}.`);
      }),
    );

  registerImport(datasets);

  datasets
    .command('finding')
    .argument('<dataset>', 'a .npz file, or a name from the list')
    .argument('[class]', 'label or number of the class that is looked for; without it, says which one it is')
    .option('--none', 'no class is a finding', false)
    .description('says which class is the finding: sensitivity, specificity, ROC and operating points are about it')
    .action((argument: string, choice: string | undefined, options: { none: boolean }, command: Command) =>
      withSession(command, async ({ history, output }) => {
        if (choice !== undefined && options.none)
          command.error('error: name a class or --none, not both', { exitCode: 2 });
        const dataset = await subjectOf(history, argument);
        const finding =
          choice === undefined && !options.none
            ? findingOf(history, dataset)
            : chooseFinding(history, dataset, options.none ? null : choice!);
        const label = finding === null ? null : (dataset.labels[finding] ?? null);
        output.object({ event: 'finding', dataset: dataset.name, sha256: dataset.sha256, finding, label });
        output.text(findingText(dataset, finding));
      }),
    );

  datasets
    .command('check')
    .argument('<dataset>', 'a .npz file, or a name from the list')
    .option('--again', 'look anew, even if this content was checked before', false)
    .description(
      'the health report: images that are alike, labels that contradict, patients across parts, classes, baselines',
    )
    .action((argument: string, { again }: { again: boolean }, command: Command) =>
      withSession(command, async ({ history, output }) => {
        const report = await untilSignalled(
          new UserError('check-cancelled', 'the check was cancelled: nothing was kept'),
          async (signal) => {
            const described = await inspectDataset(findDataset(history, argument), { signal });
            const say = ({ step, done, total }: TaskProgress): void =>
              output.progress(`${step}${done > 0 ? ` ${Math.round((100 * done) / total)} %` : '…'}`);
            return checkDataset({ history, check: (path) => checkDatasetFile(path, say, signal) }, described, again);
          },
        );
        output.object({ event: 'health', ...report });
        for (const line of healthLines(report)) output.text(line);
      }),
    );

  datasets
    .command('clean')
    .argument('<dataset>', 'a .npz file, or a name from the list')
    .requiredOption('--out <file>', 'where the copy is written; the source is never changed')
    .addOption(
      new Option(
        '--remove <what...>',
        'training-twins: training and validation images with a twin in the test part; ' +
          'conflicting-test: test images whose twin there is labelled otherwise',
      )
        .choices(['training-twins', 'conflicting-test'])
        .default(['training-twins']),
    )
    .option('--force', 'replace a file that is there', false)
    .description('makes a cleaned copy of a dataset and adds it to the list')
    .action((argument: string, options: { out: string; remove: string[]; force: boolean }, command: Command) =>
      withSession(command, async ({ history, output }) => {
        const choice = {
          trainingTwins: options.remove.includes('training-twins'),
          conflictingTest: options.remove.includes('conflicting-test'),
        };
        const { entry, cleaned } = await untilSignalled(
          new UserError('clean-cancelled', 'cancelled: no copy was made'),
          (signal) =>
            cleanDataset(
              {
                history,
                clean: (request) => cleanDatasetFile(request, ({ step }) => output.progress(`${step}…`), signal),
              },
              findDataset(history, argument),
              { out: options.out, force: options.force, choice },
            ),
        );
        output.object({ event: 'cleaned', ...entry, cleaned });
        const { train, val, test } = cleaned.removed;
        output.text(cleaned.because);
        output.text(`${count(train)} training, ${count(val)} validation and ${count(test)} test images were left out.`);
        output.text(`Wrote ${entry.path} and added it as ${entry.name}.`);
      }),
    );

  datasets
    .command('get')
    .argument('<name>', 'a name from the catalogue')
    .description('downloads a set of the catalogue (the only command that opens a connection)')
    .action((name: string, _: unknown, command: Command) =>
      withSession(command, async ({ home, history, output }) => {
        const path = await downloadDataset(name, home, {
          onProgress: ({ received, total }) => {
            output.progress(`${name}: ${count(received / 1024)} of ${count(total / 1024)} KiB`);
          },
        });
        const entry = addDataset(history, await inspectDataset(path));
        output.object({ event: 'dataset', ...entry });
        output.text(`Downloaded ${path} and checked its MD5.`);
      }),
    );
}

/** A dataset by name or file; a file that was added need not be read again. */
async function subjectOf(history: ReadableHistory, argument: string): Promise<FindingSubject> {
  const path = findDataset(history, argument);
  return history.listDatasets().find((stored) => stored.path === path) ?? (await inspectDataset(path));
}

function findingText({ name, labels }: FindingSubject, finding: number | null): string {
  return finding === null
    ? `No class of ${name} is the finding: 'medforge datasets finding DATASET CLASS' names one of ${labels.map((label) => `"${label}"`).join(', ')}.`
    : `The finding of ${name} is class ${finding}, "${labels[finding] ?? ''}".`;
}

function describe(d: DatasetDescription, output: Output): void {
  const { train, val, test } = d.samples;
  output.text(`${d.name}: ${d.task}, ${d.size}×${d.size}×${d.channels}, licence ${d.licence ?? 'unknown'}`);
  output.text(`train ${count(train)}, val ${count(val)}, test ${count(test)} images; SHA-256 ${d.sha256}`);
  if (d.md5Matches !== null) {
    output.text(
      d.md5Matches ? 'The file is the official one (MD5).' : 'The MD5 is not the official one: the file was changed.',
    );
  }
  if (d.synthetic) output.text('Synthetic images drawn by MedForge: no patient, no clinical meaning.');
  for (const line of table([
    ['class', 'train', 'val', 'test'],
    ...d.labels.map((label, i) => [label, ...(d.balance[i] ?? [])]),
  ])) {
    output.text(line);
  }
}
