import type { Measured, Search, SearchProblem } from '../method.js';

/** Steps are timed for so many seconds, and at least so many; before, the first ones warm up for a while: kernels and code are made. */
const TIMED = { seconds: 1, steps: 2 } as const;
const WARM_UP = { seconds: 0.4, steps: 1 } as const;

/** Seconds of one step, measured. */
export async function stepSeconds(search: Search): Promise<number> {
  const first = await advanceFor(search, WARM_UP);
  return search.finished ? first : advanceFor(search, TIMED);
}

/** @returns mean seconds of a step */
async function advanceFor(search: Search, least: typeof TIMED | typeof WARM_UP): Promise<number> {
  const start = performance.now();
  for (let steps = 1; ; steps++) {
    await search.advance();
    const seconds = (performance.now() - start) / 1000;
    if (search.finished || (steps >= least.steps && seconds >= least.seconds)) return seconds / steps;
  }
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
