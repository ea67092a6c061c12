import type { Standing } from './model-front.js';
import type { StudyTask } from './study.js';

/* What the figures of a study are drawn from. */

/** A finished retraining: what its network costs, and what it reaches. */
export interface TrainedPoint extends Pick<StudyTask, 'dataset' | 'method' | 'budget' | 'seed'> {
  readonly trainingSeed: number;
  readonly run: number;
  /** Trainable parameters of the network. */
  readonly parameters: number;
  /** On the test part. */
  readonly accuracy: number;
}

/** All searches of a method within a budget: means over searches. */
export interface AccuracyGroup extends Pick<StudyTask, 'dataset' | 'method' | 'budget'> {
  readonly searches: number;
  readonly parameters: number;
  readonly accuracy: number;
  /** 95 % t interval of the mean accuracy; null with fewer than two searches. */
  readonly interval: readonly [number, number] | null;
  /** Among the groups of its dataset. */
  readonly standing: Standing;
}

/** Architectures that were drawn from the final probabilities of a search. */
export interface SampledSearch extends Pick<StudyTask, 'dataset' | 'method' | 'budget' | 'seed'> {
  readonly run: number;
  /** Trainable parameters of each drawn architecture. */
  readonly parameters: readonly number[];
}

export interface StudyFigures {
  /** Datasets, budgets and methods in the order of the study. */
  readonly datasets: readonly string[];
  readonly budgets: readonly string[];
  readonly methods: readonly string[];
  readonly points: readonly TrainedPoint[];
  readonly groups: readonly AccuracyGroup[];
  readonly samples: readonly SampledSearch[];
  /** Methods with finished searches that keep no probabilities to draw from. */
  readonly unsampled: readonly string[];
}
