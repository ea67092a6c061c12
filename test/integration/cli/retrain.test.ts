import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeTinyDataset } from '../host/tiny-dataset.js';
import { dataset, medforge, newHome, start, type Answer } from './medforge.js';
import { liveEdges } from '../../../src-main/space/live-edges.js';
import type { Genotype } from '../../../src-main/vocabulary/space.js';

const homes: string[] = [];
const home = (): string => {
  homes.push(newHome());
  return homes.at(-1)!;
};
afterAll(() => {
  for (const folder of homes) rmSync(folder, { recursive: true, force: true });
});

const stage = { depth: 1, operations: ['conv_3x3', 'none', 'none', 'skip_connect', 'conv_1x1', 'none'] };
const genotype = join(home(), 'genotype.json');
writeFileSync(genotype, JSON.stringify({ stages: [stage, stage, stage] }));

function retrain(folder: string, ...more: string[]): string[] {
  const settings = ['--channels', '8', '--epochs', '2', '--batch', '64', '--seeds', '1,2', '--moving-average', '0.9'];
  return [
    'retrain',
    '--genotype',
    genotype,
    '--dataset',
    dataset.path,
    ...settings,
    '--home',
    folder,
    '--json',
    ...more,
  ];
}

const isConnected = ({ stages }: Genotype): boolean =>
  stages.every(({ operations }) => liveEdges(operations).some((live) => live));

/** The models of run 1, byte for byte. */
function models(folder: string): Record<string, string> {
  const run = join(folder, 'runs', '1');
  const files = readdirSync(run).filter((file) => file.endsWith('.safetensors'));
  return Object.fromEntries(files.map((file) => [file, readFileSync(join(run, file)).toString('base64')]));
}

