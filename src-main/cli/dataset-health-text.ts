import { percent } from '../number-text.js';
import type { Baseline, DatasetHealth, TwinPair } from '../vocabulary/dataset-health.js';
import { shareText } from './figure-text.js';
import { count, table } from './output.js';

/** Pairs that are told; all with --json. */
const MOST_PAIRS = 10;

/** The health report of a dataset, for people. */
export function healthLines(report: DatasetHealth, checkedAt: string): string[] {
  const { name, sha256, samples } = report;
  return [
    `${name} (SHA-256 ${sha256.slice(0, 8)}): train ${count(samples.train)}, val ${count(samples.val)}, test ${count(samples.test)} images`,
    `checked ${checkedAt.slice(0, 16).replace('T', ' ')} UTC; --again checks again`,
    '',
    ...table([
      ['class', 'train', 'val', 'test'],
      ...report.labels.map((label, k) => [label, ...(report.balance[k] ?? []).map(count)]),
    ]),
    '',
    ...(report.findings.length === 0
      ? ['No problems found.']
      : table([['severity', 'finding'], ...report.findings.map(({ severity, sentence }) => [severity, sentence])])),
    ...pairLines(report),
    ...originalLines(report),
    '',
    'accuracy of simple methods, with its 95 % interval',
    ...table([
      ['', 'validation', 'test', 'test, balanced', 'on'],
      ...report.baselines.map((baseline) => [
        baseline.method === 'majority vote' ? 'majority class' : baseline.method,
        accuracy(baseline.validation),
        accuracy(baseline.test),
        baseline.test.balancedAccuracy === null ? '–' : percent(baseline.test.balancedAccuracy),
        baseline.how,
      ]),
    ]),
  ];
}

const accuracy = ({ accuracy: estimate }: Baseline['test']): string =>
  shareText({ value: estimate.value ?? NaN, interval: estimate.interval });

function pairLines({ twins: { pairs }, labels }: DatasetHealth): string[] {
  if (pairs.length === 0) return [];
  const names = (truth: readonly number[]): string => truth.map((k) => labels[k] ?? String(k)).join(', ') || 'no label';
  const cells = ({ images: [a, b], correlation, difference, identical, otherLabel }: TwinPair): string[] => [
    `${a.part} ${a.index}`,
    names(a.truth),
    `${b.part} ${b.index}`,
    names(b.truth),
    identical ? 'identical' : (Math.floor(correlation * 10_000) / 10_000).toFixed(4),
    difference.toFixed(1),
    otherLabel ? 'different label' : '',
  ];
  const shown = pairs.slice(0, Math.max(MOST_PAIRS, pairs.filter(({ otherLabel }) => otherLabel).length));
  const more =
    pairs.length > shown.length ? ` (the worst ${shown.length} of ${pairs.length}; --json has all of them)` : '';
  return [
    '',
    `similar pairs${more}`,
    ...table([['image', 'label', 'image', 'label', 'correlation', 'difference of 255', ''], ...shown.map(cells)]),
  ];
}

function originalLines({ originals }: DatasetHealth): string[] {
  if (originals === null) return [];
  const { kinds, kindCount } = originals;
  const more = kindCount > kinds.length ? ` (the ${kinds.length} most frequent kinds of ${count(kindCount)})` : '';
  return [
    '',
    `original files${more}`,
    ...table([
      ['format', 'pixels', 'bits', 'train', 'val', 'test'],
      ...kinds.map(({ kind: { format, width, height, bits }, images: { train, val, test } }) => [
        format,
        `${width}×${height}`,
        bits === null ? '–' : String(bits),
        ...[train, val, test].map(count),
      ]),
    ]),
    ...(originals.rule === null ? [] : [`converted to images by this rule: ${originals.rule}.`]),
  ];
}
