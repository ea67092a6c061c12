import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../../../src-main/compute/index.js';
import type { Snapshot } from '../../../src-main/compute/snapshot.js';
import { tf } from '../../../src-main/compute/tensorflow.js';
import type { Search, SearchProblem } from '../../../src-main/search/method.js';
import { searchMethod, searchMethods } from '../../../src-main/search/methods/registry.js';
import { insideBudget } from '../../../src-main/space/inside-budget.js';
import { genotypeKey, liveGenotype } from '../../../src-main/space/live-edges.js';
import { countParameters } from '../../../src-main/space/parameter-count.js';
import type { Candidate } from '../../../src-main/vocabulary/candidate.js';
import {
  traceDescriptionSchema,
  traceSchema,
  type EpochReport,
  type Trace,
} from '../../../src-main/vocabulary/trace.js';
import { advance, bits, keptSnapshot, STEPS, tinyImages, tinyProblem as problemOf } from './tiny-problem.js';

/** Every registered method as it is by default, and other settings of it that go another way. */
const VARIANTS: readonly (readonly [id: string, settings: object])[] = [
  ...searchMethods().map(({ id }) => [id, {}] as const),
  ...searchMethods().flatMap(({ id, published }) => (published ? [[id, published] as const] : [])),
  ['zo-darts++', { temperature: 'smooth', warmup: 0.25 }],
  ['darts-v1', { relaxation: 'sparsemax' }],
  ['random', { networks: 1 }],
  ['evolution', { population: 2, sample: 2, trainingEpochs: 1 }],
  ['popnas', { trainingEpochs: 1 }],
];
const WHOLE = 5 * STEPS;
const STOPS = [1, 10, 13];

/** One cell a stage: there are many methods, and what deeper stages add is the same for all. */
const tinyProblem = (changes: Partial<SearchProblem> = {}): SearchProblem =>
  problemOf({ space: { channels: 4, cells: 1, inputChannels: 1, classes: 2 }, ...changes });

const open = (
  id: string,
  settings: object,
  changes: Partial<SearchProblem> = {},
  saved: Snapshot | null = null,
): Promise<Search> => searchMethod(id).open(tinyProblem(changes), settings, saved);

beforeAll(async () => {
  await useBackend('native', { threads: 2 });
});

