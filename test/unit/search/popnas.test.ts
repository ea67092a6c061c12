import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../../../src-main/compute/index.js';
import { createRandom } from '../../../src-main/compute/random.js';
import { firstNetworks, GENERATIONS, grown } from '../../../src-main/search/methods/popnas/growth.js';
import { bestByFronts, paretoFront } from '../../../src-main/search/methods/popnas/pareto.js';
import { popnasProposer, rareOperations } from '../../../src-main/search/methods/popnas/search.js';
import { searchMethod } from '../../../src-main/search/methods/registry.js';
import { genotypeKey, liveEdges } from '../../../src-main/space/live-edges.js';
import { UniformSampler } from '../../../src-main/space/uniform-sampling.js';
import { countMultiplyAccumulates } from '../../../src-main/space/parameter-count.js';
import { GENOTYPE_OPERATIONS, type Genotype, type GenotypeOperation } from '../../../src-main/vocabulary/space.js';
import { advance, tinyProblem } from './tiny-problem.js';

const { space } = tinyProblem();
const NONE: GenotypeOperation = 'none';
const network = (depth: number, ...operations: GenotypeOperation[]): Genotype => ({
  stages: [1, 2, 3].map(() => ({ depth, operations })),
});
const edges = ({ stages }: Genotype): number =>
  stages[0]!.operations.filter((operation) => operation !== 'none').length;

beforeAll(async () => {
  await useBackend('native', { threads: 2 });
});

describe('cells that grow', () => {
  it('begins with every single path: one edge, two through node 1 or 2, three through both, at all depths', () => {
    const first = firstNetworks(space);
    // six operations an edge, two depths a stage
    expect(first).toHaveLength((6 + 2 * 6 ** 2 + 6 ** 3) * 2 ** 3);
    expect(new Set(first.map(genotypeKey)).size).toBe(first.length);
  });

  it.each([
    // 0→3 gains node 1, node 2, or both in a row
    ['a single edge', network(1, NONE, NONE, NONE, 'conv_3x3', NONE, NONE), 2 * 6 ** 2 + 6 ** 3],
    // 0→1→2→3 gains 0→2, 0→3 or 1→3
    ['one path through all nodes', network(1, 'skip_connect', NONE, 'conv_1x1', NONE, NONE, 'conv_3x3'), 3 * 6],
    ['a cell with all edges', network(1, ...GENOTYPE_OPERATIONS.slice(1)), 0],
  ])('%s gains one path more, and keeps what it has', (_, genotype, cells) => {
    const children = grown(space, genotype);
    // as deep as it is, or one of three stages a cell deeper
    expect(children).toHaveLength(cells * 4);
    for (const { stages } of children) {
      expect(liveEdges(stages[0]!.operations)).toEqual(stages[0]!.operations.map((operation) => operation !== 'none'));
      genotype.stages[0]!.operations.forEach((operation, edge) => {
        if (operation !== 'none') expect(stages[0]!.operations[edge]).toBe(operation);
      });
    }
  });

  it('has all edges after as many generations as the longest way takes', () => {
    let [cell] = firstNetworks(space).filter((one) => edges(one) === 1);
    let generations = 1;
    for (let next = grown(space, cell!); next.length > 0; next = grown(space, cell!), generations++) {
      cell = next.sort((a, b) => edges(a) - edges(b))[0];
    }
    expect([edges(cell!), generations]).toEqual([6, GENERATIONS]);
  });
});

describe('Pareto fronts', () => {
  const points = [
    { name: 'a', worth: 0.9, cost: 30 },
    { name: 'b', worth: 0.8, cost: 10 },
    { name: 'c', worth: 0.7, cost: 20 },
    { name: 'd', worth: 0.9, cost: 40 },
    { name: 'e', worth: 0.8, cost: 10 },
  ];
  const names = (list: readonly { name: string }[]): string => list.map(({ name }) => name).join('');
  it('has what no other beats in both', () => expect(names(paretoFront(points))).toBe('ab'));
  it.each([
    [1, 'a'],
    [3, 'abd'],
    [4, 'abde'],
    [9, 'abdec'],
  ])('the best %i: front after front', (count, expected) => expect(names(bestByFronts(points, count))).toBe(expected));
});

