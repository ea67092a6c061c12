import type { ComparedDifference, ComparedSummary, Comparison } from '../vocabulary/comparison.js';
import { count, table } from './output.js';

/** The comparison for people: what each group reaches, the differences of the found ones, best of random. */
export function comparisonLines(comparison: Comparison): string[] {
  const { dataset, budget, epochs, seeds, groups, differences, bestRandom, spread, runs } = comparison;
  return [
    `${dataset.name}, ${count(budget.lower)}..${count(budget.upper)} parameters, ${epochs} epochs, ` +
      `${seeds} ${seeds === 1 ? 'training' : 'trainings'} per architecture; mean ± standard error over architectures ` +
      '(over trainings where there is one):',
    ...table([
      ['', 'architectures', 'parameters', 'validation accuracy', 'AUC', 'test accuracy', 'AUC'],
      ...groups.map((group) => [
        group.group === 'found' ? `found by ${runs.length === 1 ? 'run' : 'runs'} ${runs.join(', ')}` : group.label,
        group.architectures,
        count(group.parameters),
        ...figures(group.validation),
        ...figures(group.test),
      ]),
    ]),
    '',
    ...table([
      ['found against', '', 'difference', '95 % interval', 'p (one-sided)', 'test'],
      ...differences.map((difference) => [
        difference.against,
        difference.measure,
        signed(difference.difference),
        difference.interval?.map(signed).join(' to ') ?? '–',
        difference.pValue === null ? '–' : pText(difference.pValue),
        testText(difference),
      ]),
    ]),
    '',
    `Best of ${bestRandom.of} random networks by validation: ${bestRandom.label}, ` +
      `test accuracy ${bestRandom.test.accuracy.toFixed(3)}, AUC ${bestRandom.test.auc.toFixed(3)}.`,
    ...(spread === null
      ? []
      : [
          `Spread over the architectures found: accuracy ${spread.accuracy.toFixed(4)}, AUC ${spread.auc.toFixed(4)} (standard deviation).`,
        ]),
  ];
}

function figures({ accuracy, auc }: ComparedSummary['test']): string[] {
  return [accuracy, auc].map(
    ({ mean, standardError }) => `${mean.toFixed(3)}${standardError === null ? '' : ` ± ${standardError.toFixed(3)}`}`,
  );
}

const signed = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(4)}`;

const pText = (p: number): string => (p < 0.0001 ? '< .0001' : p.toFixed(4).replace(/^0/, ''));

function testText({ test }: ComparedDifference): string {
  if (test === 't') return 't test';
  return test === 'exact permutation' ? 'exact permutation' : 'permutation, sampled';
}
