import { resolve } from 'node:path';
import type { Command } from 'commander';
import { addDataset } from '../../actions/add-dataset.js';
import { catalogue } from '../../datasets/catalogue.js';
import { downloadDataset } from '../../datasets/download.js';
import { inspectDataset, type DatasetDescription } from '../../datasets/medmnist.js';
import { findDataset } from '../dataset-argument.js';
import { count, table, type Output } from '../output.js';
import { withSession, withSessionOnFullDisk } from '../session.js';

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
        output.object({ event: 'dataset', ...description });
        describe(description, output);
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
        output.object({ event: 'dataset', ...entry });
        describe(description, output);
        output.text(`Added as ${entry.id.startsWith('file:') ? entry.name : entry.id}.`);
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
