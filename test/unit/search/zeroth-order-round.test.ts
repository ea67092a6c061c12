import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../../../src-main/compute/index.js';
import { createRandom } from '../../../src-main/compute/random.js';
import { Architecture } from '../../../src-main/search/architecture.js';
import { Learner } from '../../../src-main/search/learner.js';
import { Supernet } from '../../../src-main/search/supernet.js';
import { drawPerturbation, estimateGradient, extendPerturbation } from '../../../src-main/search/zeroth-order-round.js';
import { GOLDEN_SPACE, goldenBatch, goldenWeights, readGolden, type GoldenArrays } from './golden-round.js';

const FILE = fileURLToPath(new URL('../../../../shared/golden/zo_step.npz', import.meta.url));
const TOLERANCE = 1e-3;

beforeAll(async () => {
  await useBackend('native', { threads: 2 });
});

/** Largest difference relative to the largest expected magnitude. */
function difference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  const scale = Math.max(...Array.from(expected, Math.abs));
  return Math.max(...Array.from(expected, (value, i) => Math.abs(actual[i]! - value))) / scale;
}

describe.skipIf(!existsSync(FILE))('the worked example (skipped where ../shared/golden is absent)', () => {
  let golden: GoldenArrays;
  const list = (name: string): number[] => Array.from(golden[name]!.data);
  const number = (name: string): number => list(name)[0]!;

  beforeAll(async () => {
    golden = await readGolden(FILE);
  });

  it.each([
    ['sparse', true],
    ['dense', false],
  ])('is reproduced to 1e-3, %s', async (_, sparse) => {
    const architecture = Architecture.fromVector(
      GOLDEN_SPACE.cells,
      Float64Array.from([...list('alpha'), ...list('beta'), ...list('gamma')]),
    );
    const temperature = number('temperature');
    const perturbation = { direction: Float64Array.from(list('u')), distance: number('mu') };
    const probabilities = architecture.probabilities(temperature);
    expect(difference(probabilities.operations, list('alpha_p'))).toBeLessThan(1e-12);
    expect(difference(probabilities.kernels!, list('beta_p'))).toBeLessThan(1e-12);
    expect(difference(probabilities.depth!, list('gamma_p'))).toBeLessThan(1e-12);

    const net = Learner.of(Supernet.fromArrays(GOLDEN_SPACE, goldenWeights(golden)));
    const twin = await net.clone();
    const moved = architecture.moved(perturbation.direction, perturbation.distance).probabilities(temperature);
    const options = { learningRate: number('lr'), sparse };
    const losses: number[] = [];
    const [pixels, labels] = [list('train_x'), list('train_y')];
    for (let step = 0; step < 3; step++) {
      const batch = goldenBatch(pixels.slice(384 * step, 384 * (step + 1)), labels.slice(6 * step, 6 * (step + 1)));
      losses.push((await net.step(batch, probabilities, options)).loss);
      losses.push((await twin.step(batch, moved, options)).loss);
    }
    expect(difference(losses, list('train_losses'))).toBeLessThan(TOLERANCE);

    const validation = goldenBatch(list('val_x'), list('val_y'));
    const estimate = await estimateGradient(net, twin, architecture, perturbation, validation, { temperature, sparse });
    const expectedGradient = [...list('grad_alpha'), ...list('grad_beta'), ...list('grad_gamma')];
    expect(difference([estimate.loss], list('val_loss'))).toBeLessThan(TOLERANCE);
    expect(difference(estimate.architectureGradient, expectedGradient)).toBeLessThan(TOLERANCE);
    expect(difference([estimate.direct], list('direct'))).toBeLessThan(TOLERANCE);
    expect(difference([estimate.slope], list('slope'))).toBeLessThan(TOLERANCE);
    expect(difference(estimate.gradient, list('estimate'))).toBeLessThan(TOLERANCE);
    net.dispose();
    twin.dispose();
  });
});

describe('perturbation', () => {
  const architecture = Architecture.create(3, createRandom(1, 'test'));

  it('has unit length and the distance max(0.005·‖a‖, 1e-3)', () => {
    const { direction, distance } = drawPerturbation(architecture, createRandom(2, 'test'));
    expect(Math.hypot(...direction)).toBeCloseTo(1, 12);
    expect(distance).toBe(1e-3);
    const far = Architecture.fromVector(
      3,
      architecture.vector.map(() => 1),
    );
    expect(drawPerturbation(far, createRandom(2, 'test')).distance).toBeCloseTo(0.005 * Math.sqrt(90), 12);
  });

  it('does not move what growth adds', () => {
    const perturbation = drawPerturbation(architecture, createRandom(3, 'test'));
    const grown = architecture.grow(createRandom(4, 'test'));
    const extended = extendPerturbation(perturbation, grown.vector.length);
    const moved = grown.moved(extended.direction, extended.distance);
    expect(moved.vector.subarray(90)).toEqual(grown.vector.subarray(90));
    expect(moved.vector.subarray(0, 90)).toEqual(architecture.moved(perturbation.direction, 1e-3).vector);
  });
});
