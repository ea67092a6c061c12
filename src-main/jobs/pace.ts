import type { Json } from '../compute/snapshot.js';

/** Seconds between two `progress` events. */
const PROGRESS_INTERVAL = 0.5;
/** Share of a new step in the running mean of the step time. */
const SMOOTHING = 0.1;

/**
 * Time of a run by the monotonic clock, over all resumes: seconds of an epoch, images per second, seconds left.
 * Time asleep or between resumes does not count, because only steps are added up.
 */
export class Pace {
  private last = performance.now();
  private lastProgress = -Infinity;
  private stepSeconds: number | null = null;

  private constructor(
    private readonly totalSteps: number,
    private readonly imagesPerStep: number,
    private steps: number,
    private seconds: number,
    private epochSeconds: number,
  ) {}

  /** @param state of an earlier process, undefined for a new run  @param imagesPerStep net and twin together */
  static restore(state: Json | undefined, totalSteps: number, imagesPerStep: number): Pace {
    const { steps, seconds, epochSeconds } = (state ?? { steps: 0, seconds: 0, epochSeconds: 0 }) as {
      steps: number;
      seconds: number;
      epochSeconds: number;
    };
    return new Pace(totalSteps, imagesPerStep, steps, seconds, epochSeconds);
  }

  /** A step has ended. */
  step(): void {
    const now = performance.now();
    const seconds = (now - this.last) / 1000;
    this.last = now;
    this.steps++;
    this.seconds += seconds;
    this.epochSeconds += seconds;
    this.stepSeconds =
      this.stepSeconds === null ? seconds : this.stepSeconds + SMOOTHING * (seconds - this.stepSeconds);
  }

  /** Whether it is time to say `progress` again. */
  due(): boolean {
    const now = performance.now() / 1000;
    if (now - this.lastProgress < PROGRESS_INTERVAL) return false;
    this.lastProgress = now;
    return true;
  }

  endEpoch(stepsPerEpoch: number): { seconds: number; imagesPerSecond: number } {
    const seconds = this.epochSeconds;
    this.epochSeconds = 0;
    return { seconds, imagesPerSecond: (stepsPerEpoch * this.imagesPerStep) / seconds };
  }

  get imagesPerSecond(): number {
    return this.stepSeconds === null ? 0 : this.imagesPerStep / this.stepSeconds;
  }

  get secondsLeft(): number | null {
    return this.stepSeconds === null ? null : Math.max(0, this.totalSteps - this.steps) * this.stepSeconds;
  }

  get totalSeconds(): number {
    return this.seconds;
  }

  state(): Json {
    return { steps: this.steps, seconds: this.seconds, epochSeconds: this.epochSeconds };
  }
}
