import { UserError } from '../errors.js';
import type { ReadableHistory } from '../history/interface.js';
import { nextTurn } from '../next-turn.js';
import { DRAW_SEED, DRAWS, studyFigures, type DrawnParameters } from '../studies/figures.js';
import type { StudyFigures } from '../vocabulary/study-figures.js';
import { drawSamples } from './draw-samples.js';
import { resultsOfStudy } from './study-results.js';

/** What was drawn from finished searches, which never changes: by their runs. */
export type DrawnBefore = Map<number, readonly number[] | null>;

/**
 * The data of the figures of a study, as far as it has come. Between two searches other work of the process has its turn.
 * @param drawn what was drawn before, and is now
 * @throws UserError `study-unknown`
 */
export async function figuresOfStudy(
  history: ReadableHistory,
  study: string,
  drawn: DrawnBefore = new Map(),
): Promise<StudyFigures> {
  const { records, results } = resultsOfStudy(history, study);
  for (const { run, trainingSeed, standing } of records) {
    if (run === null || trainingSeed !== null || standing !== 'finished' || drawn.has(run)) continue;
    drawn.set(run, drawnParameters(history, run));
    await nextTurn();
  }
  return studyFigures(records, results, drawn satisfies DrawnParameters);
}

function drawnParameters(history: ReadableHistory, run: number): readonly number[] | null {
  try {
    return drawSamples(history, run, { count: DRAWS, seed: DRAW_SEED }).draws.map(({ parameters }) => parameters);
  } catch (error) {
    if (error instanceof UserError && error.kind === 'sample-nothing') return null;
    throw error;
  }
}
