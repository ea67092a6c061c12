import type { tf } from '../tensorflow.js';
import { arrayGradients } from './arrays.js';
import { convolutionGradients } from './convolution-block.js';
import { discreteNetworkGradients } from './discrete-network.js';
import { mixedCellGradients } from './mixed-cell.js';

/** The gradients of our own kernels, of every backend that has them: each is made of further kernels. */
export const fusedGradients: readonly tf.GradConfig[] = [
  ...mixedCellGradients,
  ...discreteNetworkGradients,
  ...convolutionGradients,
  ...arrayGradients,
];
