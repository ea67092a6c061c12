import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { Images } from '../datasets/dataset.js';
import { UserError } from '../errors.js';
import { CALIBRATED } from './onnx-writer.js';
import type { Scores } from '../training/metrics/scores.js';
import { NO_TURN, type Turn } from '../training/turn.js';

const USUAL = 'image → logits,probabilities';

/** Images of one call when a whole part is classified. */
export const SESSION_BATCH = 64;

/** What a network looks like from outside. */
export interface ImageShape {
  readonly channels: number;
  /** Height and width. */
  readonly size: number;
  readonly outputs: number;
}

/** An ONNX network in onnxruntime, on the processor. */
export class OnnxSession {
  private constructor(
    private readonly session: InferenceSession,
    readonly shape: ImageShape,
    /** Whether it has calibrated probabilities too. */
    readonly calibrated: boolean,
  ) {}

  /**
   * @param threads of onnxruntime; 0 (default) = its choice
   * @throws UserError `onnx-unusable` when onnxruntime refuses the model or its inputs and outputs are others
   */
  static async open(bytes: Uint8Array, source: string, shape: ImageShape, threads = 0): Promise<OnnxSession> {
    let session: InferenceSession;
    try {
      session = await InferenceSession.create(bytes, {
        executionProviders: ['cpu'],
        graphOptimizationLevel: 'all',
        logSeverityLevel: 3,
        intraOpNumThreads: threads,
      });
    } catch (error) {
      throw new UserError(
        'onnx-unusable',
        `${source} is refused by onnxruntime (${firstLine(error)}): export the model again`,
        { cause: error },
      );
    }
    const names = `${session.inputNames.join()} → ${session.outputNames.join()}`;
    const calibrated = names === `${USUAL},${CALIBRATED}`;
    if (names !== USUAL && !calibrated) {
      await session.release();
      throw new UserError(
        'onnx-unusable',
        `${source} goes from ${names} instead of ${USUAL}: use a bundle that MedForge exported`,
      );
    }
    return new OnnxSession(session, shape, calibrated);
  }

  /** @param images count × C × H × W from 0 to 1  @returns probabilities, count × outputs */
  async run(images: Float32Array, count: number): Promise<Float32Array> {
    const { channels, size } = this.shape;
    const image = new Tensor('float32', images, [count, channels, size, size]);
    const { probabilities } = await this.session.run({ image }, ['probabilities']);
    return Float32Array.from(probabilities!.data as Float32Array);
  }

  /** Everything that the network says, each count × outputs; `calibrated` is null where it has no such output. */
  async runAll(
    images: Float32Array,
    count: number,
  ): Promise<{
    readonly logits: Float32Array;
    readonly probabilities: Float32Array;
    readonly calibrated: Float32Array | null;
  }> {
    const { channels, size } = this.shape;
    const image = new Tensor('float32', images, [count, channels, size, size]);
    const said = await this.session.run({ image });
    const values = (name: string): Float32Array => Float32Array.from(said[name]!.data as Float32Array);
    return {
      logits: values('logits'),
      probabilities: values('probabilities'),
      calibrated: this.calibrated ? values(CALIBRATED) : null,
    };
  }

  /** Probabilities of all images of a part. @param batch images of one call  @param turn before each batch */
  async classify(images: Images, batch = SESSION_BATCH, turn: Turn = NO_TURN): Promise<Scores> {
    const { outputs } = this.shape;
    const values = new Float32Array(images.count * outputs);
    for (let start = 0; start < images.count; start += batch) {
      await turn();
      const count = Math.min(batch, images.count - start);
      values.set(await this.run(planes(images, start, count), count), start * outputs);
    }
    return { count: images.count, outputs, values };
  }

  async release(): Promise<void> {
    await this.session.release();
  }
}

/** Some images of a part as the network takes them: N × C × H × W from 0 to 1. */
export function planes(images: Images, start: number, count: number): Float32Array {
  const { height, width, channels, pixels } = images;
  const area = height * width;
  const result = new Float32Array(count * channels * area);
  for (let i = 0; i < count; i++) {
    const from = (start + i) * area * channels;
    for (let p = 0; p < area; p++) {
      for (let c = 0; c < channels; c++) {
        result[(i * channels + c) * area + p] = pixels[from + p * channels + c]! / 255;
      }
    }
  }
  return result;
}

/** Largest difference between two lists of equal length; infinite when one holds a NaN. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity;
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i]! - b[i]!);
    if (!(difference <= largest)) largest = Number.isNaN(difference) ? Infinity : difference;
  }
  return largest;
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0]!.slice(0, 200);
}
