import type { NetworkStep } from '../compute/operations/network-steps.js';
import { isConnected, liveEdges } from './live-edges.js';
import { kernelSize } from './operations.js';
import { stemBlocks } from './stem.js';
import { EDGES, STAGES, stageChannels, type Genotype, type SpaceSettings } from '../vocabulary/space.js';
import { UserError } from '../errors.js';

/** A value of the network: 0 is the normalised image, every step makes one more. */
export type ValueId = number;

/** A step as the engine runs it, with the value that it makes. */
type Planned<Kind extends NetworkStep['kind'], More = object> = Extract<NetworkStep, { readonly kind: Kind }> &
  More & { readonly output: ValueId };
/** Where its weights belong. */
interface Named {
  readonly name: string;
}

type BlockStep = Planned<'block', Named>;
type ConvolutionStep = Planned<'convolution', Named>;
type PoolStep = Planned<'pool'>;
type SumStep = Planned<'sum'>;
type HeadStep = Planned<'head'>;

export type Step = BlockStep | ConvolutionStep | PoolStep | SumStep | HeadStep;

/** The finished network of a genotype as a list of steps; the last one makes the logits. */
export interface NetworkPlan {
  readonly space: SpaceSettings;
  readonly genotype: Genotype;
  readonly steps: readonly Step[];
}

/**
 * The discrete network of a genotype (arXiv 2503.06092): stem, stages of equal cells, reductions, head as in the search
 * space. Edges that carry nothing to the output of their cell are left out.
 * @throws UserError `genotype-disconnected` when a cell's output does not depend on its input
 */
export function planNetwork(space: SpaceSettings, genotype: Genotype): NetworkPlan {
  const steps: Step[] = [];
  let values = 1;
  const push = <S extends Step>(step: Omit<S, 'output'>): ValueId => {
    steps.push({ ...step, output: values } as S);
    return values++;
  };
  const block = (name: string, input: ValueId, kernel: number, from: number, to: number, stride: 1 | 2 = 1): ValueId =>
    push<BlockStep>({ kind: 'block', name, input, kernel, stride, relu: name !== 'stem', from, to });

  let h: ValueId = 0;
  for (const { name, from, stride } of stemBlocks(space)) h = block(name, h, 3, from, space.channels, stride);
  for (let stage = 0; stage < STAGES; stage++) {
    const { depth, operations } = genotype.stages[stage]!;
    if (!isConnected(operations)) {
      throw new UserError(
        'genotype-disconnected',
        `stage ${String(stage + 1)} of the genotype has no path from node 0 to node 3: give at least one chain of edges an operation other than none`,
      );
    }
    const channels = stageChannels(space, stage);
    const live = liveEdges(operations);
    for (let cell = 0; cell < depth; cell++) {
      const incoming: ValueId[][] = [[], [], [], []];
      const nodes: ValueId[] = [h];
      for (let node = 1; node <= 3; node++) {
        EDGES.forEach(([target, source], edge) => {
          if (target !== node || !live[edge]) return;
          const operation = operations[edge]!;
          const input = nodes[source]!;
          const kernel = kernelSize(operation);
          if (kernel > 0) {
            const name = `stages.${String(stage)}.${String(cell)}.edges.${String(edge)}`;
            incoming[node]!.push(block(name, input, kernel, channels, channels));
          } else if (operation === 'avg_pool_3x3') {
            incoming[node]!.push(push<PoolStep>({ kind: 'pool', input, pool: 'same' }));
          } else incoming[node]!.push(input);
        });
        const terms = incoming[node]!;
        nodes.push(terms.length > 1 ? push<SumStep>({ kind: 'sum', inputs: terms }) : (terms[0] ?? -1));
      }
      h = nodes[3]!;
    }
    if (stage + 1 < STAGES) {
      const name = `reductions.${String(stage)}`;
      const half = push<PoolStep>({ kind: 'pool', input: h, pool: 'half' });
      const down = push<ConvolutionStep>({
        kind: 'convolution',
        name: `${name}.down`,
        input: half,
        from: channels,
        to: 2 * channels,
      });
      const a = block(`${name}.a`, h, 3, channels, 2 * channels, 2);
      const b = block(`${name}.b`, a, 3, 2 * channels, 2 * channels);
      h = push<SumStep>({ kind: 'sum', inputs: [down, b] });
    }
  }
  push<HeadStep>({ kind: 'head', input: h, from: stageChannels(space, STAGES - 1), to: space.classes });
  return { space, genotype, steps };
}

/** A weight of the network, in a fixed order. */
export interface WeightSpec {
  readonly name: string;
  /** Filters [k, k, in, out], vectors [c], the classifier's kernel [in, out]. */
  readonly shape: readonly number[];
  readonly role: 'filter' | 'scale' | 'shift' | 'kernel' | 'bias';
  /** Inputs of one output, for weights that are drawn. */
  readonly fanIn: number;
}

/** Trainable weights of a plan. */
export function weightSpecs(plan: NetworkPlan): readonly WeightSpec[] {
  return plan.steps.flatMap((step): WeightSpec[] => {
    switch (step.kind) {
      case 'block': {
        const fanIn = step.kernel ** 2 * step.from;
        return [
          {
            name: `${step.name}.filter`,
            shape: [step.kernel, step.kernel, step.from, step.to],
            role: 'filter',
            fanIn,
          },
          { name: `${step.name}.scale`, shape: [step.to], role: 'scale', fanIn },
          { name: `${step.name}.shift`, shape: [step.to], role: 'shift', fanIn },
        ];
      }
      case 'convolution':
        return [{ name: `${step.name}.filter`, shape: [1, 1, step.from, step.to], role: 'filter', fanIn: step.from }];
      case 'head':
        return [
          { name: 'last.scale', shape: [step.from], role: 'scale', fanIn: step.from },
          { name: 'last.shift', shape: [step.from], role: 'shift', fanIn: step.from },
          { name: 'classifier.kernel', shape: [step.from, step.to], role: 'kernel', fanIn: step.from },
          { name: 'classifier.bias', shape: [step.to], role: 'bias', fanIn: step.from },
        ];
      case 'pool':
      case 'sum':
        return [];
    }
  });
}

/** Batch norms of a plan with their channels, in the order of the steps: names of running mean and variance. */
export function batchNormSpecs(plan: NetworkPlan): readonly { readonly name: string; readonly channels: number }[] {
  return plan.steps.flatMap((step) => {
    if (step.kind === 'block') return [{ name: step.name, channels: step.to }];
    return step.kind === 'head' ? [{ name: 'last', channels: step.from }] : [];
  });
}

export const elements = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1);

/**
 * Bytes of the weights of the exported network: float32, every batch norm folded into the convolution before it but for the
 * last one (`training/folding.ts`). The ONNX file has a few thousand bytes more, for its graph and description.
 */
export function exportedWeightBytes({ steps }: NetworkPlan): number {
  return steps.reduce((total, step) => {
    switch (step.kind) {
      case 'block':
        return total + 4 * (step.kernel ** 2 * step.from * step.to + step.to);
      case 'convolution':
        return total + 4 * step.from * step.to;
      case 'head':
        return total + 4 * (2 * step.from + step.from * step.to + step.to);
      case 'pool':
      case 'sum':
        return total;
    }
  }, 0);
}
