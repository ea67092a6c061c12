import { runKernel } from '../fused.js';
import type { tf } from '../tensorflow.js';
import { ready } from './ready.js';

/** @param scaled whether the batch norm has a scale */
function blockGradient(scaled: boolean): tf.GradConfig['gradFunc'] {
  return (dys, saved, attributes) => {
    const [x, filter, scale] = saved as [tf.Tensor, tf.Tensor, tf.Tensor];
    const y = saved[scaled ? 3 : 2]!;
    const block = { x, filter, y };
    // Gradients by mean and variance are not wanted: they only feed running statistics.
    const norm = runKernel(
      'ConvolutionBlockNormGradient',
      {
        dy: (dys as tf.Tensor[])[0]!,
        ...block,
        scale: scaled ? scale : null,
      },
      attributes,
    );
    const zeros = (): tf.Tensor => runKernel('Zeros', {}, { shape: [y.shape[3]!] })[0]!;
    return {
      x: () => runKernel('ConvolutionBlockInputGradient', block, attributes)[0]!,
      filter: () => runKernel('ConvolutionBlockFilterGradient', block, attributes)[0]!,
      bias: zeros,
      ...(scaled ? ready({ scale: norm[0]!, shift: norm[1]! }) : {}),
    };
  };
}

export const convolutionGradients: tf.GradConfig[] = [
  {
    kernelName: 'MedForgeConvolutionBlock',
    inputsToSave: ['x', 'filter'],
    outputsToSave: [true, false, false],
    gradFunc: blockGradient(false),
  },
  {
    kernelName: 'MedForgeConvolutionBlockScaled',
    inputsToSave: ['x', 'filter', 'scale'],
    outputsToSave: [true, false, false],
    gradFunc: blockGradient(true),
  },
];
