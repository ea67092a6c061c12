import { createRandom } from '../../../src-main/compute/random.js';
import type { Dataset } from '../../../src-main/datasets/dataset.js';
import { countParameters } from '../../../src-main/space/parameter-count.js';
import type { Genotype } from '../../../src-main/vocabulary/space.js';
import type { Model } from '../../../src-main/training/model-file.js';
import { batchNormSpecs, planNetwork } from '../../../src-main/space/network-plan.js';
import { RECIPE_DEFAULTS } from '../../../src-main/vocabulary/recipe.js';
import { TrainingNetwork } from '../../../src-main/training/training-network.js';

/** Every operation of the space is in it. */
export const TINY_GENOTYPE: Genotype = {
  stages: [
    { depth: 2, operations: ['conv_3x3', 'skip_connect', 'avg_pool_3x3', 'none', 'conv_1x1', 'conv_5x5'] },
    { depth: 1, operations: ['none', 'conv_7x7', 'conv_3x3', 'none', 'none', 'skip_connect'] },
    { depth: 1, operations: ['conv_1x1', 'none', 'none', 'skip_connect', 'avg_pool_3x3', 'none'] },
  ],
};

/** An untrained network for a dataset, with running statistics that are not those of a fresh one. */
export async function tinyModel(dataset: Dataset): Promise<Model> {
  const space = { channels: 4, cells: 3, inputChannels: dataset.channels, classes: dataset.classes };
  const plan = planNetwork(space, TINY_GENOTYPE);
  const random = createRandom(3, 'tiny model');
  const network = TrainingNetwork.create(plan, random);
  const weights = await network.arrays();
  network.dispose();
  for (const { name } of batchNormSpecs(plan)) {
    weights[`${name}.mean`] = weights[`${name}.mean`]!.map(() => 0.2 * random.normal());
    weights[`${name}.variance`] = weights[`${name}.variance`]!.map(() => 0.3 + random.uniform());
    weights[`${name}.scale`] = weights[`${name}.scale`]!.map(() => 1 + 0.3 * random.normal());
    weights[`${name}.shift`] = weights[`${name}.shift`]!.map(() => 0.3 * random.normal());
  }
  const parameters = countParameters(space, TINY_GENOTYPE);
  const { name, sha256, catalogueId, identity, licence, synthetic, parts } = dataset;
  return {
    plan,
    weights,
    description: {
      space: { ...space, inputChannels: dataset.channels },
      genotype: TINY_GENOTYPE,
      task: dataset.task,
      labels: [...dataset.labels],
      size: dataset.size,
      dataset: {
        name,
        sha256,
        catalogueId,
        identity,
        licence,
        synthetic,
        samples: { train: parts.train.images.count, val: parts.val.images.count, test: parts.test.images.count },
      },
      seed: 1,
      selectedEpoch: 2,
      selectionRule: 'last epoch of the weights, fixed in advance',
      recipe: { ...RECIPE_DEFAULTS, epochs: 2, batch: 8 },
      parameters,
      program: '0.1.0',
    },
  };
}
