import { createRandom } from '../../compute/random.js';
import { baselines } from '../../space/baselines.js';
import { genotypeKey, liveGenotype } from '../../space/live-edges.js';
import { countParameters } from '../../space/parameter-count.js';
import { UniformSampler } from '../../space/uniform-sampling.js';
import { recipeFor } from '../../training/recipe-defaults.js';
import type { NextTraining } from '../../training/training-series.js';
import type { Budget } from '../../vocabulary/budget.js';
import type { ComparedNetwork } from '../../vocabulary/comparison.js';
import type { Genotype, SpaceSettings } from '../../vocabulary/space.js';

/** Draws for one random network, until a small budget counts as exhausted. */
const MOST_DRAWS = 200;

/** What searches found, by run. */
export interface FoundNetwork {
  readonly run: number;
  readonly genotype: Genotype;
}

/**
 * What is compared: what each run found, uniform random networks of the budget, the network without cells and the chains.
 * A random network may be one that was found too: chance that knew of the search would not be chance.
 */
export function comparedNetworks(
  space: SpaceSettings,
  budget: Budget,
  found: readonly FoundNetwork[],
  random: { readonly count: number; readonly seed: number },
): ComparedNetwork[] {
  const network = (group: ComparedNetwork['group'], label: string, genotype: Genotype): ComparedNetwork => ({
    group,
    label,
    genotype: liveGenotype(genotype),
    parameters: countParameters(space, genotype),
  });
  const sampler = new UniformSampler(space, budget);
  const generator = createRandom(random.seed, 'comparison/random');
  const drawn = new Map<string, Genotype>();
  for (let draw = 0; drawn.size < random.count && draw < random.count * MOST_DRAWS; draw++) {
    const genotype = sampler.draw(generator);
    drawn.set(genotypeKey(genotype), genotype);
  }
  return [
    ...found.map(({ run, genotype }) => network('found', `run ${run}`, genotype)),
    ...[...drawn.values()].map((genotype, i) => network('random', `random ${i + 1}`, genotype)),
    ...baselines(space, budget).flatMap(({ source, label, genotype }) =>
      source === 'residual' ? [] : [network(source, label, genotype)],
    ),
  ];
}

/** A training of a network, in the order in which they are run: each network once, then each a second time. */
export interface ComparedRun {
  readonly network: number;
  readonly seed: number;
}

/** @param seeds trainings of each network  @param seed of everything drawn */
export function comparedRuns(networks: readonly ComparedNetwork[], seeds: number, seed: number): ComparedRun[] {
  return Array.from({ length: seeds }, (_, repeat) => repeat).flatMap((repeat) =>
    networks.map(({ label }, network) => ({
      network,
      seed: createRandom(seed, `comparison/${label}/${repeat}`).next32(),
    })),
  );
}

/** The same as a series of trainings, with the recipe of a retraining. @param images of the training part */
export function comparedTrainings(
  networks: readonly ComparedNetwork[],
  runs: readonly ComparedRun[],
  { images, epochs }: { readonly images: number; readonly epochs: number },
): NextTraining {
  const recipe = recipeFor(images, epochs);
  return (results) => {
    const run = runs[results.length];
    return run ? { genotype: networks[run.network]!.genotype, recipe, seed: run.seed, view: 0 } : null;
  };
}
