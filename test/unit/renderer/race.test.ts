import { describe, expect, it } from 'vitest';
import type { AccuracyDifference, RaceCandidate, RaceVerdict } from '../../../src-main/ipc/contract.js';
import { CANDIDATE_SOURCES } from '../../../src-main/vocabulary/race.js';
import { accuracyAxis, parameterAxis } from '../../../src-renderer/logic/race-axes.js';
import { distinctionsOf, isJudged, roundsOf, SOURCE_MARKS } from '../../../src-renderer/logic/race.js';
import {
  accuracyText,
  calloutsOf,
  candidateLines,
  differencesOf,
  differenceText,
  headingOf,
  raceSummary,
  roundText,
  sideOf,
} from '../../../src-renderer/logic/race-text.js';

interface Changes extends Partial<Omit<RaceCandidate, 'validation'>> {
  readonly accuracy?: number | null;
}

function candidate(number: number, { accuracy = 0.9, ...rest }: Changes = {}): RaceCandidate {
  return {
    ...{ candidate: number, source: 'search', label: `sample ${number}`, genotype: { stages: [] } },
    ...{ parameters: 100_000 + number, insideBudget: true, epochs: 3, seeds: 1, rung: 1 },
    ...rest,
    validation:
      accuracy === null
        ? null
        : {
            ...{ images: 500, patients: null, crossValidated: false, accuracy, standardError: 0.01, loss: 0.3 },
            accuracyInterval: [accuracy - 0.02, accuracy + 0.015],
          },
  };
}

const difference = (value: number, low: number, high: number): AccuracyDifference => ({
  ...{ difference: value, pValue: 0.01 },
  interval: [low, high],
});
const verdict: RaceVerdict = {
  ...{ conclusion: 'better than chance', best: 1, smallest: 3, chosen: 1, sentence: 'Said.' },
  differences: { random: difference(0.012, 0.004, 0.02), empty: null, chain: difference(-0.001, -0.009, 0.007) },
  proposals: null,
};
const race = [
  candidate(1, { ...{ rung: 3, epochs: 12, seeds: 3, accuracy: 0.95, label: 'most probable', parameters: 158_344 } }),
  candidate(2, { source: 'random', label: 'random 1', accuracy: 0.97 }),
  candidate(3, { ...{ rung: 3, epochs: 12, seeds: 3, accuracy: 0.949, parameters: 90_000, label: 'sample 2' } }),
  candidate(4, { accuracy: null, epochs: 0, seeds: 0 }),
  candidate(5, { ...{ source: 'empty', label: 'no cells', rung: 3, epochs: 12, accuracy: 0.93, insideBudget: false } }),
  candidate(6, { rung: 2, epochs: 6, accuracy: 0.93 }),
];

describe('the heading of a verdict', () => {
  const chance = { ...verdict, conclusion: 'no better than chance' as const };
  const against = (random: AccuracyDifference | null): RaceVerdict => ({
    ...chance,
    differences: { ...chance.differences, random },
  });
  it.each([
    ['the search itself found something', verdict, 'Better than chance', true],
    ['the race alone did', chance, 'Better than chance thanks to the race, not to the search alone', true],
    ['the interval holds 0', against(difference(0.004, -0.001, 0.009)), 'No better than chance', false],
    ['below', against(difference(-0.01, -0.02, -0.001)), 'No better than chance', false],
    ['nothing was compared', against(null), 'No better than chance', false],
  ])('%s', (_, of, text, found) => expect(headingOf(of)).toEqual({ text, found }));
});

describe('rounds of a race', () => {
  it('come the furthest first, and only equal trainings stand together', () =>
    expect(
      roundsOf(race).map(({ rung, epochs, candidates }) => [rung, epochs, candidates.map((one) => one.candidate)]),
    ).toEqual([
      [3, 12, [1, 3, 5]],
      [2, 6, [6]],
      [1, 3, [2]],
    ]));

  it('leave out who was not trained yet', () => expect(roundsOf([candidate(1, { accuracy: null })])).toEqual([]));

  it.each([
    [{ rung: 1, epochs: 1 }, 'Round 1, 1 epoch'],
    [{ rung: 2, epochs: 6 }, 'Round 2, 6 epochs'],
    [{ rung: 3, epochs: 12 }, 'Final, 12 epochs'],
  ])('%j is called %s', (round, text) => expect(roundText(round)).toBe(text));
});

describe('marks', () => {
  it('are there for every source, each with its own colour and shape', () => {
    expect(SOURCE_MARKS.map(({ source }) => source)).toEqual(CANDIDATE_SOURCES);
    expect(new Set(SOURCE_MARKS.map(({ shape }) => shape)).size).toBe(SOURCE_MARKS.length);
    expect(new Set(SOURCE_MARKS.map(({ colour }) => colour)).size).toBe(SOURCE_MARKS.length);
  });
});

describe('what the verdict names', () => {
  it.each([
    [1, ['chosen', 'best']],
    [2, []],
    [3, ['smallest']],
  ])('candidate %d is %j', (number, names) => expect(distinctionsOf(candidate(number), verdict)).toEqual(names));

  it('is nothing while the race runs', () => expect(distinctionsOf(candidate(1), null)).toEqual([]));

  it('stands at the points, once each', () =>
    expect(calloutsOf(race, verdict).map(({ text, chosen }) => [text, chosen])).toEqual([
      ['Chosen, best: most probable, 158\u202fk', true],
      ['Smallest: sample 2, 90\u202fk', false],
    ]));
});

