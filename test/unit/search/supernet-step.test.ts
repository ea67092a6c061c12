import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { createProgram } from '../../../src-main/cli/program.js';
import { listBackends, useBackend } from '../../../src-main/compute/index.js';
import { runGpuBenchmark } from '../../../src-main/search/gpu-benchmark.js';
import { difference, timeSupernetStep } from '../../../src-main/search/supernet-step.js';
import { temporaryFolder } from '../history/fixtures.js';

const home = temporaryFolder();
afterAll(() => home.remove());

const webgpu = (await listBackends()).find(({ name }) => name === 'webgpu')!;
const small = { batches: [2], channels: 4, cells: 1, size: 8, steps: 1, threads: 1 };

it.each([1, 2] as const)('times dense steps of phase %i, after two that warm up', async (phase) => {
  await useBackend('native', { threads: 1 });
  let asked = 0;
  const statistics = (): { dispatches: number; bytesInUse: number } => ({ dispatches: 3 * ++asked, bytesInUse: 7 });
  const shape = { phase, batch: 4, channels: 4, cells: 1, size: 8 };
  const timing = await timeSupernetStep(shape, { steps: 3, statistics });
  expect(timing).toMatchObject({ ...shape, steps: 3, counts: { dispatches: 3, bytesInUse: 7 } });
  expect(timing.loss).toBeGreaterThan(0);
  expect(timing.images_per_s).toBeCloseTo(4 / timing.step_s);
  expect(timing.least_s).toBeLessThanOrEqual(timing.step_s);
});

it('counts what happened, and shows states as they are', () => {
  expect(difference({ dispatches: 12, bytesInUse: 5 }, { dispatches: 5, bytesInUse: 9 })).toEqual({
    dispatches: 7,
    bytesInUse: 5,
  });
});

it('a measurement refuses a report that exists, before anything else', async () => {
  const report = join(home.folder, 'old.json');
  writeFileSync(report, 'old');
  await expect(runGpuBenchmark({ ...small, report })).rejects.toMatchObject({
    kind: 'report-exists',
    message: `${report} exists already: choose another file, or remove it.`,
  });
});

it.skipIf(webgpu.available)('without a card it says why and leaves no file', async () => {
  const report = join(home.folder, 'new.json');
  await expect(runGpuBenchmark({ ...small, report })).rejects.toMatchObject({ kind: 'backend-unavailable' });
  expect(existsSync(report)).toBe(false);
});

it.each([
  [['--size', '8'], '--size measures a graphics card: add --backend webgpu.'],
  [['--backend', 'webgpu'], 'A graphics card is measured into a file: add --report FILE.json.'],
])('bench %j is refused', async (options, message) => {
  const program = await createProgram('0', ['bench']);
  await expect(program.parseAsync(['bench', ...options], { from: 'user' })).rejects.toMatchObject({
    kind: 'bench-option',
    message,
  });
});
