import { createRandom } from '../compute/random.js';
import { UserError } from '../errors.js';
import type { ReadableHistory, RunRecord, StoredArchitecture } from '../history/interface.js';
import { probabilitiesOf } from '../search/supernet-trace.js';
import { insideBudget } from '../space/inside-budget.js';
import { logProbability } from '../space/most-probable.js';
import { countParameters } from '../space/parameter-count.js';
import { argmaxGenotype, sampleGenotype } from '../space/sampling.js';
import type { Budget } from '../vocabulary/budget.js';
import type { Genotype } from '../vocabulary/space.js';

export interface DrawnArchitecture {
  /** As it was drawn: edges that lead nowhere keep their operation, and a stage may have no path. */
  readonly genotype: Genotype;
  readonly parameters: number;
  /** Whether its parameters are inside the budget of the search. */
  readonly met: boolean;
  /** Natural logarithm of the probability of its network; null where a stage has no path. */
  readonly logProbability: number | null;
}

export interface Samples {
  /** The epoch whose probabilities were drawn from. */
  readonly epoch: number;
  /** Of the search. */
  readonly budget: Budget;
  /** The most probable operation of every edge, whatever the budget. */
  readonly argmax: { readonly genotype: Genotype; readonly parameters: number };
  /** One after the other; `count` does not change the first ones. */
  readonly draws: readonly DrawnArchitecture[];
}

/**
 * Draws `count` architectures from the last probabilities of a search. Nothing is kept.
 * @throws UserError `run-unknown`; `sample-nothing` for a run without any
 */
export function drawSamples(
  history: ReadableHistory,
  run: number,
  choices: { readonly count: number; readonly seed: number },
): Samples {
  return samplesOf(history, history.getRun(run), choices);
}

/** As {@link drawSamples}, of a run that was read. */
export function samplesOf(
  history: ReadableHistory,
  { summary: { run }, config, trace: description }: RunRecord,
  { count, seed }: { readonly count: number; readonly seed: number },
): Samples {
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
  const argmax = argmaxGenotype(space, probabilities);
  return {
    epoch: last.epoch,
    budget,
    argmax: { genotype: argmax, parameters: countParameters(space, argmax) },
    draws: Array.from({ length: count }, () => {
      const genotype = sampleGenotype(space, probabilities, random);
      const parameters = countParameters(space, genotype);
      const logarithm = logProbability(space, genotype, probabilities);
      return {
        genotype,
        parameters,
        met: insideBudget(budget, parameters),
        logProbability: Number.isFinite(logarithm) ? logarithm : null,
      };
    }),
  };
}

/** A different architecture among draws. */
export interface DistinctArchitecture<T> {
  /** Its first draw. */
  readonly first: T;
  /** How often it was drawn. */
  readonly times: number;
}

/** Different architectures, the one drawn most often first. */
export function distinctArchitectures<T extends { readonly genotype: Genotype }>(
  draws: readonly T[],
): DistinctArchitecture<T>[] {
  const found = new Map<string, { readonly first: T; times: number }>();
  for (const draw of draws) {
    const key = JSON.stringify(draw.genotype);
    const entry = found.get(key) ?? { first: draw, times: 0 };
    entry.times += 1;
    found.set(key, entry);
  }
  return [...found.values()].sort((a, b) => b.times - a.times);
}

/** A kept draw. */
export type SampledArchitecture = Pick<StoredArchitecture, 'architecture' | 'genotype' | 'parameters'> & {
  /** Of the draws that it is one of. */
  readonly seed: number;
};

/** What `medforge sample` has drawn from a search and kept, in the order of the draws. @throws UserError `history-unreadable` */
export function sampledArchitectures(history: ReadableHistory, run: number): SampledArchitecture[] {
  return history
    .architectures(run)
    .flatMap(({ source, architecture, genotype, parameters, seed }) =>
      source === 'sample' && seed !== null ? [{ architecture, genotype, parameters, seed }] : [],
    );
}
