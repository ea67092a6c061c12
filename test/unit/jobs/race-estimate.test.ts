import { afterEach, describe, expect, it, vi } from 'vitest';
import { useBackend } from '../../../src-main/compute/index.js';
import { measureRace } from '../../../src-main/jobs/race-phase.js';
import { searchConfig } from '../../../src-main/jobs/search-config.js';
import { searchJob } from '../../../src-main/jobs/search-job.js';
import { Race } from '../../../src-main/search/race/race.js';
import type { SearchConfig } from '../../../src-main/vocabulary/run-config.js';
import { tinyDataset } from '../training/tiny-dataset.js';
import { MemoryRun } from './memory-run.js';

const dataset = tinyDataset({ task: 'binary-class', classes: 2 });
const samples = { train: 37, val: 12, test: 70 };

const config = ((): SearchConfig => {
  const small = { epochs: 3, batch: 8, channels: 4, cells: 1, backend: 'native', threads: 1 } as const;
  return searchConfig({ ...dataset, samples }, { ...small, race: { share: 1e-6, random: 3 } });
})();

afterEach(() => vi.restoreAllMocks());

/** Milliseconds that a unit of work takes on the machine of these tests. */
const PACE = 1e-6;

/** Steps that warm up at least. */
const WARM_UP = 2;

/** A clock that goes on by the work of every training step of a race, and counts the steps; and the work of all trainings that have ended. */
function workClock(slowFirst = 1): { now: number; steps: number; done: number } {
  const clock = { now: 0, steps: 0, done: 0 };
  const advance = Race.prototype.advance;
  vi.spyOn(Race.prototype, 'advance').mockImplementation(async function (this: Race) {
    const work = this.stepWork;
    const step = await advance.call(this);
    clock.steps++;
    if (step.loss !== null) clock.now += PACE * work * (clock.steps <= WARM_UP ? slowFirst : 1);
    clock.done = this.work.done;
    return step;
  });
  return clock;
}

describe('how long a race will take', () => {
  it('is what the race then takes', async () => {
    await useBackend('native', { threads: 1 });
    const clock = workClock();
    const seconds = await measureRace(config, dataset, () => clock.now);
    expect(clock.steps).toBeLessThanOrEqual(300);
    const run = new MemoryRun(dataset);
    expect(await searchJob(config, run)).toMatchObject({ state: 'finished' });
    const took = (PACE * clock.done) / 1000;
    expect(seconds / took).toBeGreaterThan(0.7);
    expect(seconds / took).toBeLessThan(1.5);
    // a whole search with its race, on a machine that may be shared
  }, 240_000);

  it('does not count the steps that warm up', async () => {
    await useBackend('native', { threads: 1 });
    const clock = workClock();
    const seconds = await measureRace(config, dataset, () => clock.now);
    vi.restoreAllMocks();
    const slow = workClock(1e6);
    expect(await measureRace(config, dataset, () => slow.now)).toBeCloseTo(seconds, 9);
  });
});
