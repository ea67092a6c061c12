import type { Measured, Search, SearchProblem } from '../method.js';

/** Steps that are timed, after one that warms up. */
const TIMED_STEPS = 2;

/** Seconds of one step, measured. */
export async function stepSeconds(search: Search): Promise<number> {
  await search.advance();
  const start = performance.now();
  for (let i = 0; i < TIMED_STEPS; i++) await search.advance();
  return (performance.now() - start) / 1000 / TIMED_STEPS;
}

/** The time of a search whose steps all take as long as the first ones. */
export async function measureSteps(problem: SearchProblem, open: () => Promise<Search>): Promise<Measured> {
  const search = await open();
  try {
    const seconds = await stepSeconds(search);
    const { stepsPerEpoch, imagesPerStep } = search;
    return {
      seconds: problem.epochs * stepsPerEpoch * seconds,
      imagesPerSecond: imagesPerStep / seconds,
      stepsPerEpoch,
    };
  } finally {
    search.dispose();
  }
}
