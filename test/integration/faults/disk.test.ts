import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openHistory } from '../../../src-main/history/open.js';
import type { SearchConfig } from '../../../src-main/vocabulary/run-config.js';
import { temporaryFolder } from '../../unit/history/fixtures.js';
import { medforge } from '../cli/medforge.js';
import { countingConfig, trace, withHistory } from './home.js';
import { canMount, fill, free, usable, writeUntilFull } from './small-disk.js';
import { Program, buildProgram, run as runProgram } from './program.js';

let program: Awaited<ReturnType<typeof buildProgram>>;
let place: ReturnType<typeof temporaryFolder>;
let config: SearchConfig;
let mounted: string[] = [];
/** What a run leaves whose disk had no trouble. */
let expected: unknown;

const command = (home: string, run: number, wait = 0): string[] => [
  process.execPath,
  program.file,
  home,
  String(run),
  String(wait),
];
const newRun = (home: string): Promise<number> => withHistory(home, (history) => history.createRun(config));
const traceOf = (home: string, run: number): Promise<unknown> => withHistory(home, (history) => trace(history, run));
const stateOf = (home: string, run: number): Promise<string> =>
  withHistory(home, (history) => history.getRun(run).summary.state);

beforeAll(async () => {
  program = await buildProgram('counting-program');
  place = temporaryFolder();
  config = countingConfig(place.folder);
  const run = await newRun(place.folder);
  await runProgram(command(place.folder, run));
  expected = await traceOf(place.folder, run);
  place.remove();
});
afterAll(() => program.remove());
beforeEach(() => {
  place = temporaryFolder();
  config = countingConfig(place.folder);
});
afterEach(() => {
  for (const folder of mounted) execFileSync('umount', ['-l', folder]);
  mounted = [];
  place.remove();
});

function mount(name: string, ...args: string[]): string {
  const folder = join(place.folder, name);
  mkdirSync(folder, { recursive: true });
  execFileSync('mount', [...args, folder]);
  mounted.push(folder);
  return folder;
}

const tmpfs = (size: string): string => mount('disk', '-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs');

const canTrace = usable('tests with injected system call errors: strace is not installed', 'strace', [
  '-e',
  'trace=none',
  'true',
]);
const probe = temporaryFolder();
const canLoop =
  canMount &&
  usable('tests of power cuts: loop devices and mkfs.ext4 are needed', 'sh', [
    '-c',
    `truncate -s 16M ${probe.folder}/image && mkfs.ext4 -q -F ${probe.folder}/image && mkdir ${probe.folder}/to && ` +
      `mount -o loop ${probe.folder}/image ${probe.folder}/to && umount ${probe.folder}/to`,
  ]);
probe.remove();

