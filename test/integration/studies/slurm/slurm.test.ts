import { cpSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { medforge, start, type Answer } from '../../cli/medforge.js';
import { withHistory } from '../../faults/home.js';
import { missingSlurm, RealSlurm } from './real-slurm.js';
import { Folders, leftBy, TINY, writeStudy } from './tiny-study.js';

const missing = missingSlurm();
if (missing !== null) process.stderr.write(`The tests of Slurm are left out: ${missing}\n`);

const folders = new Folders();
let slurm: RealSlurm;
let place: string;

beforeAll(async () => {
  if (missing !== null) return;
  place = folders.make('slurm-study');
  slurm = await RealSlurm.start();
  process.env['SLURM_CONF'] = slurm.environment['SLURM_CONF'];
}, 60_000);
afterAll(async () => {
  delete process.env['SLURM_CONF'];
  if (missing === null) await slurm.stop();
  folders.remove();
}, 60_000);

const last = ({ events }: Answer): unknown => events.at(-1);

const onSlurm = (folder: string, changes: object = {}): object => ({
  ...{ executor: 'slurm', folder: join(place, folder), memory: '1G', time: '00:10:00', sendImages: true },
  ...{ askSeconds: 1, graceSeconds: 2, node: `export PATH='${join(process.execPath, '..')}':"$PATH"` },
  ...changes,
});

/** A search and its retraining. */
const FEW = { ...TINY, searches: { ...TINY.searches, methods: ['zo-darts'], budgets: ['5k..20k'], seeds: [1] } };

describe.skipIf(missing !== null)('a study on a real Slurm', () => {
  it('leaves what it leaves on this computer, to the last bit', async () => {
    const [here, there] = [folders.make('home'), folders.make('home')];
    const file = await writeStudy(folders.make('study'), TINY);
    const local = await medforge('study', 'run', file, '--home', here, '--json');
    expect(last(local)).toMatchObject({ event: 'study', tasks: 16, finished: 16 });
    const other = await writeStudy(folders.make('study'), { ...TINY, on: onSlurm('bits') });
    const answer = await medforge('study', 'run', other, '--home', there, '--json');
    expect(answer.stderr).not.toMatch(/bug in MedForge|slurm/i);
    expect(last(answer)).toMatchObject({ event: 'study', tasks: 16, finished: 16 });
    expect(await leftBy(there)).toEqual(await leftBy(here));
  });

  it('whose collector is killed at every word of it leaves the same, nothing twice', async () => {
    const [here, there] = [folders.make('home'), folders.make('home')];
    const expected = await medforge(
      'study',
      'run',
      await writeStudy(folders.make('study'), FEW),
      '--home',
      here,
      '--json',
    );
    expect(last(expected)).toMatchObject({ event: 'study', tasks: 2, finished: 2 });
    const file = await writeStudy(folders.make('study'), { ...FEW, on: onSlurm('killed') });
    const run = ['study', 'run', file, '--home', there, '--json'];
    let kills = 0;
    // At a word of a task and a moment later: from before the job is given to Slurm to after its end was heard.
    for (const moment of [0, 100, 1200, 300, 2500, 700]) {
      const { signal } = await start(run, ({ event }, child) => {
        if (event === 'task') void sleep(moment).then(() => child.kill('SIGKILL'));
      }).answer;
      if (signal === 'SIGKILL') kills++;
      await withHistory(there, (history) => expect(history.listRuns().length).toBeLessThanOrEqual(2));
    }
    expect(kills).toBeGreaterThanOrEqual(2);
    expect(last(await medforge(...run))).toMatchObject({ event: 'study', tasks: 2, finished: 2 });
    expect(await leftBy(there)).toEqual(await leftBy(here));
    await withHistory(there, (history) => expect(history.clusterJobs()).toEqual([]));
  });

  it('says what a node is, and is cancelled without a collector', async () => {
    const home = folders.make('home');
    const file = await writeStudy(folders.make('study'), {
      ...FEW,
      searches: { ...FEW.searches, epochs: 500 },
      on: onSlurm('cancelled'),
    });
    const at = ['--home', home, '--json'];
    const checked = await medforge('study', 'check', file, ...at);
    expect(last(checked)).toMatchObject({
      event: 'node',
      node: process.versions.node,
      processors: expect.any(Number) as number,
    });
    const stopped = await start(['study', 'run', file, ...at], (event, child) => {
      if (event['standing'] === 'running') child.kill('SIGINT');
    }).answer;
    expect(last(stopped)).toMatchObject({ event: 'study', running: 1 });
    // It goes on without anybody: to open the history does not interrupt it.
    expect(last(await medforge('study', 'watch', file, '--once', ...at))).toMatchObject({ process: null, running: 1 });
    const refused = await medforge('study', 'purge', file, ...at);
    expect(refused.stderr).toMatch(/1 runs of .* have not ended: wait for them, or cancel them/);
    await medforge('study', 'cancel', file, ...at);
    expect(last(await medforge('study', 'watch', file, '--once', ...at))).toMatchObject({ running: 0, lost: 2 });
    await medforge('study', 'purge', file, ...at);
    expect(readdirSync(join(place, 'cancelled'))).toEqual([]);
  });

  it('is packed, carried and collected', async () => {
    const home = folders.make('home');
    const file = await writeStudy(folders.make('study'), { ...FEW, on: onSlurm('unused') });
    const at = ['--home', home, '--json'];
    const packed = join(place, 'packed');
    for (const [round, finished] of [1, 2].entries()) {
      const answer = await medforge('study', 'pack', file, '--to', packed, ...at);
      expect(last(answer)).toMatchObject({ event: 'pack', runs: 1 });
      const carried = join(place, `carried ${round}`);
      cpSync(packed, carried, { recursive: true });
      await slurm.command('bash', join(carried, 'submit.sh'));
      while ((await slurm.command('squeue', '--noheader')) !== '') await sleep(300);
      const collected = await medforge('study', 'collect', file, '--from', carried, ...at);
      expect(last(collected)).toMatchObject({ event: 'collect', runs: 0, tasks: 2, finished });
    }
  });

  it('is refused until somebody has said that the images may leave', async () => {
    const file = await writeStudy(folders.make('study'), { ...FEW, on: onSlurm('refused', { sendImages: false }) });
    const { stderr, code } = await medforge('study', 'run', file, '--home', folders.make('home'));
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /The images of tiny\.npz would be copied to .*refused, which other computers read: these images leave this machine\. If that is allowed, set "sendImages": true in .*study\.json, or give --send-images/,
    );
    expect(existsSync(join(place, 'refused'))).toBe(false);
  });
});
