import { createRandom } from '../../compute/random.js';
import { mean } from '../../statistics/moments.js';
import type { PlannedTraining, TrainingResult } from '../../training/training-series.js';
import { findReferences, type References } from './candidates.js';
import { trainingWork, type Work } from './cost.js';
import { awaitedEntrants, firstRung, foreseenField, plannedEntrants } from './field.js';
import type { RaceProblem } from './problem.js';
import { ranking } from './ranking.js';
import { raceRecipe } from './recipe.js';

export const FINAL_RUNG = 3;
/** Entrants of the second rung: the best third, but no fewer than this. */
const LEAST_SECOND = 4;
/** Finalists and the trainings of each, where one view judges and in a cross-validation, where each fold is a training of its own. */
const FINAL = { one: { finalists: 5, repeats: 2 }, folds: { finalists: 3, repeats: 1 } } as const;
/**
 * Epochs of the rungs: against each other, and at most; and the steps without which a training says nothing of its architecture,
 * in no more than so many epochs. A final is what people read: after 250 steps on pbcblood the network without cells, which
 * learns fastest, is level with what is better by two points after 750.
 */
const LENGTHS = [
  { weight: 1, steps: 120, fewest: 5, most: 10 },
  { weight: 1, steps: 120, fewest: 5, most: 20 },
  { weight: 2, steps: 720, fewest: 10, most: 40 },
] as const;

/** One training of a race. */
export interface RaceTraining {
  /** Index of the entrant. */
  readonly entrant: number;
  /** 1, 2 or FINAL_RUNG. */
  readonly rung: number;
  /** Which of the entrant's trainings in this rung; those of all folds of a cross-validation share one. */
  readonly repeat: number;
  readonly view: number;
  readonly epochs: number;
  readonly seed: number;
}

/** What is known of a race after some results: the rungs that have begun. */
export interface RacePlan {
  readonly trainings: readonly RaceTraining[];
  /** How many there will be; the last rung's number is known when it begins. */
  readonly expected: number;
}

/**
 * Successive halving (Jamieson and Talwalkar 2016): every entrant inside the budget trains a little, those that are predicted from
 * these trainings too, the best third again with fresh seeds, and the best few with fresh seeds twice as long. Into the final also go, chosen beforehand and without
 * looking, the references: the first eight random architectures, the network without cells, the chain of 3×3. A final
 * on the same footing for all is what makes its differences fair; so that the two hand-made networks can be chosen by all of
 * their trainings as a finalist is, they run in the second rung too.
 *
 * Epochs follow from the work that the race may cost: each rung takes its share of what is left, within bounds; a rung too
 * short to say anything would only cost. Where the
 * images are cross-validated, the first two rungs are judged by one fold each (another one in each rung), the final by all:
 * longer trainings tell short of data more than more images do. Pure: the same results give the same plan.
 */
export function planRace(problem: RaceProblem, results: readonly TrainingResult[]): RacePlan {
  const { entrants, views } = problem;
  const { finalists: most, repeats } = FINAL[views.length > 1 ? 'folds' : 'one'];
  const references = findReferences(entrants, problem.space, problem.budget);
  const first = firstRung(entrants);
  const awaited = awaitedEntrants(problem);
  const all = plannedEntrants(problem);
  const onMerit = Math.min(first.length + awaited, Math.max(LEAST_SECOND, Math.ceil(all / 3)));
  const handMade = [references.empty, references.chain].filter((index) => index !== null);
  const inSecond = handMade.filter((entrant) => entrants[entrant]!.insideBudget);
  const final = views.length * ((most + handMade.length) * repeats + references.random.length);
  const counts = [all, Math.min(all, onMerit + inSecond.length), final];

  const trainings: RaceTraining[] = [];
  const add = (rung: 1 | 2 | 3, slots: readonly Slot[]): boolean => {
    // in the first rung from who was there at the start, so that who comes later trains as long
    const known = rung === 1 ? slots.slice(0, problem.opening) : slots;
    const epochs = epochsOf(problem, rung, known, trainings, counts);
    for (const slot of slots) {
      const { entrant, repeat, view } = slot;
      trainings.push({ entrant, repeat, view, rung, epochs, seed: seedOf(problem.seed, rung, slot) });
    }
    return results.length >= trainings.length;
  };
  const expected = (): number => counts.slice(trainings.at(-1)!.rung).reduce((a, b) => a + b, trainings.length);

  if (!add(1, judgedOnce(first, 0)) || awaited > 0) return { trainings, expected: awaited + expected() };
  const second = [...new Set([...best(trainings, results, 1, onMerit), ...inSecond])];
  if (!add(2, judgedOnce(second, 1 % views.length))) return { trainings, expected: expected() };
  const finalists = best(trainings, results, 2, most);
  add(3, finalSlots(finalists, references, repeats, views.length));
  return { trainings, expected: trainings.length };
}

