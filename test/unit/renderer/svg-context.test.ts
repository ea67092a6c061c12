import { Violin, ViolinController } from '@sgratzl/chartjs-chart-boxplot';
import { CategoryScale, Chart, LinearScale, LineController, LineElement, PointElement } from 'chart.js';
import { describe, expect, it } from 'vitest';
import { drawChart } from '../../../src-renderer/figures/draw-chart.js';
import { SvgContext } from '../../../src-renderer/figures/svg-context.js';
import { attributes, escapeXml, paintOf } from '../../../src-renderer/figures/svg-text.js';

const measure = (text: string): number => 6 * text.length;
function drawn(draw: (context: SvgContext) => void): string {
  const context = new SvgContext(100, 50, measure);
  draw(context);
  return context.markup();
}

describe('text of an SVG file', () => {
  it.each([
    ['a < b & "c"', 'a &lt; b &amp; &quot;c&quot;'],
    ['bell\u0007, half \ud83d.', 'bell\ufffd, half \ufffd.'],
    ['🔬 מחקר', '🔬 מחקר'],
  ])('%j becomes %j', (text, escaped) => expect(escapeXml(text)).toBe(escaped));

  it.each([
    ['#abc', { colour: '#aabbcc', opacity: 1 }],
    ['#0b686f99', { colour: '#0b686f', opacity: 0.6 }],
    ['rgb(11 104 111 / 13%)', { colour: '#0b686f', opacity: 0.13 }],
    ['rgba(255, 0, 0, 0.5)', { colour: '#ff0000', opacity: 0.5 }],
    ['color(srgb 1 0.5 0)', { colour: '#ff8000', opacity: 1 }],
    ['transparent', { colour: 'none', opacity: 1 }],
  ])('colour %s', (colour, paint) => expect(paintOf(colour)).toEqual(paint));

  it('leaves out what is not there', () => {
    expect(attributes({ x: 1.005, id: null, name: 'a"b' })).toBe(' x="1" name="a&quot;b"');
  });
});

describe('canvas as SVG', () => {
  it.each<[string, (context: SvgContext) => void, string]>([
    [
      'a line',
      (c) => {
        c.moveTo(0, 1);
        c.lineTo(2, 3);
        c.stroke();
      },
      '<path d="M0 1L2 3" fill="none" stroke="#000000" stroke-width="1"/>',
    ],
    [
      'a circle, in two halves',
      (c) => {
        c.arc(10, 10, 5, 0, 2 * Math.PI);
        c.fill();
      },
      '<path d="M15 10A5 5 0 0 1 5 10A5 5 0 0 1 15 10" fill="#000000"/>',
    ],
    [
      'a transform and its end',
      (c) => {
        c.save();
        c.translate(5, 5);
        c.rotate(Math.PI / 2);
        c.fillRect(0, 0, 2, 1);
        c.restore();
        c.fillRect(0, 0, 1, 1);
      },
      '<path d="M5 5L5 7L4 7L4 5Z" fill="#000000"/><path d="M0 0L1 0L1 1L0 1Z" fill="#000000"/>',
    ],
    [
      'text on the right and in the middle',
      (c) => {
        c.font = '600 12px Some Sans, serif';
        c.textAlign = 'right';
        c.textBaseline = 'middle';
        c.fillText('1 < 2', 20, 10);
      },
      '<text x="20" y="14.2" text-anchor="end" font-family="Some Sans, serif" font-size="12" font-weight="600" fill="#000000">1 &lt; 2</text>',
    ],
    [
      'a clip inside a clip',
      (c) => {
        c.rect(0, 0, 10, 10);
        c.clip();
        c.beginPath();
        c.rect(5, 5, 10, 10);
        c.clip();
        c.fillRect(0, 0, 20, 20);
      },
      '<defs><clipPath id="clip0"><path d="M0 0L10 0L10 10L0 10Z"/></clipPath>' +
        '<clipPath id="clip1" clip-path="url(#clip0)"><path d="M5 5L15 5L15 15L5 15Z"/></clipPath></defs>' +
        '<g clip-path="url(#clip1)"><path d="M0 0L20 0L20 20L0 20Z" fill="#000000"/></g>',
    ],
    [
      'dashes and transparency',
      (c) => {
        c.setLineDash([4, 3]);
        c.globalAlpha = 0.5;
        c.strokeStyle = '#0b686f';
        c.strokeRect(0, 0, 1, 1);
      },
      '<path d="M0 0L1 0L1 1L0 1Z" fill="none" stroke="#0b686f" stroke-opacity="0.5" stroke-width="1" stroke-dasharray="4 3"/>',
    ],
  ])('%s', (_, draw, expected) => expect(drawn(draw)).toBe(expected));

  it('refuses what would be missing in the picture', () => {
    expect(() => drawn((c) => c.stroke({}))).toThrow('Path2D');
  });
});

