import { CommanderError, type Command } from 'commander';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { COMMAND_GROUPS } from '../../../src-main/cli/command-groups.js';
import { createProgram } from '../../../src-main/cli/program.js';
import { openHistory } from '../../../src-main/history/open.js';
import { ensureDemoDataset } from '../../../src-main/datasets/demo.js';
import { searchConfig, temporaryFolder } from '../history/fixtures.js';

let place: ReturnType<typeof temporaryFolder>;
let home: string;
/** What a wrong usage said. */
let said: string[];

beforeEach(() => {
  place = temporaryFolder();
  home = join(place.folder, 'home');
  said = [];
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said.push(String(text));
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  place.remove();
});

/** The command in this process. @returns what it throws */
const refused = async (...args: readonly string[]): Promise<unknown> =>
  (await createProgram('test', args)).parseAsync(['--home', home, ...args], { from: 'user' }).then(
    () => null,
    (error: unknown) => error,
  );

const runsIn = async (): Promise<number> => {
  const { history } = await openHistory(home);
  try {
    return history.listRuns().length;
  } finally {
    history.close();
  }
};

describe.each(['webgpu', 'tensorflow'])('--backend %s, which is not there', (backend) => {
  test.each([
    ['search', ['search']],
    ['retrain', ['retrain', '--genotype', 'docs/genotypes/breastmnist-small.json', '--dataset']],
  ])('leaves no run of %s behind', async (_, args) => {
    const file = await ensureDemoDataset(place.folder);
    expect(await refused(...args, file, '--backend', backend)).toMatchObject({
      kind: 'backend-unavailable',
      message: expect.stringMatching(`^The ${backend} backend cannot be used: .*\\. Nothing was started\\.$`) as string,
    });
    expect(await runsIn()).toBe(0);
  });
});

test.each([
  [['1'], 'saw only run 1'],
  [['1', '1'], 'saw only run 1'],
])('runs compare %j is wrong usage', async (args, message) => {
  const { history } = await openHistory(home);
  history.createRun(searchConfig);
  history.close();
  expect(await refused('runs', 'compare', ...args)).toBeInstanceOf(CommanderError);
  expect(said.join('')).toContain(`error: compare needs two or more different runs, ${message}`);
});

const WHAT_TO_GIVE =
  "the number of a finished search, architecture:N as 'medforge sample RUN --list' shows it, or a genotype file (JSON).";

test.each([
  [[], 'retrain-source', `There is nothing to train. Give ${WHAT_TO_GIVE}`],
  [
    ['architecture:one'],
    'retrain-source',
    `There is no run, kept architecture or genotype file named architecture:one. Give ${WHAT_TO_GIVE}`,
  ],
  [
    ['architecture:7'],
    'architecture-unknown',
    'There is no architecture 7 in the history: "medforge sample RUN --list" shows those drawn from a search.',
  ],
  [
    ['1', '--genotype', 'own.json'],
    'retrain-source',
    'Both 1 and --genotype own.json name an architecture. Leave one of them out.',
  ],
  [
    ['architecture:7', '--channels', '8'],
    'retrain-source',
    '--channels is of a genotype file: architecture:7 has the channels and cells of its search. Leave it out.',
  ],
  [
    ['1', '--cells', '2'],
    'retrain-source',
    '--cells is of a genotype file: 1 has the channels and cells of its search. Leave it out.',
  ],
  [
    ['docs/genotypes/breastmnist-small.json'],
    'retrain-dataset',
    'A genotype file does not name a dataset. Add --dataset FILE.npz.',
  ],
  [
    ['docs/genotypes/breastmnist-small.json', '--dataset', 'lung'],
    'dataset-unknown',
    "there is no file or dataset named lung: give the path of a .npz file or a name from 'medforge datasets list'",
  ],
  [
    ['docs/genotypes/breastmnist-small.json', '--cells', '1'],
    'genotype-invalid',
    'docs/genotypes/breastmnist-small.json: depth of stage 2 must be a whole number from 1 to 1, saw 2',
  ],
  [['package.json'], 'genotype-invalid', 'package.json: stages must be a list of 3, saw nothing'],
  [
    ['README.md'],
    'genotype-invalid',
    /^README\.md is not JSON \(.*\): write it like \{"stages":\[\{"depth":1,"operations":\["conv_3x3",/,
  ],
])('retrain %j says what is wrong and starts nothing', async (args, kind, message) => {
  const said = typeof message === 'string' ? message : (expect.stringMatching(message) as string);
  expect(await refused('retrain', ...args)).toMatchObject({ kind, message: said });
  expect(await runsIn()).toBe(0);
});

/** Every command with its sub-commands. */
const commandsOf = (command: Command): Command[] => [command, ...command.commands.flatMap(commandsOf)];

const everything = await createProgram('test');

test.each(commandsOf(everything).map((command) => [command.name(), command] as const))(
  'the help of %s names the options that every command has, and no value as code',
  (_, command) => {
    const help = command.helpInformation();
    expect(help).toMatch(/--home <folder>/);
    expect(help).toMatch(/--json/);
    expect(help).not.toMatch(/\[\d|undefined|\[object/);
  },
);

describe('the groups of commands', () => {
  test('name every command that they add, and load no other', async () => {
    for (const { names } of COMMAND_GROUPS) {
      for (const name of names) {
        const program = await createProgram('test', ['--json', name, 'x']);
        expect(program.commands.map((command) => command.name())).toEqual(names);
      }
    }
  });

  test.each([[[]], [['--help']], [['serach', 'x.npz']]])('are all there for %j', async (args) => {
    const program = await createProgram('test', args);
    expect(program.commands.map((command) => command.name())).toEqual(COMMAND_GROUPS.flatMap(({ names }) => names));
  });
});
