import { disposeBatch } from '../learning/batch-stream.js';
import { genotypeTable } from '../space/architecture-table.js';
import type { Genotype } from '../vocabulary/space.js';
import type { Learner } from './learner.js';
import type { Turn } from '../training/turn.js';
import type { SearchProblem } from './method.js';
import { searchData } from './search-data.js';

/** Images of the architecture half that judge each architecture. */
const IMAGES = 512;
/** Images between two turns of the event loop: together about a training step of the supernet. */
const IMAGES_BETWEEN_TURNS = 2048;

/**
 * What the supernet's own weights make of architectures: minus the mean cross-entropy on images of the architecture half, the
 * same for all, with the statistics of each batch. Shared weights rank networks only roughly; they cost a thousandth of a
 * training.
 */
export async function supernetScores(
  net: Learner,
  problem: SearchProblem,
  genotypes: readonly Genotype[],
  turn: Turn,
): Promise<number[]> {
  const { dataset, space, batch, seed } = problem;
  // no larger batches than the search has: it was checked that these fit into memory
  const stream = searchData(dataset, batch, seed, null).architecture;
  const batches = scoringBatches(batch, stream.stepsPerEpoch);
  const sums = new Array<number>(genotypes.length).fill(0);
  let sinceTurn = 0;
  for (let i = 0; i < batches; i++) {
    const images = stream.toBackend(stream.next());
    try {
      for (const [g, genotype] of genotypes.entries()) {
        sinceTurn += batch;
        if (sinceTurn >= IMAGES_BETWEEN_TURNS) {
          await turn();
          sinceTurn = 0;
        }
        sums[g]! -= (await net.loss(images, genotypeTable(space, genotype))) / batches;
      }
    } finally {
      disposeBatch(images);
    }
  }
  return sums;
}

const scoringBatches = (batch: number, stepsPerEpoch: number): number =>
  Math.min(Math.ceil(IMAGES / batch), stepsPerEpoch);

/** Seconds that {@link supernetScores} takes for one architecture, measured with some of them on one batch, the second time. */
export async function measureScoring(
  net: Learner,
  { dataset, space, batch, seed }: SearchProblem,
  genotypes: readonly Genotype[],
): Promise<number> {
  const stream = searchData(dataset, batch, seed, null).architecture;
  const images = stream.toBackend(stream.next());
  const score = async (): Promise<void> => {
    for (const genotype of genotypes) await net.loss(images, genotypeTable(space, genotype));
  };
  try {
    await score();
    const start = performance.now();
    await score();
    const each = (performance.now() - start) / 1000 / genotypes.length;
    return each * scoringBatches(batch, stream.stepsPerEpoch);
  } finally {
    disposeBatch(images);
  }
}
