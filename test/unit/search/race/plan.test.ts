import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../../src-main/compute/random.js';
import type { TrainingView } from '../../../../src-main/datasets/judging-views.js';
import { findReferences, raceEntrants, type Proposal } from '../../../../src-main/search/race/candidates.js';
import { forwardWorks } from '../../../../src-main/search/race/cost.js';
import { grown } from '../../../../src-main/search/race/field.js';
import { planRace, workOf, type RaceTraining } from '../../../../src-main/search/race/plan.js';
import type { RaceProblem } from '../../../../src-main/search/race/problem.js';
import { EMPTY } from '../../../../src-main/space/baselines.js';
import { genotypeKey } from '../../../../src-main/space/live-edges.js';
import { UniformSampler } from '../../../../src-main/space/uniform-sampling.js';
import type { TrainingResult } from '../../../../src-main/training/training-series.js';
import { tinyDataset } from '../../training/tiny-dataset.js';

const space = { channels: 16, cells: 3, inputChannels: 1, classes: 2 };
const SMALL = { lower: 0, upper: 222_000 };
const LARGE = { lower: 342_000, upper: 506_000 };

const sampler = new UniformSampler(space, SMALL);
const drawn = createRandom(5, 'proposals');
const proposals = Array.from({ length: 12 }, (_, i) => ({ label: `sample ${i + 1}`, genotype: sampler.draw(drawn) }));
const SURPLUS = { label: 'sample 13', genotype: sampler.draw(drawn) };
const random = { count: 20, seed: 1 };

