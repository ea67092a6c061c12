import type { TrainingView } from '../../datasets/judging-views.js';
import type { Budget } from '../../vocabulary/budget.js';
import type { SpaceSettings } from '../../vocabulary/space.js';
import type { Entrant } from './candidates.js';
import type { Work } from './cost.js';

/** What a race is planned from, beside its results. */
export interface RaceProblem {
  readonly space: SpaceSettings;
  readonly budget: Budget;
  readonly entrants: readonly Entrant[];
  /** Of the entrants inside the budget, those that were there from the start. */
  readonly opening: number;
  /** Waves of predicted entrants that have entered (`field.ts`). */
  readonly waves: number;
  /** Height and width of an image. */
  readonly size: number;
  /** Work of one image for each entrant. */
  readonly forward: readonly Work[];
  /** One, or those of a cross-validation. */
  readonly views: readonly TrainingView[];
  /** What the whole race may cost. */
  readonly work: Work;
  readonly seed: number;
}
