import type { Chart, Plugin } from 'chart.js';
import { compact } from '../../logic/format.js';
import { BUDGET_SHADE, markOf } from '../../logic/race.js';
import { token } from '../../state/theme.svelte.js';
import { chartFont } from '../shared/chart-kit.js';
import type { RacePlotModel } from './race-plot-model.js';

/** Budget, 95 % intervals and the names of what was chosen, drawn on the canvas around the points. */
export function raceOverlay(model: () => RacePlotModel): Plugin<'scatter'> {
  return {
    id: 'race',
    beforeDatasetsDraw: (chart) => {
      drawBudget(chart, model());
      drawIntervals(chart, model());
    },
    afterDatasetsDraw: (chart) => drawCallouts(chart, model()),
  };
}

function drawBudget({ ctx, chartArea: area, scales: { x } }: Chart, { budget }: RacePlotModel): void {
  if (!x) return;
  const [left, right] = [budget.lower, budget.upper].map((count) =>
    count <= x.min ? area.left : count >= x.max ? area.right : x.getPixelForValue(count),
  ) as [number, number];
  ctx.save();
  ctx.fillStyle = token('--band');
  ctx.globalAlpha = BUDGET_SHADE;
  ctx.fillRect(left, area.top, right - left, area.bottom - area.top);
  ctx.globalAlpha = 1;
  ctx.strokeStyle = token('--accent');
  ctx.setLineDash([4, 3]);
  ctx.beginPath();
  for (const edge of [left, right]) {
    if (edge === area.left || edge === area.right) continue;
    ctx.moveTo(edge, area.top);
    ctx.lineTo(edge, area.bottom);
  }
  ctx.stroke();
  ctx.fillStyle = token('--accent');
  const { family, size } = chartFont();
  ctx.font = `${size}px ${family}`;
  ctx.textAlign = 'right';
  ctx.textBaseline = 'bottom';
  ctx.fillText(`Budget ${compact(budget.lower)} – ${compact(budget.upper)}`, right - 6, area.bottom - 5);
  ctx.restore();
}

function drawIntervals({ ctx, scales: { x, y } }: Chart, { candidates, strong }: RacePlotModel): void {
  if (!x || !y) return;
  ctx.save();
  for (const candidate of candidates) {
    const [low, high] = candidate.validation.accuracyInterval.map((value) => y.getPixelForValue(value)) as [
      number,
      number,
    ];
    const at = x.getPixelForValue(candidate.parameters);
    const cap = strong(candidate) ? 4 : 0;
    ctx.strokeStyle = token(markOf(candidate.source).colour);
    ctx.globalAlpha = strong(candidate) ? 0.9 : 0.3;
    ctx.lineWidth = strong(candidate) ? 1.5 : 1;
    ctx.beginPath();
    ctx.moveTo(at, low);
    ctx.lineTo(at, high);
    for (const end of [low, high]) {
      ctx.moveTo(at - cap, end);
      ctx.lineTo(at + cap, end);
    }
    ctx.stroke();
  }
  ctx.restore();
}

/** Names stand above the picture, a row each, with a line down to the point: nothing is covered, however close they are. */
function drawCallouts({ ctx, chartArea: area, scales: { x, y } }: Chart, { callouts }: RacePlotModel): void {
  if (!x || !y) return;
  const { family } = chartFont();
  ctx.save();
  const placed = callouts
    .toSorted((a, b) => Number(a.chosen) - Number(b.chosen))
    .map(({ candidate, text, chosen }, row) => ({
      ...{ text, chosen },
      at: x.getPixelForValue(candidate.parameters),
      point: y.getPixelForValue(candidate.validation.accuracy),
      base: area.top - 8 - 17 * (callouts.length - 1 - row),
    }));
  for (const { chosen, at, point, base } of placed) {
    ctx.strokeStyle = token(chosen ? '--ink' : '--ink-2');
    ctx.lineWidth = 1;
    ctx.setLineDash([2, 3]);
    ctx.beginPath();
    ctx.moveTo(at, base + 3);
    ctx.lineTo(at, point - 10);
    ctx.stroke();
    ctx.setLineDash([]);
    ctx.lineWidth = chosen ? 2 : 1.25;
    ctx.beginPath();
    ctx.arc(at, point, chosen ? 10 : 9, 0, 2 * Math.PI);
    ctx.stroke();
  }
  ctx.textBaseline = 'alphabetic';
  for (const { text, chosen, at, base } of placed) {
    ctx.font = `${chosen ? '600 12px' : '11px'} ${family}`;
    const { width } = ctx.measureText(text);
    const left = Math.min(area.right - width, Math.max(area.left, at - width / 2));
    ctx.fillStyle = token('--surface');
    ctx.fillRect(left - 3, base - 12, width + 6, 15);
    ctx.fillStyle = token(chosen ? '--ink' : '--ink-2');
    ctx.fillText(text, left, base);
  }
  ctx.restore();
}
