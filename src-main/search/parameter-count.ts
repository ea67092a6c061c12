import type { ArchitectureTable } from './architecture.js';
import {
  EDGES_PER_STAGE,
  KERNEL_SIZES,
  OPERATIONS,
  STAGES,
  stageChannels,
  type Genotype,
  type GenotypeOperation,
  type SpaceSettings,
} from '../vocabulary/space.js';
import { type Budget } from '../vocabulary/budget.js';

const CONV_1X1 = OPERATIONS.indexOf('conv_1x1');
const KERNEL_VARIABLE = OPERATIONS.indexOf('kernel_variable_conv');

/** Kernel size of an operation of a finished network; 0 for those without weights. */
export function kernelSize(operation: GenotypeOperation): number {
  const match = /^conv_(\d)x\1$/.exec(operation);
  return match ? Number(match[1]) : 0;
}

/** Parameters of a k×k convolution c → c with bias; its batch norm has none in the search. */
export function convolutionParameters(kernel: number, channels: number): number {
  return kernel === 0 ? 0 : kernel * kernel * channels * channels + channels;
}

/** Parameters outside the cells: stem, reductions, last batch norm, classifier. */
export function fixedParameters(space: SpaceSettings): number {
  const c = space.channels;
  let total = 9 * space.inputChannels * c + 2 * c;
  for (let stage = 0; stage + 1 < STAGES; stage++) {
    const from = stageChannels(space, stage);
    const to = stageChannels(space, stage + 1);
    total += 9 * from * to + 2 * to + (9 * to * to + 2 * to) + from * to;
  }
  const last = stageChannels(space, STAGES - 1);
  return total + 2 * last + last * space.classes + space.classes;
}

/** Exact number of parameters of a genotype, as the search and its budget count them. */
export function countParameters(space: SpaceSettings, genotype: Genotype): number {
  return genotype.stages.reduce((total, { depth, operations }, stage) => {
    const channels = stageChannels(space, stage);
    return total + depth * operations.reduce((sum, o) => sum + convolutionParameters(kernelSize(o), channels), 0);
  }, fixedParameters(space));
}

/** Multiply-accumulates of the convolutions and the classifier for one image of `imageSize` × `imageSize` pixels. */
export function countMultiplyAccumulates(space: SpaceSettings, genotype: Genotype, imageSize: number): number {
  let total = 9 * space.inputChannels * space.channels * imageSize ** 2;
  genotype.stages.forEach(({ depth, operations }, stage) => {
    const channels = stageChannels(space, stage);
    const pixels = (imageSize >> stage) ** 2;
    total += depth * operations.reduce((sum, o) => sum + (kernelSize(o) * channels) ** 2 * pixels, 0);
    if (stage + 1 < STAGES) {
      const to = 2 * channels;
      total += (9 * channels * to + 9 * to * to + channels * to) * (pixels / 4);
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

/**
 * P(a): the expected number of parameters of the final network, exact and multilinear in the probabilities, with ∂P/∂p.
 * Per stage Σⱼ γⱼ·j · Σ_edges (p₁ₓ₁(c²+c) + p_kv Σₖ βₖ(k²c²+c)); null kernels mean 7×7, null depth means all cells.
 */
export function expectedParameters(
  space: SpaceSettings,
  probabilities: ArchitectureTable,
): { value: number; gradient: ArchitectureTable } {
  const { operations, kernels, depth } = probabilities;
  const gradient = {
    operations: new Float64Array(operations.length),
    kernels: kernels && new Float64Array(kernels.length),
    depth: depth && new Float64Array(depth.length),
  };
  let value = fixedParameters(space);
  for (let stage = 0; stage < STAGES; stage++) {
    const channels = stageChannels(space, stage);
    const costs = KERNEL_SIZES.map((kernel) => convolutionParameters(kernel, channels));
    const costOne = convolutionParameters(1, channels);
    let expectedDepth = space.cells;
    if (depth) {
      expectedDepth = 0;
      for (let j = 0; j < space.cells; j++) expectedDepth += depth[stage * space.cells + j]! * (j + 1);
    }
    let cell = 0;
    for (let edge = stage * EDGES_PER_STAGE; edge < (stage + 1) * EDGES_PER_STAGE; edge++) {
      const row = edge * OPERATIONS.length;
      const pKernel = operations[row + KERNEL_VARIABLE]!;
      const costKernel = kernels
        ? costs.reduce((sum, cost, k) => sum + kernels[edge * costs.length + k]! * cost, 0)
        : costs[0]!;
      cell += operations[row + CONV_1X1]! * costOne + pKernel * costKernel;
      gradient.operations[row + CONV_1X1] = expectedDepth * costOne;
      gradient.operations[row + KERNEL_VARIABLE] = expectedDepth * costKernel;
      if (gradient.kernels) {
        costs.forEach((cost, k) => {
          gradient.kernels![edge * costs.length + k] = expectedDepth * pKernel * cost;
        });
      }
    }
    if (gradient.depth) {
      for (let j = 0; j < space.cells; j++) gradient.depth[stage * space.cells + j] = (j + 1) * cell;
    }
    value += expectedDepth * cell;
  }
  return { value, gradient };
}
