import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../../../src-main/compute/index.js';
import { createRandom } from '../../../src-main/compute/random.js';
import { adamStart, adamStep } from '../../../src-main/search/adam.js';
import { Architecture } from '../../../src-main/search/architecture.js';
import { Learner } from '../../../src-main/search/learner.js';
import { Supernet } from '../../../src-main/search/supernet.js';
import { lossGradient } from '../../../src-main/search/methods/zo-darts-plus-plus/estimate.js';
import { allPaths } from '../../../src-main/search/methods/zo-darts-plus-plus/paths.js';
import { drawRound, extendRound } from '../../../src-main/search/methods/zo-darts-plus-plus/round.js';
import { measureRound } from '../../../src-main/search/zeroth-order-round.js';
import { goldenRound } from './golden-round.js';
import { difference, expectedRound, onBackend, type WorkedRound } from './worked-round.js';

const FILE = fileURLToPath(new URL('../../../../shared/golden/zo_step.npz', import.meta.url));
const TOLERANCE = 1e-3;

beforeAll(async () => {
  await useBackend('native', { threads: 2 });
});

/** Adam's first step by 0.015 with a decay of 0.001: its means are the gradient and the square of it. */
function firstAdamStep(from: Float64Array, gradient: readonly number[]): number[] {
  return gradient.map((g, i) => {
    const decayed = g + 1e-3 * from[i]!;
    return from[i]! - (0.015 * decayed) / (Math.abs(decayed) + 1e-8);
  });
}

describe.each([
  ['of expected-round.py', (): Promise<WorkedRound> => Promise.resolve(expectedRound())],
  ['of the design', existsSync(FILE) ? (): Promise<WorkedRound> => goldenRound(FILE) : null],
])('the worked round %s', (_, open) => {
  let round: WorkedRound;

  beforeAll(async () => {
    if (open) round = await open();
  });

  it.runIf(open !== null).each([
    ['sparse', true],
    ['dense', false],
  ])('is reproduced to 1e-3, %s', async (_, sparse) => {
    const { space, temperature, learningRate, direction, distance, answers } = round;
    const architecture = Architecture.fromVector(space.cells, round.architecture);
    const perturbation = { direction, distance };
    const probabilities = architecture.probabilities(temperature);
    expect(difference(probabilities.operations, answers.operations)).toBeLessThan(1e-10);
    expect(difference(probabilities.kernels!, answers.kernels)).toBeLessThan(1e-10);
    expect(difference(probabilities.depth!, answers.depth)).toBeLessThan(1e-10);

    const net = Learner.of(Supernet.fromArrays(space, round.weights));
    const twin = await net.clone();
    const moved = architecture.moved(direction, distance).probabilities(temperature);
    const losses: number[] = [];
    for (const images of round.training) {
      const batch = onBackend(round.space, images);
      losses.push((await net.step(batch, probabilities, { learningRate, sparse })).loss);
      losses.push((await twin.step(batch, moved, { learningRate, sparse })).loss);
    }
    expect(difference(losses, answers.trainingLosses)).toBeLessThan(TOLERANCE);

    const validation = onBackend(space, round.validation);
    const estimate = await measureRound(net, twin, architecture, perturbation, validation, { temperature, sparse });
    expect(difference([estimate.loss], [answers.validationLoss])).toBeLessThan(TOLERANCE);
    expect(difference(estimate.architectureGradient, answers.architectureGradient)).toBeLessThan(TOLERANCE);
    expect(difference([estimate.direct], [answers.direct])).toBeLessThan(TOLERANCE);
    expect(difference([estimate.slope], [answers.slope])).toBeLessThan(TOLERANCE);
    const gradient = lossGradient('published', estimate, direction, 1);
    expect(difference(gradient, answers.gradient)).toBeLessThan(TOLERANCE);
    const after = round.architecture.slice();
    adamStep(after, gradient, adamStart(after.length));
    const expected = firstAdamStep(round.architecture, answers.gradient);
    expect(Math.max(...expected.map((value, i) => Math.abs(after[i]! - value)))).toBeLessThan(1e-5);
    net.dispose();
    twin.dispose();
  });
});

describe('perturbation', () => {
  const architecture = Architecture.create(3, createRandom(1, 'test'));
  const all = allPaths(90);

  it('has unit length and the distance max(0.005·‖a‖, 1e-3)', () => {
    const { direction, distance } = drawRound(architecture, all, createRandom(2, 'test'));
    expect(Math.hypot(...direction)).toBeCloseTo(1, 12);
    expect(distance).toBe(1e-3);
    const far = Architecture.fromVector(
      3,
      architecture.vector.map(() => 1),
    );
    expect(drawRound(far, all, createRandom(2, 'test')).distance).toBeCloseTo(0.005 * Math.sqrt(90), 12);
  });

  it('moves only what is computed', () => {
    const paths = all.map((_, i) => (i % 3 === 0 ? 1 : 0));
    const { direction } = drawRound(architecture, paths, createRandom(2, 'test'));
    expect(Math.hypot(...direction)).toBeCloseTo(1, 12);
    expect([...direction].map((u) => (u === 0 ? 0 : 1))).toEqual([...paths]);
  });

  it('does not move what growth adds', () => {
    const perturbation = drawRound(architecture, all, createRandom(3, 'test'));
    const grown = architecture.grow(createRandom(4, 'test'));
    const extended = extendRound(perturbation, grown.vector.length);
    const moved = grown.moved(extended.direction, extended.distance);
    expect(moved.vector.subarray(90)).toEqual(grown.vector.subarray(90));
    expect(extended.paths).toEqual(allPaths(grown.vector.length));
    expect(moved.vector.subarray(0, 90)).toEqual(architecture.moved(perturbation.direction, 1e-3).vector);
  });
});
