import { describe, expect, it } from 'vitest';
import {
  budgetName,
  budgetScale,
  budgetSentence,
  canBeMet,
  nudge,
  PRESETS,
  ticks,
} from '../../../src-renderer/logic/budget-scale.js';

const reachable = { lower: 72_498, upper: 4_818_162 };
const scale = budgetScale(reachable);

describe('scale of the budget slider', () => {
  it('has 0 at the left end and the largest network at the right end', () => {
    expect(scale.position(0)).toBe(0);
    expect(scale.value(0)).toBe(0);
    expect(scale.position(reachable.upper)).toBeCloseTo(1, 12);
    expect(scale.value(1)).toBe(reachable.upper);
  });

  it('reaches a largest network whose count rounds down', () => {
    const own = budgetScale({ lower: 18_432, upper: 414_333 });
    expect(own.value(1)).toBe(414_333);
    expect(nudge(own, 410_000, 100)).toBe(414_333);
  });

  it('is strictly increasing and gives every band of the paper room to be seen', () => {
    const values = [0, 1_000, 72_498, 222_000, 342_000, 506_000, 726_000, 1_123_000, 4_818_162];
    const positions = values.map(scale.position);
    positions.slice(1).forEach((position, index) => expect(position).toBeGreaterThan(positions[index] ?? 1));
    for (const { lower, upper } of PRESETS) {
      expect(scale.position(upper) - scale.position(lower)).toBeGreaterThan(0.05);
    }
  });

  it.each([0, 1_230, 72_500, 222_000, 506_000, 1_120_000, 4_818_162])('comes back from the position of %d', (value) =>
    expect(scale.value(scale.position(value))).toBe(value),
  );

  it.each([
    [-3, 0],
    [7, 4_818_162],
  ])('holds position %d inside', (position, value) => expect(scale.value(position)).toBe(value));

  it('rounds to three digits', () => {
    for (let position = 0.01; position < 1; position += 0.01) {
      expect(String(scale.value(position)).replace(/0+$/, '').length).toBeLessThanOrEqual(3);
    }
  });

  it('an arrow key always moves, and from end to end', () => {
    let value = 0;
    let presses = 0;
    while (value < reachable.upper) {
      const next = nudge(scale, value, 1);
      expect(next).toBeGreaterThan(value);
      value = next;
      expect(++presses).toBeLessThan(150);
    }
    while (value > 0) {
      const next = nudge(scale, value, -1);
      expect(next).toBeLessThan(value);
      value = next;
    }
  });

  it.each([
    [{ lower: 72_498, upper: 4_818_162 }],
    [{ lower: 18_000, upper: 395_000 }],
    [{ lower: 5, upper: 6 }],
    [{ lower: 100_000_000, upper: 100_000_001 }],
  ])('ticks of %o rise, start at 0 and end at the largest', (range) => {
    const own = budgetScale(range);
    const all = ticks(own);
    expect(all[0]).toBe(0);
    expect(all.at(-1)).toBe(own.largest);
    expect([...all].sort((a, b) => a - b)).toEqual(all);
    expect(new Set(all).size).toBe(all.length);
    expect(all.length).toBeLessThan(14);
  });
});

describe('whether a band can be met at all', () => {
  it.each([
    [{ lower: 0, upper: 222_000 }, true],
    [{ lower: 72_498, upper: 72_498 }, true],
    [{ lower: 5, upper: 4 }, false],
    [{ lower: 0, upper: 1000 }, false],
    [{ lower: 5e6, upper: 6e6 }, false],
  ])('%o: %s', (budget, met) => expect(canBeMet(budget, reachable)).toBe(met));
});

describe('what a budget asks for, in words', () => {
  const space = `networks of this search space have ${reachable.lower} to ${reachable.upper}`;
  const { lower, upper } = reachable;
  it.each([
    [{ lower: 0, upper: 222_000 }, `At most 222000 parameters; the search may stay below; no lower limit; ${space}.`],
    [
      { lower: 342_000, upper: 506_000 },
      `At most 506000 parameters; the search may stay below; at least 342000; ${space}.`,
    ],
    [
      { lower: 10, upper: 222_000 },
      `At most 222000 parameters; the search may stay below; the lower limit of 10 has no effect; ${space}.`,
    ],
    [
      { lower: lower + 1, upper },
      `No upper limit: the largest network does not exceed ${upper}; at least ${lower + 1}; ${space}.`,
    ],
    [{ lower: 0, upper: upper + 1 }, `Any size: ${space}.`],
  ])('%o', (budget, sentence) => expect(budgetSentence(budget, reachable, String)).toBe(sentence));
});

describe('name of a budget', () => {
  it.each([
    [{ lower: 0, upper: 222_000 }, 'small'],
    [{ lower: 342_000, upper: 506_000 }, 'medium'],
    [{ lower: 0, upper: 60_000 }, 'up to 60\u202fk'],
    [{ lower: 100_000, upper: 150_000 }, '100\u202fk – 150\u202fk'],
  ])('%o is %s', (budget, name) => expect(budgetName(budget)).toBe(name));
});
