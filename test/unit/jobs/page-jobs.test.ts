import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveJobs } from '../../../src-main/compute-page/run-job.js';
import { useBackend, type ActiveBackend } from '../../../src-main/compute/index.js';
import { inspectDataset } from '../../../src-main/datasets/medmnist.js';
import { UserError } from '../../../src-main/errors.js';
import type { Door } from '../../../src-main/jobs/door.js';
import { executeJob, type EndEvent } from '../../../src-main/jobs/execute.js';
import { jobs } from '../../../src-main/jobs/jobs.js';
import { pageJobs, type PageJobs } from '../../../src-main/jobs/page/page-jobs.js';
import type { JobPort } from '../../../src-main/jobs/page/port.js';
import { retrainConfig } from '../../../src-main/jobs/retrain-config.js';
import { searchConfig } from '../../../src-main/jobs/search-config.js';
import type { JobControl, JobEvent } from '../../../src-main/vocabulary/events.js';
import type { JobConfig } from '../../../src-main/vocabulary/run-config.js';
import { temporaryFolder } from '../history/fixtures.js';
import { tinyDataset } from '../training/tiny-dataset.js';
import { TINY_GENOTYPE } from '../training/tiny-model.js';
import { writeNpz } from '../training/tiny-npz.js';

const { folder: home, remove } = temporaryFolder();
afterAll(remove);

let configs: Readonly<Record<'search' | 'race' | 'retrain', JobConfig>>;
beforeAll(async () => {
  const path = join(home, 'tiny.npz');
  writeNpz(tinyDataset({ size: 12 }), path);
  const dataset = await inspectDataset(path);
  const facts = { ...dataset, classes: dataset.labels.length };
  const search = { epochs: 4, batch: 8, channels: 4, cells: 1, seed: 3, threads: 1, backend: 'native' } as const;
  const training = { epochs: 2, batch: 12, seeds: [5], backend: 'native', threads: 1 } as const;
  configs = {
    search: searchConfig(facts, { ...search, race: null }),
    race: searchConfig(facts, { ...search, epochs: 1, race: { share: 1e-6, random: 3 } }),
    retrain: retrainConfig(dataset, { genotype: TINY_GENOTYPE, channels: 4, cells: 3, searchRun: null }, training),
  };
});

/** Both ends of a channel of messages, as between processes. */
function openChannel(): readonly [JobPort, JobPort] {
  const { port1, port2 } = new MessageChannel();
  const end = (port: typeof port1): JobPort => ({
    post: (message) => port.postMessage(message),
    listen: (listener) => void port.on('message', listener).unref(),
  });
  return [end(port1), end(port2)];
}

const native = (): Promise<ActiveBackend> => useBackend('native', { threads: 1 });

/** A page in this process. */
function openPage(use = native): PageJobs {
  const [here, there] = openChannel();
  serveJobs(there, use);
  return pageJobs(here);
}

interface Ran {
  readonly end: EndEvent;
  readonly events: readonly JobEvent[];
  readonly folder: string;
}

let runs = 0;

async function run(
  config: JobConfig,
  page: PageJobs | null,
  options: {
    readonly folder?: string;
    readonly door?: Door;
    readonly control?: (events: readonly JobEvent[]) => JobControl;
  } = {},
): Promise<Ran> {
  const folder = options.folder ?? join(home, `run-${++runs}`);
  mkdirSync(folder, { recursive: true });
  const events: JobEvent[] = [];
  const end = await executeJob({
    ...{ run: 1, folder, config, jobs: page?.jobs ?? jobs, door: options.door ?? 'terminal' },
    emit: (event) => void events.push(event),
    control: () => options.control?.(events) ?? 'continue',
    reason: () => 'asked',
  });
  return { end, events, folder };
}

/** What a run said and made, without times. */
function timeless(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (key, part: unknown) => (/seconds|imagesPerSecond/i.test(key) ? undefined : part)),
  );
}

const epochs = ({ events }: Ran): JobEvent[] => events.filter(({ type }) => type === 'epoch' || type === 'race');

