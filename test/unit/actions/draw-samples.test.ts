import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { distinctArchitectures, drawSamples, sampledArchitectures } from '../../../src-main/actions/draw-samples.js';
import { keepSamples } from '../../../src-main/actions/keep-samples.js';
import type { DatasetDescription } from '../../../src-main/datasets/medmnist.js';
import { UserError } from '../../../src-main/errors.js';
import type { WritableHistory } from '../../../src-main/history/interface.js';
import { openHistory } from '../../../src-main/history/open.js';
import { countMultiplyAccumulates } from '../../../src-main/space/parameter-count.js';
import { supernetDescription } from '../../../src-main/search/supernet-trace.js';
import {
  epochRecord,
  genotype,
  retrainConfig,
  searchConfig,
  exampleTrace,
  temporaryFolder,
} from '../history/fixtures.js';

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

it('draws from the last epoch; the same seed draws the same, and more draws go on from it', () => {
  const run = searchWithTwoChoices();
  const samples = drawSamples(history, run, { count: 40, seed: 1 });
  expect(samples).toMatchObject({ epoch: 1, budget: searchConfig.budget });
  expect(samples.draws).toHaveLength(40);
  const operations = samples.draws.flatMap(({ genotype }) => genotype.stages.flatMap((stage) => stage.operations));
  expect(new Set(operations)).toEqual(new Set(['conv_1x1', 'conv_7x7']));
  for (const { parameters, met, logProbability } of samples.draws) {
    expect(met).toBe(parameters <= searchConfig.budget.upper);
    expect(logProbability).toBeCloseTo(18 * Math.log(0.5), 9);
  }
  expect(drawSamples(history, run, { count: 40, seed: 1 })).toEqual(samples);
  expect(drawSamples(history, run, { count: 50, seed: 1 }).draws.slice(0, 40)).toEqual(samples.draws);
  expect(drawSamples(history, run, { count: 40, seed: 2 })).not.toEqual(samples);
});

it('counts different architectures, the one drawn most often first', () => {
  const [a, b] = [genotype, { stages: genotype.stages.map((stage) => ({ ...stage, depth: 1 })) }];
  const draws = [a, b, b, a, b].map((drawn, i) => ({ genotype: structuredClone(drawn), i }));
  expect(distinctArchitectures(draws)).toEqual([
    { first: { genotype: b, i: 1 }, times: 3 },
    { first: { genotype: a, i: 0 }, times: 2 },
  ]);
});

describe('what is drawn', () => {
  const { path, sha256 } = searchConfig.dataset;
  const inspect = (found: string): Promise<DatasetDescription> =>
    Promise.resolve({ path: found, size: 28, sha256 } as DatasetDescription);

  it('is kept once with its seed, and can be looked at', async () => {
    const run = searchWithTwoChoices();
    const first = await keepSamples({ history, inspect }, run, { count: 5, seed: 3 });
    const again = await keepSamples({ history, inspect }, run, { count: 5, seed: 3 });
    expect(again).toEqual(first);
    expect(first).toMatchObject({ architectures: [1, 2, 3, 4, 5], problem: null });
    const { draws } = drawSamples(history, run, { count: 5, seed: 3 });
    expect(sampledArchitectures(history, run)).toEqual(
      draws.map(({ genotype, parameters }, i) => ({ architecture: i + 1, genotype, parameters, seed: 3 })),
    );
    const { multiplyAccumulates } = history.getArchitecture(1);
    expect(multiplyAccumulates).toBe(countMultiplyAccumulates(searchConfig.space, draws[0]!.genotype, 28));
  });

  it('is not kept where the size of the images is unknown, and says why', async () => {
    const run = searchWithTwoChoices();
    const changed = keepSamples(
      { history, inspect: async (found) => ({ ...(await inspect(found)), sha256: 'cd'.repeat(32) }) },
      ...([run, { count: 5, seed: 3 }] as const),
    );
    expect(await changed).toMatchObject({
      architectures: null,
      problem: `${path} has changed since run 1 searched on it: put the original file back.`,
    });
    const missing = (): Promise<never> => Promise.reject(new UserError('file-missing', `${path} is not there`));
    const gone = await keepSamples({ history, inspect: missing }, run, { count: 5, seed: 3 });
    expect(gone).toMatchObject({ architectures: null, problem: `${path} is not there` });
    expect(gone.draws).toHaveLength(5);
    expect(sampledArchitectures(history, run)).toEqual([]);
  });
});

it.each([
  ['without a finished epoch', () => history.createRun(searchConfig)],
  ['that is not a search', () => history.createRun(retrainConfig)],
])('refuses a run %s', (_, create) => {
  expect(() => drawSamples(history, create(), { count: 1, seed: 1 })).toThrow(
    'Run 1 is not a search with probabilities and a finished epoch, so there is nothing to sample: choose another run.',
  );
});