/** Says nothing of its entrant. */
const BLANK: TrainingResult = [{ right: Float32Array.of(0), losses: Float32Array.of(0), auc: 0 }];

/** Work of every training that there will be; the places of rungs that have not begun are given to whoever is first. */
export function foreseenWork(of: RaceProblem, results: readonly TrainingResult[]): readonly Work[] {
  const problem = foreseenField(of);
  const foreseen = [...results];
  for (;;) {
    const { trainings } = planRace(problem, foreseen);
    if (trainings.length === foreseen.length) return trainings.map((training) => workOf(problem, training));
    foreseen.push(...trainings.slice(foreseen.length).map(() => BLANK));
  }
}

/** A training of the plan as a series runs it. */
export function toPlanned(problem: RaceProblem, { entrant, view, epochs, seed }: RaceTraining): PlannedTraining {
  const { genotype } = problem.entrants[entrant]!;
  return { genotype, recipe: raceRecipe(problem.views[view]!.training.length, epochs), seed, view };
}

export function workOf(problem: RaceProblem, training: Pick<RaceTraining, 'entrant' | 'view' | 'epochs'>): Work {
  const { training: images, judging } = problem.views[training.view]!;
  return trainingWork(problem.forward[training.entrant]!, {
    training: images.length,
    judging: judging.reduce((sum, set) => sum + set.images.length, 0),
    epochs: training.epochs,
  });
}

/** A training to be planned. */
interface Slot extends Pick<RaceTraining, 'entrant' | 'repeat' | 'view'> {
  /** Its seed is its own; else all of a rung, repeat and view see the same batches. */
  readonly alone?: boolean;
}

const judgedOnce = (entrants: readonly number[], view: number): Slot[] =>
  entrants.map((entrant) => ({ entrant, repeat: 0, view }));

function finalSlots(finalists: readonly number[], references: References, repeats: number, views: number): Slot[] {
  const several = new Set([...finalists, ...[references.empty, references.chain].filter((index) => index !== null)]);
  const once = references.random.filter((index) => !several.has(index));
  return Array.from({ length: repeats }, (_, repeat) => repeat).flatMap((repeat) =>
    [...several, ...(repeat === 0 ? once : [])].flatMap((entrant) =>
      Array.from({ length: views }, (_, view) => ({ entrant, repeat, view, alone: !several.has(entrant) })),
    ),
  );
}

/** Entrants of a rung, best first, by all of their trainings so far: each of the rung has as many. */
function best(
  trainings: readonly RaceTraining[],
  results: readonly TrainingResult[],
  rung: number,
  count: number,
): number[] {
  const entrants = trainings.flatMap((training) => (training.rung === rung ? [training.entrant] : []));
  const scores = entrants.map((entrant) => {
    const own = trainings.flatMap((training, i) => (training.entrant === entrant ? [results[i]![0]!] : []));
    return { accuracy: mean(own.map(({ right }) => mean(right))), loss: mean(own.map(({ losses }) => mean(losses))) };
  });
  return ranking(scores)
    .slice(0, count)
    .map((place) => entrants[place]!);
}

/** Epochs of a rung from its share of the work that is left. @param slots of the rung, or some of them */
function epochsOf(
  problem: RaceProblem,
  rung: 1 | 2 | 3,
  slots: readonly Slot[],
  earlier: readonly RaceTraining[],
  counts: readonly number[],
): number {
  const weight = (i: number): number => counts[i]! * LENGTHS[i]!.weight;
  const ofRung = slots.length / counts[rung - 1]!;
  const share = (ofRung * weight(rung - 1)) / LENGTHS.reduce((sum, _, i) => (i + 1 < rung ? sum : sum + weight(i)), 0);
  const left = problem.work - earlier.reduce((sum, training) => sum + workOf(problem, training), 0);
  const total = (epochs: number): Work => slots.reduce((sum, slot) => sum + workOf(problem, { ...slot, epochs }), 0);
  const judging = total(0);
  const epochs = Math.floor((share * left - judging) / (total(1) - judging));
  const { steps, fewest, most } = LENGTHS[rung - 1]!;
  const images = problem.views[0]!.training.length;
  const stepsPerEpoch = Math.max(1, Math.floor(images / raceRecipe(images, 1).batch));
  const least = Math.min(fewest, Math.ceil(steps / stepsPerEpoch));
  const before = earlier.at(-1)?.epochs ?? 0;
  return Math.min(most, Math.max(least, before, epochs));
}

/**
 * Which batches come in which order moves the accuracies of all networks together, on pbcblood by as much as networks differ
 * (a standard deviation of .012 after 120 steps, .004 after 750), so those that are compared to choose one see the same.
 * The random references of a final do not: what they share with nobody counts as their own error.
 */
function seedOf(seed: number, rung: number, { entrant, repeat, view, alone }: Slot): number {
  const of = alone ? [rung, entrant, repeat, view] : [rung, 'all', repeat, view];
  return createRandom(seed, `race/${of.join('/')}`).next32();
}
