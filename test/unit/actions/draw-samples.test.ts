import { afterEach, beforeEach, expect, it } from 'vitest';
import { drawSamples } from '../../../src-main/actions/draw-samples.js';
import type { WritableHistory } from '../../../src-main/history/interface.js';
import { openHistory } from '../../../src-main/history/open.js';
import { supernetDescription } from '../../../src-main/search/supernet-trace.js';
import { epochRecord, retrainConfig, searchConfig, exampleTrace, temporaryFolder } from '../history/fixtures.js';

let home: ReturnType<typeof temporaryFolder>;
let history: WritableHistory;
beforeEach(async () => {
  home = temporaryFolder();
  ({ history } = await openHistory(home.folder));
});
afterEach(() => {
  history.close();
  home.remove();
});

/** A search in phase 1 whose every edge is conv_1x1 or kernel_variable_conv, one as probable as the other. */
function searchWithTwoChoices(): number {
  const run = history.createRun(searchConfig);
  history.claimRun(run);
  const alphaProbabilities = Array.from({ length: 18 }, () => [0, 0, 0.5, 0.5, 0]).flat();
  history.describeTraces(run, supernetDescription(searchConfig.space));
  const { tables, ...rest } = exampleTrace(1);
  const trace = { ...rest, tables: { ...tables, alphaProbabilities } };
  history.appendEpoch(run, epochRecord(1), trace, { checkpoint: 'c', seconds: 1, secondsLeft: null });
  return run;
}

it('draws from the last epoch; the same seed draws the same', () => {
  const run = searchWithTwoChoices();
  const samples = drawSamples(history, run, { count: 40, seed: 1 });
  expect(samples.epoch).toBe(1);
  expect(samples.drawn.reduce((sum, { times }) => sum + times, 0)).toBe(40);
  expect(samples.drawn.map(({ times }) => times)).toEqual(
    samples.drawn.map(({ times }) => times).toSorted((a, b) => b - a),
  );
  const operations = samples.drawn.flatMap(({ genotype }) => genotype.stages.flatMap((stage) => stage.operations));
  expect(new Set(operations)).toEqual(new Set(['conv_1x1', 'conv_7x7']));
  for (const { parameters, met } of samples.drawn) expect(met).toBe(parameters <= searchConfig.budget.upper);
  expect(drawSamples(history, run, { count: 40, seed: 1 })).toEqual(samples);
  expect(drawSamples(history, run, { count: 40, seed: 2 })).not.toEqual(samples);
});

it.each([
  ['without a finished epoch', () => history.createRun(searchConfig)],
  ['that is not a search', () => history.createRun(retrainConfig)],
])('refuses a run %s', (_, create) => {
  expect(() => drawSamples(history, create(), { count: 1, seed: 1 })).toThrow(
    'Run 1 is not a search with probabilities and a finished epoch, so there is nothing to sample: choose another run.',
  );
});