it.each([
  ['all alike', network(1, ...GENOTYPE_OPERATIONS.slice(1)), []],
  [
    'one operation alone',
    network(1, ...Array.from({ length: 6 }, () => 'conv_3x3' as const)),
    ['skip_connect', 'conv_1x1', 'conv_7x7', 'conv_5x5', 'avg_pool_3x3'],
  ],
])('operations that are rare: %s', (_, genotype, expected) => {
  expect([...rareOperations([genotype])]).toEqual(expected);
});

it('takes the next generation from the front of what is predicted, a part of it for rare operations', () => {
  // 5×5 convolutions are worth most here, and skip connections least
  const worth = ({ stages }: Genotype): number =>
    stages[0]!.operations.reduce(
      (sum, operation) => sum + Number(operation === 'conv_5x5') - Number(operation === 'skip_connect'),
      0,
    );
  const problem = tinyProblem({ budget: { lower: 0, upper: 1e9 } });
  const proposer = popnasProposer(problem, { exploration: 0.4, trainingEpochs: 1 });
  const sequence = {
    random: createRandom(1, 'test'),
    sampler: new UniformSampler(space, problem.budget),
    networks: 40,
  };
  const trained = firstNetworks(space)
    .filter(({ stages }) => stages.every(({ depth }) => depth === 1))
    .map((genotype) => ({ genotype, score: worth(genotype), loss: 1 }));
  const parents = trained.slice(0, 32);
  const chosen = proposer.propose({ ...sequence, trained: parents, round: 1 });
  expect(chosen.length).toBe(Math.ceil((40 - 32) / (GENERATIONS - 1)));
  const known = new Set(trained.map(({ genotype }) => genotypeKey(genotype)));
  const most = Math.max(...parents.map(({ genotype }) => edges(genotype)));
  for (const genotype of chosen) {
    expect(known.has(genotypeKey(genotype))).toBe(false);
    expect(edges(genotype)).toBeGreaterThan(most);
  }
  // the first is the best predicted, whatever it costs; each further one of the front is cheaper
  expect(worth(chosen[0]!)).toBe(Math.max(...chosen.map(worth)));
  const costs = chosen.map((genotype) => countMultiplyAccumulates(space, genotype, problem.dataset.size));
  expect(costs[1]).toBeLessThan(costs[0]!);

  const greedy = popnasProposer(problem, { exploration: 0, trainingEpochs: 1 });
  const withoutExploration = greedy.propose({ ...sequence, trained: parents, round: 1 });
  expect(withoutExploration.slice(0, 2)).toEqual(chosen.slice(0, 2));
  const used = new Set(withoutExploration.flatMap(({ stages }) => stages[0]!.operations));
  expect(chosen.at(-1)!.stages[0]!.operations.filter((operation) => !used.has(operation))).not.toEqual([]);
});

it('trains generations of growing cells, nothing twice, all inside the budget', async () => {
  const epochs = 12;
  const search = await searchMethod('popnas').open(tinyProblem({ epochs }), { trainingEpochs: 1 }, null);
  await advance(search, epochs * search.stepsPerEpoch);
  const { values } = await search.snapshot();
  const trained = (values['trained'] as unknown as { genotype: Genotype }[]).map(({ genotype }) => genotype);
  expect(trained).toHaveLength(epochs);
  expect(new Set(trained.map(genotypeKey)).size).toBe(epochs);
  expect(edges(trained.at(-1)!)).toBeGreaterThan(Math.min(...trained.slice(0, 3).map(edges)));
  for (const { parameters } of await search.candidates()) expect(parameters).toBeLessThanOrEqual(12_000);
  search.dispose();
});
