import { stepSeconds } from '../measure-steps.js';
import type { Measured, SearchProblem } from '../../method.js';
import { growthEpoch } from './schedule.js';
import { ZoDartsSearch } from './search.js';
import type { ZoDartsSettings } from './settings.js';

/** Time of a step averaged over phase 2, as a share of its first steps: probabilities become 0 and cost nothing. */
const SPARSE_SHARE = 0.6;

/** Measures a few steps of both phases, because the grown supernet computes more, and the ranking of what it proposes. */
export async function measurePhases(problem: SearchProblem, settings: ZoDartsSettings): Promise<Measured> {
  const { epochs, sparse } = problem;
  const rounds = { ...settings, warmup: 0 };
  const first = ZoDartsSearch.open(problem, rounds, null);
  const { stepsPerEpoch, imagesPerStep } = first;
  const one = await stepSeconds(first);
  const snapshot = await first.snapshot();
  first.dispose();
  const growth = growthEpoch(epochs, settings);
  const progress = { ...(snapshot.values['progress'] as object), epoch: Math.min(growth, epochs - 1), step: 0 };
  const grown = { ...snapshot, values: { ...snapshot.values, progress } };
  const second = ZoDartsSearch.open(problem, rounds, grown);
  const two = await stepSeconds(second);
  const ranking = await second.rankingSeconds();
  second.dispose();
  const phaseTwo = Math.max(0, epochs - growth) * (sparse ? SPARSE_SHARE : 1);
  return {
    seconds: stepsPerEpoch * (growth * one + phaseTwo * two) + ranking,
    imagesPerSecond: imagesPerStep / one,
    stepsPerEpoch,
  };
}
