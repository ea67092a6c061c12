import type { JudgingSet, TrainingView } from '../../datasets/judging-views.js';
import { unitsAmong, type Units } from '../../training/metrics/units.js';

const known = new WeakMap<JudgingSet, Units>();

/** What is independent among the images that judge a view: patients where they are known. Found out once. */
export function judgedUnits({ judging: [set] }: TrainingView): Units {
  const { pool, images } = set!;
  const units = known.get(set!) ?? unitsAmong(pool.labels, images);
  known.set(set!, units);
  return units;
}
