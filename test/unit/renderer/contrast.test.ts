import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { turnsFrom } from '../../../src-renderer/logic/heat.js';
import { BUDGET_SHADE, SOURCE_MARKS } from '../../../src-renderer/logic/race.js';

/** Colour tokens of app.css hold WCAG AA in both schemes, on every surface that they are used on. */
const css = readFileSync(new URL('../../../src-renderer/app.css', import.meta.url), 'utf8');
const [, darkPart = ''] = css.split('prefers-color-scheme: dark');
const read = (part: string): Map<string, string> =>
  new Map([...part.matchAll(/--([a-z0-9-]+): (#[0-9a-f]{6});/g)].map(([, name = '', value = '']) => [name, value]));
const light = read(css.slice(0, css.indexOf('@media')));
const schemes = { light, dark: new Map([...light, ...read(darkPart)]) };

const bandOf = (part: string): number[] =>
  /--band: rgb\((\d+) (\d+) (\d+) \/ (\d+)%\)/.exec(part)?.slice(1).map(Number) ?? [];
const bands = { light: bandOf(css), dark: bandOf(darkPart) };

const channels = (hex: string): number[] => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255);
const luminance = (rgb: readonly number[]): number => {
  const [r = 0, g = 0, b = 0] = rgb.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const contrast = (a: number, b: number): number => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);

describe.each(['light', 'dark'] as const)('%s scheme', (scheme) => {
  const colour = (name: string): number => luminance(channels(schemes[scheme].get(name) ?? ''));

  it.each(
    ['ink', 'ink-2', 'accent', 'good', 'bad', 'warn'].flatMap((text) =>
      ['page', 'surface', 'accent-soft', 'well', 'hover'].map((ground) => [text, ground] as const),
    ),
  )('text %s on %s has 4.5:1', (text, ground) =>
    expect(contrast(colour(text), colour(ground))).toBeGreaterThanOrEqual(4.5),
  );

  it.each([
    ['on-accent', 'accent'],
    ['on-accent', 'accent-hover'],
    ['warn', 'warn-soft'],
    ['bad', 'bad-soft'],
  ])('text %s on %s has 4.5:1', (text, ground) =>
    expect(contrast(colour(text), colour(ground))).toBeGreaterThanOrEqual(4.5),
  );

  it.each([
    'op-none',
    'op-skip',
    'op-conv1',
    'op-convk',
    'op-pool',
    'series-1',
    'series-2',
    'series-3',
    'series-4',
    'series-5',
    'series-6',
    'line-strong',
  ])('mark %s has 3:1 on a panel', (mark) =>
    expect(contrast(colour(mark), colour('surface'))).toBeGreaterThanOrEqual(3),
  );

  it.each(SOURCE_MARKS.map((mark) => mark.colour.slice(2)))(
    'mark %s of a race has 3:1 inside the shaded budget',
    (mark) => {
      const [red = 0, green = 0, blue = 0, percent = 0] = bands[scheme];
      const share = (BUDGET_SHADE * percent) / 100;
      const shade = [red, green, blue].map((value) => value / 255);
      const ground = channels(schemes[scheme].get('surface') ?? '').map((c, i) => c + share * ((shade[i] ?? 0) - c));
      expect(contrast(colour(mark), luminance(ground))).toBeGreaterThanOrEqual(3);
      expect(contrast(colour('accent'), luminance(ground))).toBeGreaterThanOrEqual(4.5);
    },
  );

  it('numbers in a heat map stay readable at every probability', () => {
    const from = channels(schemes[scheme].get('surface') ?? '');
    const to = channels(schemes[scheme].get('heat-end') ?? '');
    const threshold = turnsFrom(scheme === 'dark');
    for (let p = 0; p <= 1; p += 0.002) {
      const shade = luminance(from.map((c, index) => c + ((to[index] ?? 0) - c) * p));
      const white = p > threshold === (scheme === 'light');
      expect(contrast(shade, white ? 1 : 0), `probability ${p.toFixed(3)}`).toBeGreaterThanOrEqual(4.5);
    }
  });
});
