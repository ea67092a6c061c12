import type { ArchitectureTable } from '../space/architecture-table.js';
import { convolutionParameters } from '../space/operations.js';
import { fixedParameters } from '../space/parameter-count.js';
import {
  EDGES_PER_STAGE,
  KERNEL_SIZES,
  OPERATIONS,
  STAGES,
  stageChannels,
  type SpaceSettings,
} from '../vocabulary/space.js';
import { edgeLiveness } from './edge-liveness.js';

const NONE = OPERATIONS.indexOf('none');
const CONV_1X1 = OPERATIONS.indexOf('conv_1x1');
const KERNEL_VARIABLE = OPERATIONS.indexOf('kernel_variable_conv');

/**
 * P(a): the expected number of parameters of the network that will be trained, when every edge and depth is drawn from its
 * probabilities by itself; exact and multilinear, with ∂P/∂p. Per stage
 * Σⱼ γⱼ·j · Σ_edges live(edge)·(p₁ₓ₁(c²+2c) + p_kv Σₖ βₖ(k²c²+2c)), where live(edge) is the probability that the other edges
 * carry the edge's value from node 0 to node 3. Null kernels mean 7×7, null depth means all cells.
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
    const rows = Array.from({ length: EDGES_PER_STAGE }, (_, edge) => stage * EDGES_PER_STAGE + edge);
    const presence = rows.map((row) => 1 - operations[row * OPERATIONS.length + NONE]!);
    const liveness = edgeLiveness(presence);
    const edgeCosts = rows.map((row) => {
      const costKernel = kernels
        ? costs.reduce((sum, cost, k) => sum + kernels[row * costs.length + k]! * cost, 0)
        : costs[0]!;
      const at = row * OPERATIONS.length;
      const live = liveness.probability[row - rows[0]!]!;
      gradient.operations[at + CONV_1X1] = expectedDepth * live * costOne;
      gradient.operations[at + KERNEL_VARIABLE] = expectedDepth * live * costKernel;
      const pKernel = operations[at + KERNEL_VARIABLE]!;
      if (gradient.kernels) {
        costs.forEach((cost, k) => {
          gradient.kernels![row * costs.length + k] = expectedDepth * live * pKernel * cost;
        });
      }
      return operations[at + CONV_1X1]! * costOne + pKernel * costKernel;
    });
    // An edge's presence decides whether others are live.
    rows.forEach((row, other) => {
      const slope = edgeCosts.reduce((sum, cost, edge) => sum + cost * liveness.slopes[edge]![other]!, 0);
      gradient.operations[row * OPERATIONS.length + NONE]! -= expectedDepth * slope;
    });
    const cell = edgeCosts.reduce((sum, cost, edge) => sum + cost * liveness.probability[edge]!, 0);
    if (gradient.depth) {
      for (let j = 0; j < space.cells; j++) gradient.depth[stage * space.cells + j] = (j + 1) * cell;
    }
    value += expectedDepth * cell;
  }
  return { value, gradient };
}
