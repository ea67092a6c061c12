/**
 * What a person may set, for the command line, the window and every configuration alike. Plain numbers: the window is told
 * them with its first picture, before any schema is loaded.
 */
export interface Limit {
  /** What messages call the setting. */
  readonly name: string;
  readonly lowest: number;
  readonly highest: number;
  /** Only its multiples; null: any number. */
  readonly step: number | null;
  /** A bound that the value stays away from; null: both may be reached. */
  readonly excluded: 'lowest' | 'highest' | null;
  /** In words; completes "must be". */
  readonly rule: string;
}

function whole(name: string, lowest: number, highest: number, step = 1): Limit {
  const what = step === 1 ? 'a whole number' : `a multiple of ${step}`;
  return { name, lowest, highest, step, excluded: null, rule: `${what} from ${lowest} to ${highest}` };
}

function real(name: string, lowest: number, highest: number, excluded: Limit['excluded'] = null): Limit {
  const from = excluded === 'lowest' ? `a number above ${lowest}` : `a number of at least ${lowest}`;
  const to = excluded === 'highest' ? `below ${highest}` : `at most ${highest}`;
  return { name, lowest, highest, step: null, excluded, rule: `${from} and ${to}` };
}

const MOST_EPOCHS = 10_000;

export const LIMITS = {
  epochs: whole('epochs', 1, MOST_EPOCHS),
  batch: whole('batch', 2, 8192),
  channels: whole('channels', 4, 128, 4),
  cells: whole('cells', 1, 8),
  /** 32 bits, as everywhere in the field. */
  seed: whole('seed', 0, 0xffff_ffff),
  /** 0: one per core. */
  threads: whole('threads', 0, 256),
  /** An end of a budget. */
  parameters: whole('parameters', 0, 1e12),
  /** Work of the race as a share of the search's. */
  raceShare: real('race budget', 0, 100, 'lowest'),
  raceRandom: whole('random networks of the race', 2, 1000),
  learningRate: real('learning rate', 0, 10, 'lowest'),
  /** And fewer than the epochs. */
  warmupEpochs: whole('warm-up epochs', 0, MOST_EPOCHS - 1),
  weightDecay: real('weight decay', 0, 1),
  labelSmoothing: real('label smoothing', 0, 1, 'highest'),
  /** Parameter of the Beta distribution; 0: off. */
  mixup: real('mixup', 0, 10),
  /** Parameter of the Beta distribution; 0: off. */
  cutmix: real('CutMix', 0, 10),
  movingAverage: real('moving average', 0, 1, 'highest'),
  /** Architectures drawn from a search at once, which are kept. */
  samples: whole('samples', 1, 10_000),
  /** Of each architecture of a comparison. */
  trainings: whole('trainings', 1, 100),
  /** Of a study. */
  tasksAtOnce: whole('tasks at once', 1, 64),
  /** Characters. */
  nameLength: whole('length of a name', 1, 200),
  /** Characters. */
  tagLength: whole('length of a tag', 1, 50),
  /** Of one run. */
  tags: whole('tags', 0, 50),
  /** Characters. */
  noteLength: whole('length of a note', 0, 20_000),
} as const satisfies { readonly [setting: string]: Limit };

export type Limits = { readonly [setting in keyof typeof LIMITS]: Limit };

/** Defaults of the race that ends a search. */
export const RACE_DEFAULTS = { share: 2.5, random: 20, smallest: false };
/** Networks that one retraining trains. */
export const MOST_SEEDS = 100;

export function isWithin({ lowest, highest, step, excluded }: Limit, value: number): boolean {
  if (!(value >= lowest && value <= highest)) return false;
  if (excluded !== null && value === (excluded === 'lowest' ? lowest : highest)) return false;
  return step === null || value % step === 0;
}
