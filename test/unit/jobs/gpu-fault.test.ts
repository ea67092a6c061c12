import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { chooseForResume } from '../../../src-main/actions/resume-run.js';
import { repeatRun } from '../../../src-main/actions/repeat-run.js';
import { inspectDataset } from '../../../src-main/datasets/medmnist.js';
import { UserError } from '../../../src-main/errors.js';
import type { WritableHistory } from '../../../src-main/history/interface.js';
import { openHistory } from '../../../src-main/history/open.js';
import { configSha256 } from '../../../src-main/jobs/checkpoint-format.js';
import { runJob, type RunEnd } from '../../../src-main/jobs/runner.js';
import type { JobEvent } from '../../../src-main/vocabulary/events.js';
import { backendOf, type SearchConfig } from '../../../src-main/vocabulary/run-config.js';
import { medmnistArrays, npz } from '../datasets/fixtures.js';
import { searchConfig, temporaryFolder } from '../history/fixtures.js';
import { countingJobs } from './counting-job.js';

let home: ReturnType<typeof temporaryFolder>;
let history: WritableHistory;
let config: SearchConfig;
let events: JobEvent[];

beforeEach(async () => {
  home = temporaryFolder();
  ({ history } = await openHistory(home.folder));
  const path = join(home.folder, 'data.npz');
  const content = npz(medmnistArrays());
  writeFileSync(path, content);
  const sha256 = createHash('sha256').update(content).digest('hex');
  const dataset = { name: 'data', path, sha256, bytes: content.length };
  config = { ...searchConfig, epochs: 3, backend: 'webgpu', dataset };
  events = [];
});
afterEach(() => {
  history.close();
  home.remove();
});

/** Runs until the card fails once, in the middle of an epoch. */
function runWithFault(run: number, kind: string, inEpoch: number): Promise<RunEnd> {
  let failed = false;
  const beforeStep = (epoch: number, step: number): void => {
    if (failed || epoch !== inEpoch || step !== 5) return;
    failed = true;
    throw new UserError(kind, 'The graphics card reported a fault: it is made up.');
  };
  const listener = (event: JobEvent): void => void events.push(event);
  return runJob({ history, home: home.folder, run, jobs: countingJobs({ beforeStep }), listener, signals: false });
}

async function undisturbed(): Promise<unknown> {
  const run = history.createRun(config);
  await runJob({ history, home: home.folder, run, jobs: countingJobs(), signals: false });
  return [history.epochs(run), history.getRun(run).result];
}

const said = (): string[] => events.map((event) => (event.type === 'log' ? event.text : event.type));
const logOf = (run: number): string => readFileSync(join(history.runFolder(run), 'log'), 'utf8');

describe('a fault of the graphics card', () => {
  it.each(['gpu-fault', 'gpu-lost', 'out-of-memory'])(
    '%s stops the run by default, says what to type and loses no epoch',
    async (kind) => {
      const run = history.createRun(config);
      await expect(runWithFault(run, kind, 3)).rejects.toMatchObject({
        kind,
        message:
          'The graphics card reported a fault: it is made up. ' +
          `To continue on the processor, run 'medforge resume ${run} --backend native'; ` +
          `to try the card again, 'medforge resume ${run}'.`,
        inWindow:
          'The graphics card reported a fault: it is made up. Its last checkpoint is kept: resume the run to continue.',
      });
      expect(history.getRun(run).summary).toMatchObject({ state: 'failed', epoch: 2 });
      expect(chooseForResume(history, run, { backend: 'native' })).toBe(
        `Run ${run} goes on with native, instead of webgpu.`,
      );
      await runJob({ history, home: home.folder, run, jobs: countingJobs(), signals: false });
      expect([history.epochs(run), history.getRun(run).result]).toEqual(await undisturbed());
    },
  );

  it.each([
    ['in the first epoch', 1, 'from the beginning', []],
    ['after two epochs', 3, 'from the checkpoint of epoch 2', ['epoch', 'epoch']],
  ])('%s lets a run go on with native where that was chosen, and says so', async (_, epoch, from, before) => {
    const run = history.createRun({ ...config, onGpuFault: 'native' });
    expect(await runWithFault(run, 'gpu-fault', epoch)).toMatchObject({ state: 'finished' });
    const text = `The graphics card reported a fault: it is made up. The run goes on ${from} on native, as --on-gpu-fault says.`;
    const after = ['epoch', 'epoch', 'epoch'].slice(before.length);
    expect(said()).toEqual(['started', ...before, text, 'backend', 'started', ...after, 'finished']);
    expect(logOf(run)).toContain(`warning ${text}`);
    expect(backendOf(history.getRun(run).config)).toBe('native');
    expect([history.epochs(run), history.getRun(run).result]).toEqual(await undisturbed());
  });

  it('before the run has asked where it was does not make it begin anew', async () => {
    const run = history.createRun(config);
    await expect(runWithFault(run, 'gpu-fault', 3)).rejects.toThrow('made up');
    chooseForResume(history, run, { onGpuFault: 'native' });
    const counting = countingJobs();
    const search = vi
      .fn(counting.search)
      .mockRejectedValueOnce(new UserError('compute-page-ended', 'The page crashed.'));
    const listener = (event: JobEvent): void => void events.push(event);
    await runJob({ history, home: home.folder, run, jobs: { ...counting, search }, listener, signals: false });
    expect(logOf(run)).toContain(
      'warning The page crashed. The run goes on from the checkpoint of epoch 2 on native, as --on-gpu-fault says.',
    );
    expect([history.epochs(run), history.getRun(run).result]).toEqual(await undisturbed());
  });

  it('is none where native computes: memory that is missing there is missing', async () => {
    const run = history.createRun({ ...config, backend: 'native', onGpuFault: 'native' });
    await expect(runWithFault(run, 'out-of-memory', 1)).rejects.toThrow(/^The graphics card .* made up\.$/);
  });
});

describe('what a run goes on with', () => {
  it('is kept with it and changes nothing that a checkpoint depends on', () => {
    const run = history.createRun(config);
    expect(chooseForResume(history, run, { onGpuFault: 'native' })).toBeNull();
    expect(chooseForResume(history, run, { backend: 'webgpu' })).toBeNull();
    const kept = history.getRun(run).config;
    expect(kept).toMatchObject({ backend: 'webgpu', decidedBackend: 'webgpu', onGpuFault: 'native' });
    expect(configSha256(kept)).toBe(configSha256(config));
  });

  it('is not repeated: a run with the same settings decides afresh', async () => {
    const run = history.createRun(config);
    chooseForResume(history, run, { backend: 'native' });
    const again = await repeatRun({ history, inspect: inspectDataset }, run);
    expect(backendOf(history.getRun(again).config)).toBe('webgpu');
  });
});
