import { z } from 'zod';
import { measured, wholeNumber } from '../vocabulary/numbers.js';

/** Seconds between two `progress` events. */
const PROGRESS_INTERVAL = 0.5;
/** Share of a new step in the running mean of the step time. */
const SMOOTHING = 0.1;
/** A step of at least so many seconds, and so many times the mean, was stopped from outside and not computing. */
const STOPPED_SECONDS = 10;
const STOPPED_FACTOR = 20;

/** What a checkpoint keeps of it. */
export const paceStateSchema = z.object({ steps: wholeNumber, seconds: measured, epochSeconds: measured }).readonly();
export type PaceState = z.infer<typeof paceStateSchema>;

const NOTHING_YET: PaceState = { steps: 0, seconds: 0, epochSeconds: 0 };

/**
 * Time of a run by the monotonic clock, over all resumes: seconds of an epoch, images per second, seconds left.
 * Time asleep or between resumes does not count, because only what was done is added up; of a step during which the
 * process was stopped, the usual time of a step counts.
 */
export class Pace {
  private last: number;
  private lastProgress = -Infinity;
  private stepSeconds: number | null = null;
  /** What the last step of an epoch takes beyond a step: the measurement on the validation part. */
  private closingSeconds = 0;

  private constructor(
    private readonly totalSteps: number,
    private readonly stepsPerEpoch: number,
    private readonly imagesPerStep: number,
    private steps: number,
    private seconds: number,
    private epochSeconds: number,
    private readonly clock: () => number,
  ) {
    this.last = clock();
  }

  /**
   * @param state of an earlier process, null for a new run
   * @param size steps of the whole run and of an epoch, images per step (net and twin together)
   * @param clock milliseconds of a monotonic clock
   */
  static restore(
    state: PaceState | null,
    size: { readonly totalSteps: number; readonly stepsPerEpoch: number; readonly imagesPerStep: number },
    clock: () => number = () => performance.now(),
  ): Pace {
    const { steps, seconds, epochSeconds } = state ?? NOTHING_YET;
    return new Pace(size.totalSteps, size.stepsPerEpoch, size.imagesPerStep, steps, seconds, epochSeconds, clock);
  }

  /** A step has ended. @param closesEpoch it was the last of an epoch, and the measurements of the epoch are in its time */
  step(closesEpoch = false): void {
    const usual = this.stepSeconds;
    const expected = (usual ?? Infinity) + (closesEpoch ? this.closingSeconds : 0);
    const measured = this.lap();
    const stopped = measured >= STOPPED_SECONDS && measured >= STOPPED_FACTOR * expected;
    // An epoch's first measurements have nothing to be compared with.
    const first = closesEpoch && this.closingSeconds === 0;
    const seconds = stopped && !first ? expected : measured;
    this.steps++;
    this.add(seconds);
    if (!closesEpoch || usual === null) this.stepSeconds = usual === null ? seconds : smooth(usual, seconds);
    else {
      const closing = Math.max(0, seconds - usual);
      this.closingSeconds = this.closingSeconds === 0 ? closing : smooth(this.closingSeconds, closing);
    }
  }

  /** Something that is no step has ended: a checkpoint was written, a model measured. It counts as time of the run only. */
  pause(): void {
    this.seconds += this.lap();
  }

  /** Whether it is time to say `progress` again. */
  due(): boolean {
    const now = this.clock() / 1000;
    if (now - this.lastProgress < PROGRESS_INTERVAL) return false;
    this.lastProgress = now;
    return true;
  }

  endEpoch(): { seconds: number; imagesPerSecond: number } {
    const seconds = this.epochSeconds;
    this.epochSeconds = 0;
    return { seconds, imagesPerSecond: (this.stepsPerEpoch * this.imagesPerStep) / seconds };
  }

  get imagesPerSecond(): number {
    return this.stepSeconds === null ? 0 : this.imagesPerStep / this.stepSeconds;
  }

  get secondsLeft(): number | null {
    if (this.stepSeconds === null) return null;
    const left = Math.max(0, this.totalSteps - this.steps);
    return left * this.stepSeconds + Math.ceil(left / this.stepsPerEpoch) * this.closingSeconds;
  }

  get totalSeconds(): number {
    return this.seconds;
  }

  state(): PaceState {
    return { steps: this.steps, seconds: this.seconds, epochSeconds: this.epochSeconds };
  }

  private add(seconds: number): void {
    this.seconds += seconds;
    this.epochSeconds += seconds;
  }

  private lap(): number {
    const now = this.clock();
    const seconds = (now - this.last) / 1000;
    this.last = now;
    return seconds;
  }
}

function smooth(mean: number, value: number): number {
  return mean + SMOOTHING * (value - mean);
}
