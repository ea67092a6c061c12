import { resolve } from 'node:path';
import { Option, type Command } from 'commander';
import { findRunDataset } from '../../actions/find-dataset.js';
import { tagRun } from '../../actions/label-run.js';
import { findFile } from '../../datasets/find-file.js';
import { exportToFile } from '../../history/export-file.js';
import type { RunRecord } from '../../history/interface.js';
import { RUN_STATES } from '../../history/states.js';
import type { RunState } from '../../vocabulary/run.js';
import { genotypeLines } from '../genotype-text.js';
import { positiveNumber, wholeNumber } from '../options.js';
import { count, duration, table } from '../output.js';
import { confirm } from '../confirm.js';
import { raceLines, raceValidationText } from '../race-text.js';
import { RUN_COLUMNS, runTable, searchValidationLine, testLine } from '../run-columns.js';
import { withSession, withSessionOnFullDisk } from '../session.js';
import { labelText, valueText } from '../trace-text.js';

const runNumbers = (value: string, earlier: number[] | undefined): number[] => [...(earlier ?? []), wholeNumber(value)];

export function registerRuns(program: Command): void {
  const runs = program.command('runs').description('lists, compares, tags, exports and deletes runs');
  registerList(runs);
  registerShow(runs);
  registerCompare(runs);
  registerChanges(runs);
}

function registerList(runs: Command): void {
  runs
    .command('list')
    .description('lists the runs, newest first')
    .addOption(new Option('--state <state>', 'only runs in this state').choices(RUN_STATES))
    .option('--dataset <name>', 'only runs on this dataset')
    .option('--tag <tag>', 'only runs with this tag')
    .option('--limit <n>', 'at most this many runs', positiveNumber)
    .action((options: { state?: RunState; dataset?: string; tag?: string; limit?: number }, command: Command) =>
      withSessionOnFullDisk(command, async ({ history, output }) => {
        const { state, ...filter } = options;
        const list = history.listRuns({ ...filter, ...(state ? { states: [state] } : {}) });
        for (const run of list) output.object({ event: 'run', ...run });
        if (list.length === 0) output.text("No runs yet. To make the first ones, run 'medforge demo'.");
        else for (const line of runTable(list)) output.text(line);
        await Promise.resolve();
      }),
    );
}

function registerShow(runs: Command): void {
  runs
    .command('show')
    .argument('<run>', 'number of the run', wholeNumber)
    .description('shows settings, epochs, architecture and results of a run')
    .action((run: number, _: unknown, command: Command) =>
      withSessionOnFullDisk(command, async ({ history, output }) => {
        const details = history.getRun(run);
        const { race, verdict } = details.result?.kind === 'search' ? details.result : { race: null, verdict: null };
        const epochs = history.epochs(run);
        const traces = new Map(history.traces(run).map((trace) => [trace.epoch, trace]));
        output.object({
          event: 'run',
          run,
          ...details,
          epochs: epochs.map((epoch) => {
            const trace = traces.get(epoch.epoch);
            return { ...epoch, ...trace?.values, ...trace?.tables };
          }),
          race,
          verdict,
          models: history.listModels(run),
        });
        for (const line of describeRun(details)) output.text(line);
        if (race) for (const line of raceLines(race, verdict)) output.text(line);
        const series = details.trace?.series ?? [];
        const several = new Set(epochs.map(({ seed }) => seed)).size > 1;
        const rows: (string | number)[][] = [
          [
            ...(several ? ['seed'] : []),
            'epoch',
            'training loss',
            'training accuracy',
            `${partOf(details)} accuracy`,
            `${partOf(details)} AUC`,
            ...series.map(labelText),
            'seconds',
          ],
        ];
        for (const epoch of epochs) {
          rows.push([
            ...(several ? [epoch.seed] : []),
            epoch.epoch,
            epoch.loss.toFixed(4),
            epoch.accuracy.toFixed(3),
            epoch.validationAccuracy?.toFixed(3) ?? '—',
            epoch.validationAuc?.toFixed(3) ?? '—',
            ...series.map((entry) => valueText(entry, traces.get(epoch.epoch)?.values[entry.name])),
            epoch.seconds.toFixed(1),
          ]);
        }
        if (epochs.length > 0) for (const line of table(rows)) output.text(line);
        for (const model of history.listModels(run)) {
          output.text(
            `model ${model.model}: seed ${model.seed}, ${count(model.parameters)} parameters, ` +
              testLine({ networks: 1, ...model.test }),
          );
          for (const bundle of model.bundles) {
            output.text(`  bundle ${bundle.folder}${bundle.verified ? ', verified' : ''}`);
          }
        }
        await Promise.resolve();
      }),
    );
}

function registerCompare(runs: Command): void {
  runs
    .command('compare')
    .argument('<runs...>', 'numbers of two or more runs', runNumbers)
    .option('--all', 'also show settings that are the same', false)
    .description('shows results and differing settings of several runs side by side')
    .action((numbers: number[], options: { all: boolean }, command: Command) =>
      withSessionOnFullDisk(command, async ({ history, output }) => {
        if (new Set(numbers).size < 2) {
          command.error(`error: compare needs two or more different runs, saw only run ${numbers[0]!}`);
        }
        const details = numbers.map((run) => history.getRun(run));
        const models = numbers.map((run) => history.listModels(run));
        const settings = details.map(({ config }) => flatten(config));
        const names = [...new Set(settings.flatMap((values) => Object.keys(values)))].filter(
          (name) => options.all || new Set(settings.map((values) => values[name])).size > 1,
        );
        output.object({
          event: 'comparison',
          runs: details.map((run, i) => ({ ...run, models: models[i] })),
          differences: Object.fromEntries(names.map((name) => [name, settings.map((values) => values[name] ?? null)])),
        });
        const row = (name: string, value: (run: RunRecord, i: number) => string): string[] => [
          name,
          ...details.map(value),
        ];
        for (const line of table([
          ...RUN_COLUMNS.map(({ name, text }) => row(name, ({ summary }) => text(summary))),
          row('Race validation [95 %]', ({ result }) => raceValidationText(result)),
          row('Models', (_, i) => String(models[i]!.length)),
          row('Bundles', (_, i) => String(models[i]!.reduce((sum, model) => sum + model.bundles.length, 0))),
          ...names.map((name) => [name, ...settings.map((values) => values[name] ?? '–')]),
        ])) {
          output.text(line);
        }
        details.forEach(({ genotype, summary }) => {
          if (genotype) output.text(`run ${summary.run}: ${genotypeLines(genotype).join(' | ')}`);
        });
        await Promise.resolve();
      }),
    );
}

