import type { OperatingPoint } from '../vocabulary/operating-point.js';
import type { RetrainConfig, SearchConfig } from '../vocabulary/run-config.js';
import type { RunDetails } from '../vocabulary/run.js';

/*
 * The commands that repeat what was done, with every setting written out: a default of a later version changes nothing. Tests
 * read them with the command line's own parser.
 */

/** Of a search. @throws TypeError for a run that is none */
export function searchCommand({ config }: Pick<RunDetails, 'config'>): string {
  if (config.kind !== 'search') throw new TypeError('the run is not a search');
  return command('search', [quoted(config.dataset.path), ...searchOptions(config)]);
}

function searchOptions(config: SearchConfig): string[] {
  const { budget, space, race } = config;
  return [
    `--budget ${budget.lower}..${budget.upper}`,
    `--epochs ${config.epochs}`,
    `--batch ${config.batch}`,
    `--channels ${space.channels}`,
    `--cells ${space.cells}`,
    `--seed ${config.seed}`,
    `--method ${quoted(config.method)}`,
    ...Object.entries(config.settings).map(([name, value]) => setting(name, value)),
    ...(config.sparse ? [] : ['--no-sparse']),
    ...(race === null
      ? ['--no-race']
      : [`--race-budget ${race.share}`, `--race-random ${race.random}`, ...(race.smallest ? ['--smallest'] : [])]),
    ...mirroring(config),
    ...engine(config),
  ];
}

/** `outlierCut: false` → `--no-outlier-cut` */
function setting(name: string, value: string | number | boolean): string {
  const flag = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  if (typeof value === 'boolean') return value ? `--${flag}` : `--no-${flag}`;
  return `--${flag} ${quoted(String(value))}`;
}

/** Whether the command that makes a retraining again needs a file with its genotype. */
export const needsGenotypeFile = ({ searchRun, drawn }: RetrainConfig): boolean => searchRun === null || drawn === true;

export function retrainCommand(config: RetrainConfig): string {
  const { searchRun, space } = config;
  return command('retrain', [
    ...(needsGenotypeFile(config)
      ? [
          '--genotype genotype.json',
          `--dataset ${quoted(config.dataset.path)}`,
          `--channels ${space.channels}`,
          `--cells ${space.cells}`,
        ]
      : [String(searchRun)]),
    `--epochs ${config.epochs}`,
    `--batch ${config.batch}`,
    `--seeds ${config.seeds.join(',')}`,
    `--learning-rate ${config.learningRate}`,
    `--warmup-epochs ${config.warmupEpochs}`,
    `--weight-decay ${config.weightDecay}`,
    `--label-smoothing ${config.labelSmoothing}`,
    `--mixup ${config.mixup}`,
    `--cutmix ${config.cutmix}`,
    config.movingAverage === null ? '--no-moving-average' : `--moving-average ${config.movingAverage}`,
    ...(config.classWeighting ? ['--class-weighting'] : []),
    `--selection ${config.selection}`,
    ...mirroring(config),
    ...engine(config),
  ]);
}

/** Refused by nothing: a set of the catalogue may be told what it is. */
const mirroring = ({ dataset: { reading } }: SearchConfig | RetrainConfig): string[] =>
  reading ? [reading.horizontalFlip ? '--horizontal-flip' : '--no-horizontal-flip'] : [];

const engine = ({
  backend,
  threads,
  onGpuFault = 'stop',
}: Pick<SearchConfig, 'backend' | 'threads' | 'onGpuFault'>): string[] => [
  ...(backend === 'auto' ? [] : [`--backend ${backend}`]),
  ...(onGpuFault === 'stop' ? [] : [`--on-gpu-fault ${onGpuFault}`]),
  ...(threads === 0 ? [] : [`--threads ${threads}`]),
];

export function pointCommand(model: number, { rule, threshold }: OperatingPoint): string {
  return command('evaluate', [String(model), `--operating-point ${ruleOption(rule, threshold)}`]);
}

function ruleOption(rule: OperatingPoint['rule'], threshold: number): string {
  switch (rule.rule) {
    case 'sensitivity':
    case 'specificity':
      return `${rule.rule}:${rule.atLeast}`;
    case 'youden':
      return 'youden';
    case 'costs':
      return `costs:${rule.missed}:${rule.falseAlarm}`;
    case 'threshold':
      return `threshold:${threshold}`;
  }
}

export const exportCommand = (model: number): string => command('export', [String(model), '--out bundles']);
export const reportCommand = (model: number): string => command('report', [String(model), '--out report.md']);

const command = (name: string, options: readonly string[]): string => ['medforge', name, ...options].join(' ');

/** As a POSIX shell takes it: one word, whatever it holds. */
function quoted(text: string): string {
  return /^[\w./:=@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
