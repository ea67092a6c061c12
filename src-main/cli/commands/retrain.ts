import { existsSync } from 'node:fs';
import { Option, type Command } from 'commander';
import { chooseMirroring } from '../../actions/dataset-choices.js';
import { estimateRetraining } from '../../actions/estimate-retraining.js';
import { requireBackend } from '../../actions/require-backend.js';
import { startRetraining, type TrainingSource } from '../../actions/start-retraining.js';
import { listBackends } from '../../compute/index.js';
import type { DatasetDescription } from '../../datasets/medmnist.js';
import type { WritableHistory } from '../../history/interface.js';
import { UserError } from '../../errors.js';
import type { RetrainChoices } from '../../jobs/retrain-config.js';
import type { RetrainConfig } from '../../vocabulary/run-config.js';
import { SEARCH_DEFAULTS } from '../../search/defaults.js';
import { readGenotypeFile } from '../../training/genotype-file.js';
import { RECIPE_DEFAULTS } from '../../vocabulary/recipe.js';
import {
  backendOption,
  estimateOption,
  gpuFaultOption,
  mirroringOption,
  nameOption,
  noMirroringOption,
  seedsOption,
  threadsOption,
} from '../common-options.js';
import { findDataset, inspectChosen } from '../dataset-argument.js';
import { within } from '../options.js';
import { counted, measurementText, roughly, sayNeeds } from '../output.js';
import { runInTerminal } from '../run-in-terminal.js';
import { withSession, type Session } from '../session.js';

interface RetrainOptions {
  readonly genotype?: string;
  readonly dataset?: string;
  readonly channels?: number;
  readonly cells?: number;
  readonly epochs: number;
  readonly batch?: number;
  readonly seeds: readonly number[];
  readonly backend: RetrainConfig['backend'];
  readonly onGpuFault?: RetrainConfig['onGpuFault'];
  readonly threads: number;
  readonly learningRate: number;
  readonly warmupEpochs?: number;
  readonly weightDecay: number;
  readonly labelSmoothing: number;
  readonly mixup: number;
  readonly cutmix: number;
  readonly movingAverage: number | false;
  readonly classWeighting: boolean;
  readonly selection: RetrainConfig['selection'];
  readonly name?: string;
  readonly estimate: boolean;
  readonly horizontalFlip?: boolean;
}

export function registerRetrain(program: Command): void {
  program
    .command('retrain')
    .argument(
      '[architecture]',
      'number of a finished search, architecture:N of `medforge sample RUN --list`, or a genotype file (JSON)',
    )
    .description('trains an architecture from scratch, once per seed, and measures it on the test set')
    .option('--genotype <file>', 'a genotype file (JSON); needs --dataset')
    .option('--dataset <dataset>', 'train on this dataset instead of that of the search')
    .option(
      '--channels <n>',
      `of a genotype file: channels of the first stage (default: ${SEARCH_DEFAULTS.channels})`,
      within('channels'),
    )
    .option(
      '--cells <n>',
      `of a genotype file: largest number of cells per stage (default: ${SEARCH_DEFAULTS.cells})`,
      within('cells'),
    )
    .option('--epochs <n>', 'epochs of each network', within('epochs'), RECIPE_DEFAULTS.epochs)
    .option('--batch <n>', 'batch size (default: depends on the dataset, at most 128)', within('batch'))
    .addOption(seedsOption())
    .addOption(backendOption())
    .addOption(threadsOption())
    .addOption(gpuFaultOption())
    .option('--learning-rate <x>', 'largest learning rate', within('learningRate'), RECIPE_DEFAULTS.learningRate)
    .option(
      '--warmup-epochs <n>',
      'epochs of linear warm-up (default: 10, at most a tenth of the epochs)',
      within('warmupEpochs'),
    )
    .option('--weight-decay <x>', 'weight decay (L2)', within('weightDecay'), RECIPE_DEFAULTS.weightDecay)
    .option(
      '--label-smoothing <x>',
      'share of each label that is spread over all classes',
      within('labelSmoothing'),
      RECIPE_DEFAULTS.labelSmoothing,
    )
    .option('--mixup <x>', 'parameter of the mixup distribution; 0 is off', within('mixup'), RECIPE_DEFAULTS.mixup)
    .option('--cutmix <x>', 'parameter of the CutMix distribution; 0 is off', within('cutmix'), RECIPE_DEFAULTS.cutmix)
    .option(
      '--moving-average <decay>',
      'decay of the moving average of weights',
      within('movingAverage'),
      RECIPE_DEFAULTS.movingAverage ?? 0.999,
    )
    .option('--no-moving-average', 'do not average the weights')
    .option(
      '--class-weighting',
      'weight images by the inverse frequency of their class',
      RECIPE_DEFAULTS.classWeighting,
    )
    .addOption(
      new Option('--selection <rule>', 'which epoch to keep; never decided on the test set')
        .choices(['best-validation', 'last'])
        .default(RECIPE_DEFAULTS.selection),
    )
    .addOption(mirroringOption())
    .addOption(noMirroringOption())
    .addOption(nameOption())
    .addOption(estimateOption())
    .action((architecture: string | undefined, options: RetrainOptions, command: Command) =>
      withSession(command, async (session) => {
        await requireBackend(options.backend, listBackends);
        if (options.estimate) await sayEstimate(session, architecture, options);
        else await runInTerminal(session, await createRetraining(session, architecture, options));
      }),
    );
}