describe('a retraining', () => {
  const folder = home();
  let reference: Answer;
  let bundle: string;

  beforeAll(async () => {
    reference = await medforge(...retrain(folder));
    const exported = await medforge(
      'export',
      '1',
      '--out',
      join(folder, 'out'),
      '--triton',
      '--home',
      folder,
      '--json',
    );
    bundle = exported.events.at(-1)!['folder'] as string;
  });

  it('ends with its models and their metrics as the last line', () => {
    expect(reference.stderr).not.toMatch(/bug in MedForge/);
    expect(reference.code).toBe(0);
    expect(reference.events.at(-1)).toMatchObject({
      event: 'finished',
      run: 1,
      models: [
        { seed: 1, selectedEpoch: 2, metrics: { test: { images: 156 } } },
        { seed: 2, selectedEpoch: 2, metrics: { validation: { images: 78 } } },
      ],
    });
    expect(Object.keys(models(folder)).sort()).toEqual(
      [1, 2].flatMap((seed) => [`model-seed-${seed}.predictions.safetensors`, `model-seed-${seed}.safetensors`]),
    );
  });

  it.each([
    ['in the first epoch', 1, 0, 100],
    ['right after a checkpoint', 1, 1, 0],
    ['in the second network', 2, 1, 100],
  ])('killed with SIGKILL %s and resumed, its models have the same bytes', async (_, seed, epoch, delay) => {
    const other = home();
    const killed = await start(retrain(other), (said, child) => {
      const now = epoch === 0 ? said.event === 'started' : said['seed'] === seed && said['epoch'] === epoch;
      if (now) void sleep(delay).then(() => child.kill('SIGKILL'));
    }).answer;
    expect(killed.signal).toBe('SIGKILL');
    const resumed = await medforge('resume', '1', '--home', other, '--json');
    expect(resumed.events.at(-1)!.event).toBe('finished');
    expect(models(other)).toEqual(models(folder));
  });

  it('is exported, verified alone and with its dataset', async () => {
    const alone = await medforge('verify', bundle, '--json');
    expect(alone.events.at(-1)).toMatchObject({ event: 'verified', images: 156, testDifference: null });
    const whole = await medforge('verify', bundle, '--dataset', dataset.path, '--json');
    expect(whole.events.at(-1)!['testDifference']).toBeLessThan(1e-6);
    const shown = await medforge('runs', 'show', '1', '--home', folder);
    expect(shown.stdout).toContain(bundle);
  });

  it('is not exported over a folder that is there', async () => {
    const name = /([^/]+)-1\.0\.0$/.exec(bundle)![1]!;
    const again = await medforge(
      ...['export', '1', '--out', join(folder, 'out'), '--home', folder],
      '--name',
      name,
      '--release',
      '1.0.0',
    );
    expect(again.code).toBe(1);
    expect(again.stderr).toContain(`${bundle} already exists: choose another version or folder, or remove it first`);
  });

  it.each([0, 20, 60, 120, 240])(
    'an export killed %d ms after it began to write leaves a whole bundle or nothing under its name',
    async (delay) => {
      const out = join(folder, `killed-${String(delay)}`);
      const args = ['export', '2', '--out', out, '--name', 'm', '--home', folder];
      const { child, answer } = start(args);
      while (child.exitCode === null && !(existsSync(out) && readdirSync(out).length > 0)) await sleep(2);
      await sleep(delay);
      child.kill('SIGKILL');
      await answer;
      if (existsSync(join(out, 'm-1.0.0'))) expect((await medforge('verify', join(out, 'm-1.0.0'))).code).toBe(0);
      else {
        expect(readdirSync(out)).toEqual([expect.stringMatching(/^\.m-1\.0\.0\.exporting-\d+$/)]);
        expect((await medforge(...args)).code).toBe(0);
        expect(readdirSync(out)).toEqual(['m-1.0.0']);
      }
    },
  );

  it.each(['SIGINT', 'SIGTERM'] as const)('an export that %s ends leaves nothing', async (signal) => {
    const out = join(folder, `ended-${signal}`);
    const { child, answer } = start(['export', '2', '--out', out, '--name', 'm', '--home', folder]);
    while (child.exitCode === null && !(existsSync(out) && readdirSync(out).length > 0)) await sleep(2);
    child.kill(signal);
    expect(await answer).toMatchObject({
      code: 1,
      stderr: 'medforge: The export was cancelled. Nothing was written.\n',
    });
    expect(readdirSync(out)).toEqual([]);
  });

  it("is evaluated, with the evaluator's result file", async () => {
    const { events } = await medforge('evaluate', '1', '--csv', folder, '--home', folder, '--json');
    expect(events.at(-1)).toMatchObject({ event: 'evaluated', model: 1, metrics: { part: 'test', images: 156 } });
    const name = readdirSync(folder).find((file) =>
      new RegExp(`^${dataset.id}_test_\\[AUC\\]\\d\\.\\d{3}_\\[ACC\\]\\d\\.\\d{3}@1\\.csv$`).test(file),
    )!;
    expect(readFileSync(join(folder, name), 'utf8').trimEnd().split('\n')).toHaveLength(156);
  });

  it('predicts, and says of a bad image what is wrong with it', async () => {
    const bad = join(folder, 'bad.png');
    writeFileSync(bad, 'no image');
    const { code, events } = await medforge('predict', bundle, join(bundle, 'sample/input.npy'), bad, '--json');
    expect(code).toBe(1);
    expect(events.slice(0, 4).map(({ event }) => event)).toEqual([
      'prediction',
      'prediction',
      'prediction',
      'prediction',
    ]);
    expect(events[4]).toMatchObject({
      event: 'failed',
      error: {
        kind: 'image-format',
        message: `${bad}: by its content, this is not a PNG, JPEG, TIFF, BMP, WebP or DICOM file. Use an image file.`,
      },
    });
  });
});

