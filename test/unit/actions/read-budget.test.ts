import { describe, expect, it } from 'vitest';
import { readBudget } from '../../../src-main/actions/read-budget.js';
import { readBudgetText, readCount } from '../../../src-main/budget-text.js';
import { budget } from '../../../src-main/cli/options.js';
import { reachableCounts } from '../../../src-main/space/reachable-counts.js';
import { parameterRange } from '../../../src-main/space/parameter-count.js';

describe('a number of parameters', () => {
  it.each([
    ['0', 0],
    ['222000', 222_000],
    ['222k', 222_000],
    ['222 K', 222_000],
    [' 72\u202f498 ', 72_498],
    ['72,498', 72_498],
    ['30.000', 30_000],
    ['30,000', 30_000],
    ["30'000", 30_000],
    ['30_000', 30_000],
    ['1.234.567', 1_234_567],
    ['1 234 567', 1_234_567],
    ['30,5k', 30_500],
    ['30.5k', 30_500],
    ['342\u202fk', 342_000],
    ['1.12 M', 1_120_000],
    ['0.222M', 222_000],
    ['1.1234M', 1_123_400],
    ['1.234,5k', 1_234_500],
    ['1,234.5k', 1_234_500],
    ['1e5', 100_000],
    ['2.5e5', 250_000],
    ['2,5E+5', 250_000],
    ['1.123e6', 1_123_000],
    ['1.1M', 1_100_000],
  ])('%j is %i', (text, value) => expect(readCount(text)).toEqual({ value }));

  const NONE = /^'.*' is not a number of parameters: write 222000, 222k, 1.1M or 1e5$/;
  const NOT_WHOLE = /^'.*' is not a whole number of parameters: write 222000, 222k, 1.1M or 1e5$/;
  it.each([
    ['abc', NONE],
    ['', NONE],
    ['-5', NONE],
    ['12 apples', NONE],
    ['1e', NONE],
    ['0x10', NONE],
    ['30.', NONE],
    ['30.5', NOT_WHOLE],
    ['30,5', NOT_WHOLE],
    ['0.500', NOT_WHOLE],
    ['1.2345k', NOT_WHOLE],
    ['1.23.456', NOT_WHOLE],
    ['3 0', NOT_WHOLE],
    ['1,234.5', NOT_WHOLE],
    ['1,2,3.4k', NOT_WHOLE],
    ['1.123M', /^'1.123M' can be read as 1123k or as 1123M: write one of the two$/],
    ['1,123k', /^'1,123k' can be read as 1123 or as 1123k: write one of the two$/],
    ['99999999999999999999', /is too large: the largest budget is 1000000000000$/],
    ['1e40', /is too large/],
  ])('%j is refused', (text, problem) =>
    expect(readCount(text)).toEqual({ problem: expect.stringMatching(problem) as string }),
  );
});

describe('a budget in one text', () => {
  it.each([
    ['222k', null, 222_000],
    ['..222k', null, 222_000],
    ['0..222k', 0, 222_000],
    ['100k..', 100_000, null],
    ['342k..506k', 342_000, 506_000],
    ['342000..506000', 342_000, 506_000],
    [' 1e5 .. 2e5 ', 100_000, 200_000],
    ['30.000..60.000', 30_000, 60_000],
    ['30,5k..1.1M', 30_500, 1_100_000],
    ['342\u202fk – 506\u202fk', 342_000, 506_000],
    ['342k-506k', 342_000, 506_000],
    ['1000…2000', 1000, 2000],
  ])('%j', (text, lower, upper) => {
    expect(readBudgetText(text)).toEqual({ value: { lower, upper } });
    expect(budget(text)).toEqual({ lower, upper });
  });

  it.each([
    ['9..1', "the smaller number must come first, saw '9..1'"],
    ['..', "'..' is not a budget: write 222k, 0..222k, ..222k, 342000..506000 or 1e5..2e5"],
    ['', "'' is not a budget: write 222k, 0..222k, ..222k, 342000..506000 or 1e5..2e5"],
    ['1..2..3', "'1..2..3' is not a budget: write 222k, 0..222k, ..222k, 342000..506000 or 1e5..2e5"],
    ['small..222k', "'small' is not a number of parameters: write 222000, 222k, 1.1M or 1e5"],
  ])('%j is refused', (text, problem) => {
    expect(readBudgetText(text)).toEqual({ problem });
    expect(() => budget(text)).toThrow(problem);
  });
});

describe('a budget in two fields', () => {
  const space = { channels: 16, cells: 3, inputChannels: 1, classes: 2 } as const;
  const range = parameterRange(space);

  it.each([
    ['0', '222,000', 0, 222_000],
    ['', '222k', 0, 222_000],
    ['100k', '', 100_000, range.upper],
    ['5', '1e5..2e5', 100_000, 200_000],
    ['1e5 – 2e5', '5', 100_000, 200_000],
    ['0', '..222k', 0, 222_000],
    ['100k..', '30,5M', 100_000, 30_500_000],
  ])('%j and %j', (lower, upper, from, to) =>
    expect(readBudget(space, { lower, upper })).toEqual({ budget: { lower: from, upper: to } }),
  );

  it.each([
    ['abc', '222k', 'lower', "'abc' is not a number of parameters: write 222000, 222k, 1.1M or 1e5"],
    ['0', 'abc', 'upper', "'abc' is not a number of parameters: write 222000, 222k, 1.1M or 1e5"],
    ['0', '9..1', 'upper', "the smaller number must come first, saw '9..1'"],
    ['300k', '200k', null, 'the lower limit is above the upper one: swap them or move one'],
  ] as const)('%j and %j are refused', (lower, upper, field, problem) =>
    expect(readBudget(space, { lower, upper })).toEqual({ problem, field }),
  );

  it('that no network meets names the nearest counts below and above', () => {
    const { lower } = range;
    const { above } = reachableCounts(space, { lower, upper: lower });
    const gap = readBudget(space, { lower: String(lower + 1), upper: String(above! - 1) });
    const text = (value: number): string => value.toLocaleString('en');
    expect(gap).toEqual({
      problem:
        `no network of this space (16 channels, 3 cells per stage) has ${text(lower + 1)} to ${text(above! - 1)} parameters; ` +
        `the nearest are ${text(lower)} below and ${text(above!)} above: widen the budget, or change the channels or the cells per stage`,
      field: null,
    });
    expect(readBudget(space, { lower: '', upper: '1000' })).toMatchObject({
      problem: expect.stringContaining(`the nearest is ${text(lower)} above: widen`) as string,
    });
    expect(readBudget({ ...space, cells: 1 }, { lower: '1e9', upper: '' })).toMatchObject({
      problem: expect.stringMatching(/\(16 channels, 1 cell per stage\).*the nearest is [\d,]+ below: widen/) as string,
    });
  });
});
