/** How a network is trained. */
export interface Recipe {
  readonly epochs: number;
  readonly batch: number;
  readonly learningRate: number;
  readonly warmupEpochs: number;
  readonly weightDecay: number;
  readonly labelSmoothing: number;
  /** Parameter of the Beta distribution of mixup and of CutMix; 0 = off. */
  readonly mixup: number;
  readonly cutmix: number;
  /** Decay of the exponential moving average of weights and running statistics; null = off. */
  readonly movingAverage: number | null;
  readonly classWeighting: boolean;
  /** Which epoch's network is kept. Never decided on the test part. */
  readonly selection: 'best-validation' | 'last';
}

/**
 * The recipe of a retraining: 500 epochs of SGD with Nesterov momentum 0.9 at 0.1, 10 warm-up epochs, cosine to 0, weight
 * decay 3e-4, label smoothing 0.1, mixup and CutMix with Beta(0.1, 0.1), moving average 0.999, last epoch.
 */
export const RECIPE_DEFAULTS: Omit<Recipe, 'batch'> = {
  epochs: 500,
  learningRate: 0.1,
  warmupEpochs: 10,
  weightDecay: 3e-4,
  labelSmoothing: 0.1,
  mixup: 0.1,
  cutmix: 0.1,
  movingAverage: 0.999,
  classWeighting: false,
  selection: 'last',
};
