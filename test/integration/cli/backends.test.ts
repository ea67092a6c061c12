import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { listBackends } from '../../../src-main/compute/index.js';
import { writeTinyDataset } from '../host/tiny-dataset.js';
import { medforge, newHome } from './medforge.js';

const home = newHome();
afterAll(() => rmSync(home, { recursive: true, force: true }));

const { path } = await writeTinyDataset(home, 0, { train: 16, val: 8, test: 8 });
const stage = { depth: 1, operations: ['conv_3x3', 'none', 'none', 'skip_connect', 'none', 'none'] };
const genotype = join(home, 'genotype.json');
writeFileSync(genotype, JSON.stringify({ stages: [stage, stage, stage] }));
const smallest = ['--genotype', genotype, '--dataset', path, '--channels', '4', '--cells', '1', '--epochs', '1'];

const backends = await listBackends();
const missing = backends.filter(({ available }) => !available).slice(0, 1);
const webgpu = backends.find(({ name }) => name === 'webgpu')!;
if (!webgpu.available) console.warn(`not tested on webgpu: ${webgpu.reason!}`);

describe.each(missing)('$name, which cannot be used here,', ({ name, reason }) => {
  it.each([
    ['search', path, '--epochs', '1'],
    ['retrain', ...smallest],
  ])('is refused by %s with its reason, and no run is left behind', async (...command) => {
    const refused = await medforge(...command, '--backend', name, '--home', home, '--json');
    expect(refused.code).toBe(1);
    expect(refused.events).toEqual([
      {
        event: 'failed',
        error: {
          kind: 'backend-unavailable',
          message: `The ${name} backend cannot be used: ${reason!}. Nothing was started.`,
        },
      },
    ]);
    const runs = await medforge('runs', 'list', '--home', home, '--json');
    expect(runs.events).toEqual([]);
  });

  it.each([['evaluate'], ['export', '--out', join(home, 'out')]])('is refused by %s', async (command, ...options) => {
    const refused = await medforge(command, '1', ...options, '--backend', name, '--home', home, '--json');
    expect(refused.events[0]!['error']).toMatchObject({ kind: 'backend-unavailable' });
  });
});

describe.runIf(webgpu.available)('on webgpu', () => {
  it('a network is trained, evaluated and exported, and onnxruntime agrees with it', async () => {
    const trained = newHome();
    const run = (...command: string[]): ReturnType<typeof medforge> =>
      medforge(...command, '--home', trained, '--json');
    try {
      const training = await run('retrain', ...smallest, '--batch', '8', '--backend', 'webgpu');
      expect(training.events[0]).toMatchObject({ event: 'started', backend: 'webgpu', device: webgpu.device });
      expect(training.events.at(-1)).toMatchObject({ event: 'finished', models: [{ model: 1 }] });
      const [here] = (await run('evaluate', '1', '--backend', 'webgpu')).events;
      const [native] = (await run('evaluate', '1', '--backend', 'native', '--threads', '1')).events;
      expect(here).toMatchObject({ event: 'evaluated', metrics: { images: 8 } });
      expect(here!['metrics']).toMatchObject({ accuracy: (native!['metrics'] as { accuracy: number }).accuracy });
      const exported = (await run('export', '1', '--out', join(trained, 'out'), '--backend', 'webgpu')).events.at(-1)!;
      const { images, largestDifference } = exported['check'] as { images: number; largestDifference: number };
      expect(images).toBe(8);
      expect(largestDifference).toBeLessThan(1e-4);
      const verified = await run('verify', exported['folder'] as string, '--dataset', path);
      expect(verified.code).toBe(0);
    } finally {
      rmSync(trained, { recursive: true, force: true });
    }
  }, 600_000);
});
