import { spawn } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { attemptsOf } from '../../../../src-main/attempts/attempt-files.js';
import { readAttempt } from '../../../../src-main/attempts/read-attempts.js';
import { slurmCommands } from '../../../../src-main/executors/slurm/commands.js';
import { isEnd } from '../../../../src-main/jobs/execute.js';
import { medforge } from '../../cli/medforge.js';
import { missingSlurm, RealSlurm } from './real-slurm.js';
import { Folders } from './tiny-study.js';
import { computedHere, Workshop, type WorkshopOptions } from './workshop.js';

const missing = missingSlurm();
const folders = new Folders();
let slurm: RealSlurm;
/** What the search leaves that nobody stopped. */
let expected: object;
let shop: Workshop | null = null;

beforeAll(async () => {
  if (missing !== null) return;
  // Builds what nodes start.
  await medforge('--version');
  slurm = await RealSlurm.start();
  expected = await computedHere(slurm, folders);
}, 180_000);
afterEach(async () => {
  await shop?.close();
  shop = null;
});
afterAll(async () => {
  if (missing === null) await slurm.stop();
  folders.remove();
}, 60_000);

const open = async (options?: WorkshopOptions): Promise<Workshop> =>
  (shop = await Workshop.open(slurm, folders, options));
const events = (folder: string): string[] =>
  attemptsOf(folder).flatMap((attempt) => readAttempt(folder, attempt, 0).lines.map(({ event }) => event.type));
const finished = (work: Workshop) => (): boolean => work.states.every((state) => state === 'finished');

