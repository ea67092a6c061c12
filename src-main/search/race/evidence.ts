import { mean } from '../../statistics/moments.js';
import { unitsOf, type Units } from '../../training/metrics/units.js';
import type { TrainingResult } from '../../training/training-series.js';
import { FINAL_RUNG, type RaceTraining } from './plan.js';
import type { RaceProblem } from './problem.js';
import { judgedUnits } from './judged-units.js';
import type { Score } from './ranking.js';

/** Image folds of the cross-fitting where one view judges. */
const IMAGE_FOLDS = 10;

/** One training of an entrant, or those of all folds of a cross-validation put together: every image once. */
export interface Repeat {
  readonly right: Float32Array;
  readonly losses: Float32Array;
}

/** What the final's trainings said of the judging images. */
export interface FinalEvidence {
  /** Fold of each judging image. */
  readonly folds: Uint8Array;
  /** What is independent among the judging images: patients where they are known. */
  readonly units: Units;
  /** Whether each fold was judged by a training of its own. */
  readonly crossValidated: boolean;
  /** By index of the entrant. */
  readonly repeats: ReadonlyMap<number, readonly Repeat[]>;
}

/** A training of the first rung. */
export interface FirstEvidence {
  readonly entrant: number;
  readonly right: Float32Array;
  readonly units: Units;
}

/** What a training before the final said of its entrant. */
export interface EarlierScore extends Score {
  readonly entrant: number;
  readonly rung: number;
}

/** The trainings of the final that have ended; an entrant's repeat counts once it is whole. */
export function finalEvidence(
  problem: Pick<RaceProblem, 'views'>,
  trainings: readonly RaceTraining[],
  results: readonly TrainingResult[],
): FinalEvidence {
  const { views } = problem;
  const images = views.map(({ judging }) => judging[0]!.images);
  const count = images.reduce((sum, { length }) => sum + length, 0);
  const found = new Map<number, Map<number, { repeat: Repeat; views: number }>>();
  trainings.forEach(({ rung, entrant, repeat, view }, i) => {
    const judgement = results[i]?.[0];
    if (rung !== FINAL_RUNG || !judgement) return;
    const ofEntrant = found.get(entrant) ?? new Map<number, { repeat: Repeat; views: number }>();
    found.set(entrant, ofEntrant);
    const whole = ofEntrant.get(repeat) ?? {
      repeat: { right: new Float32Array(count), losses: new Float32Array(count) },
      views: 0,
    };
    const numbers = views.length > 1 ? images[view]! : null;
    judgement.right.forEach((right, at) => (whole.repeat.right[numbers ? numbers[at]! : at] = right));
    judgement.losses.forEach((loss, at) => (whole.repeat.losses[numbers ? numbers[at]! : at] = loss));
    ofEntrant.set(repeat, { ...whole, views: whole.views + 1 });
  });
  const repeats = [...found].map(
    ([entrant, of]) =>
      [entrant, [...of.values()].filter((whole) => whole.views === views.length).map(({ repeat }) => repeat)] as const,
  );
  const crossValidated = views.length > 1;
  const units = crossValidated ? unitsOf(views[0]!.judging[0]!.pool.labels) : judgedUnits(views[0]!);
  return {
    folds: crossValidated ? foldsOfViews(images, count) : foldsOfUnits(units),
    units,
    crossValidated,
    repeats: new Map(repeats.filter(([, of]) => of.length > 0)),
  };
}

export function firstEvidence(
  { views }: Pick<RaceProblem, 'views'>,
  trainings: readonly RaceTraining[],
  results: readonly TrainingResult[],
): FirstEvidence[] {
  return trainings.flatMap(({ rung, entrant, view }, i) =>
    rung === 1 && results[i] ? [{ entrant, right: results[i][0]!.right, units: judgedUnits(views[view]!) }] : [],
  );
}

/** The trainings before the final that have ended. */
export function earlierScores(trainings: readonly RaceTraining[], results: readonly TrainingResult[]): EarlierScore[] {
  return trainings.flatMap(({ rung, entrant }, i) => {
    const judgement = results[i]?.[0];
    if (rung === FINAL_RUNG || !judgement) return [];
    return [{ rung, entrant, accuracy: mean(judgement.right), loss: mean(judgement.losses) }];
  });
}

function foldsOfViews(images: readonly Uint32Array[], count: number): Uint8Array {
  const folds = new Uint8Array(count);
  images.forEach((ofView, view) => ofView.forEach((image) => (folds[image] = view)));
  return folds;
}

/** Images of one patient lie in one fold, so that nothing is chosen by some of them and measured on the others. */
function foldsOfUnits({ images, patients }: Units): Uint8Array {
  const folds = new Uint8Array(images);
  if (!patients) return folds.map((_, i) => i % IMAGE_FOLDS);
  patients.forEach((of, patient) => of.forEach((image) => (folds[image] = patient % IMAGE_FOLDS)));
  return folds;
}
