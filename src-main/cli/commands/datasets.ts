import { basename, resolve } from 'node:path';
import { Option, type Command } from 'commander';
import { addDataset, catalogueIdOf } from '../../actions/add-dataset.js';
import { asChosen, chooseMirroring, nameDataset, type NamedSubject } from '../../actions/dataset-choices.js';
import { checkDataset, cleanDataset } from '../../actions/check-dataset.js';
import { chooseFinding, findingOf, type FindingSubject } from '../../actions/finding.js';
import { catalogue } from '../../datasets/catalogue.js';
import type { LabelDecision } from '../../datasets/convert.js';
import { downloadDataset } from '../../datasets/download.js';
import { identityText } from '../../datasets/identity.js';
import { prepareDataset } from '../../datasets/prepare.js';
import { inspectDataset, type DatasetDescription } from '../../datasets/medmnist.js';
import { UserError } from '../../errors.js';
import type { ReadableHistory } from '../../history/interface.js';
import { mirroringOption, noMirroringOption } from '../common-options.js';
import { findDataset, inspectChosen } from '../dataset-argument.js';
import { checkDatasetFile, cleanDatasetFile } from '../../jobs/dataset-health.js';
import type { TaskProgress } from '../../jobs/task-progress.js';
import { healthLines } from '../dataset-health-text.js';
import { count, table, type Output } from '../output.js';
import { untilSignalled } from '../signals.js';
import { withSession, withSessionOnFullDisk } from '../session.js';
import { registerImport } from './import.js';

