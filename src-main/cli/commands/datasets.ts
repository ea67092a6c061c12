import { resolve } from 'node:path';
import type { Command } from 'commander';
import { addDataset } from '../../actions/add-dataset.js';
import { chooseFinding, findingOf, type FindingSubject } from '../../actions/finding.js';
import { catalogue } from '../../datasets/catalogue.js';
import { downloadDataset } from '../../datasets/download.js';
import { inspectDataset, type DatasetDescription } from '../../datasets/medmnist.js';
import type { ReadableHistory } from '../../history/interface.js';
import { findDataset } from '../dataset-argument.js';
import { count, table, type Output } from '../output.js';
import { withSession, withSessionOnFullDisk } from '../session.js';
import { registerImport } from './import.js';

export function registerDatasets(program: Command): void {
  const datasets = program.command('datasets').description('the MedMNIST catalogue and the files on this computer');

  datasets
    .command('list')
    .description('lists the catalogue and the added files')
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
    .argument('<dataset>', 'a .npz file or a name from the list')
    .description('checks a file and shows what it contains')
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
    .command('get')
    .argument('<name>', 'a name from the catalogue')
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

/** A dataset by name or file; a file that was added need not be read again. */
async function subjectOf(history: ReadableHistory, argument: string): Promise<FindingSubject> {
  const path = findDataset(history, argument);
  return history.listDatasets().find((stored) => stored.path === path) ?? (await inspectDataset(path));
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
  if (d.md5Matches !== null) {
    output.text(
      d.md5Matches
        ? 'The MD5 checksum matches the official file.'
        : 'The MD5 checksum does not match the official file: the file was changed.',
    );
  }
  if (d.synthetic) output.text('Synthetic images generated by MedForge: no patients, no clinical meaning.');
  for (const line of table([
    ['class', 'train', 'val', 'test'],
    ...d.labels.map((label, i) => [label, ...(d.balance[i] ?? [])]),
  ])) {
    output.text(line);
  }
}
