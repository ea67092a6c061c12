import { createRandom } from '../compute/random.js';
import { UserError } from '../errors.js';
import type { ReadableHistory } from '../history/interface.js';
import { probabilitiesOf } from '../search/supernet-trace.js';
import { insideBudget } from '../space/inside-budget.js';
import { countParameters } from '../space/parameter-count.js';
import { argmaxGenotype, sampleGenotype } from '../space/sampling.js';
import type { Genotype } from '../vocabulary/space.js';

export interface DrawnArchitecture {
  readonly genotype: Genotype;
  readonly parameters: number;
  /** How often it was drawn. */
  readonly times: number;
  /** Whether its parameters are inside the budget of the search. */
  readonly met: boolean;
}

export interface Samples {
  /** The epoch whose probabilities were drawn from. */
  readonly epoch: number;
  /** The most probable operation of every edge, whatever the budget. */
  readonly argmax: { readonly genotype: Genotype; readonly parameters: number };
  /** Different architectures, the one drawn most often first. */
  readonly drawn: readonly DrawnArchitecture[];
}

/**
 * Draws `count` architectures from the last probabilities of a search.
 * @throws UserError `run-unknown`; `sample-nothing` for a run without any
 */
export function drawSamples(
  history: ReadableHistory,
  run: number,
  { count, seed }: { readonly count: number; readonly seed: number },
): Samples {
  const { config, trace: description } = history.getRun(run);
  const last = history.traces(run).at(-1);
  const probabilities = description && last && probabilitiesOf(description, last);
  if (config.kind !== 'search' || !last || !probabilities) {
    throw new UserError(
      'sample-nothing',
      `Run ${run} is not a search with probabilities and a finished epoch, so there is nothing to sample: choose another run.`,
    );
  }
  const { space, budget } = config;
  const random = createRandom(seed, 'sample');
  const found = new Map<string, { readonly genotype: Genotype; times: number }>();
  for (let i = 0; i < count; i++) {
    const genotype = sampleGenotype(space, probabilities, random);
    const key = JSON.stringify(genotype);
    const entry = found.get(key) ?? { genotype, times: 0 };
    entry.times += 1;
    found.set(key, entry);
  }
  const drawn = [...found.values()].map(({ genotype, times }) => {
    const parameters = countParameters(space, genotype);
    return { genotype, parameters, times, met: insideBudget(budget, parameters) };
  });
  const argmax = argmaxGenotype(space, probabilities);
  return {
    epoch: last.epoch,
    argmax: { genotype: argmax, parameters: countParameters(space, argmax) },
    drawn: drawn.sort((a, b) => b.times - a.times),
  };
}
