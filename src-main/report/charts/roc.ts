import type { Diagnostics, PartDiagnostics, RocCorner } from '../../vocabulary/diagnostics.js';
import type { PartMetrics } from '../../vocabulary/metrics.js';
import type { Axis, Block, Mark, Series } from '../document.js';
import { named } from '../labels.js';
import { areaWithInterval, estimateText } from '../text.js';

type ChartBlock = Block & { readonly kind: 'chart' };

const TICKS = [0, 0.2, 0.4, 0.6, 0.8, 1];
const axis = (title: string): Axis => ({ title, min: 0, max: 1, ticks: TICKS, format: 'share' });
/** Corners of a curve that are drawn: more cannot be told apart on paper. */
const MOST = 300;

const CHANCE: Series = {
  name: 'Chance',
  style: 'dashes',
  colour: null,
  marks: [
    { x: 0, y: 0 },
    { x: 1, y: 1 },
  ],
};

/** The curve of the finding on both parts, with what is decided. */
export function rocChart({ finding, test, validation, operatingPoint }: Diagnostics): ChartBlock {
  const of = named(finding?.label ?? '');
  const decided = test.finding?.atOperatingPoint ?? test.finding?.usual;
  const [sensitivity, specificity] = [decided?.sensitivity.value ?? null, decided?.specificity.value ?? null];
  const point: Mark[] =
    sensitivity === null || specificity === null
      ? []
      : [
          {
            x: 1 - specificity,
            y: sensitivity,
            interval: decided?.sensitivity.interval ?? null,
            label: operatingPoint ? 'operating point' : 'most probable class',
          },
        ];
  return {
    kind: 'chart',
    title: `ROC, ${of} against the rest`,
    summary: `AUC ${estimateText(test.finding!.auc, 'area')} on the test set, ${estimateText(validation.finding!.auc, 'area')} on the validation set. The point shows the current decision rule, with the 95 % interval of its sensitivity.`,
    chart: {
      type: 'plot',
      x: axis('1 − specificity'),
      y: axis('Sensitivity'),
      series: [
        CHANCE,
        { name: 'Validation set', style: 'dashes', colour: 1, marks: curve(validation) },
        { name: 'Test set', style: 'line', colour: 0, marks: curve(test) },
        {
          name: operatingPoint ? 'Operating point' : 'Most probable class',
          style: 'emphasis',
          colour: 3,
          marks: point,
        },
      ],
    },
  };
}

function curve({ finding }: PartDiagnostics): Mark[] {
  return thinned(finding?.roc ?? []).map(({ sensitivity, specificity }) => ({ x: 1 - specificity, y: sensitivity }));
}

function thinned<T = RocCorner>(corners: readonly T[]): T[] {
  if (corners.length <= MOST) return [...corners];
  return Array.from({ length: MOST }, (_, i) => corners[Math.round((i * (corners.length - 1)) / (MOST - 1))]!);
}

/** Without a finding: each class against the rest; of two classes the last, which the AUC is of. */
export function rocOfClasses(test: PartMetrics): ChartBlock {
  const curves = test.roc.length === 2 ? test.roc.slice(1) : test.roc;
  return {
    kind: 'chart',
    title: curves.length === 1 ? `ROC, ${named(curves[0]!.label)}` : 'ROC, each class against the rest',
    summary: `AUC ${areaWithInterval(test.auc, test.aucInterval)} on the test set, as MedMNIST defines it.`,
    chart: {
      type: 'plot',
      x: axis('1 − specificity'),
      y: axis('Sensitivity'),
      series: [
        CHANCE,
        ...curves.map(({ label, points }, i): Series => ({
          name: label,
          style: i < 6 ? 'line' : 'dashes',
          colour: i % 6,
          marks: thinned(points.filter((point) => point.every(Number.isFinite))).map(([x, y]) => ({ x, y })),
        })),
      ],
    },
  };
}
