import type { Budget } from '../vocabulary/budget.js';
import { EDGES_PER_STAGE, STAGES, stageChannels, type Genotype, type SpaceSettings } from '../vocabulary/space.js';
import { liveEdges } from './live-edges.js';
import { convolutionParameters, kernelSize } from './operations.js';
import { stemBlocks } from './stem.js';

/** Parameters outside the cells: stem, reductions, last batch norm, classifier. */
export function fixedParameters(space: SpaceSettings): number {
  const c = space.channels;
  let total = stemBlocks(space).reduce((sum, { from }) => sum + 9 * from * c + 2 * c, 0);
  for (let stage = 0; stage + 1 < STAGES; stage++) {
    const from = stageChannels(space, stage);
    const to = stageChannels(space, stage + 1);
    total += 9 * from * to + 2 * to + (9 * to * to + 2 * to) + from * to;
  }
  const last = stageChannels(space, STAGES - 1);
  return total + 2 * last + last * space.classes + space.classes;
}

/**
 * Trainable parameters of the network of a genotype, the one count that budget, search, window and bundle mean: batch norms
 * with scale and shift, convolutions without bias, edges that lead nowhere left out.
 */
export function countParameters(space: SpaceSettings, genotype: Genotype): number {
  return genotype.stages.reduce((total, { depth, operations }, stage) => {
    const channels = stageChannels(space, stage);
    return total + depth * sumOverLiveKernels(operations, (kernel) => convolutionParameters(kernel, channels));
  }, fixedParameters(space));
}

/** Multiply-accumulates of the network of a genotype (live edges) for one image of `imageSize` × `imageSize` pixels. */
export function countMultiplyAccumulates(space: SpaceSettings, genotype: Genotype, imageSize: number): number {
  let side = imageSize;
  let total = stemBlocks(space).reduce((sum, { from, stride }) => {
    side /= stride;
    return sum + 9 * from * space.channels * side ** 2;
  }, 0);
  genotype.stages.forEach(({ depth, operations }, stage) => {
    const channels = stageChannels(space, stage);
    const pixels = (side >> stage) ** 2;
    total += depth * sumOverLiveKernels(operations, (kernel) => (kernel * channels) ** 2 * pixels);
    if (stage + 1 < STAGES) {
      const to = 2 * channels;
      const halved = (side >> (stage + 1)) ** 2;
      total += (9 * channels * to + 9 * to * to + channels * to) * halved;
    }
  });
  return total + stageChannels(space, STAGES - 1) * space.classes;
}

/** Smallest and largest parameter count that the space can reach. */
export function parameterRange(space: SpaceSettings): Budget {
  const lower = fixedParameters(space);
  let upper = lower;
  for (let stage = 0; stage < STAGES; stage++) {
    upper += space.cells * EDGES_PER_STAGE * convolutionParameters(7, stageChannels(space, stage));
  }
  return { lower, upper };
}

function sumOverLiveKernels(
  operations: Genotype['stages'][number]['operations'],
  of: (kernel: number) => number,
): number {
  const live = liveEdges(operations);
  return operations.reduce((sum, operation, edge) => {
    const kernel = live[edge] ? kernelSize(operation) : 0;
    return kernel > 0 ? sum + of(kernel) : sum;
  }, 0);
}
