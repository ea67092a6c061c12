import type { Budget, RaceCandidate } from '../../../src-main/ipc/contract.js';
import type { Judged } from '../../logic/race.js';
import type { Callout } from '../../logic/race-text.js';

/** What the picture of a race is drawn from. */
export interface RacePlotModel {
  /** What is drawn, the foremost last. */
  readonly candidates: readonly Judged[];
  /** False where a candidate fell out early. */
  readonly strong: (candidate: RaceCandidate) => boolean;
  /** Parameters that the axis has room for: also of networks that are still to come, so that it stands still. */
  readonly counts: readonly number[];
  readonly budget: Budget;
  readonly callouts: readonly Callout[];
  readonly lines: (candidate: RaceCandidate) => readonly string[];
  readonly onpoint: (candidate: RaceCandidate | null) => void;
}
