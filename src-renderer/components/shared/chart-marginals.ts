import type { Chart } from 'chart.js';
import type { DensityPoint } from '../../../src-main/display/density.js';
import { token } from '../../state/theme.svelte.js';

/** How the points of one group lie along both axes. */
export interface MarginalDensity {
  /** Name of a colour token. */
  readonly colour: string;
  readonly dashed?: boolean;
  readonly x: readonly DensityPoint[];
  readonly y: readonly DensityPoint[];
}

/** Pixels of the highest curve, and between it and the plot. */
const HEIGHT = 52;
const GAP = 6;
/** More areas over each other cannot be told apart. */
const MOST_FILLED = 6;

/** Room that a chart leaves for them. */
export function marginalPadding(marginals: readonly MarginalDensity[] | undefined): { top: number; right: number } {
  return marginals ? { top: HEIGHT + GAP + 2, right: HEIGHT + GAP + 2 } : { top: 0, right: 0 };
}

/** Curves above and at the right of the plot, each as high as the others at its highest. */
export function drawMarginals(chart: Chart, marginals: readonly MarginalDensity[]): void {
  const { ctx, chartArea } = chart;
  const { x: xScale, y: yScale } = chart.scales;
  if (!xScale || !yScale) return;
  ctx.save();
  ctx.lineWidth = 1.25;
  for (const { colour, dashed, x, y } of marginals) {
    ctx.strokeStyle = token(colour);
    ctx.setLineDash(dashed ? [4, 3] : []);
    const curves: [readonly DensityPoint[], (value: number, height: number) => readonly [number, number]][] = [
      [x, (value, height) => [xScale.getPixelForValue(value), chartArea.top - GAP - height]],
      [y, (value, height) => [chartArea.right + GAP + height, yScale.getPixelForValue(value)]],
    ];
    for (const [curve, at] of curves) {
      const highest = Math.max(...curve.map(({ density }) => density));
      const [first, last] = [curve[0], curve.at(-1)];
      if (!first || !last || !(highest > 0)) continue;
      ctx.beginPath();
      ctx.moveTo(...at(first.value, 0));
      for (const { value, density } of curve) ctx.lineTo(...at(value, (density / highest) * HEIGHT));
      ctx.lineTo(...at(last.value, 0));
      if (marginals.length <= MOST_FILLED) {
        ctx.fillStyle = `${token(colour)}26`;
        ctx.fill();
      }
      ctx.stroke();
    }
  }
  ctx.restore();
}
