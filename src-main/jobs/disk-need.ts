import { countParameters, fixedParameters } from '../space/parameter-count.js';
import type { JobConfig, RetrainConfig, SearchConfig } from '../vocabulary/run-config.js';
import { EDGES_PER_STAGE, STAGES, stageChannels } from '../vocabulary/space.js';

/** Bytes that a run writes, without the history. */
export interface DiskNeed {
  /** Its first checkpoint. */
  readonly first: number;
  /** Its largest one. */
  readonly largest: number;
  /** What it leaves beside its checkpoints: the networks of a retraining. */
  readonly models: number;
}

const FLOAT = 4;
/** Weights and momenta; beside them those of the twin, or the average and the best epoch of a retraining. */
const COPIES_AT_LEAST = 2;
const COPIES_AT_MOST = 4;
/** Taps of the branches of an edge, before and after growth. */
const BEGINNING = 1 + 7 ** 2;
const GROWN = 1 + 3 ** 2 + 5 ** 2 + 7 ** 2;

/** From the number of weights, which make all but a hundredth of a checkpoint. */
export function diskNeed(config: JobConfig): DiskNeed {
  return config.kind === 'search' ? searchNeed(config) : retrainNeed(config);
}

function searchNeed({ space }: SearchConfig): DiskNeed {
  const weights = (taps: number): number => {
    let total = fixedParameters(space);
    for (let stage = 0; stage < STAGES; stage++) {
      total += space.cells * EDGES_PER_STAGE * taps * stageChannels(space, stage) ** 2;
    }
    return total;
  };
  return {
    first: COPIES_AT_LEAST * FLOAT * weights(BEGINNING),
    largest: COPIES_AT_MOST * FLOAT * weights(GROWN),
    models: 0,
  };
}

function retrainNeed({ space, genotype, seeds }: RetrainConfig): DiskNeed {
  const weights = FLOAT * countParameters(space, genotype);
  return { first: COPIES_AT_LEAST * weights, largest: COPIES_AT_MOST * weights, models: seeds.length * weights };
}
