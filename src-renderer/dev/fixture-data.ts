import type {
  DatasetDetails,
  DatasetEntry,
  Genotype,
  ModelDetails,
  ModelSummary,
  PartMetrics,
  RecipeSummary,
  RunState,
  RunSummary,
} from '../../src-main/ipc/contract.js';
import { catalogue, demoEntry, OWN_NOTES, ownEntry } from './fixture-catalogue.js';
import { random } from './simulate.js';

/** Made-up contents for the preview. */
export function picture(seed: number): string {
  const next = random(seed);
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 28;
  const context = canvas.getContext('2d');
  if (!context) return '';
  context.fillStyle = `hsl(0 0% ${10 + next() * 10}%)`;
  context.fillRect(0, 0, 28, 28);
  for (let blob = 0; blob < 24; blob++) {
    context.fillStyle = `hsl(0 0% ${30 + next() * 60}% / 40%)`;
    context.beginPath();
    context.ellipse(
      14 + (next() - 0.5) * 18,
      14 + (next() - 0.5) * 18,
      2 + next() * 5,
      2 + next() * 4,
      next() * 3,
      0,
      7,
    );
    context.fill();
  }
  return canvas.toDataURL('image/png');
}

export function datasetDetails(entry: DatasetEntry): DatasetDetails {
  const next = random(entry.name.length * 13);
  const weights = entry.labels.map(() => 0.3 + next());
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return {
    entry,
    changed: false,
    notes: entry.id === ownEntry.id ? OWN_NOTES : [],
    balance: weights.map((weight) =>
      [entry.samples.train, entry.samples.val, entry.samples.test].map((count) => Math.round((count * weight) / total)),
    ),
    samples: entry.labels.map((label, index) => ({
      label,
      images: Array.from({ length: 5 }, (_, image) => picture(index * 100 + image + entry.name.length)),
    })),
  };
}

const STATES: readonly RunState[] = [
  'finished',
  'finished',
  'finished',
  'finished',
  'cancelled',
  'interrupted',
  'failed',
  'finished',
];
const TAGS = ['baseline', 'paper', 'batch 16', 'small', 'ultrasound', 'to retrain'];
export const BUDGETS = [
  { lower: 0, upper: 222_000 },
  { lower: 342_000, upper: 506_000 },
  { lower: 726_000, upper: 1_123_000 },
] as const;

export function makeRun(run: number, now = Date.now()): RunSummary {
  const next = random(run * 31 + 7);
  const state = STATES[Math.floor(next() * STATES.length)] ?? 'finished';
  const budget = BUDGETS[Math.floor(next() * 3)] ?? BUDGETS[0];
  const retrain = next() < 0.2;
  const dataset =
    ['BreastMNIST', 'PneumoniaMNIST', 'BloodMNIST', 'Demo dataset'][Math.floor(next() * 4)] ?? 'BreastMNIST';
  const epochs = retrain ? 500 : 50;
  const finished = state === 'finished';
  const parameters = Math.round(budget.lower * 0.4 + budget.upper * (0.4 + 0.2 * next()));
  const size = budget.upper === 222_000 ? 'small' : budget.upper === 506_000 ? 'medium' : 'large';
  return {
    run,
    kind: retrain ? 'retrain' : 'search',
    name: retrain ? `${dataset} ${size}, retrained` : `${dataset} ${size}, seed ${1 + (run % 5)}`,
    state,
    dataset,
    synthetic: dataset === 'Demo dataset',
    createdAt: new Date(now - (6000 - run) * 5_400_000).toISOString(),
    finishedAt: finished ? new Date(now - (6000 - run) * 5_400_000 + 1_500_000).toISOString() : null,
    epoch: finished ? epochs : Math.floor(next() * epochs),
    epochs,
    seed: 1 + (run % 5),
    budget: retrain ? null : budget,
    expectedParameters: retrain ? null : parameters * 1.04,
    parameters: finished ? parameters : null,
    searchValidation: retrain ? null : { accuracy: finished ? 0.78 + 0.16 * next() : 0.6 + 0.2 * next(), auc: null },
    test: finished && retrain ? testFigures(0.82 + 0.12 * next(), 0.88 + 0.08 * next(), 0.55 + 0.3 * next()) : null,
    seconds: 600 + next() * 2400,
    secondsLeft: null,
    tags: next() < 0.3 ? [TAGS[Math.floor(next() * TAGS.length)] ?? 'paper'] : [],
    note: next() < 0.12 ? 'Depth settled early; compare with seed 2.' : '',
    error:
      state === 'failed'
        ? 'The loss became NaN in epoch 14, step 3. The last good checkpoint (epoch 13) was kept; lower the learning rate or check the images.'
        : null,
    queuePosition: null,
  };
}

const around = (value: number, below: number, above: number) => ({
  value,
  interval: [Math.max(0, value - below), Math.min(1, value + above)] as const,
});

const testFigures = (
  accuracy: number,
  auc: number,
  sensitivity: number,
  spread = 1,
): NonNullable<RunSummary['test']> => ({
  networks: 3,
  balancedAccuracy: around((sensitivity + accuracy + 0.08) / 2, 0.061 * spread, 0.058 * spread),
  finding: {
    label: 'malignant',
    sensitivity: around(sensitivity, 0.13 * spread, 0.12 * spread),
    specificity: around(Math.min(1, accuracy + 0.08), 0.05 * spread, 0.034 * spread),
  },
  accuracy: around(accuracy, 0.052 * spread, 0.044 * spread),
  auc: around(auc, 0.043 * spread, 0.031 * spread),
});

const rocPoints = (power: number): (readonly [number, number])[] =>
  Array.from({ length: 41 }, (_, index) => [index / 40, Math.round((index / 40) ** power * 40) / 40] as const);

