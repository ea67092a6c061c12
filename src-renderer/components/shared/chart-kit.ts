import {
  Chart,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  Tooltip,
  type ChartConfiguration,
  type ChartOptions,
  type Plugin,
  type Scale,
} from 'chart.js';
import { drawChart } from '../../figures/draw-chart.js';
import { measureOnCanvas } from '../../figures/drawings.js';
import { decimate } from '../../logic/thin.js';
import { token } from '../../state/theme.svelte.js';
import { drawMarginals, marginalPadding, type MarginalDensity } from './chart-marginals.js';

Chart.register(LineController, LineElement, PointElement, LinearScale, Tooltip);

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Series {
  readonly label: string;
  readonly points: readonly Point[];
  /** All points, where there are more than can be drawn: for the table of the figure. Default: `points`. */
  readonly all?: () => readonly Point[];
  /** Word in the legend; empty = left out of it. Default: the label. */
  readonly legend?: string;
  /** Name of a colour token, e.g. `--series-1`. */
  readonly colour: string;
  readonly axis?: 'y' | 'y2';
  readonly dashed?: boolean;
  /** Dots without a line. */
  readonly scatter?: boolean;
  readonly radius?: number;
  /** Rings instead of dots. */
  readonly hollow?: boolean;
  /** Of the dots. Default: a circle. */
  readonly shape?: 'circle' | 'rectRot' | 'triangle' | 'rect';
  /** Drawn pale: it counts less than the others. */
  readonly pale?: boolean;
  /** Interval of y of each point, null where it has none. */
  readonly intervals?: readonly (readonly [number, number] | null)[];
  readonly width?: number;
  /** True where the line is drawn faint, point by point. */
  readonly faint?: (index: number) => boolean;
}

export interface Axis {
  readonly title?: string;
  readonly min?: number;
  readonly max?: number;
  readonly suggestedMin?: number;
  readonly suggestedMax?: number;
  readonly reverse?: boolean;
  /** Exactly these tick values. */
  readonly ticks?: readonly number[];
  readonly format: (value: number) => string;
  readonly right?: boolean;
}

export interface ChartModel {
  readonly series: readonly Series[];
  readonly x: Axis;
  readonly y: Axis;
  readonly y2?: Axis | undefined;
  /** Band between two values of y, drawn behind the lines. */
  readonly band?: { readonly lower: number; readonly upper: number; readonly label: string } | undefined;
  /** Vertical line at a value of x. */
  readonly mark?: number | null | undefined;
  /** Curves of density beside the axes: above for x, at the right for y. */
  readonly marginals?: readonly MarginalDensity[] | undefined;
  /** Dots are asked one by one instead of epoch by epoch. */
  readonly nearest?: boolean | undefined;
  /** A click, in the values of the axes. */
  readonly onpick?: ((x: number, y: number) => void) | undefined;
  readonly tooltip?: ((point: Point, label: string) => string) | undefined;
}

/** More points than this on a line cannot be told apart on a screen. */
export const POINT_CAP = 600;

export type EpochChart = Chart<'line', Point[]>;

export function createChart(canvas: HTMLCanvasElement, model: () => ChartModel): EpochChart {
  const config: ChartConfiguration<'line', Point[]> = {
    type: 'line',
    data: { datasets: [] },
    options: optionsOf(model()),
    plugins: [overlay(model)],
  };
  return new Chart<'line', Point[]>(canvas, config);
}

/** What the options of a chart were made from. They are made anew only when it changes: that costs more than the drawing. */
const drawnWith = new WeakMap<EpochChart, { readonly axes: string; readonly model: { current: ChartModel } }>();

/** Puts the model into the chart. Lines keep their identity by position, so an epoch more costs one redraw, not a new chart. */
export function updateChart(chart: EpochChart, model: ChartModel, dark: boolean): void {
  const axes = JSON.stringify([model.x, model.y, model.y2, model.nearest, model.marginals !== undefined, dark]);
  const drawn = drawnWith.get(chart);
  if (drawn?.axes === axes) drawn.model.current = model;
  else {
    const latest = { current: model };
    drawnWith.set(chart, { axes, model: latest });
    chart.options = optionsOf(model, () => latest.current);
  }
  chart.data.datasets = datasetsOf(model).map((dataset, index) => ({ ...chart.data.datasets[index], ...dataset }));
  chart.update('none');
}

