import { BasicPlatform, Chart, type ChartConfiguration, type ChartType } from 'chart.js';
import { SvgContext, type MeasureText } from './svg-context.js';

/** The same chart once more, drawn by chart.js itself on a context that writes SVG. */
export function drawChart<T extends ChartType, D>(
  config: ChartConfiguration<T, D>,
  width: number,
  height: number,
  id: string,
  measure: MeasureText,
): string {
  const context = new SvgContext(width, height, measure, id);
  // With segments chart.js strokes every line on the context, and keeps no Path2D.
  const datasets = config.data.datasets.map((dataset) => Object.assign({ segment: {} }, dataset));
  const chart = new Chart(context.canvas as never, {
    type: config.type,
    plugins: config.plugins ?? [],
    platform: BasicPlatform,
    data: { ...config.data, datasets: datasets as never },
    options: Object.assign({}, config.options, {
      responsive: false,
      animation: false,
      events: [],
      devicePixelRatio: 1,
    }),
  });
  try {
    return context.markup();
  } finally {
    chart.destroy();
  }
}
