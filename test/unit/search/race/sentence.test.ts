import { describe, expect, it } from 'vitest';
import { ranking } from '../../../../src-main/search/race/ranking.js';
import { sentence } from '../../../../src-main/search/race/sentence.js';
import { EMPTY } from '../../../../src-main/space/baselines.js';
import type { Findings } from '../../../../src-main/search/race/verdict.js';
import type { RaceCandidate } from '../../../../src-main/vocabulary/race.js';

function candidate(number: number, change: Partial<RaceCandidate> & { accuracy?: number }): RaceCandidate {
  const { accuracy = 0.95, ...rest } = change;
  return {
    candidate: number,
    source: 'search',
    label: `sample ${number}`,
    genotype: { stages: [] },
    parameters: 200_000,
    insideBudget: true,
    epochs: 12,
    seeds: 3,
    rung: 3,
    validation: {
      images: 2000,
      patients: null,
      crossValidated: false,
      accuracy,
      standardError: 0.005,
      accuracyInterval: [accuracy - 0.01, accuracy + 0.009],
      loss: 0.2,
    },
    ...rest,
  };
}

const candidates = [
  candidate(1, { parameters: 158_344, accuracy: 0.951 }),
  candidate(2, { source: 'random', label: 'random 1', parameters: 128_344, accuracy: 0.949 }),
  candidate(3, { source: 'empty', label: 'no cells', parameters: 72_498, accuracy: 0.93, genotype: EMPTY.genotype }),
  candidate(4, { parameters: 190_000, accuracy: 0.94 }),
];
const difference = (value: number, low: number, high: number, pValue = 0.001) => ({
  difference: value,
  interval: [low, high] as [number, number],
  pValue,
});
const findings: Findings = {
  conclusion: 'better than chance',
  best: 1,
  smallest: 2,
  chosen: 1,
  differences: {
    random: difference(0.012, 0.004, 0.02),
    empty: difference(0.02, 0.011, 0.029),
    chain: difference(0.001, -0.004, 0.006),
  },
  proposals: difference(0.02, 0.005, 0.035),
};
const budget = { lower: 0, upper: 222_000 };

describe('the sentence of a race', () => {
  it.each([
    [
      'a search that found something',
      {},
      '158,344 parameters: validation accuracy 95.1 % [94.1, 96.0], 1.2 points above a random network of this budget [0.4, 2.0]. ' +
        'The smallest network that is as good has 128,344. ' +
        'What the search proposed is better than chance, after the first round 2.0 points above random networks [0.5, 3.5]; the network comes from the search (sample 1). ' +
        'It is 2.0 points above the network without cells [1.1, 2.9].',
    ],
    [
      'one that found nothing, and a small network of chance that is chosen',
      {
        conclusion: 'no better than chance',
        best: 2,
        chosen: 2,
        proposals: difference(-0.003, -0.02, 0.014, 0.6),
        differences: { ...findings.differences, empty: difference(0.003, -0.004, 0.01) },
      },
      '128,344 parameters: validation accuracy 94.9 % [93.9, 95.8], 1.2 points above a random network of this budget [0.4, 2.0]. ' +
        'What the search proposed is no better than chance, after the first round 0.3 points below random networks [−1.4, 2.0]; the network comes from the random networks (random 1). ' +
        '222k parameters bring no measurable gain over 72k: it is 0.3 points above the network without cells [−0.4, 1.0]. ' +
        'Smaller networks are as good: the best with 144k or more, sample 1 with 158,344 reached 95.1 % [94.1, 96.0].',
    ],
    [
      'one whose first trainings all answered alike',
      { conclusion: 'no better than chance', proposals: difference(0, -1, 1, 1) },
      '158,344 parameters: validation accuracy 95.1 % [94.1, 96.0], 1.2 points above a random network of this budget [0.4, 2.0]. ' +
        'The smallest network that is as good has 128,344. ' +
        'What the search proposed is no better than chance, as far as the first round, in which random networks did not differ at all, can show; the network comes from the search (sample 1). ' +
        'It is 2.0 points above the network without cells [1.1, 2.9].',
    ],
    [
      'the network without cells itself',
      {
        conclusion: 'no better than chance',
        smallest: 3,
        chosen: 3,
        proposals: null,
        differences: { random: null, empty: null, chain: null },
      },
      '72,498 parameters: validation accuracy 93.0 % [92.0, 93.9]. ' +
        'The best network has 158,344 and 95.1 % [94.1, 96.0], at most one standard error better. ' +
        'The search proposed nothing within the budget; the network comes from the hand-designed networks (no cells). ' +
        '222k parameters bring no measurable gain over 72k. ' +
        'Smaller networks are as good: the best with 144k or more, sample 1 with 158,344 reached 95.1 % [94.1, 96.0].',
    ],
  ] as [string, Partial<Findings>, string][])('says of %s', (_, change, expected) => {
    expect(sentence({ ...findings, ...change }, candidates, budget)).toBe(expected);
  });

  it('says why another one that answered more in the last trainings is not the best', () => {
    const others = [...candidates];
    others[3] = candidate(4, { parameters: 190_000, accuracy: 0.957 });
    expect(sentence(findings, others, budget)).toMatch(
      /In the last round sample 4 reached 95\.7 %, but it was worse over all rounds together, by accuracy and loss\.$/,
    );
    for (const change of [
      { accuracy: 0.957, seeds: 1 },
      { accuracy: 0.9511, seeds: 3 },
    ]) {
      others[3] = candidate(4, { parameters: 190_000, ...change });
      expect(sentence(findings, others, budget)).not.toMatch(/In the last round/);
    }
  });

  it('says how far the larger ones came that did not reach the final', () => {
    const short = [...candidates];
    short[0] = candidate(1, { parameters: 100_000 });
    short[3] = candidate(4, { parameters: 190_000, accuracy: 0.9, rung: 2, epochs: 6 });
    expect(sentence({ ...findings, smallest: 1 }, short, budget)).toMatch(
      /Smaller networks are as good: none with 144k or more reached the final; the best, sample 4 with 190,000 reached 90\.0 % \[89\.0, 90\.9\] after 6 of 12 epochs\.$/,
    );
    const none = short.map((one) => ({ ...one, parameters: Math.min(one.parameters, 100_000) }));
    expect(sentence({ ...findings, smallest: 1 }, none, budget)).toMatch(
      /No network of the race had 144k parameters or more\.$/,
    );
  });
});

describe('the places of a rung', () => {
  it.each([
    [
      'accuracy and loss agree',
      [
        [0.8, 0.6],
        [0.9, 0.4],
        [0.7, 0.9],
      ],
      [1, 0, 2],
    ],
    [
      'accuracies tie: the loss decides',
      [
        [0.73, 0.6],
        [0.73, 0.5],
        [0.73, 0.55],
      ],
      [1, 2, 0],
    ],
    [
      'losses tie: the accuracy decides',
      [
        [0.7, 0.5],
        [0.9, 0.5],
      ],
      [1, 0],
    ],
    [
      'all is equal: the order stays',
      [
        [0.7, 0.5],
        [0.7, 0.5],
      ],
      [0, 1],
    ],
    [
      'a little accuracy does not outweigh much loss',
      [
        [0.74, 0.9],
        [0.73, 0.5],
        [0.7, 0.55],
        [0.65, 0.6],
      ],
      [1, 2, 0, 3],
    ],
  ] as [string, [number, number][], number[]][])('%s', (_, scores, places) => {
    expect(ranking(scores.map(([accuracy, loss]) => ({ accuracy, loss })))).toEqual(places);
  });
});
