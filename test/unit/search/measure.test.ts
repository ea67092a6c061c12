import { afterEach, beforeAll, expect, it, vi } from 'vitest';
import { useBackend } from '../../../src-main/compute/index.js';
import { measurePhases } from '../../../src-main/search/methods/zo-darts-plus-plus/measure.js';
import { ZoDartsPlusPlusSearch } from '../../../src-main/search/methods/zo-darts-plus-plus/search.js';
import { zoDartsPlusPlusSettingsSchema } from '../../../src-main/search/methods/zo-darts-plus-plus/settings.js';
import { tinyProblem } from './tiny-problem.js';

beforeAll(async () => {
  await useBackend('native', { threads: 1 });
});
afterEach(() => void vi.restoreAllMocks());

it('the time of a search counts the ranking of what it proposes', async () => {
  const problem = tinyProblem({ epochs: 2, space: { channels: 4, cells: 1, inputChannels: 1, classes: 2 } });
  const settings = zoDartsPlusPlusSettingsSchema.parse({});
  // A clock on which whatever is timed takes a second.
  let now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => (now += 1000));
  const search = ZoDartsPlusPlusSearch.open(problem, settings, null);
  const ranking = await search.rankingSeconds();
  search.dispose();
  // Some forty networks, each a good part of a second.
  expect(ranking).toBeGreaterThan(10);
  const [ranked, plain] = [
    await measurePhases(problem, settings),
    await measurePhases(problem, { ...settings, ranking: false }),
  ];
  expect(ranked.seconds - plain.seconds).toBeGreaterThan(10);
});
