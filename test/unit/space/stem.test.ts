import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src-main/compute/random.js';
import { useBackend } from '../../../src-main/compute/index.js';
import { memoryNeed } from '../../../src-main/jobs/memory-need.js';
import { spaceOf } from '../../../src-main/jobs/search-config.js';
import { Supernet } from '../../../src-main/search/supernet.js';
import { elements, planNetwork, weightSpecs } from '../../../src-main/space/network-plan.js';
import { countMultiplyAccumulates, countParameters, parameterRange } from '../../../src-main/space/parameter-count.js';
import { cellSide, stemHalvingsFor } from '../../../src-main/space/stem.js';
import type { RetrainConfig } from '../../../src-main/vocabulary/run-config.js';
import { genotype } from '../history/fixtures.js';

describe('the stem of larger images', () => {
  it.each([
    [12, 0, 12],
    [28, 0, 28],
    [52, 0, 52],
    [56, 1, 28],
    [60, 0, 60],
    [64, 1, 32],
    [128, 2, 32],
    [224, 3, 28],
    [256, 3, 32],
  ])('of %i pixels halves %i times, so that cells work on %i', (size, halvings, side) => {
    expect(stemHalvingsFor(size)).toBe(halvings);
    const space = spaceOf({ channels: 1, classes: 2, size }, { channels: 4, cells: 1 });
    expect(cellSide(space, size)).toBe(side);
    expect(side % 4).toBe(0);
    // a space of the usual size is written as it always was
    expect('stemHalvings' in space).toBe(halvings > 0);
  });

  it.each([64, 128, 224])('of %i pixels: one count for plan, search and budget', (size) => {
    const space = spaceOf({ channels: 3, classes: 5, size }, { channels: 8, cells: 3 });
    const plan = planNetwork(space, genotype);
    const trained = weightSpecs(plan).reduce((sum, { shape }) => sum + elements(shape), 0);
    expect(countParameters(space, genotype)).toBe(trained);
    // by hand: 3 → 8 channels, then 8 → 8 for each further halving, each with scale and shift
    const extra = (stemHalvingsFor(size) - 1) * (9 * 8 * 8 + 16);
    const usual = spaceOf({ channels: 3, classes: 5, size: 28 }, { channels: 8, cells: 3 });
    expect(countParameters(space, genotype) - countParameters(usual, genotype)).toBe(extra);
    expect(parameterRange(space).lower - parameterRange(usual).lower).toBe(extra);
  });

  it('costs multiply-accumulates where it computes', () => {
    const space = spaceOf({ channels: 1, classes: 2, size: 128 }, { channels: 4, cells: 3 });
    const usual = spaceOf({ channels: 1, classes: 2, size: 32 }, { channels: 4, cells: 3 });
    const stem = 9 * 4 * 64 ** 2 + 9 * 4 * 4 * 32 ** 2;
    const cells = countMultiplyAccumulates(usual, genotype, 32) - 9 * 4 * 32 ** 2;
    expect(countMultiplyAccumulates(space, genotype, 128)).toBe(stem + cells);
  });

  it('takes memory for its own values, not for cells of the whole image', () => {
    const config = (size: number): RetrainConfig =>
      ({
        kind: 'retrain',
        space: spaceOf({ channels: 1, classes: 2, size }, { channels: 16, cells: 3 }),
        genotype,
      }) as RetrainConfig;
    const [small, large] = [memoryNeed(config(28), 28).perImage, memoryNeed(config(224), 224).perImage];
    expect(large).toBeGreaterThan(small);
    expect(large).toBeLessThan(20 * small);
  });

  it('is in the supernet as in the plan', async () => {
    await useBackend('native', { threads: 1 });
    const space = spaceOf({ channels: 1, classes: 2, size: 128 }, { channels: 4, cells: 1 });
    const net = Supernet.create(space, createRandom(1, 'stem'));
    const shapes = new Map([...net.weights].map(([name, weight]) => [name, weight.shape]));
    for (const { name, shape } of weightSpecs(planNetwork(space, genotype)).filter(({ name }) =>
      name.startsWith('stem'),
    )) {
      expect(shapes.get(name)).toEqual(shape);
    }
    expect(shapes.has('stem.1.filter')).toBe(true);
    net.dispose();
  });
});
