import { runKernel } from '../fused.js';
import { tf } from '../tensorflow.js';
import { ready } from './ready.js';

function normGradient(scaled: boolean): tf.GradConfig['gradFunc'] {
  return (dys, saved) => {
    const [x, scale] = saved as [tf.Tensor, tf.Tensor];
    const [mean, variance] = saved.slice(scaled ? 2 : 1) as [tf.Tensor, tf.Tensor];
    const dy = (dys as tf.Tensor[])[0]!;
    const results = runKernel('BatchStatisticsNormGradient', { dy, x, mean, variance, scale: scaled ? scale : null });
    const [dx, dScale, dShift] = results as [tf.Tensor, tf.Tensor, tf.Tensor];
    return ready(scaled ? { x: dx, scale: dScale, shift: dShift } : { x: dx });
  };
}

const lossGradient: tf.GradConfig['gradFunc'] = (dys, saved) => ({
  logits: () => tf.mul((dys as tf.Tensor[])[0]!, saved[0]!),
});

export const arrayGradients: tf.GradConfig[] = [
  {
    kernelName: 'MedForgeBatchStatisticsNorm',
    inputsToSave: ['x'],
    outputsToSave: [false, true, true],
    gradFunc: normGradient(false),
  },
  {
    kernelName: 'MedForgeBatchStatisticsNormScaled',
    inputsToSave: ['x', 'scale'],
    outputsToSave: [false, true, true],
    gradFunc: normGradient(true),
  },
  {
    kernelName: 'MedForgeWeightedSum',
    saveAllInputs: true,
    gradFunc: (dy, saved) => {
      const results = runKernel('WeightedSumGradient', [dy as tf.Tensor, ...saved]);
      return ready(Object.fromEntries(results.map((gradient, i) => [String(i), gradient])));
    },
  },
  {
    kernelName: 'MedForgeAveragePool3x3',
    gradFunc: (dy) => ({ x: () => runKernel('AveragePool3x3Gradient', { x: dy as tf.Tensor })[0]! }),
  },
  {
    kernelName: 'MedForgeGlobalAveragePool',
    inputsToSave: ['x'],
    gradFunc: (dy, [x]) => ({ x: () => runKernel('GlobalAveragePoolGradient', { dy: dy as tf.Tensor, x: x! })[0]! }),
  },
  { kernelName: 'MedForgeSoftmaxCrossEntropy', outputsToSave: [false, true], gradFunc: lossGradient },
  { kernelName: 'MedForgeSigmoidCrossEntropy', outputsToSave: [false, true], gradFunc: lossGradient },
];