export function metrics(labels: readonly string[], images: number, seed: number): PartMetrics {
  const next = random(seed * 19);
  const accuracy = 0.86 + 0.06 * next();
  const auc = 0.9 + 0.06 * next();
  return {
    part: 'test',
    images,
    accuracy,
    auc,
    accuracyInterval: [accuracy - 0.05, accuracy + 0.045],
    aucInterval: [auc - 0.04, Math.min(1, auc + 0.03)],
    balancedAccuracy: accuracy - 0.07,
    balancedAccuracyInterval: [accuracy - 0.13, accuracy - 0.01],
    perClass: labels.map((label) => ({
      label,
      images: Math.round(images / labels.length),
      sensitivityInterval: null,
      specificityInterval: null,
      sensitivity: 0.8 + 0.18 * next(),
      specificity: 0.85 + 0.14 * next(),
      precision: 0.8 + 0.18 * next(),
      f1: 0.8 + 0.18 * next(),
    })),
    confusion: labels.map((_, truth) =>
      labels.map((_, prediction) =>
        Math.round(
          (images / labels.length) *
            (truth === prediction ? 0.86 : (0.14 / Math.max(1, labels.length - 1)) * (0.5 + next())),
        ),
      ),
    ),
    roc: labels.map((label) => ({
      label,
      points: rocPoints(0.08 + 0.08 * next()),
    })),
  };
}

/** Of every made-up retraining; each may have some of it otherwise. */
export const RECIPE: RecipeSummary = {
  epochs: 500,
  batch: 32,
  learningRate: 0.1,
  warmupEpochs: 10,
  weightDecay: 3e-4,
  labelSmoothing: 0.1,
  mixup: 0.1,
  cutmix: 0.1,
  movingAverage: 0.999,
  classWeighting: false,
  selection: 'last',
};

const RECIPES: readonly { readonly recipe: RecipeSummary; readonly recipeText: string }[] = [
  { recipe: RECIPE, recipeText: '500 epochs, batch 32' },
  { recipe: { ...RECIPE, epochs: 200, mixup: 0 }, recipeText: '200 epochs, batch 32, mixup 0' },
  {
    recipe: { ...RECIPE, batch: 64, selection: 'best-validation' },
    recipeText: '500 epochs, batch 64, epoch best validation',
  },
];

/** @param run whose networks they are  @param at how many retrainings ago */
function modelsOf(run: number, at: number, synthetic: boolean): ModelSummary[] {
  const next = random(run * 7);
  const parameters = Math.round(48_212 + 260_000 * next() ** 2);
  const recipe = RECIPES[at % RECIPES.length]!;
  const skill = 0.75 + 0.14 * Math.log10(parameters / 20_000) + 0.03 * next();
  return [1, 2, 3].map((seed) => {
    const { networks: _, ...test } = testFigures(
      skill + 0.02 * next(),
      skill + 0.06 + 0.02 * next(),
      skill - 0.2 + 0.1 * next(),
      0.55,
    );
    return {
      model: 3 * (5000 - run) + seed,
      run,
      searchRun: at % 4 === 3 ? null : run - 10,
      name: synthetic
        ? 'Demo small'
        : ['BreastMNIST small', 'BreastMNIST medium', 'chain of 3×3', 'BreastMNIST small, again'][at % 4]!,
      dataset: synthetic ? 'Demo dataset' : 'BreastMNIST',
      synthetic,
      seed,
      parameters,
      accuracy: test.accuracy.value,
      auc: test.auc.value,
      sha256: (synthetic ? 'de' : '3a').repeat(32),
      test: synthetic ? { ...test, finding: null } : test,
      multiplyAccumulates: at === 5 ? null : 41 * parameters,
      weightBytes: at === 5 ? null : 4 * parameters - 900,
      ...recipe,
      origin: at % 4 === 3 ? null : { method: 'zo-darts++', budget: { lower: 0, upper: 222_000 } },
      tags: at % 3 === 0 ? ['paper'] : [],
      timing:
        at < 2
          ? {
              milliseconds: 0.4 + parameters / 2e5 + 0.05 * next(),
              images: 812,
              threads: 2,
              machine: 'workstation',
              measuredAt: new Date(Date.now() - 86_400_000).toISOString(),
            }
          : null,
      createdAt: new Date(Date.now() - (at * 5 + seed) * 3_600_000).toISOString(),
      bundles:
        seed === 2 && at === 0
          ? [
              {
                bundle: 1,
                model: 3 * (5000 - run) + seed,
                folder: '/home/user/models/breastmnist-small-1.0.0',
                createdAt: new Date().toISOString(),
                verified: true,
              },
            ]
          : [],
    };
  });
}

/** @param count retrainings of three networks */
export function makeModels(count = 7): ModelSummary[] {
  return Array.from({ length: count }, (_, at) => modelsOf(4985 - 5 * at, at, at === 3)).flat();
}

export function modelDetails(summary: ModelSummary, genotype: Genotype): ModelDetails {
  const labels = summary.synthetic ? demoEntry.labels : (catalogue[0]?.labels ?? []);
  const test = {
    ...metrics(labels, summary.synthetic ? 800 : 156, summary.seed),
    accuracy: summary.accuracy,
    auc: summary.auc,
  };
  return {
    summary,
    labels,
    genotype,
    result: {
      seed: summary.seed,
      file: `model-${summary.seed}.safetensors`,
      selectedEpoch: 412,
      selectionRule: 'best validation AUC',
      parameters: summary.parameters,
      multiplyAccumulates: summary.multiplyAccumulates,
      weightBytes: summary.weightBytes,
      metrics: { validation: test, test },
    },
  };
}
