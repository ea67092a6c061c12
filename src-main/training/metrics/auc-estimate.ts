import type { Part } from '../../datasets/dataset.js';
import type { Estimate } from '../../vocabulary/diagnostics.js';
import { aucColumns, meanAuc, rankingAuc, rankings, type Ranking } from './auc.js';
import { hasEnough, withWidth } from './bootstrap.js';
import { absent, estimate, notDefined, nothingElse } from './estimate.js';
import { percentileInterval, type Interval } from './interval.js';
import { isPositive, type ScoredPart } from './scores.js';
import type { Units } from './units.js';

/** The AUC of a part, or why it has none. @param interval of `bootstrap` */
export function aucEstimate(
  part: ScoredPart,
  interval: Interval | null,
  labels: readonly string[],
  name: Part,
): Estimate {
  const auc = meanAuc(rankings(part));
  return Number.isNaN(auc) ? notDefined(aucMissing(part, labels, name)) : estimate(auc, interval);
}

export const positivesOf = ({ positive }: Ranking): number => positive.reduce((sum, value) => sum + value, 0);

/** Finding against everything else. @param resampled AUCs of resampled images */
export function findingAuc(
  ranking: Ranking,
  units: Units,
  resampled: readonly number[],
  label: string,
  name: Part,
): Estimate {
  const positives = positivesOf(ranking);
  if (positives === 0) return notDefined(absent(label, name));
  if (positives === ranking.positive.length) return notDefined(nothingElse(label, name));
  return estimate(rankingAuc(ranking), hasEnough(ranking, units) ? withWidth(percentileInterval(resampled)) : null);
}

/** Which class has no image, or every one, so that the AUC is not defined. */
export function aucMissing(part: ScoredPart, labels: readonly string[], name: Part): string {
  const { count, outputs } = part.scores;
  const classes = part.task === 'binary-class' ? [0, 1] : aucColumns(part.task, outputs);
  for (const k of classes) {
    const label = labels[k] ?? String(k);
    let positives = 0;
    for (let i = 0; i < count; i++) if (isPositive(part, i, k)) positives++;
    if (positives === 0) return absent(label, name);
    if (positives === count) return nothingElse(label, name);
  }
  throw new Error('an AUC that is defined was said to be missing');
}
