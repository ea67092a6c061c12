import { createRandom } from '../../compute/random.js';
import type { Part } from '../../datasets/dataset.js';
import { ruleText } from '../../operating-point-text.js';
import type { Diagnostics, PartDiagnostics } from '../../vocabulary/diagnostics.js';
import type { OperatingPoint } from '../../vocabulary/operating-point.js';
import type { Turn } from '../turn.js';
import { accuracy } from './accuracy.js';
import { rank, rankingAuc } from './auc.js';
import { aucEstimate, findingAuc, positivesOf } from './auc-estimate.js';
import { balancedAccuracy, balancedEstimate } from './balanced-accuracy.js';
import { bootstrap, resample } from './bootstrap.js';
import { calibrationOf, calibrationSubject } from './calibration.js';
import { decisionAt, usualDecision } from './decision.js';
import { estimate, named } from './estimate.js';
import { majorityVote, type TrainingCounts } from './majority.js';
import { chosenPart, figuresOf, groupingFigures, type GroupChoices } from './group-figures.js';
import { checkScores, isPositive, type ScoredPart } from './scores.js';
import { fitTemperature, withTemperature } from './temperature.js';
import { cornersAt, rocCorners } from './thresholds.js';
import { unitsOf } from './units.js';

/** What a network said of the images that did not train it. */
export interface Predictions {
  readonly validation: ScoredPart;
  readonly test: ScoredPart;
  readonly training: TrainingCounts;
  /** Which test images have a twin in the training or validation part: 1 for those. Absent where nobody looked. */
  readonly testTwins?: Uint8Array | undefined;
}

export interface DiagnosticChoices {
  /** In class order. */
  readonly labels: readonly string[];
  /** Class number; null: none is named. */
  readonly finding: number | null;
  readonly operatingPoint: OperatingPoint | null;
  /** Default: fitted on the validation part. */
  readonly temperature?: number;
}

/**
 * All figures of a trained network for one who decides: the only place where they are computed. The temperature comes from
 * the validation part; the test part chooses nothing. Same predictions, same bits.
 * @throws UserError `scores-shape`, `scores-not-finite`
 */
export async function diagnose(
  { validation, test, training, testTwins }: Predictions,
  choices: DiagnosticChoices,
  turn?: Turn,
): Promise<Diagnostics> {
  checkScores(validation);
  checkScores(test);
  const { labels, finding } = choices;
  const temperature = choices.temperature ?? fitTemperature(validation);
  const label = (k: number): string => labels[k] ?? String(k);
  const { operatingPoint, operatingPointProblem } = usable(choices);
  const thresholds = finding === null ? [] : rocCorners(validation, finding).map(({ threshold }) => threshold);
  const of = (name: Part, part: ScoredPart): Promise<PartDiagnostics> =>
    diagnosePart(name, part, { ...choices, operatingPoint, temperature, training, thresholds }, turn);
  return {
    labels: Array.from({ length: test.scores.outputs }, (_, k) => label(k)),
    finding: finding === null ? null : { class: finding, label: label(finding) },
    operatingPoint,
    operatingPointProblem,
    operatingRule: operatingPoint && ruleText(operatingPoint.rule),
    temperature,
    calibrationOf: calibrationSubject(test, finding),
    validation: await of('val', validation),
    test: await of('test', test),
    withoutTwins: testTwins
      ? await figuresWithoutTwins(test, testTwins, { labels, finding, operatingPoint }, turn)
      : null,
  };
}

/** Figures of the test images that the network cannot have learned by heart from a twin. */
async function figuresWithoutTwins(
  test: ScoredPart,
  twins: Uint8Array,
  choices: GroupChoices,
  turn: Turn | undefined,
): Promise<NonNullable<Diagnostics['withoutTwins']>> {
  const images = Array.from(twins.keys()).filter((i) => twins[i] === 0);
  const left = test.scores.count - images.length;
  const figures =
    left > 0 && images.length > 0 ? await figuresOf('test', chosenPart(test, images), choices, turn) : null;
  return { twins: left, figures: figures && { value: 'without twins', ...figures } };
}

/** An operating point is of one finding and of no other. */
function usable({ finding, labels, operatingPoint }: DiagnosticChoices) {
  if (operatingPoint === null || operatingPoint.finding === finding) {
    return { operatingPoint, operatingPointProblem: null };
  }
  const now =
    finding === null ? 'the dataset no longer has a finding' : `the finding is now ${named(labels[finding] ?? '')}`;
  const operatingPointProblem = `the saved operating point is for ${named(operatingPoint.label)}, but ${now}: choose it again`;
  return { operatingPoint: null, operatingPointProblem };
}

async function diagnosePart(
  name: Part,
  part: ScoredPart,
  {
    labels,
    finding,
    operatingPoint,
    temperature,
    training,
    thresholds,
  }: DiagnosticChoices & {
    readonly temperature: number;
    readonly training: TrainingCounts;
    /** Of the validation part, falling. */
    readonly thresholds: readonly number[];
  },
  turn: Turn | undefined,
): Promise<PartDiagnostics> {
  const { task, scores } = part;
  const { count, outputs, values } = scores;
  // the generator and the draws of `partMetrics`, so that accuracy and AUC have one interval
  const random = (): ReturnType<typeof createRandom> => createRandom(1, `bootstrap/${name}`);
  const intervals = await bootstrap(part, random(), undefined, turn);
  const units = unitsOf(part.truth);
  const balanced = balancedAccuracy(part, labels, name);
  const calibrations = [part, { ...part, scores: withTemperature(task, scores, temperature) }].map((one) =>
    calibrationOf(one, finding),
  );
  const label = finding === null ? '' : (labels[finding] ?? String(finding));
  const ranking =
    finding === null
      ? null
      : rank(
          count,
          (i) => values[i * outputs + finding]!,
          (i) => isPositive(part, i, finding),
        );
  const statistics = [
    balanced.statistic,
    ...calibrations.flatMap((calibration) => calibration.statistics),
    ...(ranking ? [(weights: Uint32Array) => rankingAuc(ranking, weights)] : []),
  ];
  const [balances = [], beforeErrors = [], beforeScores = [], afterErrors = [], afterScores = [], findingAucs = []] =
    await resample(units, statistics, random(), { turn });
  return {
    part: name,
    images: count,
    patients: units.patients?.length ?? null,
    groupings: await groupingFigures(name, part, { labels, finding, operatingPoint }, turn),
    balancedAccuracy: balancedEstimate(balanced, balances),
    accuracy: estimate(accuracy(part), intervals.accuracy),
    auc: aucEstimate(part, intervals.auc, labels, name),
    majority: majorityVote(part, training, labels, finding, name),
    finding: ranking && {
      positives: positivesOf(ranking),
      negatives: count - positivesOf(ranking),
      auc: findingAuc(ranking, units, findingAucs, label, name),
      usual: usualDecision(part, finding!, label, name),
      atOperatingPoint: operatingPoint && decisionAt(part, operatingPoint, name),
      roc: rocCorners(part, finding!),
      atValidationCorners: cornersAt(part, finding!, thresholds),
    },
    calibration: {
      before: calibrations[0]!.finish([beforeErrors, beforeScores]),
      after: calibrations[1]!.finish([afterErrors, afterScores]),
    },
  };
}
