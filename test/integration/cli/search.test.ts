import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeTinyDataset } from '../host/tiny-dataset.js';
import { dataset, medforge, newHome, start, type Answer, type Event } from './medforge.js';

const homes: string[] = [];
const home = (): string => {
  homes.push(newHome());
  return homes.at(-1)!;
};
afterAll(() => {
  for (const folder of homes) rmSync(folder, { recursive: true, force: true });
});

/** One thread each: two files of tests share two cores, and the bits are the same. */
const SMALL = '--epochs 4 --channels 4 --cells 1 --batch 32 --threads 1 --seed 3 --budget 0..16000 --no-race'.split(
  ' ',
);

function search(folder: string, ...more: string[]): string[] {
  return ['search', dataset.path, ...SMALL, '--home', folder, '--json', ...more];
}

/** α, β, γ of every epoch: what has to be bit-identical. JSON writes a double so that it reads back the same. */
async function bits(folder: string, run = 1): Promise<unknown> {
  const { events } = await medforge('runs', 'show', String(run), '--home', folder, '--json');
  const epochs = events[0]!['epochs'] as Record<string, unknown>[];
  return epochs.map(({ epoch, alpha, beta, gamma, loss }) => ({ epoch, alpha, beta, gamma, loss }));
}

describe('a search', () => {
  let reference: Answer;
  let referenceHome: string;
  let referenceBits: unknown;

  beforeAll(async () => {
    referenceHome = home();
    reference = await medforge(...search(referenceHome));
    referenceBits = await bits(referenceHome);
  });

  it('ends with the genotype, its parameters and the budget as the last line', () => {
    expect(reference.stderr).not.toMatch(/bug in MedForge/);
    expect(reference.code).toBe(0);
    const { event, run, genotype, parameters, budget, seconds } = reference.events.at(-1)!;
    expect({ event, run, budget }).toEqual({
      event: 'finished',
      run: 1,
      budget: { lower: 0, upper: 16_000, met: true },
    });
    expect((genotype as { stages: unknown[] }).stages).toHaveLength(3);
    expect(parameters).toBeGreaterThan(4000);
    expect(parameters).toBeLessThanOrEqual(16_000);
    expect(seconds).toBeLessThan(60);
    expect(reference.events.map(({ event: name }) => name)).toEqual([
      'started',
      'epoch',
      'epoch',
      'epoch',
      'epoch',
      'finished',
    ]);
  });

  it('shows α, β, γ of every epoch, β and γ from growth on', () => {
    const epochs = referenceBits as { alpha: number[]; beta: number[] | null; gamma: number[] | null }[];
    expect(epochs.map(({ alpha }) => alpha.length)).toEqual([90, 90, 90, 90]);
    expect(epochs.map(({ beta }) => beta?.length ?? null)).toEqual([null, null, 54, 54]);
    expect(epochs.map(({ gamma }) => gamma?.length ?? null)).toEqual([null, null, 3, 3]);
  });

  it('has the same bits with two threads', async () => {
    const folder = home();
    const { events } = await medforge(...search(folder, '--threads', '2'));
    expect(events.at(-1)!['genotype']).toEqual(reference.events.at(-1)!['genotype']);
    expect(await bits(folder)).toEqual(referenceBits);
  });

  it.each([
    ['in the first epoch', 'started', 0, 150],
    ['in the second epoch', 'epoch', 1, 60],
    ['right after a checkpoint', 'epoch', 2, 0],
    ['after growth', 'epoch', 3, 60],
  ] as const)('killed with SIGKILL %s and resumed, it has the same bits', async (_, event, epoch, delay) => {
    const folder = home();
    const killed = await start(search(folder), (said, child) => {
      if (said.event === event && (epoch === 0 || said['epoch'] === epoch))
        void sleep(delay).then(() => child.kill('SIGKILL'));
    }).answer;
    expect(killed.signal).toBe('SIGKILL');
    const listed = await medforge('runs', 'list', '--home', folder, '--json');
    expect(listed.events[0]).toMatchObject({ event: 'run', run: 1, state: 'interrupted' });
    const resumed = await medforge('resume', '1', '--home', folder, '--json');
    expect(resumed.events.at(-1)!['genotype']).toEqual(reference.events.at(-1)!['genotype']);
    expect(await bits(folder)).toEqual(referenceBits);
  });

  it('paused from another process within a step, and resumed, it has the same bits', async () => {
    const folder = home();
    let asked: Promise<Answer> | undefined;
    const paused = await start(search(folder), (said) => {
      if (said.event === 'epoch' && said['epoch'] === 1) asked = medforge('pause', '1', '--home', folder);
    }).answer;
    expect((await asked!).stdout).toBe('Run 1 will pause within one step.\n');
    expect(paused.code).toBe(0);
    expect(paused.events.at(-1)).toMatchObject({ event: 'paused', run: 1 });
    await medforge('resume', '1', '--home', folder, '--json');
    expect(await bits(folder)).toEqual(referenceBits);
  });

  it('is cancelled by a command and cannot be resumed', async () => {
    const folder = home();
    const cancelled = await start(search(folder), (said) => {
      if (said.event === 'epoch' && said['epoch'] === 1) void medforge('cancel', '1', '--home', folder);
    }).answer;
    expect(cancelled.events.at(-1)).toMatchObject({ event: 'cancelled', run: 1 });
    const again = await medforge('resume', '1', '--home', folder);
    expect(again.code).toBe(1);
    expect(again.stderr).toMatch(/run 1 .*cancelled/i);
  });

  it('lets architectures be drawn from it, the same for the same seed', async () => {
    const draw = async (seed: string): Promise<readonly Event[]> =>
      (await medforge('sample', '1', '--count', '50', '--seed', seed, '--home', referenceHome, '--json')).events;
    const drawn = await draw('1');
    expect(drawn.slice(1).reduce((sum, { times }) => sum + (times as number), 0)).toBe(50);
    expect(await draw('1')).toEqual(drawn);
    expect(await draw('2')).not.toEqual(drawn);
  });
});

