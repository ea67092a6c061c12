/** The shape of a learning rate over a training. */
export interface LearningRateSchedule {
  /** Largest learning rate. */
  readonly learningRate: number;
  readonly warmupEpochs: number;
  readonly epochs: number;
}

/** Warm-up takes at most this share of a training, so that a short one learns too. */
const LARGEST_WARMUP_SHARE = 0.2;

/**
 * Linear warm-up to the full rate, then half a cosine down to 0, step by step.
 * @param progress epochs that are done, with fraction
 */
export function learningRateAt(schedule: LearningRateSchedule, progress: number): number {
  const { learningRate, epochs } = schedule;
  const warmup = Math.min(schedule.warmupEpochs, LARGEST_WARMUP_SHARE * epochs);
  if (progress < warmup) return (learningRate * progress) / warmup;
  return (learningRate * (1 + Math.cos((Math.PI * (progress - warmup)) / (epochs - warmup)))) / 2;
}

/**
 * Decay of the moving average at a step: min(decay, (1 + step)/(10 + step)), so that it forgets the random start.
 * @param step steps that are done
 */
export function movingAverageDecay(decay: number, step: number): number {
  return Math.min(decay, (1 + step) / (10 + step));
}
