import { createRandom } from '../../compute/random.js';
import type { Part } from '../../datasets/dataset.js';
import type { Turn } from '../turn.js';
import { accuracy } from './accuracy.js';
import { auc, rank } from './auc.js';
import { balancedAccuracy } from './balanced-accuracy.js';
import { bootstrap } from './bootstrap.js';
import type { Interval } from './interval.js';
import { confusionMatrix, perClass, type ClassMetrics } from './per-class.js';
import { rocCurve, thin, type RocPoint } from './roc.js';
import { checkScores, isPositive, type ScoredPart } from './scores.js';

/** Everything that is reported of one part; has the shape of `PartMetrics` of the jobs. */
export interface Metrics {
  readonly part: Part;
  readonly images: number;
  readonly accuracy: number;
  readonly auc: number;
  readonly accuracyInterval: Interval;
  /** Null where there are too few images of a class for one, or the AUC is 0 or 1. */
  readonly aucInterval: Interval | null;
  /** NaN where a class has no image. */
  readonly balancedAccuracy: number;
  /** Null where there are too few images of a class for one. */
  readonly balancedAccuracyInterval: Interval | null;
  readonly perClass: readonly (ClassMetrics & { readonly label: string })[];
  readonly confusion: readonly (readonly number[])[] | null;
  readonly roc: readonly { readonly label: string; readonly points: readonly RocPoint[] }[];
}

/**
 * Metrics of one part as the MedMNIST evaluator defines them, with 95 % bootstrap intervals.
 * @param labels name of each output  @param turn during the bootstrap
 * @throws UserError `scores-shape`, `scores-not-finite`
 */
export async function partMetrics(
  name: Part,
  part: ScoredPart,
  labels: readonly string[],
  turn?: Turn,
): Promise<Metrics> {
  checkScores(part);
  const { count, outputs, values } = part.scores;
  const label = (k: number): string => labels[k] ?? String(k);
  const balanced = balancedAccuracy(part, labels, name);
  const intervals = await bootstrap(part, createRandom(1, `bootstrap/${name}`), undefined, turn, balanced);
  return {
    part: name,
    images: count,
    accuracy: accuracy(part),
    auc: auc(part),
    accuracyInterval: intervals.accuracy,
    aucInterval: intervals.auc,
    balancedAccuracy: balanced.value,
    balancedAccuracyInterval: intervals.balancedAccuracy,
    perClass: perClass(part).map((metrics, k) => ({ label: label(k), ...metrics })),
    confusion: confusionMatrix(part),
    roc: Array.from({ length: outputs }, (_, k) => {
      const ranking = rank(
        count,
        (i) => values[i * outputs + k]!,
        (i) => isPositive(part, i, k),
      );
      return { label: label(k), points: thin(rocCurve(ranking)) };
    }),
  };
}