describe('a job in a page', () => {
  it.each(['search', 'race', 'retrain'] as const)('%s: says and makes what it does without one', async (kind) => {
    const here = await run(configs[kind], null);
    const there = await run(configs[kind], openPage());
    expect(there.end.type).toBe('finished');
    expect(timeless(there.end)).toEqual(timeless(here.end));
    expect(timeless(epochs(there))).toEqual(timeless(epochs(here)));
    const models = readdirSync(here.folder).filter((file) => file.endsWith('.safetensors'));
    expect(models).toHaveLength(kind === 'retrain' ? 2 : 0);
    for (const file of models) {
      expect(readFileSync(join(there.folder, file)).equals(readFileSync(join(here.folder, file)))).toBe(true);
    }
  });

  it.each(['search', 'retrain'] as const)('%s: pauses and goes on, there or here, to the same bits', async (kind) => {
    const whole = await run(configs[kind], null);
    for (const next of [openPage(), null]) {
      const pause = (events: readonly JobEvent[]): JobControl =>
        events.some(({ type }) => type === 'epoch') ? 'pause' : 'continue';
      const first = await run(configs[kind], openPage(), { control: pause });
      expect(first.end).toMatchObject({ type: 'paused', reason: 'asked' });
      const rest = await run(configs[kind], next, { folder: first.folder });
      expect(timeless(rest.end)).toEqual(timeless(whole.end));
    }
  });

  it('is cancelled', async () => {
    expect((await run(configs.search, openPage(), { control: () => 'cancel' })).end).toEqual({
      type: 'cancelled',
      epoch: 0,
    });
  });

  it('that is gone ends with how, its last checkpoint kept', async () => {
    const page = openPage();
    const control = (events: readonly JobEvent[]): JobControl => {
      if (events.some(({ type }) => type === 'epoch'))
        page.ended({ kind: 'compute-page-ended', how: 'The page crashed.' });
      return 'continue';
    };
    const died = await run(configs.search, page, { control });
    expect(died.end).toMatchObject({
      type: 'failed',
      error: {
        kind: 'compute-page-ended',
        message: 'The page crashed.',
      },
    });
    const rest = await run(configs.search, openPage(), { folder: died.folder });
    expect(timeless(rest.end)).toEqual(timeless((await run(configs.search, null)).end));
  });

  it.each([
    ['window', 'The page crashed. Its last checkpoint is kept: resume the run to continue.'],
    ['terminal', "The page crashed. To continue on the processor, run 'medforge resume 1 --backend native'; to try"],
  ] as const)('that is gone is told in the words of the %s', async (door, words) => {
    const page = openPage();
    page.ended({ kind: 'compute-page-ended', how: 'The page crashed.' });
    const { end } = await run({ ...configs.search, backend: 'webgpu' }, page, { door });
    expect(end).toMatchObject({ type: 'failed', error: { message: expect.stringContaining(words) as string } });
  });

  it('that lives and computes nothing any more ends, its last checkpoint kept', async () => {
    const [here, there] = openChannel();
    let stuck = false;
    const post = (message: unknown): void => {
      const { type, event } = message as { readonly type: string; readonly event?: JobEvent };
      if (!stuck || type === 'heartbeat') there.post(message);
      stuck ||= event?.type === 'epoch';
    };
    serveJobs({ ...there, post }, native);
    const { end, folder } = await run(configs.search, pageJobs(here, 2));
    expect(end).toMatchObject({
      type: 'failed',
      error: { kind: 'gpu-timeout', message: 'The graphics card did not answer for 2 s.' },
    });
    expect(readdirSync(join(folder, 'checkpoints'))).toHaveLength(1);
  });

  it('that has no card says why, and makes nothing', async () => {
    const none = new UserError('backend-unavailable', 'There is no card.');
    const { end, folder } = await run(
      configs.search,
      openPage(() => Promise.reject(none)),
    );
    expect(end).toMatchObject({ type: 'failed', error: { kind: 'backend-unavailable', message: 'There is no card.' } });
    expect(readdirSync(join(folder, 'checkpoints'))).toEqual([]);
  });
});

describe('what a page may ask for', () => {
  it.each([
    ['a file elsewhere', { type: 'ask', id: 1, question: 'writeModel', args: ['../model-seed-1.safetensors', {}] }],
    ['a part of a dataset that is not there', { type: 'ask', id: 1, question: 'part', args: [0, 0, 1] }],
    ['twins before there is a dataset', { type: 'ask', id: 1, question: 'testTwins', args: [] }],
  ])('not %s', async (_, message) => {
    const [here, there] = openChannel();
    const answers: unknown[] = [];
    there.listen((answer) => answers.push(answer));
    there.post(message);
    const refused = (): boolean => answers.some((answer) => (answer as { type: string }).type === 'refusal');
    const page = pageJobs(here);
    const told = (): JobControl => {
      if (refused()) page.ended({ kind: 'compute-page-ended', how: 'It was refused.' });
      return 'continue';
    };
    const { end, folder } = await run(configs.search, page, { control: told });
    expect(end).toMatchObject({
      type: 'failed',
      error: { message: expect.stringContaining('It was refused.') as string },
    });
    expect(readdirSync(folder)).toEqual(['checkpoints']);
    expect(readdirSync(home).filter((file) => file.endsWith('.safetensors'))).toEqual([]);
  });

  it.each([
    ['a question that there is none of', { type: 'ask', id: 1, question: 'readFile', args: [] }],
    ['an event that is none', { type: 'event', event: { type: 'epoch' } }],
    ['something else', { type: 'execute' }],
  ])('%s ends the run', async (_, message) => {
    const [here, there] = openChannel();
    there.post(message);
    const { end } = await run(configs.search, pageJobs(here));
    expect(end).toMatchObject({
      type: 'failed',
      error: {
        kind: 'internal',
        message: expect.stringContaining('a message from the compute page does not fit') as string,
      },
    });
  });
});
