import { UserError } from '../errors.js';
import { byteSize } from '../number-text.js';
import { planNetwork } from '../space/network-plan.js';
import { countParameters } from '../space/parameter-count.js';
import { availableMemory } from './available-memory.js';
import type { JobConfig, RetrainConfig, SearchConfig } from '../vocabulary/run-config.js';
import { EDGES_PER_STAGE, STAGES, stageChannels } from '../vocabulary/space.js';
import { cellSide, stemBlocks } from '../space/stem.js';

/** Bytes that a run needs beyond the program and its dataset, on the processor. */
export interface MemoryNeed {
  readonly fixed: number;
  readonly perImage: number;
}

/*
 * Fitted to the largest resident sizes of processes on 28×28 images: searches with 8 to 32 channels, 1 to 3 cells and
 * batches of 16 to 128, retrainings with batches of 16 to 256 and, of 16, of images up to 224 pixels. Searches mostly a fifth above
 * what was measured, retrainings between a sixth below and a sixth above: what JavaScript's heap and idle arrays hold varies.
 */
/** Heap and code while computing, and the process of the last word. */
const FIXED = { search: 110e6, retrain: 60e6 } as const;
/** The most that an estimate was above what was measured: with so much less, a run is certain to fail. */
const LARGEST_EXCESS = { search: 1.3, retrain: 1.6 } as const;
/**
 * Of what is available, for the batch that is named: one that is tight is no help. The peaks of the same search are up to 36 MB
 * apart (BreastMNIST, 1 cell, batch 43: 369, 373 and 405 MB), and with 0.9 one in two was ended by a limit of 400 MB.
 */
const SHARE = 0.75;
/** Net, twin, momenta, gradients, and the copies of a checkpoint. */
const COPIES_OF_WEIGHTS = 8.5;
/**
 * Values of the size of a cell's input that a cell of the grown supernet keeps for its gradient and works in: where all choices are
 * computed, and where two of each edge are. The latter fitted to 40 drawn rounds, batches of 16 and 64 images of 128 and 224 pixels:
 * up to a tenth above what was measured.
 */
const VALUES_OF_CELL = { all: 40, two: 26 } as const;
/** The same of a block of the stem. */
const VALUES_OF_STEM = 3.3;
/** The same of a convolution block of a discrete network, and of any other step. */
const VALUES_OF_BLOCK = 2.6;
const VALUES_OF_STEP = 1.4;
const FLOAT = 4;

/** @param size height and width of an image */
export function memoryNeed(config: JobConfig, size: number): MemoryNeed {
  return config.kind === 'search' ? searchNeed(config, size) : retrainNeed(config, size);
}

/** Of the grown supernet, so that growth asks for nothing more. */
function searchNeed({ space, settings }: SearchConfig, size: number): MemoryNeed {
  const ofCell = VALUES_OF_CELL['paths' in settings && settings['paths'] === 'two' ? 'two' : 'all'];
  let weights = 0;
  let values = 0;
  for (let stage = 0; stage < STAGES; stage++) {
    const channels = stageChannels(space, stage);
    weights += space.cells * EDGES_PER_STAGE * (7 ** 2 + 5 ** 2 + 3 ** 2 + 1) * channels ** 2;
    values += space.cells * ofCell * channels * (cellSide(space, size) >> stage) ** 2;
  }
  let side = size;
  for (const { stride } of stemBlocks(space)) {
    side /= stride;
    if (stride === 2) values += 2 * VALUES_OF_STEM * space.channels * side ** 2;
  }
  return { fixed: FIXED.search + COPIES_OF_WEIGHTS * FLOAT * weights, perImage: FLOAT * values };
}

function retrainNeed({ space, genotype }: RetrainConfig, size: number): MemoryNeed {
  let values = 0;
  const sizes = [size];
  const channelsOf = [space.inputChannels];
  for (const step of planNetwork(space, genotype).steps) {
    if (step.kind === 'head') continue;
    const from = step.kind === 'sum' ? step.inputs[0]! : step.input;
    const input = sizes[from]!;
    const halves = (step.kind === 'block' && step.stride === 2) || (step.kind === 'pool' && step.pool === 'half');
    sizes[step.output] = halves ? input >> 1 : input;
    const channels = 'to' in step ? step.to : channelsOf[from]!;
    channelsOf[step.output] = channels;
    values += (step.kind === 'block' ? VALUES_OF_BLOCK : VALUES_OF_STEP) * channels * sizes[step.output]! ** 2;
  }
  const weights = countParameters(space, genotype);
  return { fixed: FIXED.retrain + COPIES_OF_WEIGHTS * FLOAT * weights, perImage: FLOAT * values };
}

/** Images of the largest batch that fits into `bytes` with a little to spare; 0 or less when none does. */
export function largestBatch({ fixed, perImage }: MemoryNeed, bytes: number): number {
  return Math.floor((SHARE * bytes - fixed) / perImage);
}

/** Bytes that a run needs with its batch, on the processor. */
export function bytesNeeded(config: JobConfig, size: number): number {
  const { fixed, perImage } = memoryNeed(config, size);
  return fixed + perImage * config.batch;
}

/**
 * Of a run that computes on the processor.
 * @throws UserError `out-of-memory` when it is certain to need more than is available
 */
export function requireMemory(config: JobConfig, size: number, available = availableMemory()): void {
  if (bytesNeeded(config, size) <= LARGEST_EXCESS[config.kind] * available) return;
  const fits = largestBatch(memoryNeed(config, size), available);
  throw new UserError('out-of-memory', `${tooMuch(config, size, available)}: ${remedy(config, fits)}`);
}

/** What to say of a run that may need more memory than is available, as far as an estimate knows; null of one that does not. */
export function memoryWarning(config: JobConfig, size: number, available = availableMemory()): string | null {
  if (bytesNeeded(config, size) <= available) return null;
  const fits = largestBatch(memoryNeed(config, size), available);
  return `${tooMuch(config, size, available)}. It will be tried; if it fails, ${remedy(config, fits)}`;
}

function tooMuch(config: JobConfig, size: number, available: number): string {
  return (
    `This ${nameOf(config)} needs about ${byteSize(bytesNeeded(config, size))} of memory with batches of ${config.batch} images, ` +
    `but only ${byteSize(available)} is free`
  );
}

/** Bytes that this process has, and those that it could still get. */
export function memoryWithin(): number {
  return process.memoryUsage.rss() + availableMemory();
}

/**
 * What to say of a run that found no memory after all: its checkpoints are kept.
 * @param within bytes that it could have had
 */
export function outOfMemory(config: JobConfig, size: number, within: number): string {
  return (
    `This ${nameOf(config)} ran out of memory with batches of ${config.batch} images. Its last checkpoint is kept: free some ` +
    `memory and resume it, or ${smallerRun(config, size, within)}`
  );
}

/**
 * What would have fitted in place of a run that found no memory: the end of a sentence.
 * @param within bytes that it could have had
 */
export function smallerRun(config: JobConfig, size: number, within: number): string {
  const fits = Math.min(largestBatch(memoryNeed(config, size), within), Math.floor(config.batch / 2));
  return remedy(config, fits);
}

function remedy(config: JobConfig, batch: number): string {
  const smaller = config.kind === 'search' ? 'fewer channels or cells' : 'a smaller architecture';
  if (batch < 2) return `start one with ${smaller}; no batch fits.`;
  return `start one with a batch of ${batch} or less, or ${smaller}.`;
}

function nameOf(config: JobConfig): string {
  return config.kind === 'search' ? 'search' : 'retraining';
}
