import { describe, expect, it } from 'vitest';
import type { Entrant } from '../../../../src-main/search/race/candidates.js';
import { bestAmong, finalScore, smallestAmong } from '../../../../src-main/search/race/choice.js';
import type { EarlierScore, FinalEvidence, Repeat } from '../../../../src-main/search/race/evidence.js';

/** Two trainings of each entrant that answer so many of a hundred images right; the last one is a reference trained once. */
function final(right: readonly number[]): FinalEvidence {
  const repeat = (count: number): Repeat => {
    const answers = Float32Array.from({ length: 100 }, (_, i) => (i < count ? 1 : 0));
    return { right: answers, losses: answers.map((answer) => 1 - 0.9 * answer) };
  };
  const repeats = right.map((count, entrant) => {
    const one = repeat(count);
    return [entrant, entrant === right.length - 1 ? [one] : [one, one]] as const;
  });
  return {
    folds: new Uint8Array(100).map((_, i) => i % 10),
    units: { images: 100, patients: null },
    crossValidated: false,
    repeats: new Map(repeats),
  };
}

/** Rungs 1 and 2 with the accuracies of all entrants. */
function rungs(...accuracies: readonly (readonly number[])[]): EarlierScore[] {
  return accuracies.flatMap((of, rung) =>
    of.map((accuracy, entrant) => ({ entrant, rung: rung + 1, accuracy, loss: 1 - accuracy })),
  );
}

const ELIGIBLE = [0, 1, 2];

describe('the choice of a race', () => {
  it.each([
    ['the final alone differs', [90, 92, 91, 80], rungs([0.5, 0.5, 0.5, 0.5]), 1],
    ['the final hardly differs, the rungs before do', [90, 90, 89, 80], rungs([0.6, 0.7, 0.9, 0.2]), 2],
    ['rungs of other lengths count by their own spread', [90, 90, 90, 80], rungs([0.1, 0.2, 0.9], [0.9, 0.99, 0.9]), 1],
    ['the final differs much', [60, 90, 61, 58], rungs([0.7, 0.6, 0.5, 0.4], [0.7, 0.6, 0.5, 0.4]), 1],
    ['nothing differs: who is first', [90, 90, 90, 90], rungs([0.5, 0.5, 0.5, 0.5]), 0],
  ] as const)('is by all trainings: %s', (_, right, earlier, best) => {
    const evidence = final(right);
    const scores = ELIGIBLE.map((entrant) => finalScore(evidence, entrant));
    expect(bestAmong(ELIGIBLE, { final: evidence, earlier: [...earlier] })(scores)).toBe(best);
  });

  it.each([
    ['as good', [90, 90, 60, 50], 1],
    ['too far below', [90, 70, 60, 50], 0],
  ] as const)('of the smallest keeps to one standard error of the difference: %s', (_, right, smallest) => {
    const evidence = final(right);
    const parameters = [200, 100, 50, 300];
    const entrants = parameters.map((count, i): Entrant => ({
      source: 'search',
      label: `sample ${i}`,
      genotype: { stages: [] },
      parameters: count,
      insideBudget: true,
    }));
    const best = bestAmong(ELIGIBLE, { final: evidence, earlier: [] });
    const scores = ELIGIBLE.map((entrant) => finalScore(evidence, entrant));
    expect(best(scores)).toBe(0);
    expect(smallestAmong(ELIGIBLE, { entrants, final: evidence }, best)(scores)).toBe(smallest);
  });
});
