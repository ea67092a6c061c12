import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../../../src-main/compute/index.js';
import { tf } from '../../../src-main/compute/tensorflow.js';
import { activationMaps } from '../../../src-main/training/activation-maps.js';
import { foldNetwork } from '../../../src-main/training/folding.js';
import { InferenceNetwork } from '../../../src-main/training/inference-network.js';
import { mean } from '../../../src-main/statistics/moments.js';
import { tinyDataset } from './tiny-dataset.js';
import { tinyModel } from './tiny-model.js';

const SIZE = 16;

describe.each(['cpu', 'native'])('class activation maps on %s', (backend) => {
  beforeAll(async () => {
    if (backend === 'native') await useBackend('native', { threads: 1 });
    else await tf.setBackend(backend);
  });

  it('add up to the logits', async () => {
    const model = await tinyModel(tinyDataset({ size: SIZE }));
    const { inputChannels: channels, classes } = model.description.space;
    const network = new InferenceNetwork(model.plan, model.weights);
    const planes = Float32Array.from({ length: channels * SIZE ** 2 }, (_, i) => (Math.sin(i * 12.9898) + 1) / 2);
    const tensors = tf.memory().numTensors;

    const { height, width, maps } = await activationMaps(network, planes, { size: SIZE, channels });
    expect([height, width, maps.length]).toEqual([SIZE / 4, SIZE / 4, classes]);

    const pixels = new Float32Array(planes.length);
    for (let place = 0; place < SIZE ** 2; place++) {
      for (let c = 0; c < channels; c++) pixels[place * channels + c] = 2 * planes[c * SIZE ** 2 + place]! - 1;
    }
    const logits = tf.tidy(() => network.forward(tf.tensor4d(pixels, [1, SIZE, SIZE, channels])).dataSync<'float32'>());
    const { bias } = foldNetwork(model.plan, model.weights).classifier;
    maps.forEach((map, k) => expect(mean(map) + bias[k]!).toBeCloseTo(logits[k]!, 4));
    expect(new Set(maps.flat()).size).toBeGreaterThan(classes * 8);
    expect(tf.memory().numTensors).toBe(tensors);
    network.dispose();
  });
});
