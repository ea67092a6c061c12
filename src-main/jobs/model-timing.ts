import { hostname } from 'node:os';
import { openModelFile } from '../bundle/classifier.js';
import { createRandom } from '../compute/random.js';
import { turnOf } from '../training/turn.js';
import type { Timing } from '../vocabulary/model.js';

export interface TimingRequest {
  /** The model file of a retraining. */
  readonly model: string;
  /** Threads of onnxruntime. */
  readonly threads: number;
}

/** Images before the clock counts: onnxruntime plans its memory with the first ones. */
const WARM_UP = 10;
/** At least so many images are timed, and for at least so long. */
const LEAST_IMAGES = 50;
const LEAST_MILLISECONDS = 500;

/**
 * Median time of one image, alone in its batch, in onnxruntime on the processor: the network as it is exported, its input a
 * drawn image of the right size. Reading and resizing an image file is not part of it.
 * @throws UserError as `readModel`; the signal's reason
 */
export async function timeModel({ model: file, threads }: TimingRequest, signal?: AbortSignal): Promise<Timing> {
  const { session, shape } = await openModelFile(file, threads);
  try {
    const random = createRandom(1, 'timing');
    const image = Float32Array.from({ length: shape.channels * shape.size ** 2 }, () => random.uniform());
    const turn = turnOf(signal);
    for (let i = 0; i < WARM_UP; i++) await session.run(image, 1);
    const times: number[] = [];
    const begun = performance.now();
    while (times.length < LEAST_IMAGES || performance.now() - begun < LEAST_MILLISECONDS) {
      await turn();
      const start = performance.now();
      await session.run(image, 1);
      times.push(performance.now() - start);
    }
    return {
      milliseconds: median(times),
      images: times.length,
      threads,
      machine: hostname(),
      measuredAt: new Date().toISOString(),
    };
  } finally {
    await session.release();
  }
}

function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