describe('a chart as SVG', () => {
  Chart.register(LineController, LineElement, PointElement, LinearScale);
  const points = [0.9, 0.5, 0.25, 0.1].map((y, index) => ({ x: index + 1, y }));
  const svg = drawChart<'line', typeof points>(
    {
      type: 'line',
      data: { datasets: [{ data: points, borderColor: '#b06c00', pointRadius: 0, borderWidth: 2 }] },
      options: {
        parsing: false,
        scales: {
          x: { type: 'linear', min: 1, max: 4, title: { display: true, text: 'Epoch' } },
          y: { type: 'linear', min: 0, max: 1, title: { display: true, text: 'Loss & more' } },
        },
      },
    },
    400,
    200,
    'test',
    measure,
  );

  it('has the line through all points, the axes and their titles', () => {
    const line = /<path d="(M[^"]*)" fill="none" stroke="#b06c00" stroke-width="2"\/>/.exec(svg)?.[1] ?? '';
    const drawnAt = [...line.matchAll(/[ML]([\d.]+) ([\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)]);
    expect(new Set(drawnAt.map(String)).size).toBe(4);
    const [[x0 = 0, y0 = 0] = [], [x3 = 0, y3 = 0] = []] = [drawnAt[0], drawnAt.at(-1)];
    expect(x3).toBeGreaterThan(x0 + 200);
    // 0.9 is drawn above 0.1.
    expect(y0).toBeLessThan(y3 - 80);
    expect(svg).toContain('>Epoch</text>');
    expect(svg).toContain('>Loss &amp; more</text>');
    expect(svg).toMatch(/<text transform="matrix\(0 -1 1 0 /);
  });

  it('is well formed and knows no number that is none', () => {
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    expect([...svg.matchAll(/<(\w+)(?:\s[^>]*[^/>])?>/g)].map(([, tag]) => tag).sort()).toEqual(
      [...svg.matchAll(/<\/(\w+)>/g)].map(([, tag]) => tag).sort(),
    );
  });
});

describe('a violin as SVG', () => {
  const shape = (coords: object[]) => ({
    ...{ min: 1, max: 3, q1: 1.5, q3: 2.5, median: 2, mean: 2, items: [], outliers: [], coords, maxEstimate: 1 },
  });
  const curve = [1, 2, 3].map((v) => ({ v, estimate: v === 2 ? 1 : 0.5 }));

  it.each([
    ['has its body as one closed path', [shape(curve)], /L[\d. L]+Z/],
    ['without a curve is its median alone', [shape([])], /<path/],
  ])('%s', (_, data, path) => {
    Chart.register(ViolinController, Violin, CategoryScale, LinearScale);
    const dataset = { label: 'x', data: data as never, backgroundColor: '#0b686f59', borderColor: '#0b686f' };
    const markup = drawChart<'violin', unknown>(
      { type: 'violin', data: { labels: ['a'], datasets: [dataset] as never } },
      ...([300, 200, 'v', measure] as const),
    );
    expect(markup).toMatch(path);
    expect(markup).not.toContain('NaN');
    expect(markup.includes('#0b686f')).toBe(true);
  });
});
