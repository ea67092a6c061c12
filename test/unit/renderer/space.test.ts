import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../../src-main/vocabulary/limits.js';
import * as search from '../../../src-main/vocabulary/space.js';
import { strands } from '../../../src-renderer/logic/cell-graph.js';
import { moveInGrid, moveInList } from '../../../src-renderer/logic/grid-keys.js';
import { parseSeeds } from '../../../src-renderer/logic/seeds.js';
import { budgetText, compareSettings } from '../../../src-renderer/logic/settings.js';
import { drawnEdges, edgeChoices } from '../../../src-renderer/logic/supernet.js';
import * as shown from '../../../src-renderer/logic/space.js';
import { meanAndDeviation } from '../../../src-renderer/logic/statistics.js';
import { budgetSummary } from '../../../src-renderer/logic/summaries.js';
import type { SearchConfig } from '../../../src-main/vocabulary/run-config.js';

describe('the space as the window shows it', () => {
  it('has the operations, kernels and edges of the search, in its order', () => {
    expect(shown.OPERATIONS).toEqual(search.OPERATIONS);
    expect(shown.KERNEL_SIZES).toEqual(search.KERNEL_SIZES);
    expect(shown.EDGES).toEqual(search.EDGES);
    expect(shown.STAGES).toBe(search.STAGES);
  });

  it.each([
    [0, 'Stage 1, edge 0→1'],
    [2, 'Stage 1, edge 1→2'],
    [17, 'Stage 3, edge 2→3'],
  ])('row %d is %s', (row, name) => expect(shown.edgeName(row)).toBe(name));

  it('draws what has a probability and leaves out none', () => {
    const alpha = new Array<number>(90).fill(0);
    alpha.splice(30, 5, 0.5, 0.25, 0, 0.25, 0);
    const edges = drawnEdges(alpha, null, 1);
    expect(edges[0]).toMatchObject([
      { operation: 'skip_connect', probability: 0.25 },
      { operation: 'conv_7x7', probability: 0.25 },
    ]);
    expect(edges.slice(1).every((operations) => operations.length === 0)).toBe(true);
    expect(shown.stageInWords(edges)).toBe('0→1 skip 25 %, 0→2 none, 1→2 none, 0→3 none, 1→3 none, 2→3 none');
  });

  it('names an edge by operation and kernel together, and shows both factors', () => {
    const alpha = new Array<number>(90).fill(0);
    const beta = new Array<number>(54).fill(0);
    // The variable convolution is the most probable operation, and 1×1 the most probable choice.
    alpha.splice(5, 5, 0.1, 0, 0.4, 0.5, 0);
    beta.splice(3, 3, 0, 0.25, 0.75);
    const choices = edgeChoices(alpha, beta, 1);
    expect(choices.map(({ operation, factors, probability }) => [operation, ...factors, probability])).toEqual([
      ['none', 0.1, null, 0.1],
      ['skip_connect', 0, null, 0],
      ['conv_1x1', 0.4, null, 0.4],
      ['conv_7x7', 0.5, 0, 0],
      ['conv_5x5', 0.5, 0.25, 0.125],
      ['conv_3x3', 0.5, 0.75, 0.375],
      ['avg_pool_3x3', 0, null, 0],
    ]);
    expect(choices.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 12);
    const edges = drawnEdges(alpha, beta, 0);
    expect(edges[1]?.map(({ operation }) => operation)).toEqual(['conv_1x1', 'conv_5x5', 'conv_3x3']);
    expect(shown.stageInWords(edges)).toContain('0→2 conv 1×1 40 %');
  });

  it('strands thicken with probability', () => {
    const widths = [0, 0.25, 0.5, 1].map((p) => strands(0, [p])[0]?.width ?? 0);
    expect([...widths].sort((a, b) => a - b)).toEqual(widths);
    expect(widths[3]).toBeGreaterThan(4 * (widths[0] ?? 0));
  });
});

describe('keys', () => {
  it.each([
    ['ArrowUp', 0, 0],
    ['ArrowDown', 3, 3],
    ['PageDown', 1, 3],
    ['Home', 2, 0],
    ['End', 0, 3],
    ['x', 2, null],
  ])('%s in a list of 4 from %d leads to %s', (key, from, to) => expect(moveInList(key, from, 4, 10)).toBe(to));

  it.each([
    ['ArrowRight', { row: 1, column: 2 }, { row: 1, column: 2 }],
    ['ArrowLeft', { row: 1, column: 2 }, { row: 1, column: 1 }],
    ['PageUp', { row: 1, column: 2 }, { row: 0, column: 2 }],
    ['Tab', { row: 1, column: 2 }, null],
  ])('%s in a grid', (key, from, to) => expect(moveInGrid(key, from, 2, 3)).toEqual(to));
});

describe('fields', () => {
  it.each([
    ['1, 2 3', [1, 2, 3]],
    ['7', [7]],
    ['', null],
    ['1, 1', null],
    ['1.5', null],
    ['-1', null],
    ['4294967296', null],
  ])('seeds %j', (text, seeds) => expect(parseSeeds(text, LIMITS.seed)).toEqual(seeds));

  it.each([
    [[1, 2, 3], 2, 1],
    [[5], 5, 0],
  ])('mean and deviation of %j', (values, mean, deviation) =>
    expect(meanAndDeviation(values)).toEqual({ mean, deviation }),
  );
});

describe('comparison of settings', () => {
  const config: SearchConfig = {
    kind: 'search',
    dataset: { name: 'BreastMNIST', path: '', sha256: 'ab'.repeat(32), bytes: 1 },
    space: { channels: 16, cells: 3, inputChannels: 1, classes: 2 },
    budget: { lower: 0, upper: 222_000 },
    epochs: 50,
    batch: 16,
    seed: 1,
    backend: 'auto',
    threads: 0,
    method: 'zo-darts++',
    settings: { estimator: 'published', outlierCut: true },
    sparse: true,
    race: null,
  };

  it('marks what differs and nothing else', () => {
    const rows = compareSettings([config, { ...config, seed: 2, threads: 1 }, config]);
    expect(rows.filter(({ differs }) => differs)).toEqual([
      { name: 'Threads', values: ['one per core', '1', 'one per core'], differs: true },
      { name: 'Seed', values: ['1', '2', '1'], differs: true },
    ]);
  });

  it('writes a budget as a range', () => expect(budgetText(config.budget)).toBe('0 – 222\u202fk'));

  it.each([
    [null, 'The budget takes effect in phase 2.'],
    [230_000, '8 k above the budget of 100 k to 222 k.'],
    [90_000, '10 k below the budget of 100 k to 222 k.'],
    [222_000, 'Within the budget of 100 k to 222 k.'],
  ])('expected parameters of %s', (expected, text) =>
    expect(budgetSummary(expected, { lower: 100_000, upper: 222_000 }).replace(/\u202f/g, ' ')).toBe(text),
  );
});
