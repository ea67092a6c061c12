import type { Baseline, Severity } from '../../vocabulary/dataset-health.js';
import type { Evidence } from '../../vocabulary/evidence.js';
import { TO_BE_WRITTEN, type Block, type Section, type Text } from '../document.js';
import { weightsOf } from '../evidence.js';
import type { ModelFacts } from '../facts.js';
import { listed, named } from '../labels.js';
import { bytesText, count, estimateText, NONE, shareText } from '../text.js';

/** Images of a class in a part below which a figure of it says little. */
const FEW = 10;

export function data(facts: ModelFacts): Section {
  const { model, run, evidence } = facts;
  const { dataset } = run.details;
  const weights = weightsOf(evidence);
  const labels = model.result.metrics.test.perClass.map(({ label }) => label);
  return {
    title: 'Data and its health',
    blocks: [
      {
        kind: 'facts',
        rows: [
          ['Dataset', dataset.name],
          ['File', dataset.path],
          ['SHA-256', [{ code: dataset.sha256 }, `, ${bytesText(dataset.bytes)}`]],
          ['Licence', weights?.licence ?? (weights ? 'not known' : NONE)],
          ['Official file', official(evidence)],
          ['File today', today(evidence)],
          ['Origin, sites, period, consent', TO_BE_WRITTEN],
        ],
      },
      ...balance(evidence, labels),
      {
        kind: 'list',
        items: [...health(evidence, labels), ...uses(facts)],
      },
      ...simple(evidence),
    ],
  };
}

function official({ dataset, weights }: Evidence): string {
  if (!('problem' in dataset) && dataset.identity !== null) return dataset.identity;
  return 'problem' in weights ? 'unknown: neither the dataset nor the model could be read' : weights.identity;
}

function today({ dataset }: Evidence): string {
  return 'problem' in dataset
    ? `Not read for this report; the following was stored earlier. ${dataset.problem}`
    : 'read for this report; it is the file used for training';
}

function balance({ balance: counts, weights }: Evidence, labels: readonly string[]): Block[] {
  const several = !('problem' in weights) && weights.task === 'multi-label, binary-class';
  if (counts === null) {
    return [{ kind: 'paragraph', text: 'The number of images per class is unknown: it was not stored.' }];
  }
  const sums = [0, 1, 2].map((part) => counts.reduce((sum, row) => sum + (row[part] ?? 0), 0));
  const images = 'problem' in weights ? sums : [weights.samples.train, weights.samples.val, weights.samples.test];
  const share = (of: number, part: number): Text =>
    images[part] ? `${count(of)} (${shareText(of / images[part])})` : count(of);
  return [
    {
      kind: 'table',
      caption: several ? 'Images with each label, by set' : 'Images of each class, by set',
      columns: [
        { title: several ? 'Label' : 'Class' },
        { title: 'Training', number: true },
        { title: 'Validation', number: true },
        { title: 'Test', number: true },
      ],
      rows: [
        ...counts.map((row, k) => [labels[k] ?? String(k), ...[0, 1, 2].map((part) => share(row[part] ?? 0, part))]),
        ['All images', ...images.map((all) => count(all))],
      ],
    },
  ];
}

/** What the health report of the dataset found, the most serious first; without one, what the counts say. */
function health({ dataset, balance: counts }: Evidence, labels: readonly string[]): Text[] {
  if ('problem' in dataset)
    return [...classes(counts, labels), 'Whether images of one set are also in another was not checked.'];
  if (dataset.health === null) {
    return [
      ...classes(counts, labels),
      'Whether images of one set are also in another was not checked: the file is too large.',
    ];
  }
  const { findings, twins } = dataset.health;
  const alike = twins.testElsewhere.images + twins.validationInTraining.images + twins.within.test.images;
  return [
    ...findings.map(({ severity, sentence }) => `${SEVERITIES[severity]}${sentence}`),
    ...(alike === 0
      ? [
          'No image of one set is identical or near-identical (pixel correlation of at least 0.99) to one of another, and no test image repeats another. Shifted, rotated and mirrored copies are not found this way.',
        ]
      : []),
  ];
}

function classes(counts: Evidence['balance'], labels: readonly string[]): Text[] {
  const items: Text[] = [];
  if (counts !== null) {
    const name = (k: number): string => named(labels[k] ?? String(k));
    const absent = counts.flatMap((row, k) => (row[2] === 0 ? [name(k)] : []));
    const few = counts.flatMap((row, k) => ((row[2] ?? 0) > 0 && (row[2] ?? 0) < FEW ? [name(k)] : []));
    if (absent.length > 0) {
      items.push(`No image of ${listed(absent)} is in the test set: what the model does with such images is unknown.`);
    }
    if (few.length > 0) {
      items.push(
        `Fewer than ${FEW} test images of ${listed(few)}: figures for ${few.length === 1 ? 'it' : 'them'} are very uncertain.`,
      );
    }
    const training = counts.map((row) => row[0] ?? 0);
    const [most, least] = [Math.max(...training), Math.min(...training)];
    if (least > 0 && most / least >= 2) {
      const often = name(training.indexOf(most));
      items.push(
        `${often.charAt(0).toUpperCase()}${often.slice(1)} has ${(most / least).toFixed(1)} times as many training images as ${name(training.indexOf(least))}.`,
      );
    }
  }
  return items;
}

const SEVERITIES: { readonly [severity in Severity]: string } = {
  serious: 'Serious: ',
  warning: 'Warning: ',
  note: '',
};

const METHODS: { readonly [method in Baseline['method']]: string } = {
  'majority vote': 'Majority class',
  'nearest neighbour': 'Nearest neighbour',
  'linear model': 'Linear model',
  'original file': 'Kind of original file',
};

/** What something simple reaches: what a network has to be better than. */
function simple({ dataset }: Evidence): Block[] {
  const found = 'problem' in dataset ? [] : (dataset.health?.baselines ?? []);
  if (found.length === 0) return [];
  return [
    {
      kind: 'table',
      caption: 'Simple methods: accuracy with its exact 95 % interval',
      columns: [
        { title: '' },
        { title: 'Validation', number: true },
        { title: 'Test', number: true },
        { title: 'Test, balanced', number: true },
        { title: 'Measured on' },
      ],
      rows: found.map(({ method, how, validation, test }) => [
        METHODS[method],
        estimateText(validation.accuracy, 'share'),
        estimateText(test.accuracy, 'share'),
        test.balancedAccuracy === null ? NONE : shareText(test.balancedAccuracy),
        how,
      ]),
    },
  ];
}

function uses({ search, run }: ModelFacts): Text[] {
  const searched = search
    ? 'The search saw the training and the validation set, pooled and split again, and never the test set. '
    : '';
  const epoch =
    run.config.selection === 'best-validation'
      ? 'chose the epoch, the temperature and the operating point'
      : 'chose the temperature and the operating point; the epoch was fixed in advance';
  return [
    `${searched}Weights were trained on the training set; the validation set ${epoch}. The test set was not used for any choice.`,
    'Labels were used unchanged from the file.',
  ];
}