describe.skipIf(missing !== null)('a search on a real Slurm', () => {
  it('that is told of its time limit goes on in the same job and leaves the same bits', async () => {
    const work = await open();
    await work.until('its second epoch', () => work.epoch >= 2);
    await slurm.command('scancel', '--signal=USR1', '--batch', work.job!.job!);
    await work.until('its end', finished(work));
    expect(attemptsOf(work.runFolder())).toEqual([1, 2]);
    expect(events(work.runFolder())).not.toContain('paused');
    expect(readFileSync(join(work.history.runFolder(1), 'log'), 'utf8')).toMatch(
      /stopped after epoch \d+: the time limit of the job is near: it goes on in another one/,
    );
    expect(work.left).toEqual(expected);
  });

  it('whose job somebody ends is submitted again and leaves the same bits', async () => {
    const work = await open();
    await work.until('its second epoch', () => work.epoch >= 2);
    const first = work.job!.job!;
    await slurm.command('scancel', first);
    await work.until('another job', () => (work.job?.job ?? first) !== first);
    expect(work.job).toMatchObject({ submissions: 2, fruitless: 0 });
    await work.until('its end', finished(work));
    expect(work.left).toEqual(expected);
  });

  it('with a second live process stops the first without a word', async () => {
    const work = await open();
    await work.until('its second epoch', () => work.epoch >= 2);
    const script = readFileSync(join(work.runFolder(), 'job.sh'), 'utf8');
    const second = spawn('bash', ['-c', script], { cwd: work.folder, stdio: 'ignore' });
    const code = new Promise((resolve) => second.once('exit', resolve));
    await work.until('its end', finished(work));
    expect(await code).toBe(0);
    // Slurm knows nothing of the second: after the end of the first, there may be a third.
    const attempts = attemptsOf(work.runFolder());
    expect(attempts.length).toBeGreaterThanOrEqual(2);
    const ends = attempts.map((attempt) =>
      readAttempt(work.runFolder(), attempt, 0)
        .lines.filter(({ event }) => isEnd(event))
        .map(({ event }) => event.type),
    );
    expect(ends).toEqual([...attempts.slice(1).map(() => []), ['finished']]);
    expect(work.left).toEqual(expected);
  });

  it('goes on, and is followed, while Slurm does not answer', async () => {
    const shim = folders.make('shim');
    const hanging = join(shim, 'hang');
    const real = (await slurm.command('bash', '-c', 'command -v squeue')).trim();
    writeFileSync(join(shim, 'squeue'), `#!/bin/bash\n[ -e '${hanging}' ] && exec sleep 600\nexec '${real}' "$@"\n`);
    chmodSync(join(shim, 'squeue'), 0o755);
    const environment = { ...slurm.environment, PATH: `${shim}${delimiter}${process.env['PATH'] ?? ''}` };
    const work = await open({ commands: slurmCommands(environment, 2000) });
    await work.until('its first epoch', () => work.epoch >= 1);
    writeFileSync(hanging, '');
    work.longestTurn = 0;
    await work.until('its end', finished(work));
    expect(work.left).toEqual(expected);
    expect(work.longestTurn).toBeLessThan(1500);
    expect(work.reports).toContain('squeue did not answer within 2 s: Slurm is asked again');
  });

  it('is cancelled while it computes, and while it waits', async () => {
    const work = await open({ study: { searches: { ...LONG, seeds: [1, 2, 3] } } });
    await work.until('two that run', () => work.history.listRuns({ states: ['running'] }).length === 2);
    await work.until('one that waits', () =>
      work.history.clusterJobs().some(({ said }) => said?.startsWith('PENDING (') === true),
    );
    for (const { run } of work.history.clusterJobs()) await work.executor.cancel(run);
    await work.until('the end of all', () => work.states.every((state) => state === 'cancelled'), 60);
    expect(work.history.clusterJobs()).toEqual([]);
  });

  it('whose jobs never get to it is given up, with what the node said', async () => {
    const work = await open({ on: { node: 'echo no node here >&2; exit 3' }, times: { grace: 200 } });
    await work.until('giving up', () => work.states[0] === 'given-up', 60);
    expect(work.tasks[0]!.reason).toMatch(
      /^3 jobs in a row ended without having run: see what the node said.*Job \d+: no node here$/,
    );
    expect(attemptsOf(work.runFolder())).toEqual([]);
  });

  it('that Slurm refuses is given up with its words, and one that can never start shows why', async () => {
    const refused = await open({ on: { partition: 'nowhere' } });
    await refused.until('giving up', () => refused.states[0] === 'given-up', 30);
    expect(refused.tasks[0]!.reason).toMatch(/sbatch: .*invalid partition/i);
    await refused.close();
    const held = await open({ on: { memory: '7000M', cpus: 1 } });
    await slurm.command('scontrol', 'update', 'PartitionName=work', 'State=DOWN');
    await held.until('a reason', () => held.job?.said?.includes('(') === true, 30);
    expect(held.job!.said).toBe('PENDING (PartitionDown)');
    await slurm.command('scontrol', 'update', 'PartitionName=work', 'State=UP');
    await held.executor.cancel(1);
    await held.until('its end', () => held.states[0] === 'cancelled', 30);
  });

  it('goes on without the controller, and without the daemon of its node, whose process goes on alone', async () => {
    const work = await open();
    await work.until('its first epoch', () => work.epoch >= 1);
    const where = await slurm.command('squeue', '--noheader', '--format=%N', `--jobs=${work.job!.job!}`);
    const node = where.trim() as 'node1' | 'node2';
    try {
      await slurm.kill('slurmctld');
      await slurm.kill(node);
      // The search may be over before Slurm is asked: then it is asked about the retraining.
      const complained = (): boolean => /squeue/.test(work.reports.join(' '));
      await work.until('its end, and that Slurm does not answer', () => finished(work)() && complained());
      expect(work.left).toEqual(expected);
    } finally {
      await slurm.startDaemon('slurmctld');
      await slurm.startDaemon(node);
    }
    expect(attemptsOf(work.runFolder())).toEqual([1]);
    await sleep(100);
    expect(existsSync(join(work.history.runFolder(1), 'result.json'))).toBe(true);
  });

  it('with 500 tasks in a partition that is down keeps every turn short', async () => {
    await slurm.command('scontrol', 'update', 'PartitionName=work', 'State=DOWN');
    const methods = Array.from({ length: 25 }, (_, i) => ({ method: 'zo-darts', name: `${i}` }));
    const searches = { ...LONG, methods, seeds: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] };
    const work = await open({ study: { searches }, on: { atOnce: 250 }, times: { ask: 20_000 } });
    expect(work.tasks.length).toBe(500);
    const placed = (): number => work.history.clusterJobs().length;
    await work.until('all of them in the folder', () => placed() === 250, 240);
    await work.until(
      'some that Slurm has',
      () => work.history.clusterJobs().filter(({ job }) => job !== null).length >= 50,
      60,
    );
    work.longestTurn = 0;
    for (let turn = 0; turn < 10; turn++) await work.advance();
    // Milliseconds of looking at 250 folders and 500 tasks.
    expect(work.longestTurn).toBeLessThan(3000);
    console.log(`longest turn with 500 tasks: ${Math.round(work.longestTurn)} ms`);
    await slurm.command('scontrol', 'update', 'PartitionName=work', 'State=UP');
  });
});

const LONG = { methods: ['zo-darts'], budgets: ['5k..20k'], seeds: [1], epochs: 500, batch: 16, channels: 4, cells: 1 };
