import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { registerBundle } from '../../../src-main/cli/commands/bundle.js';
import { registerReport } from '../../../src-main/cli/commands/report.js';
import { registerRetrain } from '../../../src-main/cli/commands/retrain.js';
import { registerSearch } from '../../../src-main/cli/commands/search.js';
import { methodSettings } from '../../../src-main/cli/method-options.js';
import { retrainConfig as retrainConfigOf } from '../../../src-main/jobs/retrain-config.js';
import { searchConfig as searchConfigOf } from '../../../src-main/jobs/search-config.js';
import {
  exportCommand,
  pointCommand,
  reportCommand,
  retrainCommand,
  searchCommand,
} from '../../../src-main/report/commands.js';
import { searchMethod, searchMethods } from '../../../src-main/search/methods/registry.js';
import type { OperatingPoint } from '../../../src-main/vocabulary/operating-point.js';
import type { RetrainConfig, SearchConfig } from '../../../src-main/vocabulary/run-config.js';
import { retrainConfig, searchConfig } from '../history/fixtures.js';

/** The words of a command line as a POSIX shell makes them. */
function words(line: string): string[] {
  return [...line.matchAll(/(?:'[^']*'|\\.|[^\s'\\])+/g)].map(([word]) =>
    word.replace(/'([^']*)'|\\(.)/g, (_, quoted?: string, escaped?: string) => quoted ?? escaped ?? ''),
  );
}

/** What the command line itself takes it for. */
async function parsed(line: string): Promise<{ name: string; args: unknown[]; options: Record<string, never> }> {
  const program = new Command().exitOverride();
  registerSearch(program);
  registerRetrain(program);
  registerBundle(program);
  registerReport(program, '0.1.0');
  let found: Awaited<ReturnType<typeof parsed>> | null = null;
  for (const command of program.commands) {
    command.exitOverride().action((...all: unknown[]) => {
      const own = all.at(-1) as Command;
      found = { name: own.name(), args: own.processedArgs, options: own.opts() };
    });
  }
  const [medforge, ...rest] = words(line);
  expect(medforge).toBe('medforge');
  await program.parseAsync(rest, { from: 'user' });
  return found!;
}

const dataset = {
  ...searchConfig.dataset,
  path: "/data/o'brien's set/b & c.npz",
  channels: 1 as const,
  classes: 2,
  size: 28,
  labels: ['malignant', 'normal, benign'],
  horizontalFlip: true,
  catalogueId: 'breastmnist',
  samples: { train: 546, val: 78, test: 156 },
};

describe('the command of a search', () => {
  it.each([
    ['all defaults', searchConfigOf(dataset, {})],
    ['as published', searchConfigOf(dataset, { settings: searchMethod('zo-darts++').published!, race: null })],
    [
      'everything chosen',
      searchConfigOf(dataset, {
        ...{ budget: { lower: 30_000, upper: 90_000 }, epochs: 7, batch: 8, channels: 8, cells: 2, seed: 5 },
        ...{ backend: 'native', threads: 3, sparse: false, race: { share: 1.5, random: 4, smallest: true } },
      }),
    ],
    ['another method', searchConfigOf(dataset, { method: 'random' })],
  ] as [string, SearchConfig][])('%s makes the same search', async (_, config) => {
    const { name, args, options } = await parsed(searchCommand({ config }));
    expect([name, ...args]).toEqual(['search', dataset.path]);
    const {
      raceBudget: share,
      raceRandom: random,
      smallest,
      race,
      method,
      asPublished,
    } = options as unknown as {
      readonly [name in 'raceBudget' | 'raceRandom']: number;
    } & { readonly [name in 'smallest' | 'race' | 'asPublished']: boolean } & { readonly method: string };
    const settings = methodSettings(searchMethod(method), searchMethods(), options, asPublished);
    const read = searchConfigOf(dataset, { ...options, settings, race: race ? { share, random, smallest } : null });
    expect(read).toEqual(config);
  });
});

describe('the command of a retraining', () => {
  it.each([
    ['of a search', retrainConfig],
    ['of an architecture drawn from a search', { ...retrainConfig, drawn: true }],
    [
      'written by hand',
      {
        ...retrainConfig,
        searchRun: null,
        movingAverage: 0.99,
        classWeighting: true,
        selection: 'best-validation',
        mixup: 0,
      },
    ],
  ] as [string, RetrainConfig][])('%s makes the same retraining', async (_, config) => {
    const reading = { labels: dataset.labels, horizontalFlip: dataset.horizontalFlip };
    const own = { ...config, dataset: { ...searchConfig.dataset, reading } };
    const { name, args, options } = await parsed(retrainCommand(own));
    const written = own.searchRun === null || own.drawn;
    expect([name, args[0]]).toEqual(['retrain', written ? undefined : String(own.searchRun)]);
    const { movingAverage, ...choices } = options as unknown as Omit<RetrainConfig, 'movingAverage'> & {
      readonly movingAverage: number | false;
    };
    const { space, genotype, searchRun, drawn } = own;
    const architecture = { genotype, searchRun, drawn, channels: space.channels, cells: space.cells };
    const facts = { ...dataset, ...own.dataset, channels: space.inputChannels as 1, classes: space.classes };
    const read = retrainConfigOf(facts, architecture, {
      ...choices,
      movingAverage: movingAverage === false ? null : movingAverage,
    });
    expect(read).toEqual(own);
    expect(retrainCommand(own)).toContain(' --horizontal-flip');
    if (written) expect(options).toMatchObject({ genotype: 'genotype.json', dataset: own.dataset.path });
  });
});

it.each([
  [
    { rule: 'sensitivity', atLeast: 0.95 },
    { rule: 'sensitivity', atLeast: 0.95 },
  ],
  [{ rule: 'youden' }, { rule: 'youden' }],
  [
    { rule: 'costs', missed: 5, falseAlarm: 2 },
    { rule: 'costs', missed: 5, falseAlarm: 2 },
  ],
  [{ rule: 'threshold' }, { rule: 'threshold', threshold: 0.25 }],
] as [OperatingPoint['rule'], object][])('the operating point of %j is chosen again', async (rule, wanted) => {
  const point: OperatingPoint = { finding: 0, label: 'a', rule, threshold: 0.25 };
  expect(await parsed(pointCommand(3, point))).toMatchObject({
    name: 'evaluate',
    args: [3],
    options: { operatingPoint: wanted },
  });
});

it('a bundle and a report are asked for with the number of the model', async () => {
  expect(await parsed(exportCommand(3))).toMatchObject({ name: 'export', args: [3], options: { out: 'bundles' } });
  expect(await parsed(reportCommand(3))).toMatchObject({ name: 'report', args: [3], options: { out: 'report.md' } });
});