describe('a search with its race', () => {
  const RACE =
    '--epochs 2 --channels 4 --cells 1 --batch 16 --threads 1 --race-budget 0.01 --race-random 2 --json'.split(' ');
  const race = async (folder: string): Promise<string[]> => [
    ...[
      'search',
      (await writeTinyDataset(folder, 0, { train: 32, val: 16, test: 16 })).path,
      ...RACE,
      '--home',
      folder,
    ],
  ];
  const told = async (folder: string): Promise<unknown> => {
    const { race: candidates, verdict } = (await medforge('runs', 'show', '1', '--home', folder, '--json')).events[0]!;
    return { candidates, verdict };
  };

  it('says each training, and killed in the middle of it and resumed it ends with the same verdict', async () => {
    const [whole, folder] = [home(), home()];
    const { events } = await medforge(...(await race(whole)));
    const trainings = events.filter(({ event }) => event === 'race');
    expect(trainings.at(-1)!['done']).toBe(trainings.at(-1)!['total']);
    expect(events.at(-1)).toMatchObject({ event: 'finished', verdict: { conclusion: 'no better than chance' } });

    const killed = await start(await race(folder), ({ event, done }, child) => {
      if (event === 'race' && done === Math.floor(trainings.length / 2)) child.kill('SIGKILL');
    }).answer;
    expect(killed.signal).toBe('SIGKILL');
    expect((await medforge('resume', '1', '--home', folder, '--json')).events.at(-1)!.event).toBe('finished');
    expect(await told(folder)).toEqual(await told(whole));

    const shown = (await medforge('runs', 'show', '1', '--home', whole)).stdout;
    expect(shown).toMatch(/candidate +source +network/);
    expect(shown).toMatch(/chosen/);
    expect(shown).toMatch(/What the search proposed is no better than chance/);
  });

  it.each([['--no-race'], ['--as-published']])('%s leaves the race out', async (option) => {
    const folder = home();
    const { events } = await medforge(...(await race(folder)), option);
    expect(events.at(-1)).toMatchObject({ event: 'finished', race: null, verdict: null });
  });
});

describe('what the command line refuses', () => {
  const folder = home();
  const broken = join(folder, 'broken.npz');
  writeFileSync(broken, 'not a zip');

  const usage: [string, string[], RegExp][] = [
    ['an unknown command', ['serach'], /unknown command 'serach'/],
    ['an unknown option', ['runs', 'list', '--colour'], /unknown option '--colour'/],
    [
      'a budget the wrong way round',
      ['search', 'x', '--budget', '9..1'],
      /the smaller number must come first, saw '9..1'/,
    ],
    [
      'a budget that is none',
      ['search', 'x', '--budget', 'small'],
      /'small' is not a number of parameters: write 222000, 222k, 1.1M or 1e5/,
    ],
    ['epochs that are no number', ['search', 'x', '--epochs', 'many'], /expected a whole number, saw 'many'/],
    ['a missing argument', ['resume'], /missing required argument 'run'/],
  ];
  it.each(usage)('%s: exit 2', async (_, args, message) => {
    const { code, stderr } = await medforge(...args, '--home', folder);
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
  });

  const wrong: [string, string[], string | RegExp][] = [
    [
      'a dataset that is nowhere',
      ['search', 'nosuch'],
      "medforge: there is no file or dataset named nosuch: give the path of a .npz file or a name from 'medforge datasets list'\n",
    ],
    [
      'a dataset that is only in the catalogue',
      ['search', 'bloodmnist'],
      "medforge: BloodMNIST is in the catalogue but its file is not on this computer: add it with 'medforge datasets add FILE.npz' or download it with 'medforge datasets get bloodmnist'\n",
    ],
    ['a file that is no archive', ['search', broken], /^medforge: .*broken\.npz.*\n$/],
    ['a run that is not there', ['resume', '7'], /^medforge: .*7.*\n$/],
  ];
  it.each(wrong)('%s: exit 1 and one line', async (_, args, message) => {
    const { code, stderr, stdout } = await medforge(...args, '--home', folder);
    if (typeof message === 'string') expect(stderr).toBe(message);
    else expect(stderr).toMatch(message);
    expect(stdout).toBe('');
    expect(code).toBe(1);
  });

  it('says it as an event with --json', async () => {
    const { code, events } = await medforge('resume', '7', '--home', folder, '--json');
    expect(code).toBe(1);
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({ event: 'failed', error: { kind: 'run-unknown' } });
  });
});
