import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { medforge, type Answer } from '../../cli/medforge.js';
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
});
