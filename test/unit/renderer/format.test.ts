import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { readCount } from '../../../src-main/budget-text.js';
import {
  bytes,
  clockOfEnd,
  compact,
  dateTime,
  decimal,
  duration,
  integer,
  NOTATIONS,
  percent,
  plural,
  probability,
  roughDuration,
  writeNumbers,
} from '../../../src-renderer/logic/format.js';

/** Narrow no-break spaces as plain ones, to keep the tables readable. */
const plain = (text: string): string => text.replace(/\u202f/g, ' ');

describe('numbers', () => {
  it.each([
    [0, '0'],
    [999, '999'],
    [1000, '1,000'],
    [72498, '72,498'],
    [4818162, '4,818,162'],
    [-1234567, '−1,234,567'],
    [0.4, '0'],
    [-0.4, '0'],
    [null, '—'],
    [undefined, '—'],
    [NaN, '—'],
    [Infinity, '—'],
  ])('integer(%s) is %s', (value, text) => expect(integer(value)).toBe(text));

  it.each([
    [0, '0'],
    [7, '7'],
    [7.25, '7.3'],
    [222_000, '222 k'],
    [72_498, '72.5 k'],
    [1000, '1 k'],
    [9_995, '10 k'],
    [999_499, '999 k'],
    [999_500, '1 M'],
    [1_123_000, '1.12 M'],
    [4_818_162, '4.82 M'],
    [500_000_000, '500 M'],
    [1_500_000_000, '1.5 G'],
    [-342_000, '−342 k'],
    [null, '—'],
  ])('compact(%s) is %s', (value, text) => expect(plain(compact(value))).toBe(text));

  it.each([
    [0.8634, '86.3 %'],
    [1, '100.0 %'],
    [null, '—'],
  ])('percent(%s) is %s', (value, text) => expect(plain(percent(value))).toBe(text));

  it.each([
    [0, '0'],
    [1, '1'],
    [0.001, '<.01'],
    [0.999, '>.99'],
    [0.5, '.50'],
    [null, '—'],
  ])('probability(%s) is %s', (value, text) => expect(probability(value)).toBe(text));

  it('decimal has no negative zero', () => expect(decimal(-0.001, 2)).toBe('0.00'));

  it.each([
    [512, '512 B'],
    [559_580, '560 kB'],
    [4_170_669, '4.17 MB'],
  ])('bytes(%s) is %s', (value, text) => expect(plain(bytes(value))).toBe(text));

  it.each([
    [1, '1 run'],
    [0, '0 runs'],
    [5000, '5,000 runs'],
  ])('plural(%s)', (count, text) => expect(plural(count, 'run')).toBe(text));

  describe('do not follow the locale', () => {
    afterEach(() => vi.restoreAllMocks());
    it('never asks for one', () => {
      const asked = vi.spyOn(Number.prototype, 'toLocaleString');
      const dates = vi.spyOn(Date.prototype, 'toLocaleTimeString');
      integer(1234.5);
      compact(1234.5);
      dateTime('2026-11-01T12:00:00Z');
      expect(asked).not.toHaveBeenCalled();
      expect(dates).not.toHaveBeenCalled();
    });
  });
});

describe('times', () => {
  beforeAll(() => void (process.env['TZ'] = 'UTC'));

  it.each([
    [-5, '0 s'],
    [0, '0 s'],
    [59.4, '59 s'],
    [59.6, '1 min 00 s'],
    [252, '4 min 12 s'],
    [3599.7, '1 h 00 min'],
    [7500, '2 h 05 min'],
    [200_000, '2 d 7 h'],
    [null, '—'],
    [NaN, '—'],
  ])('duration(%s) is %s', (seconds, text) => expect(plain(duration(seconds))).toBe(text));

  it.each([
    [3, 'under a minute'],
    [200, 'about 3 min'],
    [3590, 'about 1 h'],
    [3600 * 1.5, 'about 1 h 30 min'],
    [9700, 'about 2 h 40 min'],
    [3600 * 9.99, 'about 10 h'],
    [3600 * 30, 'about 30 h'],
    [3600 * 100, 'about 4 days'],
    [null, '—'],
  ])('roughDuration(%s) is %s', (seconds, text) => {
    expect(plain(roughDuration(seconds))).toBe(text);
  });

  it.each([
    [60, '2026-11-01T14:31:00', '14:32'],
    [-60, '2026-11-01T14:31:00', '14:31'],
    [3600, '2026-11-01T23:30:00', 'tomorrow 00:30'],
    [3600 * 48, '2026-12-30T23:30:00', '2027-01-01 23:30'],
    [null, '2026-11-01T23:30:00', '—'],
  ])('clockOfEnd(%s) at %s is %s', (left, now, text) => expect(clockOfEnd(left, new Date(now))).toBe(text));

  it.each([
    ['2026-11-01T14:32:10Z', /^2026-11-01 \d\d:32$/],
    ['not a date', /^—$/],
    [null, /^—$/],
  ])('dateTime(%s)', (iso, text) => expect(dateTime(iso)).toMatch(text));
});

describe('other signs, when the user prefers them', () => {
  afterEach(() => writeNumbers('comma-point'));

  it.each([
    ['comma-point', '1,234,567', '0.500', '1.12 M', '.55', '86.3 %'],
    ['point-comma', '1.234.567', '0,500', '1,12 M', ',55', '86,3 %'],
    ['space-point', '1 234 567', '0.500', '1.12 M', '.55', '86.3 %'],
    ['space-comma', '1 234 567', '0,500', '1,12 M', ',55', '86,3 %'],
  ] as const)('%s', (notation, count, fixed, short, share, percentage) => {
    writeNumbers(notation);
    const written = [integer(1_234_567), decimal(0.5, 3), compact(1_123_000), probability(0.55), percent(0.8634)];
    expect(written.map(plain)).toEqual([count, fixed, short, share, percentage]);
    expect(plain(compact(2_000_000))).toBe('2 M');
    expect(NOTATIONS.find((one) => one.notation === notation)?.example).toMatch(/^1.?234.5$/);
  });

  it.each(['comma-point', 'point-comma', 'space-point', 'space-comma'] as const)(
    'a budget that is written as %s is read back',
    (notation) => {
      writeNumbers(notation);
      for (const value of [0, 999, 1000, 222_000, 4_818_162]) {
        expect(readCount(integer(value))).toEqual({ value });
      }
    },
  );
});