describe.runIf(canMount)('a disk that is full', () => {
  test('for the next checkpoint: the run pauses, says how much it needs where, and goes on when there is space', async () => {
    const home = tmpfs('200m');
    const run = await newRun(home);
    const running = new Program(command(home, run, 5));
    await running.printed('epoch 2');
    running.kill('SIGSTOP');
    fill(home, 30_000_000);
    running.kill('SIGCONT');
    const { code, stdout } = await running.ended;
    const folder = join(home, 'runs', String(run), 'checkpoints');
    const reason = `Not enough space for a checkpoint: need 68 MB in ${folder}. Free some space, then resume the run.`;
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining(JSON.stringify(reason)) as string });
    await withHistory(home, (history) => {
      expect(history.getRun(run)).toMatchObject({ reason, summary: { state: 'paused' } });
      expect(history.epochs(run).length).toBeGreaterThanOrEqual(2);
    });
    free(home);
    await runProgram(command(home, run));
    expect(await traceOf(home, run)).toEqual(expected);
  });

  test('for the history itself: it is said, nothing is deleted, and the run goes on when there is space', async () => {
    const home = tmpfs('16m');
    // The checkpoints lie on another disk, so that it is the database that finds its disk full.
    mkdirSync(join(place.folder, 'runs'));
    symlinkSync(join(place.folder, 'runs'), join(home, 'runs'));
    const run = await newRun(home);
    const running = new Program(command(home, run, 10));
    await running.printed('epoch 2');
    running.kill('SIGSTOP');
    fill(home);
    running.kill('SIGCONT');
    const { stdout } = await running.ended;
    expect(stdout).toContain(`The disk that holds ${home}/medforge.db is full`);
    free(home);
    expect(['paused', 'interrupted']).toContain(await stateOf(home, run));
    await runProgram(command(home, run));
    expect(await traceOf(home, run)).toEqual(expected);
  });

  test('at the start is said with the folder and the way out', async () => {
    const home = tmpfs('4m');
    await newRun(home);
    fill(home);
    await expect(openHistory(home)).rejects.toMatchObject({
      kind: 'disk-full',
      message: `The data folder ${home} cannot be used: its disk is full. Choose another folder with --home or MEDFORGE_HOME, or free some space: 'medforge runs delete RUN' works on a full disk.`,
    });
    free(home);
    await withHistory(home, (history) => expect(history.listRuns()).toHaveLength(1));
  });

  describe.each([
    ['with the reserve', true],
    ['without the reserve, which is spent', false],
  ])('%s', (_, hasReserve) => {
    test.each([
      ['closed', false],
      ['open in another process', true],
    ])('and to the last byte: runs of a history that is %s are listed and deleted', async (__, isOpen) => {
      const home = tmpfs('8m');
      const [kept, deleted] = [await newRun(home), await newRun(home)];
      writeFileSync(join(home, 'runs', String(deleted), 'weights'), Buffer.alloc(2_000_000));
      const other = isOpen ? (await openHistory(home)).history : null;
      if (!hasReserve) for (const name of ['reserve', 'reserve-deletion']) rmSync(join(home, name));
      fill(home);
      writeUntilFull(join(home, 'filler-last'));
      const full = `The disk that holds ${home} is full. To free some space, run 'medforge runs delete RUN'.\n`;

      const list = await medforge('--home', home, '--json', 'runs', 'list');
      expect(list).toMatchObject({ code: 0, stderr: full });
      expect(list.events.map(({ run }) => run)).toEqual([deleted, kept]);
      // The reserve is spent by now, and somebody else may have taken its place.
      writeUntilFull(join(home, 'filler-more'));

      const answer = await medforge('--home', home, 'runs', 'delete', String(deleted), '--yes');
      expect(answer).toMatchObject({ code: 0, stdout: `Run ${deleted} was deleted.\n`, stderr: full });
      expect(readdirSync(join(home, 'runs'))).toEqual([String(kept)]);
      // There is room again, so there is a reserve again.
      expect(statSync(join(home, 'reserve')).size).toBe(1024 * 1024);
      other?.close();
      await withHistory(home, (history) => expect(history.listRuns().map(({ run }) => run)).toEqual([kept]));
    });
  });

  test('to the last byte, with the reserve for the ends of runs spent: a run whose folder is nearly nothing is deleted', async () => {
    const home = tmpfs('8m');
    const [kept, deleted] = [await newRun(home), await newRun(home)];
    const { history } = await openHistory(home);
    rmSync(join(home, 'reserve'));
    fill(home);
    writeUntilFull(join(home, 'filler-last'));
    history.deleteRun(deleted);
    expect(history.listRuns().map(({ run }) => run)).toEqual([kept]);
    history.close();
  });

  test('to the last byte: nothing that needs space is begun, and nothing is left of the try', async () => {
    const home = tmpfs('8m');
    await newRun(home);
    fill(home);
    writeUntilFull(join(home, 'filler-last'));
    const before = readdirSync(home);
    const { code, stderr } = await medforge('--home', home, 'search', config.dataset.path);
    expect(code).toBe(1);
    expect(stderr).toContain(`The data folder ${home} cannot be used: its disk is full.`);
    expect(readdirSync(home)).toEqual(before);
    expect(statSync(join(home, 'reserve')).size).toBe(1024 * 1024);
  });
});

