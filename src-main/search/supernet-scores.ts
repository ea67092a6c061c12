import { disposeBatch } from '../learning/batch-stream.js';
import { genotypeTable } from '../space/architecture-table.js';
import type { Genotype } from '../vocabulary/space.js';
import type { Learner } from './learner.js';
import type { Turn } from '../training/turn.js';
import type { SearchProblem } from './method.js';
import { searchData } from './search-data.js';

/** Images of the architecture half that judge each architecture. */
const IMAGES = 512;
const BATCH = 128;
/** Architectures between two turns of the event loop: together about a training step of the supernet. */
const BETWEEN_TURNS = 16;

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
  const { dataset, space, seed } = problem;
  const half = Math.floor((dataset.parts.train.images.count + dataset.parts.val.images.count) / 2);
  const stream = searchData(dataset, Math.min(BATCH, half), seed, null).architecture;
  const sums = new Array<number>(genotypes.length).fill(0);
  const batches = Math.max(1, Math.min(Math.floor(IMAGES / BATCH), stream.stepsPerEpoch));
  for (let i = 0; i < batches; i++) {
    const batch = stream.toBackend(stream.next());
    try {
      for (const [g, genotype] of genotypes.entries()) {
        if (g % BETWEEN_TURNS === 0) await turn();
        sums[g]! -= (await net.loss(batch, genotypeTable(space, genotype))) / batches;
      }
    } finally {
      disposeBatch(batch);
    }
  }
  return sums;
}
