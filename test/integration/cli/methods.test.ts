import { rmSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { openHistory } from '../../../src-main/history/open.js';
import { searchMethods } from '../../../src-main/search/methods/registry.js';
import { medforge, newHome, smallDemo, start } from './medforge.js';

const homes: string[] = [];
const home = (): string => {
  homes.push(newHome());
  return homes.at(-1)!;
};
afterAll(() => {
  for (const folder of homes) rmSync(folder, { recursive: true, force: true });
});

/** Four steps an epoch: a round of ten steps ends within the third. */
const IMAGES = smallDemo({ train: 96, val: 32, test: 8 });
const SIZE = '--channels 4 --cells 1 --batch 16 --threads 1 --budget 5000..20000 --seed 5'.split(' ');

/** Without a race, which is the same for all methods and tested by itself. */
const search = (folder: string, ...more: string[]): string[] => {
  return ['search', IMAGES, '--epochs', '3', '--no-race', ...SIZE, ...more, '--home', folder, '--json'];
};

/** All that the history knows of a run but its times. Read here: a process for each would take longer than the search. */
async function known(folder: string) {
  const { history } = await openHistory(folder);
  try {
    const { genotype, config, trace } = history.getRun(1);
    const epochs = history.epochs(1).map((epoch) => ({ ...epoch, seconds: 0, imagesPerSecond: 0 }));
    return { epochs, genotype, config, trace, traces: history.traces(1) };
  } finally {
    history.close();
  }
}

const tested: string[] = [];
it('every method is in the table', () => expect(tested).toEqual(searchMethods().map(({ id }) => id)));

describe.each([
  [
    'zo-darts++',
    ['--as-published', '--temperature', 'smooth'],
    { outlierCut: false, temperature: 'smooth' },
    ['alpha', 'phase'],
  ],
  ['zo-darts', ['--architecture-learning-rate', '0.02'], { architectureLearningRate: 0.02 }, ['alpha']],
  ['zo-darts+', [], { architectureLearningRate: 0.015 }, ['temperature']],
  ['darts-v1', ['--architecture-learning-rate', '0.01'], { architectureLearningRate: 0.01 }, ['gamma']],
  ['darts-v2', [], { architectureLearningRate: 3e-4 }, ['gamma']],
  ['milenas', ['--validation-weight', '2'], { validationWeight: 2 }, ['gamma']],
  ['pc-darts', ['--warmup', '0'], { warmup: 0, channelShare: 4 }, ['gamma']],
  ['random', ['--networks', '2'], { networks: 2 }, ['networks', 'bestScore']],
  ['evolution', ['--population', '2', '--training-epochs', '1'], { population: 2, sample: 3 }, ['bestScore']],
  ['popnas', ['--training-epochs', '1'], { exploration: 0.2, trainingEpochs: 1 }, ['bestScore']],
])('medforge search --method %s', (method, options, settings, told) => {
  tested.push(method);

  it('finds a network within the budget, killed and resumed with the same bits', async () => {
    const whole = home();
    const { events, stderr } = await medforge(...search(whole, '--method', method, ...options));
    expect(stderr).not.toMatch(/bug in MedForge/);
    expect(events.at(-1)).toMatchObject({ event: 'finished', budget: { lower: 5000, upper: 20_000, met: true } });
    const reference = await known(whole);
    expect(reference).toMatchObject({ config: { method, settings } });
    const { values, tables } = reference.traces.at(-1)!;
    for (const name of told) expect({ ...values, ...tables }).toHaveProperty(name);

    const folder = home();
    const killed = await start(search(folder, '--method', method, ...options), (said, child) => {
      if (said.event === 'epoch' && said['epoch'] === 1) child.kill('SIGKILL');
    }).answer;
    expect(killed.signal).toBe('SIGKILL');
    const resumed = await medforge('resume', '1', '--home', folder, '--json');
    expect(resumed.events.at(-1)).toMatchObject({ event: 'finished' });
    expect(await known(folder)).toEqual(reference);
  });
});

it.each([
  [
    ['--method', 'bayes'],
    /argument 'bayes' is invalid. Allowed choices are zo-darts\+\+, zo-darts, zo-darts\+, darts-v1, darts-v2,/,
    2,
  ],
  [['--method', 'random', '--budget-term', 'exact'], /--budget-term is not a setting of random: remove it/, 1],
  [['--method', 'darts-v1', '--as-published'], /darts-v1 is always as published: remove --as-published/, 1],
  [['--method', 'pc-darts', '--channel-share', '3'], /channelShare: 4 channels are no multiple of 3: choose other/, 1],
  [['--warmup', 'many'], /settings of zo-darts\+\+: warmup: Invalid input: expected number, received NaN/, 1],
])('medforge search refuses %j', async (options, message, code) => {
  const answer = await medforge(...search(home(), ...options));
  expect(answer.stderr).toMatch(message);
  expect(answer.code).toBe(code);
});

it('compare-to-chance tells every epoch, and what was found beside chance and baselines', async () => {
  const folder = home();
  await medforge(...search(folder, '--method', 'random', '--networks', '2'));
  const compare = ['compare-to-chance', '1', '--random', '2', '--seeds', '1', '--epochs', '2', '--home', folder];
  const { events } = await medforge(...compare, '--json');
  const compared = events.at(-1)!;
  expect(compared).toMatchObject({ event: 'compared', runs: [1], epochs: 2, seeds: 1 });
  const networks = compared['networks'] as { group: string }[];
  expect(networks.map(({ group }) => group)).toEqual(expect.arrayContaining(['found', 'random', 'empty', 'chain']));
  const told = events.slice(0, -1);
  expect(new Set(told.map(({ event }) => event))).toEqual(new Set(['progress']));
  expect(told.at(-1)).toMatchObject({ training: networks.length, total: networks.length, epoch: 2, epochs: 2 });
  expect((await medforge(...compare)).stdout).toMatch(/found by run 1 .*\n *random/);
}, 120_000);
