import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { mayHaveCard } from '../../../src-main/compute/hardware.js';
import { listBackends } from '../../../src-main/compute/index.js';
import { loadDataset } from '../../../src-main/datasets/medmnist.js';
import { faster, timeBackends, type BackendTiming } from '../../../src-main/jobs/backend-timing.js';
import { searchConfig as configOf } from '../../../src-main/jobs/search-config.js';
import { Stopped } from '../../../src-main/jobs/stopped.js';
import { writeTinyDataset } from '../../integration/host/tiny-dataset.js';
import { retrainConfig, temporaryFolder } from '../history/fixtures.js';

const home = temporaryFolder();
afterAll(() => home.remove());

const description = await writeTinyDataset(home.folder, 0, { train: 24, val: 8, test: 4 });
const dataset = await loadDataset(description.path);
const search = configOf(description, { channels: 4, cells: 1, batch: 4, epochs: 1, race: null });
const retrain = { ...retrainConfig, space: { ...search.space }, batch: 8 };
const available = (await listBackends()).filter(({ available }) => available).map(({ name }) => name);
const missing = (['tensorflow', 'webgpu'] as const).find((name) => !available.includes(name));

describe('looking for a graphics card', () => {
  it.each([
    ['linux', 'nvidiactl', true],
    ['linux', 'renderD128', true],
    ['linux', 'dxg', true],
    ['linux', 'null', false],
    ['darwin', 'null', true],
    ['win32', 'null', true],
  ] as const)('on %s with /dev/%s: worth a process is %s', (platform, name, expected) => {
    const folder = join(home.folder, `${platform}-${name}`);
    mkdirSync(folder);
    writeFileSync(join(folder, name), '');
    expect(mayHaveCard(platform, [join(folder, 'absent'), folder])).toBe(expected);
  });
});

describe('timing backends', () => {
  it.each([
    ['search', search],
    ['retraining', retrain],
  ])('takes real steps of a %s, and gives a reason for what cannot be used', async (_, config) => {
    const control = () => 'continue' as const;
    const timings = await timeBackends(['native', ...(missing ? [missing] : [])], config, dataset, { control });
    expect(timings[0]).toMatchObject({ backend: 'native', reason: null });
    expect(timings[0]!.imagesPerSecond).toBeGreaterThan(1);
    if (!missing) return;
    expect(timings[1]).toMatchObject({ backend: missing, imagesPerSecond: null });
    expect(timings[1]!.reason).toContain(`The ${missing} backend cannot be used`);
    expect(faster(timings).backend).toBe('native');
  });

  it('ends when the run is asked to pause', async () => {
    const control = () => 'pause' as const;
    await expect(timeBackends(['native'], search, dataset, { control })).rejects.toThrow(Stopped);
  });
});

describe('the faster backend', () => {
  const timing = (backend: BackendTiming['backend'], imagesPerSecond: number | null): BackendTiming => ({
    backend,
    device: `${backend} device`,
    imagesPerSecond,
    reason: imagesPerSecond === null ? 'no luck' : null,
  });
  it.each([
    [[timing('native', 500), timing('webgpu', 940)], 'webgpu'],
    [[timing('native', 500), timing('webgpu', 500)], 'native'],
    [[timing('native', 500), timing('webgpu', null), timing('tensorflow', 501)], 'tensorflow'],
  ] as const)('is taken, with every figure in words', (timings, backend) => {
    const { text, ...decided } = faster(timings);
    expect(decided).toEqual({ backend });
    expect(text).toMatch(
      new RegExp(`^auto chose ${backend}, by the first steps of this run: native \\(native device\\)`),
    );
    for (const { imagesPerSecond } of timings) expect(text).toContain(String(imagesPerSecond ?? 'failed (no luck)'));
  });
});
