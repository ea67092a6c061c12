import { Violin, ViolinController } from '@sgratzl/chartjs-chart-boxplot';
import { CategoryScale, Chart, LinearScale, Tooltip, type ChartConfiguration, type Plugin } from 'chart.js';
import { drawChart } from '../../figures/draw-chart.js';
import { measureOnCanvas } from '../../figures/drawings.js';
import { compact, integer, plural } from '../../logic/format.js';
import { boundsOf, budgetSpans, type ViolinShape } from '../../logic/study-figures.js';
import { budgetWords } from '../../logic/study-tasks.js';
import { token } from '../../state/theme.svelte.js';
import { chartFont, tooltipLook } from '../shared/chart-kit.js';

Chart.register(ViolinController, Violin, CategoryScale, LinearScale, Tooltip);

export interface ViolinModel {
  readonly shapes: readonly ViolinShape[];
  /** Colour token of a method. */
  readonly colourOf: (method: string) => string;
}

export type ViolinChart = Chart<'violin'>;
type Config = ChartConfiguration<'violin'>;

export function createViolins(canvas: HTMLCanvasElement, model: ViolinModel): ViolinChart {
  return new Chart<'violin'>(canvas, { ...configOf(model), plugins: [bounds(() => model)] });
}

/** The chart as SVG elements, in the colours of the moment. */
export function violinDrawing(model: ViolinModel, width: number, height: number, id: string): string {
  return drawChart({ ...configOf(model), plugins: [bounds(() => model)] }, width, height, id, measureOnCanvas);
}

function configOf({ shapes, colourOf }: ViolinModel): Pick<Config, 'type' | 'data' | 'options'> {
  const colours = shapes.map(({ method }) => token(colourOf(method)));
  const [ink, font] = [token('--ink-2'), chartFont()];
  const ends = shapes.flatMap(({ values, budget }) => {
    const { lower, upper } = boundsOf(budget);
    return [values[0]!, values.at(-1)!, ...(lower === null ? [] : [lower]), ...(upper === null ? [] : [upper])];
  });
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  const room = 0.06 * (high - low || high);
  return {
    type: 'violin',
    data: {
      labels: shapes.map(({ method }) => method),
      datasets: [
        {
          label: 'Parameters',
          data: shapes.map(statsOf) as never,
          backgroundColor: colours.map((colour) => `${colour}59`),
          borderColor: colours,
          borderWidth: 1.25,
          outlierRadius: 0,
          itemRadius: 0,
          meanRadius: 0,
          categoryPercentage: 0.92,
          barPercentage: 0.92,
          maxBarThickness: 96,
        },
      ],
    },
    options: {
      animation: false,
      responsive: true,
      maintainAspectRatio: false,
      layout: { padding: { top: 18 } },
      scales: {
        x: {
          type: 'category',
          border: { display: false },
          grid: { display: false },
          ticks: { color: ink, font, autoSkip: false, maxRotation: 60 },
        },
        y: {
          type: 'linear',
          suggestedMin: Math.max(0, low - room),
          suggestedMax: high + room,
          border: { display: false },
          grid: { color: token('--grid'), tickLength: 4 },
          title: { display: true, text: 'Parameters', color: ink, font, padding: 2 },
          ticks: { color: ink, font, maxTicksLimit: 8, callback: (value) => compact(Number(value)) },
        },
      },
      plugins: {
        tooltip: {
          ...tooltipLook(),
          displayColors: false,
          callbacks: {
            title: (items) => shapes[items[0]?.dataIndex ?? -1]?.method ?? '',
            label: ({ dataIndex }) => violinWords(shapes[dataIndex]!),
          },
        },
      },
    },
  };
}

/** `median 101,234 [90,000, 120,000]` with what it is of. */
export function violinWords({ median, quartiles, searches, values }: ViolinShape): string[] {
  return [
    `Median ${integer(median)}, half of all between ${integer(quartiles[0])} and ${integer(quartiles[1])}`,
    `${plural(values.length, 'architecture')} drawn from ${plural(searches, 'search', 'searches')}`,
  ];
}

/** As the chart library takes a violin whose curve is there already. */
function statsOf({ values, median, quartiles, curve }: ViolinShape): object {
  const coords = curve.map(({ value, density }) => ({ v: value, estimate: density }));
  return {
    ...{ min: values[0]!, max: values.at(-1)!, median, mean: median, q1: quartiles[0], q3: quartiles[1] },
    ...{ items: [], outliers: [], coords, maxEstimate: Math.max(0, ...curve.map(({ density }) => density)) },
  };
}

/** Bounds of each budget as lines across its violins, and the half of all values around each median. */
function bounds(model: () => ViolinModel): Plugin<'violin'> {
  return {
    id: 'bounds',
    beforeDatasetsDraw: ({ ctx, chartArea, scales: { x, y } }) => {
      const { shapes } = model();
      if (!x || !y) return;
      const step = chartArea.width / Math.max(1, shapes.length);
      const spans = budgetSpans(shapes);
      ctx.save();
      ctx.font = `600 11px ${token('--font')}`;
      for (const [index, { budget, first, last }] of spans.entries()) {
        const [left, right] = [chartArea.left + first * step, chartArea.left + (last + 1) * step];
        ctx.fillStyle = token('--ink-2');
        ctx.textAlign = 'center';
        ctx.textBaseline = 'bottom';
        ctx.fillText(budgetWords(budget), (left + right) / 2, chartArea.top - 4);
        if (index > 0) {
          ctx.setLineDash([]);
          ctx.strokeStyle = token('--line');
          ctx.lineWidth = 1;
          ctx.beginPath();
          ctx.moveTo(left, chartArea.top - 16);
          ctx.lineTo(left, chartArea.bottom);
          ctx.stroke();
        }
        const { lower, upper } = boundsOf(budget);
        ctx.strokeStyle = token('--ink');
        ctx.lineWidth = 1.25;
        ctx.setLineDash([5, 3]);
        for (const bound of [lower, upper]) {
          if (bound === null || bound === 0) continue;
          const at = y.getPixelForValue(bound);
          ctx.beginPath();
          ctx.moveTo(left + 3, at);
          ctx.lineTo(right - 3, at);
          ctx.stroke();
        }
      }
      ctx.restore();
    },
    afterDatasetsDraw: ({ ctx, scales: { x, y } }) => {
      const { shapes, colourOf } = model();
      if (!x || !y) return;
      ctx.save();
      shapes.forEach(({ method, median, quartiles }, index) => {
        const at = x.getPixelForValue(index);
        ctx.strokeStyle = token('--ink');
        ctx.lineWidth = 3;
        ctx.beginPath();
        ctx.moveTo(at, y.getPixelForValue(quartiles[0]));
        ctx.lineTo(at, y.getPixelForValue(quartiles[1]));
        ctx.stroke();
        ctx.fillStyle = token('--surface');
        ctx.strokeStyle = token(colourOf(method));
        ctx.lineWidth = 1.5;
        ctx.beginPath();
        ctx.arc(at, y.getPixelForValue(median), 3.5, 0, 2 * Math.PI);
        ctx.fill();
        ctx.stroke();
      });
      ctx.restore();
    },
  };
}