/** The chart as SVG elements, in the colours of the moment. */
export function chartDrawing(model: ChartModel, width: number, height: number, id: string): string {
  const config: ChartConfiguration<'line', Point[]> = {
    type: 'line',
    data: { datasets: datasetsOf(model) },
    options: optionsOf(model),
    plugins: [overlay(() => model)],
  };
  return drawChart(config, width, height, id, measureOnCanvas);
}

function datasetsOf(model: ChartModel): ChartConfiguration<'line', Point[]>['data']['datasets'] {
  return model.series.map((series) => {
    const colour = token(series.colour);
    const points = decimate(series.points, POINT_CAP) as Point[];
    const { faint } = series;
    const single = points.length === 1;
    const ink = series.pale ? `${colour}66` : colour;
    return {
      label: series.label,
      data: points,
      yAxisID: series.axis ?? 'y',
      borderColor: ink,
      backgroundColor: series.hollow ? token('--surface') : ink,
      borderWidth: series.width ?? 1.75,
      borderDash: series.dashed ? [4, 3] : [],
      clip: 8,
      showLine: !series.scatter,
      pointStyle: series.shape ?? 'circle',
      pointRadius: series.scatter ? (series.radius ?? 4) : single ? 2.5 : 0,
      pointHoverRadius: series.scatter ? (series.radius ?? 4) + 2 : 3.5,
      pointHitRadius: 8,
      segment: faint
        ? {
            borderDash: ({ p0DataIndex }: { p0DataIndex: number }) => (faint(p0DataIndex) ? [2, 4] : []),
            borderColor: ({ p0DataIndex }: { p0DataIndex: number }) => (faint(p0DataIndex) ? `${colour}99` : colour),
          }
        : {},
    };
  });
}

export const chartFont = (): { family: string; size: number } => ({ family: token('--font'), size: 11 });

export const tooltipLook = () => ({
  backgroundColor: token('--ink'),
  titleColor: token('--surface'),
  bodyColor: token('--surface'),
  titleFont: chartFont(),
  bodyFont: chartFont(),
  padding: 8,
  cornerRadius: 4,
  boxWidth: 8,
  boxHeight: 8,
});

/** `latest` gives the model of the moment to what is called back. */
function optionsOf(model: ChartModel, latest = (): ChartModel => model): ChartOptions<'line'> {
  const ink = token('--ink-2');
  const font = chartFont();
  const scale = (axis: Axis, format: () => Axis['format'], grid: boolean, position?: 'left' | 'right') => ({
    type: 'linear' as const,
    ...(position ? { position } : {}),
    ...(axis.min === undefined ? {} : { min: axis.min }),
    ...(axis.max === undefined ? {} : { max: axis.max }),
    ...(axis.suggestedMin === undefined ? {} : { suggestedMin: axis.suggestedMin }),
    ...(axis.suggestedMax === undefined ? {} : { suggestedMax: axis.suggestedMax }),
    reverse: axis.reverse ?? false,
    ...(axis.ticks
      ? { afterBuildTicks: (scale: Scale) => void (scale.ticks = (axis.ticks ?? []).map((value) => ({ value }))) }
      : {}),
    border: { display: false },
    grid: { color: grid ? token('--grid') : 'transparent', tickLength: 4 },
    title: { display: axis.title !== undefined, text: axis.title ?? '', color: ink, font, padding: 2 },
    ticks: {
      color: ink,
      font,
      maxTicksLimit: 7,
      maxRotation: 0,
      autoSkip: axis.ticks === undefined,
      callback: (value: string | number) => format()(Number(value)),
    },
  });
  return {
    animation: false,
    responsive: true,
    maintainAspectRatio: false,
    parsing: false,
    normalized: true,
    layout: { padding: marginalPadding(model.marginals) },
    interaction: model.nearest ? { mode: 'nearest', intersect: true } : { mode: 'index', intersect: false, axis: 'x' },
    onClick: (event, _elements, chart) => {
      const x = chart.scales['x']?.getValueForPixel(event.x ?? 0);
      const y = chart.scales['y']?.getValueForPixel(event.y ?? 0);
      if (x !== undefined && y !== undefined) latest().onpick?.(x, y);
    },
    scales: {
      x: scale(model.x, () => latest().x.format, false),
      y: scale(model.y, () => latest().y.format, true, model.y.right ? 'right' : 'left'),
      ...(model.y2 ? { y2: scale(model.y2, () => latest().y2?.format ?? String, false, 'right') } : {}),
    },
    plugins: {
      tooltip: {
        ...tooltipLook(),
        callbacks: {
          title: (items) =>
            latest().nearest || items[0]?.parsed.x == null
              ? ''
              : `${latest().x.title ?? ''} ${latest().x.format(items[0].parsed.x)}`.trim(),
          label: ({ dataset, parsed }) => {
            const label = dataset.label ?? '';
            const point = { x: parsed.x ?? 0, y: parsed.y ?? 0 };
            const { tooltip, y, y2 } = latest();
            if (tooltip) return tooltip(point, label);
            const { format } = dataset.yAxisID === 'y2' && y2 ? y2 : y;
            return `${label}: ${format(point.y)}`;
          },
        },
      },
    },
  };
}

