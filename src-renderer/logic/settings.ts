import type { Budget, JobConfig, SearchConfig } from '../../src-main/ipc/contract.js';
import { compact, decimal, integer } from './format.js';

export interface SettingRow {
  readonly name: string;
  readonly values: readonly string[];
  readonly differs: boolean;
}

export const budgetText = ({ lower, upper }: Budget): string => `${compact(lower)} – ${compact(upper)}`;

const onOff = (value: boolean): string => (value ? 'on' : 'off');

const inWords = (name: string): string => {
  const words = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
};

const shown = (value: string | number | boolean): string => (typeof value === 'boolean' ? onOff(value) : String(value));

function backendText({ backend, decidedBackend }: JobConfig): string {
  if (decidedBackend === undefined || decidedBackend === backend) return backend;
  return backend === 'auto' ? `auto: ${decidedBackend}` : `${backend}, then ${decidedBackend}`;
}

function raceText(race: SearchConfig['race']): string {
  if (race === null) return 'off';
  return `${race.share} × the search, ${race.random} random${race.smallest ? ', keeps the smallest' : ''}`;
}

/** Settings of a run, name by name, in reading order. */
export function settingsOf(config: JobConfig): ReadonlyMap<string, string> {
  const rows: [string, string][] = [
    ['Kind', config.kind === 'search' ? 'Search' : 'Retraining'],
    ['Dataset', config.dataset.name],
    ['Dataset SHA-256', config.dataset.sha256.slice(0, 12)],
    ['Epochs', integer(config.epochs)],
    ['Batch', integer(config.batch)],
    ['Channels', integer(config.space.channels)],
    ['Cells per stage', integer(config.space.cells)],
    ['Backend', backendText(config)],
    ['Threads', config.threads === 0 ? 'one per core' : integer(config.threads)],
  ];
  if (config.kind === 'search') {
    rows.push(
      ['Budget', budgetText(config.budget)],
      ['Seed', String(config.seed)],
      ['Method', config.method],
      ...Object.entries(config.settings).map(([name, value]): [string, string] => [inWords(name), shown(value)]),
      ['Exact sparsity', onOff(config.sparse)],
      ['Race', raceText(config.race)],
    );
  } else {
    rows.push(
      ['Seeds', config.seeds.join(', ')],
      ['Learning rate', String(config.learningRate)],
      ['Warm-up epochs', integer(config.warmupEpochs)],
      ['Weight decay', String(config.weightDecay)],
      ['Label smoothing', decimal(config.labelSmoothing, 2)],
      ['Mixup', decimal(config.mixup, 2)],
      ['Cutmix', decimal(config.cutmix, 2)],
      ['Moving average', config.movingAverage === null ? 'off' : String(config.movingAverage)],
      ['Class weighting', onOff(config.classWeighting)],
      ['Chosen epoch', config.selection === 'last' ? 'last' : 'best validation AUC'],
    );
  }
  return new Map(rows);
}

/** Settings side by side; a run that does not have a setting shows a dash there. */
export function compareSettings(configs: readonly JobConfig[]): SettingRow[] {
  const settings = configs.map(settingsOf);
  const names = [...new Set(settings.flatMap((map) => [...map.keys()]))];
  return names.map((name) => {
    const values = settings.map((map) => map.get(name) ?? '–');
    return { name, values, differs: new Set(values).size > 1 };
  });
}
