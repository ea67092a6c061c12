import type {
  DatasetHealth,
  ExportProgress,
  HealthFinding,
  Part,
  TwinCount,
  TwinPair,
} from '../../src-main/ipc/contract.js';
import { decimal, integer, percent, plural } from './format.js';

/** Pairs that are shown at once. */
export const PAIRS_PER_PAGE = 6;

export const SET_NAMES: { readonly [part in Part]: string } = { train: 'Training', val: 'Validation', test: 'Test' };

const SEVERITIES: readonly {
  readonly severity: HealthFinding['severity'];
  readonly one: string;
  readonly many: string;
}[] = [
  { severity: 'serious', one: 'serious', many: 'serious' },
  { severity: 'warning', one: 'warning', many: 'warnings' },
  { severity: 'note', one: 'note', many: 'notes' },
];

/** "2 serious, 1 warning, 3 notes". */
export function findingsText(findings: readonly HealthFinding[]): string {
  const counts = SEVERITIES.flatMap(({ severity, one, many }) => {
    const count = findings.filter((finding) => finding.severity === severity).length;
    return count === 0 ? [] : [plural(count, one, many)];
  });
  return counts.length === 0 ? 'nothing found' : counts.join(', ');
}

/** "Looking for images that are alike, 34 %". */
export function workText({ step, done, total }: ExportProgress): string {
  const what = `${step.charAt(0).toUpperCase()}${step.slice(1)}`;
  return done > 0 && total > 0 ? `${what}, ${percent(done / total, 0)}` : `${what}…`;
}

export interface TwinRow {
  readonly where: string;
  readonly count: TwinCount;
  /** All images of the set that is asked about. */
  readonly of: number;
}

/** Where images are alike, across sets before within sets; rows without any are left out. */
export function twinRows({ twins, samples }: DatasetHealth): TwinRow[] {
  const { testInTraining, testInValidation, validationInTraining, within } = twins;
  const rows: TwinRow[] = [
    { where: 'Test images with a twin in the training set', count: testInTraining, of: samples.test },
    { where: 'Test images with a twin in the validation set', count: testInValidation, of: samples.test },
    { where: 'Validation images with a twin in the training set', count: validationInTraining, of: samples.val },
    { where: 'Test images with a twin in the test set', count: within.test, of: samples.test },
    { where: 'Validation images with a twin in the validation set', count: within.val, of: samples.val },
    { where: 'Training images with a twin in the training set', count: within.train, of: samples.train },
  ];
  return rows.filter(({ count }) => count.images > 0);
}

/** "identical", or "correlation 0.9994, differs by 1.2 of 255": never rounded up to what it is not. */
export function likenessText({ identical, correlation, difference }: TwinPair): string {
  if (identical) return 'identical';
  return `correlation ${decimal(Math.floor(correlation * 10_000) / 10_000, 4)}, mean difference ${decimal(difference, 1)} of 255`;
}

/** "malignant"; a class without a name is "class 1". */
export function truthText(truth: readonly number[], labels: readonly string[]): string {
  const nameOf = (k: number): string => (/^\d+$/.test(labels[k] ?? '0') ? `class ${k}` : labels[k]!);
  return truth.map(nameOf).join(', ') || 'no label';
}

type OfSets = DatasetHealth['samples'];

/** Images that a cleaned copy leaves out of each set. */
export function leftOut(
  { cleaning }: DatasetHealth,
  { trainingTwins, conflictingTest }: { readonly trainingTwins: boolean; readonly conflictingTest: boolean },
): OfSets {
  const chosen = [
    ...(trainingTwins ? [cleaning.trainingTwins] : []),
    ...(conflictingTest ? [cleaning.conflictingTest] : []),
  ];
  const of = (part: Part): number => chosen.reduce((sum, counts) => sum + counts[part], 0);
  return { train: of('train'), val: of('val'), test: of('test') };
}

export const sumOf = ({ train, val, test }: OfSets): number => train + val + test;

/** "12 training, 3 validation and 1 test images". */
export function imagesText({ train, val, test }: OfSets): string {
  const named = [
    ...(train > 0 ? [`${integer(train)} training`] : []),
    ...(val > 0 ? [`${integer(val)} validation`] : []),
    ...(test > 0 ? [`${integer(test)} test`] : []),
  ];
  const listed = named.length > 1 ? `${named.slice(0, -1).join(', ')} and ${named.at(-1)}` : (named[0] ?? 'no');
  return `${listed} ${train + val + test === 1 ? 'image' : 'images'}`;
}

/** What is said once a copy is made. */
export const copyText = (name: string, removed: OfSets): string => `“${name}” was made without ${imagesText(removed)}`;
