import { availableParallelism } from 'node:os';
import { Option, type Command } from 'commander';
import { compareModels, majorityVoteOn } from '../../actions/compare-models.js';
import { leaderboards, SORT_KEYS, sortedModels, type SortKey } from '../../actions/leaderboard.js';
import { timeModels } from '../../actions/time-models.js';
import { UserError } from '../../errors.js';
import { compareModelFiles, majorityOf } from '../../jobs/model-comparison.js';
import { timeModel } from '../../jobs/model-timing.js';
import { comparisonLines } from '../model-comparison-text.js';
import { modelTable } from '../model-columns.js';
import { positiveNumber, wholeNumber, within } from '../options.js';
import { withSessionOnFullDisk } from '../session.js';
import { untilSignalled } from '../signals.js';

const modelNumbers = (value: string, earlier: number[] | undefined): number[] => [
  ...(earlier ?? []),
  wholeNumber(value),
];

export function registerModels(program: Command): void {
  const models = program.command('models').description('ranks, compares and times the retrained networks');
  registerList(models);
  registerCompare(models);
  registerTime(models);
}

interface ListOptions {
  readonly sort: SortKey;
  readonly tag?: string;
  readonly limit?: number;
}

function registerList(models: Command): void {
  models
    .command('list')
    .argument('[dataset]', 'name of a dataset, or the beginning of the SHA-256 of its file')
    .addOption(
      new Option('--sort <figure>', 'figure on the test set, best first; or newest, smallest or fastest first')
        .choices(Object.keys(SORT_KEYS))
        .default('balanced-accuracy'),
    )
    .option('--tag <tag>', 'only models whose retraining has this tag')
    .option('--limit <n>', 'at most this many models of a dataset', positiveNumber)
    .description('shows the leaderboard of each dataset: all models with test figures, size, time and recipe')
    .action((dataset: string | undefined, options: ListOptions, command: Command) =>
      withSessionOnFullDisk(command, async ({ history, output }) => {
        const boards = leaderboards(history, dataset);
        if (boards.length === 0)
          output.text("No models yet. To train the architecture a search found, run 'medforge retrain RUN'.");
        for (const [index, { sha256, dataset: name, models: all }] of boards.entries()) {
          const tagged = options.tag === undefined ? all : all.filter(({ tags }) => tags.includes(options.tag!));
          const shown = sortedModels(tagged, options.sort).slice(0, options.limit);
          const majority = await majorityVoteOn({ history, determine: majorityOf }, sha256);
          for (const model of shown) output.object({ event: 'model', ...model });
          output.object({ event: 'majority', dataset: name, sha256, majority });
          if (index > 0) output.text();
          const label = all[0]!.test.finding?.label;
          const finding = label === undefined ? '' : `; sensitivity and specificity for "${label}"`;
          output.text(`${name} (SHA-256 ${sha256.slice(0, 8)}), test set${finding}`);
          for (const line of modelTable(shown, majority)) output.text(line);
          if (majority === null) output.text(withoutPredictions(all[0]!.model));
        }
      }),
    );
}

const withoutPredictions = (model: number): string =>
  `No majority class: these models come from a version that did not store predictions. To store them, run 'medforge evaluate ${model}'.`;

function registerCompare(models: Command): void {
  models
    .command('compare')
    .argument('<first>', 'number of a model', wholeNumber)
    .argument('<second>', 'number of another model of the same dataset file', wholeNumber)
    .description('shows the paired difference of two models on the test images, with 95 % intervals and an exact test')
    .action((first: number, second: number, _: unknown, command: Command) =>
      withSessionOnFullDisk(command, async ({ history, output }) => {
        const comparison = await untilSignalled(
          new UserError('compare-cancelled', 'The comparison was cancelled.'),
          (signal) =>
            compareModels({ history, compare: (request) => compareModelFiles(request, signal) }, first, second),
        );
        output.object({ event: 'comparison', first, second, ...comparison });
        const [a, b] = [first, second].map((model) => history.getModel(model).summary);
        for (const line of comparisonLines(a!, b!, comparison)) output.text(line);
      }),
    );
}

function registerTime(models: Command): void {
  models
    .command('time')
    .argument('<models...>', 'numbers of models', modelNumbers)
    .option('--threads <n>', 'threads of onnxruntime (0: one per core)', within('threads'), 0)
    .description('measures the time per image on this computer and stores it for the leaderboard')
    .action((numbers: number[], options: { threads: number }, command: Command) =>
      withSessionOnFullDisk(command, async ({ history, output }) => {
        const threads = options.threads === 0 ? availableParallelism() : options.threads;
        const timings = await untilSignalled(
          new UserError('timing-cancelled', 'The measurement was cancelled. Times already measured are kept.'),
          (signal) =>
            timeModels(
              {
                history,
                time: (request) => timeModel(request, signal),
                onProgress: (done, total) => output.progress(`time ${done}/${total}`),
                signal,
              },
              numbers,
              threads,
            ),
        );
        timings.forEach((timing, i) => {
          output.object({ event: 'timed', model: numbers[i], ...timing });
          output.text(
            `model ${numbers[i]}: ${timing.milliseconds.toFixed(2)} ms per image (median of ${timing.images}, ` +
              `${timing.threads} ${timing.threads === 1 ? 'thread' : 'threads'} of onnxruntime, ${timing.machine})`,
          );
        });
      }),
    );
}