test.runIf(canMount)('a read-only disk is said at the start, not in the middle of a run', async () => {
  const home = tmpfs('16m');
  await newRun(home);
  execFileSync('mount', ['-o', 'remount,ro', home]);
  await expect(openHistory(home)).rejects.toMatchObject({
    kind: 'home-read-only',
    message: `The data folder ${home} cannot be used: its disk is read-only. Choose another folder with --home or MEDFORGE_HOME, or make the disk writable.`,
  });
});

describe.runIf(canLoop)('the power fails', () => {
  test('in the middle of a run: no epoch that was said is lost, and the resume ends the same', async () => {
    const image = join(place.folder, 'image');
    execFileSync('truncate', ['-s', '160M', image]);
    execFileSync('mkfs.ext4', ['-q', '-F', image]);
    const home = mount('disk', '-o', 'loop', image);
    const run = await newRun(home);
    const running = new Program(command(home, run, 10));
    for (const epoch of [1, 3, 5]) {
      await running.printed(`epoch ${epoch}`);
      running.kill('SIGSTOP');
      // What is on the disk at this moment, without what the system still holds in memory.
      const cut = join(place.folder, `cut-${epoch}`);
      copyFileSync(image, cut);
      const after = mount(`after-${epoch}`, '-o', 'loop', cut);
      await withHistory(after, (history) => {
        expect(history.getRun(run).summary.state).toBe('running');
        expect(history.epochs(run).length).toBeGreaterThanOrEqual(epoch);
        history.moveRun(run, 'interrupted');
      });
      await runProgram(command(after, run));
      expect(await traceOf(after, run)).toEqual(expected);
      running.kill('SIGCONT');
    }
    expect(await running.ended).toMatchObject({ code: 0 });
  });
});

describe.runIf(canTrace)('a system call', () => {
  const traced = (home: string, run: number, inject: string): Promise<{ code: number | null; stdout: string }> => {
    const call = inject.split(':')[0] ?? '';
    return runProgram([
      'strace',
      '-f',
      '-qq',
      '-o',
      '/dev/null',
      '-e',
      `trace=${call}`,
      '-e',
      `inject=${inject}`,
      ...command(home, run),
    ]);
  };

  test.each([
    ...[1, 2, 3, 5, 8].map((when) => `rename:signal=SIGKILL:when=${when}`),
    ...[1, 4, 9, 16, 25].map((when) => `fsync:signal=SIGKILL:when=${when}`),
    ...[2, 7, 13].map((when) => `unlink:signal=SIGKILL:when=${when}`),
    'rename:error=EBUSY:when=2..5',
  ])('%s: what was there is whole, and the run ends the same', async (inject) => {
    const run = await newRun(place.folder);
    await traced(place.folder, run, inject);
    if ((await stateOf(place.folder, run)) !== 'finished') await runProgram(command(place.folder, run));
    expect(await traceOf(place.folder, run)).toEqual(expected);
    expect(readdirSync(join(place.folder, 'runs', String(run)))).not.toContain('checkpoints');
  });

  test.each(['fsync:error=EIO:when=12+', 'rename:error=EIO:when=4+', 'fsync:error=EIO:when=10'])(
    '%s: a run that cannot trust its disk stops with a message, and goes on when the disk is well',
    async (inject) => {
      const run = await newRun(place.folder);
      const { stdout } = await traced(place.folder, run, inject);
      const said = [...stdout.matchAll(/^epoch (\d+)$/gm)].map(([, epoch]) => Number(epoch));
      const state = await stateOf(place.folder, run);
      if (inject.endsWith('+')) {
        expect(['failed', 'paused', 'interrupted']).toContain(state);
        expect(stdout).toMatch(/A checkpoint could not be written|reports errors: check the disk/);
      }
      await withHistory(place.folder, (history) =>
        expect(history.epochs(run).length).toBeGreaterThanOrEqual(Math.max(0, ...said)),
      );
      if (state !== 'finished') await runProgram(command(place.folder, run));
      expect(await traceOf(place.folder, run)).toEqual(expected);
    },
  );
});
