import { createRandom, type Random } from '../../../../src-main/compute/random.js';
import type { Entrant } from '../../../../src-main/search/race/candidates.js';
import type { FinalEvidence, Repeat } from '../../../../src-main/search/race/evidence.js';
import { ranking } from '../../../../src-main/search/race/ranking.js';
import type { VerdictInput } from '../../../../src-main/search/race/verdict.js';
import { mean } from '../../../../src-main/statistics/moments.js';

/** A world in which races are run: standard deviations on a latent scale on which an image alone has 1. */
export interface World {
  readonly images: number;
  /** Between architectures. */
  readonly architectures: number;
  /** Between architectures on one image, which all trainings of an architecture share. */
  readonly perImage: number;
  /** Between trainings of one architecture. */
  readonly trainings: number;
  /** What all trainings with the same seed share: which batches come in which order. */
  readonly batches: number;
  /** The search's proposals lie around one random architecture, at this share of the spread between architectures. */
  readonly clump: number;
  /** What the search adds to its proposals. */
  readonly gain: number;
  readonly crossValidated: boolean;
}

const PROPOSED = 16;
const RANDOM = 12;
/** Of the second rung, beside the hand-designed networks. */
const ON_MERIT = 10;

/** One race with invented answers, through the same halving as a real one. */
export function simulateRace(world: World, random: Random): VerdictInput {
  const { architectures } = world;
  const centre = architectures * random.normal() + world.gain;
  const merits = [
    ...Array.from({ length: PROPOSED }, () => centre + world.clump * architectures * random.normal()),
    ...Array.from({ length: RANDOM + 2 }, () => architectures * random.normal()),
  ];
  const difficulty = Float64Array.from({ length: world.images }, () => 1.3 + 1.5 * random.normal());
  const own = merits.map(() => Float32Array.from({ length: world.images }, () => world.perImage * random.normal()));
  const folds = Uint8Array.from({ length: world.images }, (_, i) => i % (world.crossValidated ? 4 : 10));
  /** What trainings with one seed share, by fold. */
  const seed = (): Float64Array => Float64Array.from({ length: 4 }, () => world.batches * random.normal());
  const train = (entrant: number, shared: Float64Array): Repeat => {
    const luck = shared.map((of) => of + world.trainings * random.normal());
    const right = new Float32Array(world.images);
    const losses = new Float32Array(world.images);
    for (let i = 0; i < world.images; i++) {
      const noise = luck[world.crossValidated ? folds[i]! : 0]!;
      const latent = difficulty[i]! + own[entrant]![i]! + merits[entrant]! + noise + random.normal();
      right[i] = latent > 0 ? 1 : 0;
      losses[i] = Math.log1p(Math.exp(-latent));
    }
    return { right, losses };
  };
  const rung = (entrants: number[]): { entrant: number; repeat: Repeat }[] => {
    const shared = seed();
    return entrants.map((entrant) => ({ entrant, repeat: train(entrant, shared) }));
  };
  const best = (entrants: number[], ran: { entrant: number; repeat: Repeat }[], count: number): number[] => {
    const scores = entrants.map((entrant) => {
      const own = ran.filter((one) => one.entrant === entrant).map(({ repeat }) => repeat);
      return { accuracy: mean(own.map(({ right }) => mean(right))), loss: mean(own.map(({ losses }) => mean(losses))) };
    });
    return ranking(scores)
      .slice(0, count)
      .map((place) => entrants[place]!);
  };

  const references = {
    random: Array.from({ length: 8 }, (_, i) => PROPOSED + i),
    empty: PROPOSED + RANDOM,
    chain: PROPOSED + RANDOM + 1,
  };
  const handMade = [references.empty, references.chain];
  const first = rung([...merits.keys()]);
  const inSecond = [...new Set([...best([...merits.keys()], first, ON_MERIT), ...handMade])];
  const second = rung(inSecond);
  const finalists = best(inSecond, [...first, ...second], world.crossValidated ? 3 : 5);
  const several = new Set([...finalists, ...handMade]);
  const shared = [seed(), seed()];
  const repeats = new Map<number, Repeat[]>();
  for (const entrant of new Set([...several, ...references.random])) {
    const count = several.has(entrant) && !world.crossValidated ? 2 : 1;
    repeats.set(
      entrant,
      Array.from({ length: count }, (_, i) => train(entrant, several.has(entrant) ? shared[i]! : seed())),
    );
  }
  const units = { images: world.images, patients: null };
  const final: FinalEvidence = { folds, units, crossValidated: world.crossValidated, repeats };
  return {
    entrants: merits.map((_, i) => entrant(i)),
    references,
    first: first.map(({ entrant, repeat }) => ({ entrant, right: repeat.right, units })),
    earlier: [first, second].flatMap((ran, i) => ran.map((one) => ({ rung: i + 1, ...scored(one) }))),
    final,
    smallest: false,
  };
}

function scored({ entrant, repeat }: { entrant: number; repeat: Repeat }) {
  return { entrant, accuracy: mean(repeat.right), loss: mean(repeat.losses) };
}

function entrant(i: number): Entrant {
  const source =
    i < PROPOSED ? 'search' : i < PROPOSED + RANDOM ? 'random' : i === PROPOSED + RANDOM ? 'empty' : 'chain';
  return { source, label: `${source} ${i}`, genotype: { stages: [] }, parameters: 100 + i, insideBudget: true };
}

/** Share of races of a world for which something holds. */
export function shareOf(world: World, races: number, holds: (input: VerdictInput) => boolean): number {
  const random = createRandom(1, `races/${JSON.stringify(world)}`);
  let count = 0;
  for (let race = 0; race < races; race++) if (holds(simulateRace(world, random))) count++;
  return count / races;
}
