import {
  Chart,
  LinearScale,
  LogarithmicScale,
  PointElement,
  ScatterController,
  Tooltip,
  type ChartConfiguration,
  type ChartOptions,
  type Scale,
} from 'chart.js';
import { drawChart } from '../../figures/draw-chart.js';
import { measureOnCanvas } from '../../figures/drawings.js';
import { compact, percent } from '../../logic/format.js';
import { accuracyAxis, parameterAxis } from '../../logic/race-axes.js';
import { markOf, type MarkShape } from '../../logic/race.js';
import type { RacePlotModel } from './race-plot-model.js';
import { token } from '../../state/theme.svelte.js';
import { chartFont, tooltipLook } from '../shared/chart-kit.js';
import { raceOverlay } from './race-overlay.js';

Chart.register(ScatterController, PointElement, LinearScale, LogarithmicScale, Tooltip);

export interface PlotPoint {
  readonly x: number;
  readonly y: number;
}
export type RacePlot = Chart<'scatter', PlotPoint[]>;

/** chart.js draws a square and a triangle of the same radius larger and smaller than a circle. */
const STYLES: Readonly<Record<MarkShape, { readonly style: string; readonly scale: number; readonly turn?: number }>> =
  {
    circle: { style: 'circle', scale: 1 },
    triangle: { style: 'triangle', scale: 1.15 },
    diamond: { style: 'rectRot', scale: 1.3 },
    square: { style: 'rect', scale: 1.25 },
    inverted: { style: 'triangle', scale: 1.15, turn: 180 },
    'pointing right': { style: 'triangle', scale: 1.15, turn: 90 },
  };

export function createRacePlot(canvas: HTMLCanvasElement, model: () => RacePlotModel): RacePlot {
  return new Chart<'scatter', PlotPoint[]>(canvas, {
    type: 'scatter',
    data: { datasets: [] },
    options: optionsOf(model),
    plugins: [raceOverlay(model)],
  });
}

export function updateRacePlot(plot: RacePlot, model: () => RacePlotModel): void {
  plot.options = optionsOf(model);
  plot.data.datasets = datasetsOf(model());
  plot.update('none');
}

/** The picture as SVG elements, in the colours of the moment. */
export function raceDrawing(model: RacePlotModel, width: number, height: number, id: string): string {
  const config: ChartConfiguration<'scatter', PlotPoint[]> = {
    type: 'scatter',
    data: { datasets: datasetsOf(model) },
    options: optionsOf(() => model),
    plugins: [raceOverlay(() => model)],
  };
  return drawChart(config, width, height, id, measureOnCanvas);
}

function datasetsOf({
  candidates,
  strong,
}: RacePlotModel): ChartConfiguration<'scatter', PlotPoint[]>['data']['datasets'] {
  const styles = candidates.map(({ source }) => STYLES[markOf(source).shape]);
  const colours = candidates.map(({ source }) => token(markOf(source).colour));
  const surface = token('--surface');
  const radii = candidates.map((candidate, i) => (strong(candidate) ? 5.5 : 3.5) * (styles[i]?.scale ?? 1));
  return [
    {
      data: candidates.map(({ parameters, validation }) => ({ x: parameters, y: validation.accuracy })),
      pointStyle: styles.map(({ style }) => style),
      pointRotation: styles.map(({ turn }) => turn ?? 0),
      pointRadius: radii,
      pointHoverRadius: radii.map((radius) => radius + 2),
      pointBackgroundColor: colours.map((colour, i) => (candidates[i] && strong(candidates[i]) ? colour : surface)),
      pointBorderColor: colours.map((colour, i) => (candidates[i] && strong(candidates[i]) ? surface : colour)),
      pointHoverBackgroundColor: colours,
      pointHoverBorderColor: token('--ink'),
      pointBorderWidth: 1.25,
      pointHoverBorderWidth: 2,
      pointHitRadius: 6,
      clip: false,
    },
  ];
}

/** Shows the tooltip of a candidate, as pointing at it does. */
export function pointAt(plot: RacePlot, model: RacePlotModel, candidate: number | null): void {
  const index = model.candidates.findIndex((one) => one.candidate === candidate);
  const [element] = plot.getActiveElements();
  if ((element?.index ?? -1) === index) return;
  const active = index < 0 ? [] : [{ datasetIndex: 0, index }];
  const { x, y } = plot.getDatasetMeta(0).data[index] ?? { x: 0, y: 0 };
  plot.setActiveElements(active);
  plot.tooltip?.setActiveElements(active, { x, y });
  plot.update('none');
}

function optionsOf(model: () => RacePlotModel): ChartOptions<'scatter'> {
  const { candidates, counts, budget, callouts } = model();
  const [color, font, border] = [token('--ink-2'), chartFont(), { display: false }];
  const x = parameterAxis(counts, budget);
  const y = accuracyAxis(candidates.map(({ validation }) => validation.accuracyInterval));
  const title = (text: string) => ({ display: true, text, color, font, padding: 4 });
  return {
    animation: false,
    responsive: true,
    maintainAspectRatio: false,
    layout: { padding: { top: 8 + 17 * Math.max(1, callouts.length) } },
    interaction: { mode: 'nearest', intersect: true },
    onHover: (_event, elements) => model().onpoint(model().candidates[elements[0]?.index ?? -1] ?? null),
    scales: {
      x: {
        type: x.logarithmic ? 'logarithmic' : 'linear',
        min: x.min,
        max: x.max,
        afterBuildTicks: (scale: Scale) => void (scale.ticks = x.ticks.map((value) => ({ value }))),
        border,
        grid: { color: token('--grid'), tickLength: 4 },
        title: title(`Parameters of the trained network${x.logarithmic ? ', logarithmic' : ''}`),
        ticks: { color, font, maxRotation: 0, autoSkipPadding: 8, callback: (value) => compact(Number(value)) },
      },
      y: {
        min: y.min,
        max: y.max,
        border,
        grid: { color: token('--grid'), tickLength: 4 },
        title: title('Validation accuracy'),
        ticks: { color, font, stepSize: y.step, callback: (value) => percent(Number(value), 0) },
      },
    },
    plugins: {
      tooltip: {
        ...tooltipLook(),
        titleFont: { ...font, weight: 'bold' },
        displayColors: false,
        callbacks: {
          title: ([item]) => linesAt(model(), item?.dataIndex)[0] ?? '',
          label: ({ dataIndex }) => linesAt(model(), dataIndex).slice(1),
        },
      },
    },
  };
}

function linesAt(model: RacePlotModel, index: number | undefined): readonly string[] {
  const candidate = model.candidates[index ?? -1];
  return candidate ? model.lines(candidate) : [];
}