describe.each(VARIANTS)('%s %j', (id, settings) => {
  /** A search from its start to its end, with what it told on the way, and its bits at the last stop. */
  let whole: {
    readonly stopped: object;
    readonly end: object;
    readonly candidates: readonly Candidate[];
    readonly told: { report: EpochReport; trace: Trace }[];
  };
  beforeAll(async () => {
    const search = await open(id, settings);
    const told: { report: EpochReport; trace: Trace }[] = [];
    let stopped = {};
    for (let steps = 1; !search.finished; steps++) {
      const { report } = await search.advance();
      if (report) told.push({ report, trace: search.trace() });
      if (steps === STOPS.at(-1)) stopped = await bits(search);
    }
    whole = { stopped, end: await bits(search), candidates: await search.candidates(), told };
    search.dispose();
  });

  it('is the same for the same seed and any number of threads, another for another seed', async () => {
    await useBackend('native', { threads: 3 });
    const same = await advance(await open(id, settings), STOPS.at(-1)!);
    expect(await bits(same)).toEqual(whole.stopped);
    await useBackend('native', { threads: 2 });
    const [one, other] = [await open(id, settings, { seed: 7 }), await open(id, settings, { seed: 8 })];
    for (const search of [one, other]) await advance(search, 2);
    expect(await bits(one)).not.toEqual(await bits(other));
    for (const search of [same, one, other]) search.dispose();
  });

  it('stopped again and again, inside a round, at its end and after growth, and opened again, ends with the same bits', async () => {
    let search = await open(id, settings);
    let done = 0;
    for (const stop of STOPS) {
      await advance(search, stop - done);
      done = stop;
      const kept = await keptSnapshot(search);
      const before = await bits(search);
      search.dispose();
      search = await open(id, settings, {}, kept);
      expect([search.epoch, search.step]).toEqual([Math.floor(stop / STEPS), stop % STEPS]);
      expect(await bits(search), `after step ${stop}`).toEqual(before);
    }
    await advance(search, WHOLE - done);
    expect(search.finished).toBe(true);
    expect(await bits(search)).toEqual(whole.end);
    expect(await search.candidates()).toEqual(whole.candidates);
    search.dispose();
  });

  it('proposes distinct live architectures within the budget at any time', async () => {
    const budget = { lower: 6000, upper: 9000 };
    const search = await open(id, settings, { budget });
    const { space } = tinyProblem();
    for (const steps of [0, 9]) {
      await advance(search, steps);
      const candidates = await search.candidates();
      expect(candidates.length).toBeGreaterThan(0);
      expect(new Set(candidates.map(({ genotype }) => genotypeKey(genotype))).size).toBe(candidates.length);
      for (const { genotype, parameters } of candidates) {
        expect(liveGenotype(genotype)).toEqual(genotype);
        expect(countParameters(space, genotype)).toBe(parameters);
        expect(insideBudget(budget, parameters)).toBe(true);
      }
    }
    search.dispose();
  });

  it('tells what it has described, epoch by epoch', () => {
    const description = searchMethod(id).trace(tinyProblem().space);
    traceDescriptionSchema.parse(description);
    expect(whole.told.map(({ report, trace }) => [report.epoch, trace.epoch])).toEqual(
      [1, 2, 3, 4, 5].map((epoch) => [epoch, epoch]),
    );
    for (const { trace } of whole.told) {
      traceSchema.parse(trace);
      expect(Object.keys(trace.values).sort()).toEqual(description.series.map(({ name }) => name).sort());
      expect(Object.keys(trace.tables).sort()).toEqual(description.tables.map(({ name }) => name).sort());
      for (const { name, rows, columns } of description.tables) {
        const numbers = trace.tables[name];
        if (numbers) expect(numbers, name).toHaveLength(rows.length * columns.length);
      }
    }
  });

  it('searches on several labels an image, and leaves no tensor behind', async () => {
    const before = tf.memory().numTensors;
    const search = await open(id, settings, { dataset: tinyImages(2) });
    const { report } = await (await advance(search, STEPS - 1)).advance();
    expect(report!.loss).toBeGreaterThan(0);
    expect(report!.accuracy).toBeGreaterThanOrEqual(0);
    expect(report!.accuracy).toBeLessThanOrEqual(1);
    await advance(search, 9);
    search.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('the registry', () => {
  it('knows every setting with a description and a default that is valid', () => {
    for (const { id, options, parse } of searchMethods()) {
      expect(parse({}), id).toEqual(Object.fromEntries(options.map((option) => [option.name, option.default])));
      for (const { name, description } of options) expect(description, `${id} ${name}`).not.toBe('');
    }
  });

  it.each([
    [
      () => searchMethod('simulated annealing'),
      'search-method',
      'there is no search method simulated annealing: choose one of zo-darts++, zo-darts, zo-darts+, darts-v1, darts-v2, milenas, pc-darts, random, evolution, popnas',
    ],
    [
      () => searchMethod('random').parse({ networks: 0 }),
      'search-setting',
      'settings of random: networks: Too small: expected number to be >=1',
    ],
    [
      () => searchMethod('darts-v1').parse({ relaxed: 1 }),
      'search-setting',
      'settings of darts-v1: Unrecognized key: "relaxed"',
    ],
    [
      () => searchMethod('evolution').parse({ population: 1 }),
      'search-setting',
      'settings of evolution: population: Too small: expected number to be >=2',
    ],
  ])('refuses %#', (what, kind, message) => {
    expect(what).toThrow(expect.objectContaining({ kind, message }) as Error);
  });

  it('refuses channels that PC-DARTS cannot share out', async () => {
    await expect(open('pc-darts', { channelShare: 3 })).rejects.toMatchObject({
      kind: 'search-setting',
      message:
        'settings of pc-darts: channelShare: 4 channels are no multiple of 3: choose other channels or another share',
    });
  });

  it('refuses a snapshot of another method, saying so', async () => {
    const search = await open('random', {});
    const snapshot = await keptSnapshot(search);
    search.dispose();
    await expect(open('zo-darts++', {}, {}, snapshot)).rejects.toMatchObject({ kind: 'checkpoint-content' });
  });

  it('measures how long a search takes', async () => {
    // in ways of their own, and by the first steps, as the others do
    for (const id of ['zo-darts++', 'pc-darts']) {
      const { seconds, imagesPerSecond, stepsPerEpoch } = await searchMethod(id).measure(tinyProblem(), {});
      expect(stepsPerEpoch, id).toBe(STEPS);
      expect(seconds, id).toBeGreaterThan(0);
      expect(imagesPerSecond, id).toBeGreaterThan(0);
    }
  });
});
