import { basename, resolve } from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { importDataset, parseImport } from '../../actions/import-images.js';
import { importImages, planWithHeaders } from '../../datasets/import/import-images.js';

import { UserError } from '../../errors.js';
import { DECISIONS, type DecidedKind } from '../../vocabulary/import-plan.js';
import type { ImageImport } from '../../vocabulary/image-import.js';
import { planLines } from '../import-text.js';
import { positiveNumber, wholeNumber } from '../options.js';
import { count } from '../output.js';
import { withSession } from '../session.js';
import { untilSignalled } from '../signals.js';

type Options = Record<string, unknown> & {
  readonly table?: string;
  readonly groupColumn?: Record<string, string>;
  readonly class?: Record<string, string | null>;
  readonly split?: { readonly train: number; readonly val: number; readonly test: number };
};

const DECIDED = (Object.keys(DECISIONS) as (keyof typeof DECISIONS)[]).filter(
  (kind): kind is DecidedKind => DECISIONS[kind].length > 0,
);

/** `medforge datasets import`: a folder, with or without a table, to a dataset. */
export function registerImport(datasets: Command): void {
  const command = datasets
    .command('import')
    .argument('<folder>', 'folder with PNG, JPEG, TIFF, BMP, WebP or DICOM files')
    .description('makes a dataset from your own images; anything unclear is asked, never guessed')
    .option('--table <file>', 'table of the images (CSV or TSV; the format is detected)')
    .option('--file-column <name>', 'column with the file names (default: detected)')
    .option('--label-column <name>', 'column with the labels, or none: the folders are the labels')
    .option('--patient-column <name>', 'column with the patients, or none')
    .option('--part-column <name>', 'column with train, val or test, or none')
    .option('--group-column <group=column>', 'report figures by this group (sex=Gender); may be repeated', collectPair)
    .option('--patient-folder <n>', 'level of the folder that names the patient; 1 is the outermost', positiveNumber)
    .option('--patient-before <text>', 'the patient is the file name up to this text')
    .option(
      '--class <label=name>',
      'new name of a label; leave the name empty to drop its images; may be repeated',
      collectClass,
    )
    .option('--none-label <label>', 'with several labels per image: the label that means “no label”')
    .addOption(
      new Option('--encoding <name>', 'encoding of the table (default: detected)').choices([
        'utf-8',
        'utf-16le',
        'utf-16be',
        'windows-1252',
      ]),
    )
    .addOption(
      new Option('--delimiter <name>', 'delimiter of the table (default: detected)').choices([
        'comma',
        'semicolon',
        'tab',
        'bar',
      ]),
    )
    .option('--no-header', 'the first row of the table is not a header')
    .option('--split <train/val/test>', 'shares of the sets, split by patient, if the images are not split yet', split)
    .option('--split-anew', 'split again even if the images are already split')
    .option('--seed <n>', 'seed of the split', wholeNumber, 0)
    .option('--size <pixels>', 'height and width of the images', positiveNumber, 28)
    .addOption(new Option('--channels <n>', 'grey or colour').choices(['auto', '1', '3']).default('auto'))
    .addOption(
      new Option('--fit <how>', 'pad: the whole image padded with black; crop: its middle square')
        .choices(['pad', 'crop'])
        .default('pad'),
    )
    .option('--bits <n>', 'bits used per sample (default: determined from all images)', positiveNumber)
    .option('--range <from..to>', 'values to map to black and white', range)
    .option('--window <center/width>', 'one window for all DICOM files (default: that of each file)', window)
    .addOption(
      new Option('--frames <which>', 'which images to take from a file with several')
        .choices(['first', 'middle', 'each'])
        .default('first'),
    )
    .addOption(
      new Option('--unreadable <what>', 'files that cannot be read').choices(['refuse', 'drop']).default('refuse'),
    )
    .option('--name <text>', 'name of the dataset (default: that of the folder)')
    .option('--licence <text>', 'licence of the images')
    .option('--horizontal-flip', 'a mirrored image has the same label', false)
    .option('--keep-patients', "write the patients' names into the dataset instead of only numbers", false)
    .option('--plan', 'show what would be done, without importing', false);
  for (const kind of DECIDED) {
    command.addOption(new Option(`--${kind} <what>`, 'answers a question of the import').choices([...DECISIONS[kind]]));
  }
  command.action((folder: string, options: Options, command: Command) =>
    withSession(command, async ({ home, history, output }) => {
      const wanted = wantedOf(folder, options);
      await untilSignalled(
        new UserError('import-stopped', 'The import was stopped. Nothing was kept.'),
        async (signal) => {
          if (options['plan'] === true) {
            const { plan } = await planWithHeaders(wanted, signal);
            output.object({ event: 'plan', ...plan });
            for (const line of planLines(plan)) output.text(line);
            return;
          }
          let started = performance.now();
          let step = '';
          const { entry, description } = await importDataset(
            {
              home,
              history,
              importImages: async (asked, path) => {
                const planned = await planWithHeaders(asked, signal);
                for (const line of planLines(planned.plan)) output.text(line);
                return importImages(asked, path, {
                  planned,
                  signal,
                  onProgress: (progress) => {
                    if (progress.step !== step) [step, started] = [progress.step, performance.now()];
                    const perSecond = (1000 * progress.done) / Math.max(1, performance.now() - started);
                    const left = Math.ceil((progress.total - progress.done) / Math.max(1e-9, perSecond));
                    output.progress(
                      `${progress.step}: ${count(progress.done)} of ${count(progress.total)}, ${count(perSecond)} per second, ${count(left)} s left`,
                    );
                  },
                });
              },
            },
            wanted,
          );
          output.object({ event: 'dataset', ...description });
          output.text(`Imported as ${entry.name}: ${entry.path}`);
          output.text(
            `To check its quality, run 'medforge datasets check "${entry.name}"'; to start a search, run 'medforge search "${entry.name}"'.`,
          );
        },
      );
    }),
  );
}

