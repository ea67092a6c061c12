/** A finished search as the history takes it, for tests and measurements: settings, epochs and result are made up. */

export const config = {
  kind: 'search',
  dataset: { name: 'breastmnist', path: '/data/breastmnist.npz', sha256: 'ab'.repeat(32), bytes: 559580 },
  space: { channels: 16, cells: 3, inputChannels: 1, classes: 2 },
  budget: { lower: 0, upper: 222000 },
  epochs: 50,
  batch: 16,
  seed: 3,
  backend: 'native',
  threads: 2,
  method: 'zo-darts++',
  settings: {
    estimator: 'published',
    outlierCut: true,
    budgetTerm: 'exact',
    temperature: 'steps',
    warmup: 0,
    paths: 'all',
    ranking: false,
  },
  sparse: true,
  race: null,
};

export const operations = ['conv_3x3', 'none', 'skip_connect', 'conv_7x7', 'avg_pool_3x3', 'conv_1x1'];

export const result = {
  kind: 'search',
  genotype: { stages: [1, 2, 3].map((depth) => ({ depth, operations })) },
  parameters: 200001,
  multiplyAccumulates: 12345678,
  expectedParameters: 199000.25,
  budget: { lower: 0, upper: 222000, met: true },
  seconds: 12.5,
  searchGenotype: null,
  race: null,
  verdict: null,
};

export const record = (epoch) => ({
  seed: 3,
  epoch,
  loss: 1 / epoch,
  accuracy: 0.5 + epoch / 1000,
  validationLoss: 2 / epoch,
  validationAccuracy: 0.4 + epoch / 1000,
  validationAuc: null,
  learningRate: 0.1,
  imagesPerSecond: 1000,
  seconds: 0.25,
});