/** Vertical bars with caps; the points are drawn over them. */
function drawIntervals({ ctx, scales: { x, y } }: Chart, { series }: ChartModel): void {
  if (!x || !y) return;
  ctx.save();
  ctx.lineWidth = 1.5;
  for (const { points, intervals, colour, pale } of series) {
    ctx.strokeStyle = token(colour);
    ctx.globalAlpha = pale ? 0.4 : 0.9;
    intervals?.forEach((interval, index) => {
      const point = points[index];
      if (!interval || !point) return;
      const at = x.getPixelForValue(point.x);
      const [low, high] = interval.map((end) => y.getPixelForValue(end)) as [number, number];
      ctx.beginPath();
      ctx.moveTo(at, low);
      ctx.lineTo(at, high);
      for (const end of [low, high]) {
        ctx.moveTo(at - 4, end);
        ctx.lineTo(at + 4, end);
      }
      ctx.stroke();
    });
  }
  ctx.restore();
}

/** Budget band and epoch mark, drawn on the canvas around the lines. */
function overlay(model: () => ChartModel): Plugin<'line'> {
  return {
    id: 'overlay',
    beforeDatasetsDraw: (chart) => {
      const { ctx, chartArea, scales } = chart;
      drawIntervals(chart, model());
      const { band } = model();
      const y = scales['y'];
      if (!band || !y) return;
      const clamp = (pixel: number): number => Math.min(chartArea.bottom, Math.max(chartArea.top, pixel));
      const top = clamp(y.getPixelForValue(band.upper));
      const bottom = clamp(y.getPixelForValue(band.lower));
      ctx.save();
      ctx.fillStyle = token('--band');
      ctx.fillRect(chartArea.left, top, chartArea.width, Math.max(1, bottom - top));
      ctx.strokeStyle = token('--accent');
      ctx.setLineDash([4, 3]);
      for (const edge of [top, bottom]) {
        ctx.beginPath();
        ctx.moveTo(chartArea.left, edge);
        ctx.lineTo(chartArea.right, edge);
        ctx.stroke();
      }
      ctx.fillStyle = token('--accent');
      ctx.font = `11px ${token('--font')}`;
      ctx.textAlign = 'right';
      ctx.textBaseline = 'bottom';
      ctx.fillText(band.label, chartArea.right - 6, top - 3);
      ctx.restore();
    },
    afterDatasetsDraw: (chart) => {
      const { ctx, chartArea, scales } = chart;
      const { mark, marginals } = model();
      if (marginals) drawMarginals(chart, marginals);
      const x = scales['x'];
      if (mark === null || mark === undefined || !x) return;
      const at = x.getPixelForValue(mark);
      if (at < chartArea.left - 1 || at > chartArea.right + 1) return;
      ctx.save();
      ctx.strokeStyle = token('--ink-2');
      ctx.lineWidth = 1;
      ctx.beginPath();
      ctx.moveTo(at, chartArea.top);
      ctx.lineTo(at, chartArea.bottom);
      ctx.stroke();
      ctx.restore();
    },
  };
}
