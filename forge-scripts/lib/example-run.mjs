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

/** A retraining of what that search found, but for its recipe. */
export const retraining = {
  kind: 'retrain',
  dataset: config.dataset,
  space: config.space,
  genotype: result.genotype,
  searchRun: 1,
  batch: 32,
  seeds: [1],
  backend: 'native',
  threads: 2,
};

/** Its result, another one for each number: one network with figures that are spread over what such networks reach. */
export function retrainResult(number) {
  const spread = (salt) => ((number * salt) % 997) / 997;
  const share = (value) => ({ value, interval: [Math.max(0, value - 0.06), Math.min(1, value + 0.05)] });
  const [sensitivity, specificity] = [share(0.4 + 0.5 * spread(613)), share(0.7 + 0.28 * spread(389))];
  const balanced = share((sensitivity.value + specificity.value) / 2);
  const accuracy = share(0.7 + 0.25 * spread(271));
  const auc = share(0.75 + 0.2 * spread(127));
  const part = (name) => ({
    part: name,
    images: 156,
    accuracy: accuracy.value,
    accuracyInterval: accuracy.interval,
    auc: auc.value,
    aucInterval: auc.interval,
    balancedAccuracy: balanced.value,
    balancedAccuracyInterval: balanced.interval,
    perClass: ['malignant', 'normal, benign'].map((label, k) => ({
      label,
      images: k === 0 ? 42 : 114,
      sensitivity: (k === 0 ? sensitivity : specificity).value,
      specificity: (k === 0 ? specificity : sensitivity).value,
      sensitivityInterval: (k === 0 ? sensitivity : specificity).interval,
      specificityInterval: (k === 0 ? specificity : sensitivity).interval,
      precision: 0.7,
      f1: 0.7,
    })),
    confusion: [
      [30, 12],
      [10, 104],
    ],
    roc: [],
  });
  const parameters = 72_498 + Math.floor(200_000 * spread(811));
  return {
    kind: 'retrain',
    models: [
      {
        seed: 1,
        file: 'model-seed-1.safetensors',
        selectedEpoch: 500,
        selectionRule: 'last epoch',
        parameters,
        multiplyAccumulates: 130 * parameters,
        weightBytes: 4 * parameters - 900,
        metrics: { validation: part('val'), test: part('test') },
      },
    ],
    summary: { accuracyMean: accuracy.value, accuracyDeviation: 0, aucMean: auc.value, aucDeviation: 0 },
    seconds: 600,
  };
}
