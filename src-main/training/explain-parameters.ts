import { countParameters, kernelSize } from '../search/parameter-count.js';
import { stageChannels, type Genotype, type SpaceSettings } from '../vocabulary/space.js';
import { liveEdges, planNetwork, planParameters } from './network-plan.js';

/** Why the retrained network has another number of parameters than the search says. */
export interface ParameterExplanation {
  /** As the search and its budget count: convolutions with bias, batch norms of the cells without scale and shift. */
  readonly search: number;
  /** Trainable parameters of the retrained network. */
  readonly network: number;
  /** Scale and shift of the cells' batch norms. */
  readonly batchNorms: number;
  /** Biases of the cells' convolutions, which the batch norm makes superfluous. */
  readonly biases: number;
  /** Weights of edges that carry nothing to the output of their cell, not built. */
  readonly deadEdges: number;
  /** One line for people. */
  readonly text: string;
}

/** search − biases + batchNorms − deadEdges = network. */
export function explainParameters(space: SpaceSettings, genotype: Genotype): ParameterExplanation {
  let batchNorms = 0;
  let biases = 0;
  let deadEdges = 0;
  genotype.stages.forEach(({ depth, operations }, stage) => {
    const channels = stageChannels(space, stage);
    const live = liveEdges(operations);
    operations.forEach((operation, edge) => {
      const kernel = kernelSize(operation);
      if (kernel === 0) return;
      if (live[edge]) {
        batchNorms += depth * 2 * channels;
        biases += depth * channels;
      } else deadEdges += depth * (kernel ** 2 * channels ** 2 + channels);
    });
  });
  const search = countParameters(space, genotype);
  const network = planParameters(planNetwork(space, genotype));
  const number = (value: number): string => value.toLocaleString('en-US');
  const text =
    `${number(network)} parameters; the search counts ${number(search)}: ` +
    `${number(biases)} convolution biases less, ${number(batchNorms)} batch-norm scales and shifts more` +
    (deadEdges > 0 ? `, ${number(deadEdges)} of edges that lead nowhere left out` : '');
  return { search, network, batchNorms, biases, deadEdges, text };
}
