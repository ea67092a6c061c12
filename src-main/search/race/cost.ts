import { planNetwork, type NetworkPlan, type Step } from '../../space/network-plan.js';
import {
  EDGE_ROWS,
  KERNEL_SIZES,
  STAGES,
  stageChannels,
  type Genotype,
  type SpaceSettings,
} from '../../vocabulary/space.js';
import { cellSide } from '../../space/stem.js';

/** Work is counted, not timed, so that a race is the same on every machine: in multiply-accumulates of a forward pass. */
export type Work = number;

/**
 * What a value between two layers costs beside the convolutions (batch norm, ReLU, pools, sums, moving memory), in
 * multiply-accumulates. With it the processor time of training sixteen networks of 72k..222k parameters on 28×28 images follows
 * the work to a tenth (0.026 ms an image and million).
 */
const PER_VALUE = 75;
/** A training step against a forward pass: the backward pass costs two. */
const TRAINING = 3;
/**
 * What a supernet takes against its dense multiply-accumulates: a round computes two choices of each row (a third of the time
 * of all), sparsemax empties edges (0.6 over a search), and its values between layers cost too (0.035 ms an image and million).
 */
const SUPERNET = (0.6 * 1.35) / 3;

/** Work of one image in a forward pass of a discrete network. @param size height and width of an image */
export function forwardWork(plan: NetworkPlan, size: number): Work {
  const shapes: { channels: number; side: number }[] = [{ channels: plan.space.inputChannels, side: size }];
  return plan.steps.reduce((sum, step) => {
    const shape = shapeAfter(step, shapes);
    shapes[step.output] = shape;
    const pixels = shape.side ** 2;
    return sum + multiplyAccumulates(step, pixels) + PER_VALUE * shape.channels * pixels;
  }, 0);
}

/** The same for several genotypes. */
export function forwardWorks(
  space: SpaceSettings,
  networks: readonly { readonly genotype: Genotype }[],
  size: number,
): Work[] {
  return networks.map(({ genotype }) => forwardWork(planNetwork(space, genotype), size));
}

/** Work of a training with its judging. @param forward of one image */
export function trainingWork(
  forward: Work,
  images: { readonly training: number; readonly judging: number; readonly epochs: number },
): Work {
  return forward * (TRAINING * images.training * images.epochs + images.judging);
}

/**
 * Work of a search that trains two supernets side by side.
 * @param grown share of the epochs in which all kernel sizes are there; before, there is the largest alone
 */
export function supernetSearchWork(
  space: SpaceSettings,
  size: number,
  search: { readonly epochs: number; readonly imagesPerEpoch: number; readonly grown: number },
): Work {
  const kernels = { first: KERNEL_SIZES[0] ** 2, all: KERNEL_SIZES.reduce<number>((sum, k) => sum + k ** 2, 0) };
  const perEdge = 1 + kernels.first * (1 - search.grown) + kernels.all * search.grown;
  let dense = 0;
  for (let stage = 0; stage < STAGES; stage++) {
    const edges = (EDGE_ROWS / STAGES) * space.cells;
    dense += edges * perEdge * stageChannels(space, stage) ** 2 * (cellSide(space, size) >> stage) ** 2;
  }
  return 2 * TRAINING * dense * SUPERNET * search.epochs * search.imagesPerEpoch;
}

function shapeAfter(step: Step, shapes: readonly { channels: number; side: number }[]) {
  const { channels, side } = shapes['inputs' in step ? step.inputs[0]! : step.input]!;
  switch (step.kind) {
    case 'block':
      return { channels: step.to, side: step.stride === 2 ? side >> 1 : side };
    case 'convolution':
      return { channels: step.to, side };
    case 'pool':
      return { channels, side: step.pool === 'half' ? side >> 1 : side };
    case 'sum':
    case 'head':
      return { channels, side };
  }
}

function multiplyAccumulates(step: Step, pixels: number): number {
  if (step.kind === 'block') return step.kernel ** 2 * step.from * step.to * pixels;
  return step.kind === 'convolution' ? step.from * step.to * pixels : 0;
}