describe('the entrants of a race', () => {
  it('are proposals, random networks and baselines, each network once', () => {
    const entrants = raceEntrants(
      space,
      SMALL,
      [proposals[0]!, { ...proposals[0]!, label: 'again' }, ...proposals.slice(1), SURPLUS],
      random,
    );
    const sources = entrants.map(({ source }) => source);
    const of = (source: string) => sources.filter((one) => one === source).length;
    expect(['search', 'random', 'empty', 'chain', 'residual'].map(of)).toEqual([12, 20, 1, 1, 1]);
    expect(entrants.map(({ label }) => label).slice(0, 2)).toEqual(['sample 1', 'sample 2']);
    expect(new Set(entrants.map(({ genotype }) => genotypeKey(genotype))).size).toBe(entrants.length);
    expect(entrants.every(({ insideBudget }) => insideBudget)).toBe(true);
  });

  it('hold the network without cells even outside the budget, and nothing else that is', () => {
    const entrants = raceEntrants(space, LARGE, proposals, random);
    expect(entrants.filter(({ insideBudget }) => !insideBudget).map(({ source }) => source)).toEqual(['empty']);
    expect(entrants.some(({ source }) => source === 'search')).toBe(false);
  });

  it('know their references, whoever entered them', () => {
    const entrants = raceEntrants(space, SMALL, [{ label: 'most probable', genotype: EMPTY.genotype }], random);
    expect(entrants.filter(({ source }) => source === 'empty')).toEqual([]);
    const references = findReferences(entrants, space, SMALL);
    expect(references.empty).toBe(0);
    expect(entrants[references.chain!]!.label).toBe('chain of 3×3');
    expect(references.random).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('are as many as a small band holds', () => {
    const band = { lower: 72_000, upper: 73_000 };
    const entrants = raceEntrants(space, band, [], { count: 1000, seed: 1 });
    expect(entrants.length).toBeLessThanOrEqual(new UniformSampler(space, band).size + 1);
    expect(new Set(entrants.map(({ genotype }) => genotypeKey(genotype))).size).toBe(entrants.length);
  });
});

/** A view without pixels: planning looks at numbers only. */
function view(training: number, judging: number): TrainingView {
  const dataset = tinyDataset({ task: 'binary-class', classes: 2, size: 28 });
  const pool = dataset.parts.val;
  return { dataset, training: new Uint32Array(training), judging: [{ pool, images: new Uint32Array(judging) }] };
}

function problem(
  views: TrainingView[],
  work: number,
  of: readonly Proposal[] = proposals,
  drawn = random,
): RaceProblem {
  const entrants = raceEntrants(space, SMALL, of, drawn);
  const forward = forwardWorks(space, entrants, 28);
  const base = { space, budget: SMALL, entrants, forward, size: 28, views, work, seed: 1 };
  return { ...base, opening: entrants.length, waves: 0 };
}

/** Right answers of an entrant in a hundred, in a rung. */
type Merit = (entrant: number, rung: number) => number;

/** Runs the plan with answers of which, unless it is said, a larger index of the entrant gives more right ones. */
function run(start: RaceProblem, merit: Merit = (entrant) => entrant) {
  const results: TrainingResult[] = [];
  const expected: number[] = [];
  let planned: readonly RaceTraining[] = [];
  for (let of = start; ;) {
    of = grown(of, results);
    const plan = planRace(of, results);
    // what was planned for trainings that have ended stays
    expect(plan.trainings.slice(0, planned.length)).toEqual(planned);
    planned = plan.trainings.slice(0, results.length + 1);
    expected.push(plan.expected);
    const training = plan.trainings[results.length];
    if (!training) return { trainings: plan.trainings, expected, problem: of };
    const count = merit(training.entrant, training.rung);
    const right = Float32Array.from({ length: 100 }, (_, i) => (i < count ? 1 : 0));
    results.push([{ right, losses: right.map((value) => 1 - value), auc: 0.5 }]);
  }
}

const ONE = [view(8000, 2000)];
const FOLDS = Array.from({ length: 4 }, () => view(468, 156));
const FEW = Array.from({ length: 4 }, () => view(36, 12));

// 0 to 11 are the search's, 12 to 31 random, 32 without cells, 33 the chain, 34 residual, 35 to 50 predicted
describe('the plan of a race', () => {
  it('halves: all, the best third, the best five with fresh seeds beside the references', () => {
    const { trainings } = run(problem(ONE, 5e13));
    const rung = (n: number) => trainings.filter((training) => training.rung === n);
    expect(rung(1).map(({ entrant }) => entrant)).toEqual(Array.from({ length: 51 }, (_, i) => i));
    const best = Array.from({ length: 17 }, (_, i) => 50 - i);
    expect(rung(2).map(({ entrant }) => entrant)).toEqual([...best, 32, 33]);
    const times = new Map<number, number>();
    for (const { entrant } of rung(3)) times.set(entrant, (times.get(entrant) ?? 0) + 1);
    expect([...times].sort(([a], [b]) => a - b)).toEqual([
      ...[12, 13, 14, 15, 16, 17, 18, 19].map((entrant) => [entrant, 1]),
      ...[32, 33, 46, 47, 48, 49, 50].map((entrant) => [entrant, 2]),
    ]);
  });

  it('gives all who are compared to choose one the same seeds, and the random references seeds of their own', () => {
    const { trainings } = run(problem(ONE, 5e13));
    const seeds = (of: typeof trainings): number => new Set(of.map(({ seed }) => seed)).size;
    const final = (from: number, to: number) =>
      trainings.filter(({ rung, entrant }) => rung === 3 && entrant >= from && entrant <= to);
    const parts = [...[1, 2].map((n) => trainings.filter(({ rung }) => rung === n)), final(32, 50), final(12, 19)];
    expect(parts.map(seeds)).toEqual([1, 1, 2, 8]);
    for (const repeat of [0, 1]) expect(seeds(final(32, 50).filter((one) => one.repeat === repeat))).toBe(1);
    expect(seeds(trainings)).toBe(1 + 1 + 2 + 8);
  });

  it('takes as finalists who is best in the first two rungs together', () => {
    // the first of the first rung are last in the second: 50 stays ahead by what it had before, 49 does not
    const merit = (entrant: number, rung: number): number =>
      rung === 1 ? entrant + (entrant === 50 ? 45 : 0) : 99 - 1.5 * entrant;
    const { trainings } = run(problem(ONE, 5e13), merit);
    const last = trainings.filter(({ rung, repeat }) => rung === 3 && repeat === 1).map(({ entrant }) => entrant);
    expect(last).toContain(50);
    expect(last).not.toContain(49);
  });

  it('runs the hand-designed references in the second rung, whatever the first says of them', () => {
    const { trainings } = run(problem(ONE, 5e13), (entrant) => 90 - entrant);
    const second = trainings.filter(({ rung }) => rung === 2).map(({ entrant }) => entrant);
    expect(second).toEqual([...Array.from({ length: 17 }, (_, i) => i), 32, 33]);
  });

  it('trains who is predicted as long as the others, and says from the start how many trainings there will be', () => {
    for (let work = 3e14; work < 4.5e14; work += 2.5e13) {
      const { trainings, expected } = run(problem(ONE, work));
      const lengths = new Set(trainings.filter(({ rung }) => rung === 1).map(({ epochs }) => epochs));
      expect([...lengths], `epochs of the first rung, for ${work}`).toHaveLength(1);
      expect(new Set(expected.slice(0, 51))).toEqual(new Set([51 + 19 + 22]));
    }
  });

  it('is judged by one fold in the first rungs of a cross-validation and by all in the final', () => {
    const { trainings } = run(problem(FOLDS, 1e13));
    const views = (n: number) => new Set(trainings.filter(({ rung }) => rung === n).map((training) => training.view));
    expect([views(1), views(2), views(3)]).toEqual([new Set([0]), new Set([1]), new Set([0, 1, 2, 3])]);
    expect(trainings.filter(({ rung }) => rung === 3)).toHaveLength(4 * (3 + 2 + 8));
  });

  it.each([
    ['hardly anything: the shortest race that says something', ONE, 1, [1, 1, 3]],
    ['hardly anything, small batches', FOLDS, 1, [5, 5, 10]],
    ['hardly anything, very few images', FEW, 1, [5, 5, 10]],
    ['some', ONE, 4e14, null],
    ['much', ONE, 1e15, null],
    ['more than it can use', ONE, 1e18, [10, 20, 40]],
    ['cross-validated', FOLDS, 9e13, null],
  ] as const)('costs what it is given: %s', (_, views, work, epochs) => {
    const { trainings, expected, problem: of } = run(problem([...views], work));
    const lengths = [1, 2, 3].map((n) => trainings.find(({ rung }) => rung === n)!.epochs);
    const spent = trainings.reduce((sum, training) => sum + workOf(of, training), 0);
    if (epochs) expect(lengths).toEqual(epochs);
    else {
      expect(spent).toBeLessThanOrEqual(work);
      expect(spent).toBeGreaterThan(0.6 * work);
      expect(lengths).toEqual([...lengths].sort((a, b) => a - b));
    }
    expect(expected.at(-1)).toBe(trainings.length);
    expect(Math.abs(expected[0]! - trainings.length)).toBeLessThan(views.length * 9);
  });
});
