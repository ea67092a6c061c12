import { createRandom } from '../../compute/random.js';
import { UNKNOWN_VALUE, type Part } from '../../datasets/dataset.js';
import { chosenSubjects, imagesOfPatients } from '../../datasets/subjects.js';
import type { GroupFigures, GroupingFigures } from '../../vocabulary/diagnostics.js';
import type { OperatingPoint } from '../../vocabulary/operating-point.js';
import type { Turn } from '../turn.js';
import { accuracy } from './accuracy.js';
import { rank, rankingAuc } from './auc.js';
import { aucEstimate, findingAuc, positivesOf } from './auc-estimate.js';
import { balancedAccuracy, balancedEstimate } from './balanced-accuracy.js';
import { bootstrap, resample } from './bootstrap.js';
import { decisionAt, usualDecision } from './decision.js';
import { estimate } from './estimate.js';
import { isPositive, type ScoredPart } from './scores.js';
import { unitsOf } from './units.js';

export interface GroupChoices {
  readonly labels: readonly string[];
  readonly finding: number | null;
  readonly operatingPoint: OperatingPoint | null;
}

/**
 * The figures of a part for each site, sex or age that its images can be told apart by, in the order of the dataset's values, with
 * intervals over patients where they are known. Values that no image of the part has are left out.
 */
export async function groupingFigures(
  name: Part,
  part: ScoredPart,
  choices: GroupChoices,
  turn?: Turn,
): Promise<GroupingFigures[]> {
  const found: GroupingFigures[] = [];
  for (const grouping of part.truth.subjects?.groupings ?? []) {
    const groups: GroupFigures[] = [];
    for (const [value, text] of [...grouping.values.entries(), [UNKNOWN_VALUE, null] as const]) {
      const images = Array.from(grouping.valueOf.keys()).filter((i) => grouping.valueOf[i] === value);
      if (images.length === 0) continue;
      groups.push({ value: text, ...(await figuresOf(name, chosenPart(part, images), choices, turn)) });
    }
    found.push({ name: grouping.name, groups });
  }
  return found;
}

/** The figures of some images of a part. */
export async function figuresOf(
  name: Part,
  part: ScoredPart,
  { labels, finding, operatingPoint }: GroupChoices,
  turn: Turn | undefined,
): Promise<Omit<GroupFigures, 'value'>> {
  const { count, outputs, values } = part.scores;
  const random = (): ReturnType<typeof createRandom> => createRandom(1, `bootstrap/${name}`);
  const units = unitsOf(part.truth);
  const balanced = balancedAccuracy(part, labels, name);
  const intervals = await bootstrap(part, random(), undefined, turn);
  const ranking =
    finding === null
      ? null
      : rank(
          count,
          (i) => values[i * outputs + finding]!,
          (i) => isPositive(part, i, finding),
        );
  const statistics = [balanced.statistic, (weights: Uint32Array) => (ranking ? rankingAuc(ranking, weights) : NaN)];
  const [balances = [], aucs = []] = await resample(units, statistics, random(), { turn });
  const label = finding === null ? '' : (labels[finding] ?? String(finding));
  const decided =
    finding === null
      ? null
      : operatingPoint
        ? decisionAt(part, operatingPoint, name)
        : usualDecision(part, finding, label, name);
  const { patients } = part.truth.subjects ?? { patients: null };
  return {
    images: count,
    patients: patients && imagesOfPatients(patients).length,
    positives: ranking && positivesOf(ranking),
    balancedAccuracy: balancedEstimate(balanced, balances),
    accuracy: estimate(accuracy(part), intervals.accuracy),
    auc: aucEstimate(part, intervals.auc, labels, name),
    finding: ranking &&
      decided && {
        auc: findingAuc(ranking, units, aucs, label, name),
        sensitivity: decided.sensitivity,
        specificity: decided.specificity,
      },
  };
}

/** Some images of a part. @param images their numbers */
export function chosenPart(part: ScoredPart, images: readonly number[]): ScoredPart {
  const { outputs, values } = part.scores;
  const { labelsPerImage, values: truths, subjects } = part.truth;
  const count = images.length;
  const rows = <T>(of: ArrayLike<T>, width: number): T[] =>
    images.flatMap((i) => Array.from({ length: width }, (_, k) => of[i * width + k]!));
  return {
    task: part.task,
    scores: { count, outputs, values: Float64Array.from(rows(values, outputs)) },
    truth: {
      count,
      labelsPerImage,
      values: Uint8Array.from(rows(truths, labelsPerImage)),
      ...(subjects && { subjects: chosenSubjects(subjects, images) }),
    },
  };
}
