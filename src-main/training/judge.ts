import { gatherLabels } from '../datasets/augmentation.js';
import { isMultiLabel, type Task } from '../datasets/dataset.js';
import type { JudgingSet } from '../datasets/judging-views.js';
import { classifiedAtOnce, classifyBatch, imageLosses, LEAST_PROBABILITY } from './classify.js';
import type { InferenceNetwork } from './inference-network.js';
import { rightAnswers } from './metrics/accuracy.js';
import { auc } from './metrics/auc.js';
import type { ScoredPart } from './metrics/scores.js';

/** What a trained network said of the images of one judging set, in their order there. */
export interface Judgement {
  /** 0 or 1, or the share of right labels for multi-label tasks. */
  readonly right: Float32Array;
  /** Cross-entropy. */
  readonly losses: Float32Array;
  /** NaN where the images lack a class. */
  readonly auc: number;
}

/** Classifies judging sets slice by slice, so that whoever runs it can stop in between. */
export class Judge {
  private set = 0;
  private done = 0;
  private scores: Float32Array;
  private readonly judgements: Judgement[] = [];

  constructor(
    private readonly network: InferenceNetwork,
    private readonly task: Task,
    private readonly sets: readonly JudgingSet[],
  ) {
    this.scores = this.emptyScores();
  }

  /** One slice. @returns a judgement for each set once the last image is judged, else null */
  async advance(): Promise<readonly Judgement[] | null> {
    const { pool, images } = this.sets[this.set]!;
    const outputs = this.network.plan.space.classes;
    const slice = images.subarray(this.done, this.done + classifiedAtOnce(pool.images));
    this.scores.set(await classifyBatch(this.network, pool.images, slice, this.task), this.done * outputs);
    this.done += slice.length;
    if (this.done < images.length) return null;
    this.judgements.push(this.judge());
    this.set++;
    if (this.set === this.sets.length) return this.judgements;
    this.done = 0;
    this.scores = this.emptyScores();
    return null;
  }

  private judge(): Judgement {
    const { pool, images } = this.sets[this.set]!;
    const { task, scores: values } = this;
    if (values.some((value) => !Number.isFinite(value))) return allWrong(images.length);
    const { labelsPerImage } = pool.labels;
    const labels = Uint8Array.from(gatherLabels(pool.labels, images));
    const part: ScoredPart = {
      task,
      scores: { count: images.length, outputs: this.network.plan.space.classes, values },
      truth: { count: images.length, labelsPerImage, values: labels },
    };
    return {
      right: Float32Array.from(rightAnswers(part)),
      losses: Float32Array.from(imageLosses(part.scores, labels, isMultiLabel(task))),
      auc: auc(part),
    };
  }

  private emptyScores(): Float32Array {
    return new Float32Array(this.sets[this.set]!.images.length * this.network.plan.space.classes);
  }
}

/** What is said of a training that diverged: nothing right, every loss as large as a loss can be. */
export function allWrong(images: number): Judgement {
  const losses = new Float32Array(images).fill(-Math.log(LEAST_PROBABILITY));
  return { right: new Float32Array(images), losses, auc: NaN };
}