export function registerDatasets(program: Command): void {
  const datasets = program.command('datasets').description('lists, imports, checks and cleans datasets');

  datasets
    .command('list')
    .description('lists the catalogue and the added files')
    .action((_: unknown, command: Command) =>
      withSessionOnFullDisk(command, async ({ history, output }) => {
        const stored = history.listDatasets().map((one) => asChosen(history, one));
        const rows: (string | number)[][] = [['name', 'task', 'classes', 'train', 'val', 'test', 'licence', 'file']];
        for (const entry of catalogue()) {
          const file = stored.find(({ id }) => id === entry.id);
          const { train, val, test } = entry.samples;
          output.object({ event: 'dataset', ...entry, file: file?.path ?? null });
          rows.push([entry.id, entry.task, entry.labels.length, train, val, test, entry.licence, file?.path ?? '–']);
        }
        for (const file of stored.filter(({ id }) => !catalogue().some((entry) => entry.id === id))) {
          const { train, val, test } = file.samples;
          output.object({ event: 'dataset', ...file, file: file.path });
          const name = catalogueIdOf(file.id) === null ? file.name : file.id;
          rows.push([name, file.task, file.labels.length, train, val, test, file.licence ?? 'unknown', file.path]);
        }
        for (const line of table(rows)) output.text(line);
        await Promise.resolve();
      }),
    );

  datasets
    .command('info')
    .argument('<dataset>', 'a .npz file or a name from the list')
    .description('checks a file and shows what it contains')
    .action((dataset: string, _: unknown, command: Command) =>
      withSessionOnFullDisk(command, async ({ history, output }) => {
        const description = await inspectChosen(history, findDataset(history, dataset));
        const finding = findingOf(history, description);
        output.object({ event: 'dataset', ...description, finding });
        describe(description, output);
        output.text(findingText(description, finding));
      }),
    );

  datasets
    .command('add')
    .argument('<file>', 'a .npz file in the MedMNIST format; it stays where it is')
    .addOption(
      new Option(
        '--labels <kind>',
        'meaning of labels with exactly one 1 per row: one of several classes, or separate labels',
      )
        .choices(['classes', 'multi-label'])
        .default('classes'),
    )
    .addOption(mirroringOption())
    .addOption(noMirroringOption())
    .description(
      'checks a file and adds it to the list; images that are not uint8 are converted into a new file in the data folder',
    )
    .action((file: string, options: AddOptions, command: Command) =>
      withSession(command, async ({ home, history, output }) => {
        const prepared = await prepareDataset(resolve(file), { home, labels: options.labels });
        const entry = addDataset(history, prepared);
        if (options.horizontalFlip !== undefined) chooseMirroring(history, prepared, options.horizontalFlip);
        const description = asChosen(history, prepared);
        const finding = findingOf(history, description);
        output.object({ event: 'dataset', ...asChosen(history, entry), identity: description.identity, finding });
        describe(description, output);
        if (description.path !== resolve(file)) {
          output.text(`Written to ${description.path}; ${basename(file)} stays as it is.`);
        }
        output.text(findingText(description, finding));
        output.text(`Added as ${entry.id.startsWith('file:') ? description.name : entry.id}.`);
      }),
    );

  datasets
    .command('name')
    .argument('<dataset>', 'a .npz file or a name from the list')
    .option('--classes <names>', 'names of the classes in their order, separated by commas: "normal,pneumonia"')
    .option('--name <name>', 'name of the dataset')
    .addOption(mirroringOption())
    .addOption(noMirroringOption())
    .description(
      'names one of your own datasets and its classes, in all runs from now on; remembered by the content of the file',
    )
    .action((argument: string, options: NameOptions, command: Command) =>
      withSession(command, async ({ history, output }) => {
        const { classes, name, horizontalFlip } = options;
        let dataset = await subjectOf(history, argument);
        if (classes !== undefined || name !== undefined) {
          dataset = nameDataset(history, dataset, { name, labels: classes?.split(',') });
        }
        if (horizontalFlip !== undefined) dataset = chooseMirroring(history, dataset, horizontalFlip);
        const { sha256, labels } = dataset;
        output.object({
          event: 'dataset-named',
          name: dataset.name,
          sha256,
          labels,
          horizontalFlip: dataset.horizontalFlip,
        });
        output.text(`${dataset.name}: ${labels.map((label, k) => `${k} "${label}"`).join(', ')}.`);
        output.text(mirroringText(dataset.horizontalFlip));
      }),
    );

  registerImport(datasets);

  datasets
    .command('finding')
    .argument('<dataset>', 'a .npz file or a name from the list')
    .argument('[class]', 'label or number of the class to use as the finding; if left out, shows the current one')
    .option('--none', 'use no class as the finding', false)
    .description(
      'shows or sets the finding: the class that sensitivity, specificity, ROC and operating points refer to',
    )
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
    .argument('<dataset>', 'a .npz file or a name from the list')
    .option('--again', 'check again, even if this content was checked before', false)
    .description(
      'prints the health report: similar images, contradicting labels, patients in several sets, classes, baselines',
    )
    .action((argument: string, { again }: { again: boolean }, command: Command) =>
      withSession(command, async ({ history, output }) => {
        const { report, checkedAt } = await untilSignalled(
          new UserError('check-cancelled', 'The check was cancelled. Nothing was kept.'),
          async (signal) => {
            const described = await inspectDataset(findDataset(history, argument), { signal });
            const say = ({ step, done, total }: TaskProgress): void =>
              output.progress(`${step}${done > 0 ? ` ${Math.round((100 * done) / total)} %` : '…'}`);
            return checkDataset({ history, check: (file) => checkDatasetFile(file, say, signal) }, described, again);
          },
        );
        output.object({ event: 'health', checkedAt, ...report });
        for (const line of healthLines(report, checkedAt)) output.text(line);
      }),
    );

  datasets
    .command('clean')
    .argument('<dataset>', 'a .npz file or a name from the list')
    .requiredOption('--out <file>', 'file to write; the source is never changed')
    .addOption(
      new Option(
        '--remove <what...>',
        'training-twins: training and validation images with a twin in the test set; ' +
          'conflicting-test: test images with a twin in another set that has a different label',
      )
        .choices(['training-twins', 'conflicting-test'])
        .default(['training-twins']),
    )
    .option('--name <name>', 'name of the copy; default: the name of the dataset followed by "(cleaned)"')
    .option('--force', 'replace an existing file', false)
    .description('makes a cleaned copy of a dataset and adds it to the list')
    .action((argument: string, options: CleanFlags, command: Command) =>
      withSession(command, async ({ history, output }) => {
        const choice = {
          trainingTwins: options.remove.includes('training-twins'),
          conflictingTest: options.remove.includes('conflicting-test'),
        };
        const { entry, cleaned } = await untilSignalled(
          new UserError('clean-cancelled', 'Cancelled. No copy was made.'),
          async (signal) =>
            cleanDataset(
              {
                history,
                clean: (request) => cleanDatasetFile(request, ({ step }) => output.progress(`${step}…`), signal),
              },
              await inspectChosen(history, findDataset(history, argument)),
              { out: options.out, name: options.name, force: options.force, choice },
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
    .argument('<name>', 'a name from the catalogue; add _64, _128 or _224 for larger images (breastmnist_64)')
    .description('downloads a dataset of the catalogue (the only command that connects to the network)')
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

interface AddOptions {
  readonly labels: LabelDecision;
  readonly horizontalFlip?: boolean;
}

interface CleanFlags {
  readonly out: string;
  readonly remove: string[];
  readonly name?: string;
  readonly force: boolean;
}

interface NameOptions {
  readonly classes?: string;
  readonly name?: string;
  readonly horizontalFlip?: boolean;
}

/** A dataset by name or file; a file that was added need not be read again. */
async function subjectOf(history: ReadableHistory, argument: string): Promise<NamedSubject & FindingSubject> {
  const path = findDataset(history, argument);
  const stored = history.listDatasets().find((one) => one.path === path);
  if (!stored) return inspectChosen(history, path);
  return asChosen(history, { ...stored, catalogueId: catalogueIdOf(stored.id) });
}

function mirroringText(horizontalFlip: boolean): string {
  return horizontalFlip
    ? 'Training mirrors its images left to right (--no-horizontal-flip turns this off).'
    : 'Training does not mirror its images (--horizontal-flip turns this on; use it only if left and right do not matter).';
}

function findingText({ name, labels }: FindingSubject, finding: number | null): string {
  return finding === null
    ? `${name} has no finding. To choose one, run 'medforge datasets finding DATASET CLASS' with one of ${labels.map((label) => `"${label}"`).join(', ')}.`
    : `The finding of ${name} is class ${finding}, "${labels[finding] ?? ''}".`;
}

function describe(d: DatasetDescription, output: Output): void {
  const { train, val, test } = d.samples;
  output.text(`${d.name}: ${d.task}, ${d.size}×${d.size}×${d.channels}, licence ${d.licence ?? 'unknown'}`);
  output.text(`train ${count(train)}, val ${count(val)}, test ${count(test)} images; SHA-256 ${d.sha256}`);
  output.text(`This is ${identityText(d)}.`);
  for (const note of d.notes) output.text(note);
  if (d.catalogueId === null && !d.synthetic) output.text(mirroringText(d.horizontalFlip));
  if (d.synthetic) output.text('Synthetic images drawn by MedForge: no patient, no clinical meaning.');
  for (const line of table([
    ['class', 'train', 'val', 'test'],
    ...d.labels.map((label, i) => [label, ...(d.balance[i] ?? [])]),
  ])) {
    output.text(line);
  }
}
