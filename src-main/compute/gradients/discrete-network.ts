import { runKernel } from '../fused.js';
import type { tf } from '../tensorflow.js';
import { ready } from './ready.js';

export const discreteNetworkGradients: tf.GradConfig[] = [
  {
    kernelName: 'MedForgeDiscreteNetwork',
    saveAllInputs: true,
    outputsToSave: [true, false, false],
    gradFunc: (dys, saved, attributes) => {
      const inputs = saved.slice(0, -1);
      const logits = saved[saved.length - 1]!;
      const results = runKernel('DiscreteNetworkGradient', [(dys as tf.Tensor[])[0]!, logits, ...inputs], attributes);
      return ready(Object.fromEntries(results.map((gradient, i) => [String(i + 1), gradient])));
    },
  },
];
