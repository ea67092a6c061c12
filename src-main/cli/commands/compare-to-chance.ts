import type { Command } from 'commander';
import { compareToChance } from '../../actions/compare-to-chance.js';
import { PauseSignals } from '../../jobs/pause-signals.js';
import { RECIPE_DEFAULTS } from '../../vocabulary/recipe.js';
import type { BackendChoice } from '../../vocabulary/backend.js';
import { comparisonLines } from '../comparison-text.js';
import { backendOption, seedOption, threadsOption } from '../common-options.js';
import { wholeNumber, within } from '../options.js';
import { duration } from '../output.js';
import { withSession } from '../session.js';

interface ComparisonOptions {
  readonly random: number;
  readonly seeds: number;
  readonly epochs: number;
  readonly seed: number;
  readonly backend: BackendChoice;
  readonly threads: number;
}

const runNumbers = (value: string, earlier: number[] | undefined): number[] => [...(earlier ?? []), wholeNumber(value)];

export function registerCompareToChance(program: Command): void {
  program
    .command('compare-to-chance')
    .argument('<runs...>', 'finished searches of one dataset and budget', runNumbers)
    .description(
      'trains the architectures found, random networks within the budget and baselines in the same way, and shows what the search gains',
    )
    .option('--random <n>', 'random networks within the budget', within('raceRandom'), 16)
    .option('--seeds <n>', 'training runs of each architecture', within('trainings'), 2)
    .option('--epochs <n>', 'epochs of each training run', within('epochs'), RECIPE_DEFAULTS.epochs)
    .addOption(seedOption())
    .addOption(backendOption())
    .addOption(threadsOption())
    .action((runs: number[], options: ComparisonOptions, command: Command) =>
      withSession(command, async ({ history, output }) => {
        const signals = new PauseSignals();
        signals.listen();
        try {
          const comparison = await compareToChance(history, runs, options, {
            backend: options.backend,
            threads: options.threads,
            stop: () => signals.received !== null,
            progress: (progress) => {
              const { done, total, label, epoch, secondsLeft } = progress;
              const left = secondsLeft === null ? '' : `, ${duration(secondsLeft)} left`;
              const { epochs } = options;
              output.object({ event: 'progress', training: done + 1, total, label, epoch, epochs, secondsLeft });
              output.progress(`training ${done + 1}/${total}  ${label}, epoch ${epoch}/${epochs}${left}`);
            },
          });
          if (comparison) {
            output.object({ event: 'compared', ...comparison });
            for (const line of comparisonLines(comparison)) output.text(line);
            return;
          }
          output.object({ event: 'paused', runs });
          output.text('Paused. Run the same command to continue.');
        } finally {
          signals.ignore();
        }
      }),
    );
}