function registerChanges(runs: Command): void {
  runs
    .command('tag')
    .argument('<run>', 'number of the run', wholeNumber)
    .argument('[tags...]', 'new tags of the run; if left out, removes all tags')
    .description('sets the tags of a run')
    .action((run: number, tags: string[], _: unknown, command: Command) =>
      withSessionOnFullDisk(command, async ({ history, output }) => {
        tagRun(history, run, tags);
        output.object({ event: 'tagged', run, tags });
        output.text(`Run ${run}: ${tags.length ? tags.join(' ') : 'no tags'}.`);
        await Promise.resolve();
      }),
    );

  runs
    .command('find-dataset')
    .argument('<run>', 'number of the run', wholeNumber)
    .argument('<place>', 'the dataset file, under any name, or a folder to search for it')
    .description('finds a moved dataset file of a run by its content')
    .action((run: number, place: string, _: unknown, command: Command) =>
      withSession(command, async ({ history, output }) => {
        const found = await findRunDataset({ history, find: findFile }, run, resolve(place));
        output.object({ event: 'dataset-found', ...found });
        output.text(`Found ${found.path}, for ${found.runs.length === 1 ? 'run' : 'runs'} ${found.runs.join(', ')}.`);
      }),
    );

  runs
    .command('delete')
    .argument('<runs...>', 'numbers of runs that are not in progress', runNumbers)
    .option('--yes', 'do not ask for confirmation', false)
    .description('deletes runs with their checkpoints and models')
    .action((numbers: number[], options: { yes: boolean }, command: Command) =>
      withSessionOnFullDisk(command, async ({ history, output }) => {
        // Not by their details: a run that cannot be read can be deleted.
        const known = new Map(history.listRuns({ runs: numbers }).map(({ run, name }) => [run, name]));
        const names = numbers.map((run) => `${run} (${known.get(run) ?? history.getRun(run).summary.name})`);
        await confirm(`Delete ${names.join(', ')} with checkpoints and models?`, options.yes);
        for (const run of numbers) {
          history.deleteRun(run);
          output.object({ event: 'deleted', run });
          output.text(`Run ${run} was deleted.`);
        }
      }),
    );

  runs
    .command('export')
    .argument('<runs...>', 'numbers of runs', runNumbers)
    .requiredOption('--out <file>', 'file to write')
    .addOption(new Option('--format <format>', 'file format').choices(['csv', 'json']).default('csv'))
    .description('writes settings, results and epochs of runs to a file')
    .action((numbers: number[], options: { out: string; format: 'csv' | 'json' }, command: Command) =>
      withSessionOnFullDisk(command, async ({ history, output }) => {
        const file = resolve(options.out);
        await exportToFile(history, file, numbers, options.format);
        output.object({ event: 'exported', runs: numbers, file });
        output.text(`Wrote ${file}.`);
      }),
    );
}

/** Which images `validation…` of its epochs is of. */
const partOf = ({ summary }: RunRecord): string => (summary.kind === 'search' ? 'search validation' : 'validation');

function describeRun({ summary, dataset, genotype, folder, reason, error, result }: RunRecord): string[] {
  const lines = [
    `Run ${summary.run}: ${summary.name} — ${summary.state}, epoch ${summary.epoch} of ${summary.epochs}, ${duration(summary.seconds)}`,
    `dataset ${dataset.name}${summary.synthetic ? ' (synthetic images)' : ''}: ${dataset.path}`,
    `SHA-256 ${dataset.sha256}; seed ${summary.seed}; kept in ${folder}`,
  ];
  if (summary.budget) lines.push(`budget ${count(summary.budget.lower)}..${count(summary.budget.upper)} parameters`);
  if (reason) lines.push(`reason: ${reason}`);
  if (error) lines.push(`error: ${error.message}`);
  if (genotype) {
    genotypeLines(genotype).forEach((line, stage) => lines.push(`stage ${stage + 1}: ${line}`));
  }
  if (result?.kind === 'search') {
    lines.push(`${count(result.parameters)} parameters, budget ${result.budget.met ? 'met' : 'NOT met'}`);
  }
  if (summary.searchValidation) lines.push(searchValidationLine(summary.searchValidation));
  if (summary.test) lines.push(testLine(summary.test));
  if (summary.tags.length) lines.push(`tags: ${summary.tags.join(' ')}`);
  if (summary.note) lines.push(`note: ${summary.note}`);
  return lines;
}

/** Nested settings as dotted names with their values as text. */
function flatten(value: object, prefix = ''): Record<string, string> {
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, entry]): [string, string][] => {
      const name = `${prefix}${key}`;
      const nested = typeof entry === 'object' && entry !== null && !Array.isArray(entry) && key !== 'genotype';
      return nested ? Object.entries(flatten(entry as object, `${name}.`)) : [[name, JSON.stringify(entry)]];
    }),
  );
}
