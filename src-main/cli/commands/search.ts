import { Option, type Command } from 'commander';
import { chooseMirroring } from '../../actions/dataset-choices.js';
import { requireBackend } from '../../actions/require-backend.js';
import { backendOfRun, chooseForResume, type ResumeChoices } from '../../actions/resume-run.js';
import { startSearch } from '../../actions/start-search.js';
import { listBackends } from '../../compute/index.js';
import { searchConfig } from '../../jobs/search-config.js';
import { backendNameSchema } from '../../vocabulary/backend.js';
import type { SearchConfig } from '../../vocabulary/run-config.js';
import { SEARCH_DEFAULTS } from '../../search/defaults.js';
import { RACE_DEFAULTS } from '../../vocabulary/limits.js';
import { DEFAULT_METHOD, searchMethod, searchMethods } from '../../search/methods/registry.js';
import { BUDGET_NOTATION, type WrittenBudget } from '../../budget-text.js';
import {
  backendOption,
  estimateOption,
  gpuFaultOption,
  mirroringOption,
  nameOption,
  noMirroringOption,
  seedOption,
  threadsOption,
} from '../common-options.js';
import { findDataset, inspectDecided } from '../dataset-argument.js';
import { addMethodOptions, methodSettings } from '../method-options.js';
import { budget, wholeNumber, within } from '../options.js';
import { counted, measurementText, roughly, sayNeeds } from '../output.js';
import { runInTerminal } from '../run-in-terminal.js';
import { withSession, type Session } from '../session.js';

interface SearchOptions {
  readonly budget?: WrittenBudget;
  readonly epochs?: number;
  readonly batch?: number;
  readonly channels: number;
  readonly cells: number;
  readonly seed: number;
  readonly backend: SearchConfig['backend'];
  readonly threads: number;
  readonly onGpuFault?: SearchConfig['onGpuFault'];
  readonly method: string;
  readonly asPublished: boolean;
  readonly sparse: boolean;
  readonly race: boolean;
  readonly raceBudget: number;
  readonly raceRandom: number;
  readonly smallest: boolean;
  readonly name?: string;
  readonly estimate: boolean;
  readonly horizontalFlip?: boolean;
}

interface ResumeOptions extends ResumeChoices {
  readonly sameBits: boolean;
}

export function registerSearch(program: Command): void {
  const methods = searchMethods();
  const search = program
    .command('search')
    .argument('<dataset>', 'a .npz file or a name from `datasets list`')
    .description('searches for an architecture within a parameter budget')
    .option(
      '--budget <LO..HI>',
      `parameters of the final network: ${BUDGET_NOTATION} (default: the whole space)`,
      budget,
    )
    .option(
      '--epochs <n>',
      'epochs (default: enough for 600 steps, from 8 to 40; ten times as many with --method random)',
      within('epochs'),
    )
    .option('--batch <n>', 'batch size (default: depends on the dataset)', within('batch'))
    .option('--channels <n>', 'channels of the first stage', within('channels'), SEARCH_DEFAULTS.channels)
    .option('--cells <n>', 'largest number of cells per stage', within('cells'), SEARCH_DEFAULTS.cells)
    .addOption(seedOption())
    .addOption(backendOption())
    .addOption(threadsOption())
    .addOption(gpuFaultOption())
    .addOption(
      new Option('--method <name>', 'search method').choices(methods.map(({ id }) => id)).default(DEFAULT_METHOD),
    )
    .option('--as-published', 'use the method as published, without our changes and without a race', false)
    .option('--no-sparse', 'also compute operations with probability 0 (slower, same result; for comparison)')
    .option(
      '--race-budget <share>',
      'cost of the race, as a multiple of the cost of the search',
      within('raceShare'),
      RACE_DEFAULTS.share,
    )
    .option(
      '--race-random <n>',
      'number of random networks within the budget in the race',
      within('raceRandom'),
      RACE_DEFAULTS.random,
    )
    .option('--smallest', 'choose the smallest network that is as good as the best', RACE_DEFAULTS.smallest)
    .option(
      '--no-race',
      'take the most probable architecture of the search, as in the paper, without a race against chance and baselines',
    )
    .addOption(mirroringOption())
    .addOption(noMirroringOption())
    .addOption(nameOption())
    .addOption(estimateOption());
  addMethodOptions(search, methods).action(
    (dataset: string, options: SearchOptions & Record<string, unknown>, command: Command) =>
      withSession(command, async (session) => {
        const { horizontalFlip } = options;
        const found = await inspectDecided(session.history, findDataset(session.history, dataset));
        const description =
          horizontalFlip === undefined ? found : chooseMirroring(session.history, found, horizontalFlip);
        const settings = methodSettings(searchMethod(options.method), methods, options, options.asPublished);
        await requireBackend(options.backend, listBackends);
        const { raceBudget: share, raceRandom: random, smallest } = options;
        const race = options.race && !options.asPublished ? { share, random, smallest } : null;
        const choices = { ...options, settings, race };
        if (options.estimate) return sayEstimate(session, searchConfig(description, choices));
        await runInTerminal(session, startSearch(session.history, description, choices, { name: options.name }));
        return;
      }),
  );

  program
    .command('resume')
    .argument('<run>', 'number of a paused, interrupted or failed run', wholeNumber)
    .description('continues a run from its last checkpoint, bit for bit as if it had never stopped')
    .option('--same-bits', 'stop if the processor or backend rounds differently, instead of only warning', false)
    .addOption(
      new Option('--backend <name>', 'continue on this backend instead of the one that the run had').choices(
        backendNameSchema.options,
      ),
    )
    .addOption(gpuFaultOption())
    .action((run: number, options: ResumeOptions, command: Command) =>
      withSession(command, async (session) => {
        const { history, output } = session;
        const wayOut = `To continue on the processor, run 'medforge resume ${run} --backend native'.`;
        await requireBackend(options.backend ?? backendOfRun(history, run), listBackends, wayOut);
        const change = chooseForResume(history, run, options);
        if (change !== null) output.note(change);
        await runInTerminal(session, run, { sameBits: options.sameBits });
      }),
    );
}

async function sayEstimate({ home, output }: Session, config: SearchConfig): Promise<void> {
  const { estimateSearch } = await import('../../jobs/search-estimate.js');
  const { seconds, imagesPerSecond, stepsPerEpoch, needs } = await estimateSearch(config, { home, door: 'terminal' });
  const { epochs, batch } = config;
  output.object({ event: 'estimate', kind: 'search', seconds, epochs, batch, stepsPerEpoch, imagesPerSecond, needs });
  const race = config.race === null ? 'without a race' : 'with the race';
  output.text(`${counted(epochs, 'epoch')}, ${race}: ${roughly(seconds)} on this computer`);
  output.text(measurementText({ stepsPerEpoch, batch, imagesPerSecond }));
  sayNeeds(output, needs);
}
