import { stepSeconds } from '../measure-steps.js';
import type { Measured, SearchProblem } from '../../method.js';
import { growthEpoch } from './schedule.js';
import { ZoDartsPlusPlusSearch } from './search.js';
import type { ZoDartsPlusPlusSettings } from './settings.js';

/**
 * Time of a step averaged over phase 2, as a share of its first steps: probabilities become 0 and cost nothing, while the ends of the
 * rounds cost more. Where a round computes two choices of each edge there is less to become 0.
 */
const SPARSE_SHARE = { two: 0.9, all: 0.6 } as const;
/** First steps of rounds that are timed: for so many seconds, within bounds. */
const ROUNDS = { seconds: 2.5, fewest: 4, most: 16 } as const;
/** The steps that are timed never reach the next phase of a search of so many epochs. */
const LONG_SEARCH = 10_000;

/**
 * Measures a few steps of both phases and the ranking at the end: in the warm-up nothing but the net is trained, and the grown
 * supernet computes more.
 */
export async function measurePhases(problem: SearchProblem, settings: ZoDartsPlusPlusSettings): Promise<Measured> {
  const { epochs, sparse } = problem;
  const long = { ...problem, epochs: LONG_SEARCH };
  const first = ZoDartsPlusPlusSearch.open(long, settings, null);
  const { stepsPerEpoch, imagesPerStep } = first;
  const one = await stepSeconds(first);
  const snapshot = await first.snapshot();
  first.dispose();
  const progress = { ...(snapshot.values['progress'] as object), epoch: growthEpoch(LONG_SEARCH, settings), step: 0 };
  const grown = { ...snapshot, values: { ...snapshot.values, progress } };
  const second = ZoDartsPlusPlusSearch.open(long, settings, grown);
  const two = await drawnStepSeconds(second);
  const ranking = await second.rankingSeconds();
  second.dispose();
  const growth = growthEpoch(epochs, settings);
  const phaseTwo = Math.max(0, epochs - growth) * (sparse ? SPARSE_SHARE[settings.paths] : 1);
  return {
    seconds: stepsPerEpoch * (growth * one + phaseTwo * two) + ranking,
    imagesPerSecond: imagesPerStep / one,
    stepsPerEpoch,
  };
}

/**
 * Seconds of one step of phase 2, averaged over rounds, each of which draws what it computes: one may cost twice as much as another.
 */
async function drawnStepSeconds(search: ZoDartsPlusPlusSearch): Promise<number> {
  await search.advance();
  const start = performance.now();
  for (let rounds = 1; ; rounds++) {
    search.endRoundEarly();
    await search.advance();
    const seconds = (performance.now() - start) / 1000;
    if (rounds >= ROUNDS.most || (rounds >= ROUNDS.fewest && seconds >= ROUNDS.seconds)) return seconds / rounds;
  }
}