describe('from a search to a bundle, on a small file', () => {
  const folder = home();
  let file: string;
  let events: Answer['events'];

  beforeAll(async () => {
    file = (await writeTinyDataset(folder)).path;
    const space = ['--epochs', '2', '--channels', '4', '--cells', '1', '--batch', '16', '--no-race'];
    await medforge('search', file, ...space, '--home', folder);
    ({ events } = await medforge('retrain', '1', '--epochs', '1', '--seeds', '3,4', '--home', folder, '--json'));
  });

  it('the end of the retraining names its models as the export wants them', async () => {
    const end = events.at(-1)!;
    expect(end).toMatchObject({ event: 'finished', run: 2, models: [{ seed: 3 }, { seed: 4 }] });
    const numbers = (end['models'] as { model: number }[]).map(({ model }) => model);
    expect(numbers).toEqual([1, 2]);
    const exported = await medforge('export', '2', '--out', folder, '--home', folder, '--json');
    expect(exported.events.at(-1)).toMatchObject({ event: 'exported', model: 2, bundle: 1 });
  });

  it('a person is told what comes next', async () => {
    const { stdout } = await medforge('retrain', '1', '--epochs', '1', '--home', folder);
    expect(stdout).toMatch(/^model 3, seed 1, epoch 1 \(.*\): test set, 1 network \[95 %\]: balanced accuracy /m);
    expect(stdout).toMatch(/^Next: 'medforge export 3 --out FOLDER' writes a verified ONNX bundle\.$/m);
  });

  it('architectures drawn from a search are kept once, shown, and trained by their number', async () => {
    const draw = ['sample', '1', '--count', '20', '--home', folder];
    const { events } = await medforge(...draw, '--json');
    const drawn = events.filter(({ event }) => event === 'sample');
    expect(drawn.reduce((sum, { times }) => sum + Number(times), 0)).toBe(20);
    expect((await medforge(...draw, '--json')).events).toEqual(events);
    const { stdout } = await medforge(...draw);
    expect(stdout).toMatch(
      /^20 draws from epoch 2 of run 1: .* of the draws within the budget .*\n *parameters +draws\n/,
    );
    expect((await medforge(...draw, '--list')).stdout).toContain(`architecture:${String(drawn[0]!['architecture'])} `);
    const inside = drawn.find(({ genotype }) => isConnected(genotype as Genotype))!;
    const kept = `architecture:${String(inside['architecture'])}`;
    const trained = await medforge('retrain', kept, '--epochs', '1', '--home', folder, '--json');
    expect(trained.events.at(-1)).toMatchObject({ event: 'finished', models: [{ parameters: inside['parameters'] }] });
  });

  it('the file of the search that has changed is not trained on, unless it is named', async () => {
    const other = home();
    const changed = (await writeTinyDataset(other, 5)).path;
    copyFileSync(changed, file);
    const refused = await medforge('retrain', '1', '--epochs', '1', '--home', folder);
    expect(refused.stderr).toBe(
      `medforge: ${file} has changed since run 1 searched on it: put the original file back, or ` +
        `train on the new one with medforge retrain 1 --dataset ${file}\n`,
    );
    expect(refused.code).toBe(1);
    const named = await medforge('retrain', '1', '--epochs', '1', '--dataset', file, '--home', folder, '--json');
    expect(named.events.at(-1)).toMatchObject({ event: 'finished' });
  });
});

describe('what a retraining refuses', () => {
  const folder = home();
  it.each<[string, string, RegExp]>([
    ['a genotype that is none', '{}', /^medforge: .*g\.json: stages must be a list of 3, saw nothing\n$/],
    [
      'a genotype that leads nowhere',
      JSON.stringify({ stages: [stage, { depth: 1, operations: new Array(6).fill('none') }, stage] }),
      /stage 2 has no path from node 0 to node 3/,
    ],
  ])('%s', async (_, text, message) => {
    const file = join(folder, 'g.json');
    writeFileSync(file, text);
    const { code, stderr } = await medforge('retrain', '--genotype', file, '--dataset', 'x.npz', '--home', folder);
    expect(stderr).toMatch(message);
    expect(code).toBe(1);
  });

  it('a model that is not there', async () => {
    const { code, stderr } = await medforge('evaluate', '9', '--home', folder);
    expect(stderr).toMatch(/^medforge: .*no model 9/);
    expect(code).toBe(1);
  });

  it('a bundle that is none', async () => {
    const { code, stderr } = await medforge('verify', folder);
    expect(stderr).toBe(`medforge: ${folder} contains no manifest.json: give the folder of a MedForge bundle\n`);
    expect(code).toBe(1);
  });
});

it('--estimate measures exactly the retraining and starts nothing', async () => {
  const folder = home();
  const { code, events } = await medforge(...retrain(folder, '--estimate'));
  expect(code).toBe(0);
  expect(events).toEqual([
    expect.objectContaining({ event: 'estimate', kind: 'retrain', epochs: 2, seeds: 2, batch: 64 }),
  ]);
  expect(events[0]!['seconds']).toBeGreaterThan(0);
  expect(existsSync(join(folder, 'runs', '1'))).toBe(false);
  expect(readdirSync(folder).filter((name) => name.startsWith('measurement-'))).toEqual([]);
});