function wantedOf(folder: string, options: Options): ImageImport {
  const column = (name: string): string | null | undefined => {
    const value = options[name] as string | undefined;
    return value === undefined ? undefined : value === 'none' ? null : value;
  };
  const named = Object.entries({
    file: column('fileColumn'),
    label: column('labelColumn'),
    patient: column('patientColumn'),
    part: column('partColumn'),
  }).filter(([, value]) => value !== undefined);
  const delimiters: Record<string, string> = { comma: ',', semicolon: ';', tab: '\t', bar: '|' };
  const reading = {
    ...(options['encoding'] !== undefined && { encoding: options['encoding'] }),
    ...(options['delimiter'] !== undefined && { delimiter: delimiters[options['delimiter'] as string] }),
    ...(options['header'] === false && { header: false }),
  };
  const decisions = Object.fromEntries(
    DECIDED.flatMap((kind) => {
      const chosen = options[kind.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())];
      return chosen === undefined ? [] : [[kind, chosen]];
    }),
  );
  const bits = options['bits'];
  return parseImport({
    name: options['name'] ?? basename(resolve(folder)),
    licence: options['licence'] ?? null,
    horizontalFlip: options['horizontalFlip'],
    keepPatients: options['keepPatients'],
    pixels: {
      size: options['size'],
      channels: options['channels'] === 'auto' ? 'auto' : Number(options['channels']),
      fit: options['fit'],
      intensity: bits === undefined ? (options['range'] ?? options['window'] ?? 'auto') : { kind: 'bits', bits },
      frames: options['frames'],
      unreadable: options['unreadable'],
    },
    choices: {
      location: folder,
      table: options.table ?? null,
      reading,
      columns: { ...Object.fromEntries(named), groups: options.groupColumn ?? {} },
      patientFolder: options['patientFolder'] ?? null,
      patientBefore: options['patientBefore'] ?? null,
      classes: options.class ?? {},
      noneLabel: options['noneLabel'] ?? null,
      decisions,
      split: {
        anew: options['splitAnew'] === true,
        seed: options['seed'],
        ...(options.split && { shares: options.split }),
      },
    },
  });
}

function collectPair(text: string, pairs: Record<string, string> = {}): Record<string, string> {
  const at = text.indexOf('=');
  if (at < 1 || at === text.length - 1) throw new InvalidArgumentError(`expected GROUP=COLUMN, saw '${text}'`);
  return { ...pairs, [text.slice(0, at)]: text.slice(at + 1) };
}

function collectClass(text: string, classes: Record<string, string | null> = {}): Record<string, string | null> {
  const at = text.lastIndexOf('=');
  if (at < 1) throw new InvalidArgumentError(`expected LABEL=NAME or LABEL=, saw '${text}'`);
  const name = text.slice(at + 1);
  return { ...classes, [text.slice(0, at)]: name === '' ? null : name };
}

function split(text: string): { train: number; val: number; test: number } {
  const [train = NaN, val = NaN, test = NaN, ...more] = text.split(/[/,:]/).map(Number);
  const sum = train + val + test;
  if (more.length > 0 || !(train > 0 && val > 0 && test > 0)) {
    throw new InvalidArgumentError(`expected three shares, for example 70/10/20, saw '${text}'`);
  }
  return { train: (100 * train) / sum, val: (100 * val) / sum, test: (100 * test) / sum };
}

function range(text: string): { kind: 'range'; from: number; to: number } {
  const [from = NaN, to = NaN] = text.split('..').map((end) => (end.trim() === '' ? NaN : Number(end)));
  if (!(from < to)) throw new InvalidArgumentError(`expected FROM..TO, for example 0..4095, saw '${text}'`);
  return { kind: 'range', from, to };
}

function window(text: string): { kind: 'window'; center: number; width: number } {
  const [center = NaN, width = NaN] = text.split('/').map((part) => (part.trim() === '' ? NaN : Number(part)));
  if (!(Number.isFinite(center) && width >= 1)) {
    throw new InvalidArgumentError(`expected CENTER/WIDTH, for example 40/400, saw '${text}'`);
  }
  return { kind: 'window', center, width };
}
