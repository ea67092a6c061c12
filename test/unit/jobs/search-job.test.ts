import { beforeAll, describe, expect, it } from 'vitest';
import type { JobOutcome } from '../../../src-main/jobs/job.js';
import { searchConfig, type SearchChoices } from '../../../src-main/jobs/search-config.js';
import { searchJob } from '../../../src-main/jobs/search-job.js';
import { genotypeKey } from '../../../src-main/space/live-edges.js';
import { jobEventSchema } from '../../../src-main/vocabulary/events.js';
import { jobResultSchema, type SearchResult } from '../../../src-main/vocabulary/results.js';
import type { SearchConfig } from '../../../src-main/vocabulary/run-config.js';
import { tinyDataset } from '../training/tiny-dataset.js';
import { MemoryRun } from './memory-run.js';

const dataset = tinyDataset({ task: 'binary-class', classes: 2 });
const samples = { train: 37, val: 12, test: 70 };

function configFor(choices: SearchChoices = {}): SearchConfig {
  const small = { epochs: 3, batch: 8, channels: 4, cells: 1, backend: 'native', threads: 1 } as const;
  return searchConfig({ ...dataset, samples }, { ...small, race: { share: 1e-6, random: 3 }, ...choices });
}

async function finish(config: SearchConfig, run: MemoryRun): Promise<SearchResult> {
  let outcome: JobOutcome;
  do outcome = await searchJob(config, run);
  while (outcome.state === 'paused');
  if (outcome.state !== 'finished') throw new Error(outcome.state);
  return outcome.result as SearchResult;
}

/** A result without what depends on the clock. */
const timeless = ({ seconds: _, ...result }: SearchResult): unknown => result;

describe('a search with its race', () => {
  const config = configFor();
  const wholeRun = new MemoryRun(dataset);
  let whole: SearchResult;
  beforeAll(async () => {
    whole = await finish(config, wholeRun);
  });

  it('answers with the network that the race chose, and keeps what the search says', () => {
    const { race, verdict, genotype, searchGenotype, parameters } = whole;
    const chosen = race![verdict!.chosen - 1]!;
    expect([genotype, parameters]).toEqual([chosen.genotype, chosen.parameters]);
    expect(chosen.insideBudget).toBe(true);
    expect(race![0]!.source).toBe('search');
    expect(genotypeKey(race![0]!.genotype)).toBe(genotypeKey(searchGenotype!));
    expect(race!.filter(({ source }) => source === 'random')).toHaveLength(3);
    expect(jobResultSchema.parse(JSON.parse(JSON.stringify(whole)))).toEqual(whole);
  });

  it('says how it stands at its start, and every training after its checkpoint', () => {
    const said = wholeRun.events.flatMap((event) => (event.type === 'race' ? [event] : []));
    expect(said.map(({ done }) => done)).toEqual(said.map((_, i) => i));
    expect(said.at(-1)!.done).toBe(said.at(-1)!.total);
    expect(said.at(-1)!.candidates).toEqual(whole.race);
    expect(wholeRun.saved).toHaveLength(config.epochs + said.length - 1);
    for (const event of wholeRun.events) expect(jobEventSchema.safeParse(event).error).toBeUndefined();
    const progress = wholeRun.events.flatMap((event) => (event.type === 'progress' && event.race ? [event.race] : []));
    for (const { share, epoch, epochs } of progress) {
      expect(share).toBeLessThanOrEqual(1);
      expect(epoch).toBeLessThanOrEqual(epochs);
    }
  });

  it('paused wherever it asks and resumed is bit-identical', async () => {
    const run = new MemoryRun(dataset, (question) => (question % 23 === 22 ? 'pause' : 'continue'));
    expect(timeless(await finish(config, run))).toEqual(timeless(whole));
    const starts = run.events.flatMap((event) => (event.type === 'started' ? [event.epoch] : []));
    expect(starts.length).toBeGreaterThan(3);
    expect(Math.max(...starts)).toBe(config.epochs);
  });

  it.each([0.1, 0.5, 0.99])('killed after %d of its checkpoints and resumed is bit-identical', async (share) => {
    const run = new MemoryRun(dataset);
    run.saved.push(...wholeRun.saved.slice(0, Math.ceil(share * wholeRun.saved.length)));
    expect(timeless(await finish(config, run))).toEqual(timeless(whole));
  });

  it('is cancelled within a step of the race', async () => {
    const run = new MemoryRun(dataset, () => 'cancel');
    run.saved.push(...wholeRun.saved.slice(0, config.epochs + 2));
    expect(await searchJob(config, run)).toEqual({ state: 'cancelled', epoch: config.epochs });
    expect(run.asked).toBe(1);
  });
});

it('a search without a race answers with its best guess', async () => {
  const run = new MemoryRun(dataset);
  const result = await finish(configFor({ race: null }), run);
  expect([result.race, result.verdict]).toEqual([null, null]);
  expect(result.searchGenotype).toEqual(result.genotype);
  expect(run.events.some(({ type }) => type === 'race')).toBe(false);
});
