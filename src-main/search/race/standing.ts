import { mean, variance } from '../../statistics/moments.js';
import { upperQuantile } from '../../statistics/student-t.js';
import { joinedUnits, type Units } from '../../training/metrics/units.js';
import type { TrainingResult } from '../../training/training-series.js';
import type { RaceCandidate } from '../../vocabulary/race.js';
import { imageComponent } from './estimates.js';
import { judgedUnits } from './judged-units.js';
import type { RaceTraining } from './plan.js';
import type { RaceProblem } from './problem.js';

/** Standard normal: half of 95 %. */
const Z = upperQuantile(0.025, 1e6);

/** Every entrant with how far it has come, by the longest of its trainings that have ended. */
export function standing(
  problem: Pick<RaceProblem, 'entrants' | 'views'>,
  trainings: readonly RaceTraining[],
  results: readonly TrainingResult[],
): RaceCandidate[] {
  return problem.entrants.map(({ source, label, genotype, parameters, insideBudget }, entrant) => {
    const own = trainings.flatMap((training, i) =>
      training.entrant === entrant && results[i] ? [{ training, judgement: results[i][0]! }] : [],
    );
    const last = own.at(-1)?.training;
    const longest = own.filter(({ training }) => training.rung === last?.rung);
    return {
      candidate: entrant + 1,
      source,
      label,
      genotype,
      parameters,
      insideBudget,
      epochs: last?.epochs ?? 0,
      seeds: longest.length,
      rung: last?.rung ?? 1,
      validation: longest.length === 0 ? null : validation(longest, problem.views),
    };
  });
}

function validation(
  ran: readonly { readonly training: RaceTraining; readonly judgement: TrainingResult[number] }[],
  views: RaceProblem['views'],
): RaceCandidate['validation'] {
  const crossValidated = views.length > 1;
  const answers = crossValidated
    ? ran.flatMap(({ judgement }) => [...judgement.right])
    : Array.from(ran[0]!.judgement.right, (_, i) => mean(ran.map(({ judgement }) => judgement.right[i]!)));
  const unitsOf = ({ training }: (typeof ran)[number]): Units => judgedUnits(views[training.view]!);
  const units = crossValidated ? joinedUnits(ran.map(unitsOf)) : unitsOf(ran[0]!);
  const accuracy = mean(answers);
  const ofImages = imageComponent(answers, units).variance;
  const ofTrainings = variance(ran.map(({ judgement }) => mean(judgement.right))) / ran.length;
  // folds differ by their images too, which is in the first term already
  const squared = crossValidated ? Math.max(ofImages, ofTrainings) : ofImages + ofTrainings;
  return {
    images: answers.length,
    patients: units.patients?.length ?? null,
    crossValidated,
    accuracy,
    standardError: Math.sqrt(squared),
    accuracyInterval: wilson(accuracy, squared, units.patients?.length ?? answers.length, answers.length),
    loss: mean(ran.map(({ judgement }) => mean(judgement.losses))),
  };
}

/**
 * Wilson's 95 % interval of a share, for as many images as give its standard error: inside 0..1, and with a width when all
 * answers are right.
 * @param units independent of each other: as many count where the answers do not differ  @param images at most so many count
 */
function wilson(share: number, squaredError: number, units: number, images: number): [number, number] {
  const asMany = squaredError > 0 ? Math.min(images, (share * (1 - share)) / squaredError) : 0;
  const n = asMany > 0 ? asMany : units;
  const centre = (share + Z ** 2 / (2 * n)) / (1 + Z ** 2 / n);
  const reach = (Z / (1 + Z ** 2 / n)) * Math.sqrt((share * (1 - share)) / n + Z ** 2 / (4 * n ** 2));
  return [Math.max(0, centre - reach), Math.min(1, centre + reach)];
}