async function createRetraining(
  session: Session,
  architecture: string | undefined,
  options: RetrainOptions,
): Promise<number> {
  const { history } = session;
  const source = await sourceOf(session, architecture, options);
  const { name } = options;
  return startRetraining({ history, inspect: inspecting(history, options) }, source, choicesOf(options), { name });
}

async function sayEstimate(session: Session, architecture: string | undefined, options: RetrainOptions): Promise<void> {
  const { history, home, output } = session;
  const { measureRetraining } = await import('../../jobs/retrain-estimate.js');
  const { config, seconds, imagesPerSecond, stepsPerEpoch, needs } = await estimateRetraining(
    {
      history,
      inspect: inspecting(history, options),
      measure: (config) => measureRetraining(config, { home, door: 'terminal' }),
    },
    await sourceOf(session, architecture, options),
    choicesOf(options),
  );
  const { epochs, seeds, batch } = config;
  output.object({
    event: 'estimate',
    kind: 'retrain',
    seconds,
    epochs,
    seeds: seeds.length,
    batch,
    stepsPerEpoch,
    imagesPerSecond,
    needs,
  });
  const work = `${counted(epochs, 'epoch')} x ${counted(seeds.length, 'seed')}`;
  output.text(`${work}: ${roughly(seconds)} on this computer`);
  output.text(measurementText({ stepsPerEpoch, batch, imagesPerSecond }));
  sayNeeds(output, needs);
}

/** Reads the dataset under its chosen names; the mirroring that was asked for is chosen first. */
function inspecting(history: WritableHistory, { horizontalFlip }: RetrainOptions) {
  return async (path: string): Promise<DatasetDescription> => {
    const found = await inspectChosen(history, path);
    return horizontalFlip === undefined ? found : chooseMirroring(history, found, horizontalFlip);
  };
}

function choicesOf({ movingAverage, ...choices }: RetrainOptions): RetrainChoices {
  return { ...choices, movingAverage: movingAverage === false ? null : movingAverage };
}

/** How a kept architecture is named. */
const KEPT = /^architecture:(\d+)$/;

/** @throws UserError `retrain-source`, `retrain-dataset`, `dataset-unknown`, `genotype-…` */
async function sourceOf(
  { history }: Session,
  argument: string | undefined,
  { genotype, dataset: named, channels, cells }: RetrainOptions,
): Promise<TrainingSource> {
  if (argument !== undefined && genotype !== undefined) {
    throw new UserError(
      'retrain-source',
      `Both ${argument} and --genotype ${genotype} name an architecture. Leave one of them out.`,
    );
  }
  const dataset = (): string | undefined => (named === undefined ? undefined : findDataset(history, named));
  const ofHistory =
    argument === undefined
      ? null
      : /^\d+$/.test(argument)
        ? { run: Number(argument) }
        : KEPT.test(argument)
          ? { architecture: Number(KEPT.exec(argument)![1]) }
          : null;
  if (ofHistory) {
    if (channels === undefined && cells === undefined) return { ...ofHistory, dataset: dataset() };
    throw new UserError(
      'retrain-source',
      `${channels === undefined ? '--cells' : '--channels'} is of a genotype file: ${argument} has the channels and cells of its search. Leave it out.`,
    );
  }
  const file = genotype ?? argument;
  if (file === undefined) {
    throw new UserError('retrain-source', `There is nothing to train. Give ${WHAT_TO_GIVE}.`);
  }
  if (genotype === undefined && !existsSync(file)) {
    throw new UserError(
      'retrain-source',
      `There is no run, kept architecture or genotype file named ${file}. Give ${WHAT_TO_GIVE}.`,
    );
  }
  const space = { channels: channels ?? SEARCH_DEFAULTS.channels, cells: cells ?? SEARCH_DEFAULTS.cells };
  const read = await readGenotypeFile(file, space.cells);
  const path = dataset();
  if (path === undefined) {
    throw new UserError('retrain-dataset', 'A genotype file does not name a dataset. Add --dataset FILE.npz.');
  }
  return { ...space, genotype: read, dataset: path };
}

const WHAT_TO_GIVE =
  "the number of a finished search, architecture:N as 'medforge sample RUN --list' shows it, or a genotype file (JSON)";