describe('parameter axis', () => {
  it.each([
    ['a band from 0 up', [72_498, 210_000], { lower: 0, upper: 222_000 }, false, [100_000, 150_000, 200_000]],
    [
      'no upper end that counts',
      [72_498, 90_000],
      { lower: 0, upper: 4_000_000 },
      false,
      [75_000, 80_000, 85_000, 90_000],
    ],
    [
      'the network without cells far below the band',
      [72_498, 800_000, 1_100_000],
      { lower: 726_000, upper: 1_123_000 },
      true,
      [100_000, 200_000, 500_000, 1_000_000],
    ],
  ])('with %s', (_, counts, budget, logarithmic, ticks) => {
    const axis = parameterAxis(counts, budget);
    expect(axis).toMatchObject({ logarithmic, ticks });
    expect(axis.min).toBeLessThan(Math.min(...counts));
    expect(axis.max).toBeGreaterThan(Math.max(...counts));
  });

  it('has room around a single network', () => {
    const { min, max, ticks } = parameterAxis([100_000], { lower: 0, upper: 1_000_000 });
    expect([min, max].every(Number.isFinite)).toBe(true);
    expect(max).toBeGreaterThan(min);
    expect(ticks.length).toBeGreaterThan(0);
  });
});

describe('accuracy axis', () => {
  it.each([
    [[0.95], 0.92, 0.97, 0.01],
    [[0.88, 0.94], 0.86, 0.96, 0.02],
    [[0.5, 0.99], 0.4, 1, 0.1],
    [[0.01], 0, 0.03, 0.01],
  ])('of %j holds every interval', (accuracies, min, max, step) => {
    const judged = accuracies.map((accuracy, i) => candidate(i + 1, { accuracy })).filter(isJudged);
    expect(accuracyAxis(judged.map(({ validation }) => validation.accuracyInterval))).toEqual({ min, max, step });
  });

  it.each([
    ['a small difference does not fill it', [[0.9, 0.91]], 0.84, 0.96],
    ['against the top', [[0.98, 1]], 0.9, 1],
    ['against the bottom', [[0, 0.02]], 0, 0.1],
    ['wide intervals need no more room', [[0.5, 0.9]], 0.5, 0.9],
    ['nothing to show', [], 0, 1],
  ] as const)('that shows at least ten points: %s', (_, intervals, min, max) => {
    const axis = accuracyAxis(intervals, 0.1);
    expect(axis.min).toBeCloseTo(min, 9);
    expect(axis.max).toBeCloseTo(max, 9);
  });
});

describe('figures', () => {
  it.each([
    [difference(0.012, 0.004, 0.02), '+1.2 points [0.4, 2.0]', 'above'],
    [difference(-0.012, -0.02, -0.004), '−1.2 points [−2.0, −0.4]', 'below'],
    [difference(0.0001, -0.004, 0.02), '0.0 points [−0.4, 2.0]', 'open'],
  ])('a difference of %j', (value, text, side) => {
    expect(differenceText(value)).toBe(text);
    expect(sideOf(value)).toBe(side);
  });

  it('an accuracy has its interval, or a dash', () => {
    expect(accuracyText(candidate(1, { accuracy: 0.951 }).validation)).toBe('95.1\u202f% [93.1, 96.6]');
    expect(accuracyText(null)).toBe('—');
  });

  it('a difference that is missing says why', () =>
    expect([
      differencesOf(verdict, race).map(({ value, absent }) => (value ? differenceText(value) : absent)),
      differencesOf({ ...verdict, chosen: 5 }, race)[1]?.absent,
    ]).toEqual([
      ['+1.2 points [0.4, 2.0]', 'no comparison available', '−0.1 points [−0.9, 0.7]'],
      'this is the chosen network',
    ]));

  it('a candidate says where it comes from and how it was trained', () => {
    expect(candidateLines(race[0]!, verdict)).toEqual([
      'most probable · chosen · best',
      '158,344 parameters, search',
      'Validation 95.0\u202f% [93.0, 96.5]',
      'After 12 epochs, 3 seeds',
    ]);
    expect(candidateLines(race[4]!, null)[1]).toBe('100,005 parameters, no cells, outside the budget');
  });

  it.each([
    [
      verdict,
      'Validation accuracy against parameters; 3 in final, 12 epochs; 1 in round 2, 6 epochs; 1 in round 1, 3 epochs. ' +
        'Chosen: most probable, 158,344 parameters, search, validation 95.0\u202f% [93.0, 96.5], after 12 epochs, 3 seeds.',
    ],
    [null, expect.stringContaining('Leading: most probable, 158,344 parameters') as string],
  ])('the picture in words', (given, text) => expect(raceSummary(race, given)).toEqual(text));

  it('the picture before the first training has ended', () =>
    expect(raceSummary([candidate(1, { accuracy: null })], null)).toBe('No training has ended yet.'));
});
