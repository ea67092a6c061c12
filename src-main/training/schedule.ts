/** The shape of a learning rate over a training. */
export interface LearningRateSchedule {
  /** Largest learning rate. */
  readonly learningRate: number;
  /** Fewer than `epochs`. */
  readonly warmupEpochs: number;
  readonly epochs: number;
}

/**
 * Linear warm-up to the full rate, then half a cosine down to 0, step by step.
 * @param progress epochs that are done, with fraction
 */
export function learningRateAt(schedule: LearningRateSchedule, progress: number): number {
  const { learningRate, warmupEpochs, epochs } = schedule;
  if (progress < warmupEpochs) return (learningRate * progress) / warmupEpochs;
  return (learningRate * (1 + Math.cos((Math.PI * (progress - warmupEpochs)) / (epochs - warmupEpochs)))) / 2;
}

/**
 * Decay of the moving average at a step: min(decay, (1 + step)/(10 + step)), so that it forgets the random start.
 * @param step steps that are done
 */
export function movingAverageDecay(decay: number, step: number): number {
  return Math.min(decay, (1 + step) / (10 + step));
}
