import type { Limit, Limits } from '../../src-main/ipc/contract.js';

const limit = (name: string, lowest: number, highest: number, step: number | null = 1): Limit => {
  const rule = `${step === 1 ? 'a whole number' : step === null ? 'a number' : `a multiple of ${step}`} from ${lowest} to ${highest}`;
  return { name, lowest, highest, step, excluded: null, rule };
};

/** Limits of the made-up main process; the true ones come from main. */
export const limits: Limits = {
  epochs: limit('epochs', 1, 10_000),
  batch: limit('batch', 2, 8192),
  channels: limit('channels', 4, 128, 4),
  cells: limit('cells', 1, 8),
  seed: limit('seed', 0, 1e6),
  threads: limit('threads', 0, 16),
  parameters: limit('parameters', 0, 1e9),
  raceShare: { ...limit('race budget', 0, 100, null), excluded: 'lowest', rule: 'a number above 0 and at most 100' },
  raceRandom: limit('random networks of the race', 2, 1000),
  learningRate: limit('learning rate', 0, 1, null),
  warmupEpochs: limit('warm-up epochs', 0, 100),
  weightDecay: limit('weight decay', 0, 1, null),
  labelSmoothing: limit('label smoothing', 0, 0.9, null),
  mixup: limit('mixup', 0, 1, null),
  cutmix: limit('CutMix', 0, 1, null),
  movingAverage: limit('moving average', 0, 0.999, null),
  tasksAtOnce: limit('tasks at once', 1, 64),
  samples: limit('samples', 1, 1_000_000),
  trainings: limit('trainings', 1, 100),
  nameLength: limit('length of a name', 1, 200),
  tagLength: limit('length of a tag', 1, 50),
  tags: limit('tags', 0, 50),
  noteLength: limit('length of a note', 0, 20_000),
};
