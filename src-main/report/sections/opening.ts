import { headlineOf } from '../../headline.js';
import { INTENDED_USE } from '../../intended-use.js';
import type { Diagnostics } from '../../vocabulary/diagnostics.js';
import type { Block } from '../document.js';
import type { ModelFacts } from '../facts.js';
import { named } from '../labels.js';
import { areaWithInterval, count, shareWithInterval, timeText } from '../text.js';
import { diagnosticsOf } from '../evidence.js';

/** The first page: whether the model is any good, before anything that could distract from it. */
export function opening(facts: ModelFacts): Block[] {
  const { model, run, evidence } = facts;
  const diagnostics = diagnosticsOf(evidence);
  const { summary, result } = model;
  return [
    ...(summary.synthetic ? [synthetic()] : []),
    ...(diagnostics ? headline(diagnostics) : withoutDiagnostics(facts)),
    {
      kind: 'facts',
      rows: [
        ['Model', `model ${summary.model} of this data folder: seed ${summary.seed} of retraining ${summary.run}`],
        ['Dataset', summary.dataset],
        ['Size', `${count(summary.parameters)} trainable parameters`],
        [
          'Trained',
          `${timeText(run.details.summary.createdAt)}; epoch ${result.selectedEpoch} kept: ${result.selectionRule}`,
        ],
        ['Prediction', diagnostics ? decides(diagnostics) : 'the most probable class'],
      ],
    },
    { kind: 'paragraph', tone: 'note', text: INTENDED_USE },
  ];
}

function synthetic(): Block {
  return {
    kind: 'paragraph',
    tone: 'warning',
    text: 'Trained on synthetic images: this report says nothing about patients.',
  };
}

function headline(diagnostics: Diagnostics): Block[] {
  const { label } = diagnostics.test.majority;
  const vote = label === null ? 'always giving the most frequent answers' : `always predicting ${named(label)}`;
  return [{ kind: 'headline', headline: headlineOf(diagnostics), vote }];
}

function withoutDiagnostics({ model, evidence }: ModelFacts): Block[] {
  const { test } = model.result.metrics;
  const problem = 'problem' in evidence.diagnostics ? evidence.diagnostics.problem : '';
  return [
    {
      kind: 'paragraph',
      tone: 'warning',
      text: `Sensitivity, specificity, calibration and operating point are unknown. ${problem}`,
    },
    {
      kind: 'facts',
      rows: [
        ['Accuracy, test set', shareWithInterval(test.accuracy, test.accuracyInterval)],
        ['AUC, test set', areaWithInterval(test.auc, test.aucInterval)],
      ],
    },
  ];
}

function decides({ operatingPoint, finding }: Diagnostics): string {
  if (!operatingPoint) return 'the most probable class; no operating point is chosen';
  return `${named(finding?.label ?? operatingPoint.label)} if its probability is at least ${operatingPoint.threshold.toFixed(4)}`;
}
