import type { Calibration, Diagnostics } from '../../vocabulary/diagnostics.js';
import type { Axis, Block, Mark } from '../document.js';
import { estimateText } from '../text.js';

const TICKS = [0, 0.2, 0.4, 0.6, 0.8, 1];
const axis = (title: string): Axis => ({ title, min: 0, max: 1, ticks: TICKS, format: 'share' });

/** What is said against what is, with how many images say it. */
export function reliabilityCharts({ test }: Diagnostics, of: string): Block {
  const { before, after } = test.calibration;
  return {
    kind: 'charts',
    charts: [
      {
        kind: 'chart',
        title: 'Reliability, test set',
        summary: `Expected calibration error ${estimateText(before.expectedCalibrationError, 'area')} as trained, ${estimateText(after.expectedCalibrationError, 'area')} calibrated. Points on the line are perfectly calibrated.`,
        chart: {
          type: 'plot',
          x: axis(`Predicted probability of ${of}`),
          y: axis('Observed share'),
          series: [
            {
              name: 'Perfect calibration',
              style: 'dashes',
              colour: null,
              marks: [
                { x: 0, y: 0 },
                { x: 1, y: 1 },
              ],
            },
            { name: 'As trained', style: 'hollow', colour: 1, marks: bins(before, false) },
            { name: 'Calibrated', style: 'filled', colour: 0, marks: bins(after, true) },
          ],
        },
      },
      {
        kind: 'chart',
        title: 'Images in each tenth, calibrated',
        summary: 'Where there are few images, the point above is uncertain.',
        chart: {
          type: 'columns',
          title: `Predicted probability of ${of}`,
          columns: after.bins.map(({ from, to, images }) => ({
            name: `${Math.round(100 * from)}–${Math.round(100 * to)}`,
            count: images,
          })),
        },
      },
    ],
  };
}

function bins({ bins: all }: Calibration, withIntervals: boolean): Mark[] {
  return all.flatMap(({ probability, observed, interval }) =>
    probability === null || observed === null
      ? []
      : [{ x: probability, y: observed, interval: withIntervals ? interval : null }],
  );
}
