import { z } from 'zod';
import { movingAverageUpdate } from '../compute/operations/moving-average-update.js';
import { createRandom } from '../compute/random.js';
import type { Snapshot } from '../compute/snapshot.js';
import { tf } from '../compute/tensorflow.js';
import { gatherLabels } from '../datasets/augmentation.js';
import { isMultiLabel, type TrainingDataset } from '../datasets/dataset.js';
import { BatchStream, disposeBatch, type StreamOptions } from '../learning/batch-stream.js';
import { differentiate } from '../learning/differentiate.js';
import { requireFinite } from '../learning/finite.js';
import { asValues, valuesOf, weightsOf, withPrefix } from '../learning/snapshot-codec.js';
import { countCorrect, taskLoss } from '../learning/task-head.js';
import { WeightOptimiser } from '../learning/weight-optimiser.js';
import { classWeights } from './class-weights.js';
import { classify, crossEntropy } from './classify.js';
import type { WeightArrays } from './folding.js';
import { InferenceNetwork } from './inference-network.js';
import { accuracy } from './metrics/accuracy.js';
import { auc } from './metrics/auc.js';
import type { Recipe } from '../vocabulary/recipe.js';
import type { ScoredPart } from './metrics/scores.js';
import type { NetworkPlan } from '../space/network-plan.js';
import { learningRateAt, movingAverageDecay } from './schedule.js';
import { NO_TURN, type Turn } from './turn.js';
import { TrainingNetwork } from './training-network.js';

const ADVICE = 'train with a lower learning rate or another seed';

export interface TrainerOptions {
  /** Indices into the training part; default: all of it. */
  readonly images?: Uint32Array | undefined;
  /** Measure the network on the validation part at the end of every epoch. Default true. */
  readonly validate?: boolean;
}

/**
 * Means over one epoch; validation is measured on the network that would be kept (the moving average where it is on), null
 * where it is left out.
 */
export interface TrainingReport {
  /** 1-based. */
  readonly epoch: number;
  readonly loss: number;
  /** On the augmented images, against the class with the largest share of the mixed target. */
  readonly accuracy: number;
  readonly validationLoss: number | null;
  readonly validationAccuracy: number | null;
  readonly validationAuc: number | null;
  readonly learningRate: number;
}

/** The network that a training keeps. */
export interface SelectedNetwork {
  readonly weights: WeightArrays;
  /** 1-based. */
  readonly epoch: number;
  /** For people: by which rule it was chosen. */
  readonly rule: string;
}

const best = z.strictObject({ epoch: z.int().min(1), score: z.number(), loss: z.number() });
type Best = z.infer<typeof best>;

interface Validation {
  readonly weights: WeightArrays;
  readonly loss: number;
  readonly accuracy: number;
  /** NaN where the part lacks a class. */
  readonly auc: number;
}

const trainerValues = z.object({
  epoch: z.int().min(0),
  step: z.int().min(0),
  sums: z.strictObject({ loss: z.number(), right: z.number(), answers: z.number() }),
  best: best.nullable(),
});

/**
 * The training of one network from scratch, as a machine that takes one step at a time. Its whole state is in
 * `snapshot()`, so a training that is stopped after any step and restored goes on bit for bit.
 */
export class Trainer {
  private position = { epoch: 0, step: 0 };
  private sums = { loss: 0, right: 0, answers: 0 };
  private best: Best | null = null;
  private bestWeights: WeightArrays = {};
  private readonly weighting: tf.Tensor1D | null;

  private constructor(
    private readonly dataset: TrainingDataset,
    private readonly plan: NetworkPlan,
    readonly recipe: Recipe,
    private readonly network: TrainingNetwork,
    private readonly average: TrainingNetwork | null,
    private readonly optimiser: WeightOptimiser,
    private readonly stream: BatchStream,
    private readonly options: TrainerOptions,
  ) {
    if (options.validate === false && recipe.selection === 'best-validation') {
      throw new RangeError('the best epoch on validation cannot be kept where validation is left out');
    }
    const { task, classes, parts } = dataset;
    const { labels } = parts.train;
    const { images } = options;
    const trained = images ? { count: images.length, values: gatherLabels(labels, images) } : labels;
    this.weighting = recipe.classWeighting ? tf.tensor1d(classWeights(task, trained, classes)) : null;
  }

  static create(
    dataset: TrainingDataset,
    plan: NetworkPlan,
    recipe: Recipe,
    seed: number,
    options: TrainerOptions = {},
  ): Trainer {
    const draw = (): TrainingNetwork => TrainingNetwork.create(plan, createRandom(seed, 'training/weights'));
    const network = draw();
    const images = options.images ?? Uint32Array.from({ length: dataset.parts.train.images.count }, (_, i) => i);
    return new Trainer(
      dataset,
      plan,
      recipe,
      network,
      recipe.movingAverage === null ? null : draw(),
      WeightOptimiser.create(network.weights),
      BatchStream.create(dataset, dataset.parts.train, images, streamOptions(recipe), {
        order: createRandom(seed, 'training/order'),
        augmentation: createRandom(seed, 'training/augmentation'),
        mixing: createRandom(seed, 'training/mixing'),
      }),
      options,
    );
  }

  /** The trainer whose `snapshot()` this was. @throws UserError `checkpoint-content` */
  static restore(
    dataset: TrainingDataset,
    plan: NetworkPlan,
    recipe: Recipe,
    snapshot: Snapshot,
    options: TrainerOptions = {},
  ): Trainer {
    const { arrays } = snapshot;
    const values = valuesOf(snapshot.values, trainerValues);
    const network = TrainingNetwork.fromArrays(plan, weightsOf(arrays, 'network/'));
    const trainer = new Trainer(
      dataset,
      plan,
      recipe,
      network,
      recipe.movingAverage === null ? null : TrainingNetwork.fromArrays(plan, weightsOf(arrays, 'average/')),
      WeightOptimiser.restore(network.weights, weightsOf(arrays, 'momenta/')),
      BatchStream.restore(dataset, dataset.parts.train, streamOptions(recipe), snapshot),
      options,
    );
    trainer.position = { epoch: values.epoch, step: values.step };
    trainer.sums = { ...values.sums };
    trainer.best = values.best;
    trainer.bestWeights = weightsOf(arrays, 'best/');
    return trainer;
  }

  /** Finished epochs. */
  get epoch(): number {
    return this.position.epoch;
  }

  /** Finished steps of the epoch that is running. */
  get step(): number {
    return this.position.step;
  }

  get stepsPerEpoch(): number {
    return this.stream.stepsPerEpoch;
  }

  /** Images of one step. */
  get batch(): number {
    return this.stream.batch;
  }

  get finished(): boolean {
    return this.epoch >= this.recipe.epochs;
  }

  /**
   * One step of the weights; the last step of an epoch also validates.
   * @param turn during the validation; when it throws, the next call validates from its beginning, without a step
   * @returns the loss, and the report of the epoch when this was its last step
   * @throws UserError `loss-not-finite` before anything non-finite is kept
   */
  async advance(turn: Turn = NO_TURN): Promise<{ loss: number; report: TrainingReport | null }> {
    if (this.position.step < this.stepsPerEpoch) {
      const loss = await this.learn(this.learningRateAfter(this.position.step + 1));
      this.position.step++;
      if (this.position.step < this.stepsPerEpoch) return { loss, report: null };
    }
    const report = await this.endEpoch(turn);
    return { loss: report.loss, report };
  }

  /** The network that is kept, once the training has finished. */
  async selected(): Promise<SelectedNetwork> {
    const what = this.average ? 'moving average' : 'weights';
    if (this.recipe.selection === 'best-validation') {
      return {
        weights: this.bestWeights,
        epoch: this.best!.epoch,
        rule: `epoch with the best validation AUC of the ${what}`,
      };
    }
    return {
      weights: await (this.average ?? this.network).arrays(),
      epoch: this.epoch,
      rule: `last epoch of the ${what}, fixed in advance`,
    };
  }

  async snapshot(): Promise<Snapshot> {
    const stream = this.stream.state();
    return {
      values: asValues({ ...this.position, sums: { ...this.sums }, best: this.best, ...stream.values }),
      arrays: {
        ...stream.arrays,
        ...withPrefix('network/', await this.network.arrays()),
        ...(this.average && withPrefix('average/', await this.average.arrays())),
        ...withPrefix('best/', this.bestWeights),
        ...withPrefix('momenta/', await this.optimiser.arrays()),
      },
    };
  }

  dispose(): void {
    this.network.dispose();
    this.average?.dispose();
    this.weighting?.dispose();
    this.optimiser.dispose();
  }

  /** @returns the loss on the batch */
  private async learn(learningRate: number): Promise<number> {
    const { size, task } = this.dataset;
    const raw = this.stream.next();
    const batch = this.stream.toBackend(raw);
    const pass = differentiate(() => {
      const kept = { ...this.network.forward(batch.x) };
      return { loss: taskLoss(task, kept.logits, batch.targets, this.weighting), kept };
    }, [...this.network.weights.values()]);
    try {
      const loss = (await pass.loss.data<'float32'>())[0]!;
      requireFinite(loss, 'loss', this.position, ADVICE);
      const { logits, means, variances } = pass.kept;
      this.network.updateRunning(means, variances, this.batch, size);
      this.optimiser.step(pass.gradients, { learningRate, weightDecay: this.recipe.weightDecay });
      this.updateAverage();
      this.count(loss, await logits.data<'float32'>(), raw.targets);
      return loss;
    } finally {
      pass.dispose();
      disposeBatch(batch);
    }
  }

  /** @param step of the epoch that is running, 1-based */
  private learningRateAfter(step: number): number {
    return learningRateAt(this.recipe, this.position.epoch + step / this.stepsPerEpoch);
  }

  private updateAverage(): void {
    if (!this.average) return;
    const done = this.position.epoch * this.stepsPerEpoch + this.position.step;
    const all = (net: TrainingNetwork): tf.Variable[] => [
      ...net.weights.values(),
      net.runningMean,
      net.runningVariance,
    ];
    movingAverageUpdate(all(this.average), all(this.network), movingAverageDecay(this.recipe.movingAverage!, done));
  }

  private count(loss: number, logits: Float32Array, targets: Float32Array): void {
    const { correct, answers } = countCorrect(this.dataset.task, logits, targets, this.dataset.classes);
    this.sums.loss += loss;
    this.sums.right += correct;
    this.sums.answers += answers;
  }

  private async endEpoch(turn: Turn): Promise<TrainingReport> {
    const validation = this.options.validate === false ? null : await this.validate(turn);
    const report: TrainingReport = {
      epoch: this.epoch + 1,
      loss: this.sums.loss / this.stepsPerEpoch,
      accuracy: this.sums.right / this.sums.answers,
      validationLoss: validation?.loss ?? null,
      validationAccuracy: validation?.accuracy ?? null,
      validationAuc: validation?.auc ?? null,
      learningRate: this.learningRateAfter(this.stepsPerEpoch),
    };
    if (validation && this.recipe.selection === 'best-validation') this.considerBest(report.epoch, validation);
    this.position = { epoch: this.epoch + 1, step: 0 };
    this.sums = { loss: 0, right: 0, answers: 0 };
    return report;
  }

  private async validate(turn: Turn): Promise<Validation> {
    const part = this.dataset.parts.val;
    const weights = await (this.average ?? this.network).arrays();
    const { task } = this.dataset;
    const network = new InferenceNetwork(this.plan, weights);
    let scores;
    try {
      scores = await classify(network, part.images, task, turn);
    } finally {
      network.dispose();
    }
    const score = scores.values.find((value) => !Number.isFinite(value)) ?? 0;
    requireFinite(score, 'validation score', { epoch: this.epoch, step: this.stepsPerEpoch - 1 }, ADVICE);
    const scored: ScoredPart = { task, scores, truth: part.labels };
    const loss = crossEntropy(scores, part.labels.values, isMultiLabel(task));
    return { weights, loss, accuracy: accuracy(scored), auc: auc(scored) };
  }

  /** Larger AUC is better (accuracy where the part has no AUC), then smaller loss, then the earlier epoch. */
  private considerBest(epoch: number, { weights, loss, accuracy, auc }: Validation): void {
    const score = Number.isNaN(auc) ? accuracy : auc;
    const { best } = this;
    if (best && (score < best.score || (score === best.score && !(loss < best.loss)))) return;
    this.best = { epoch, score, loss };
    this.bestWeights = weights;
  }
}

function streamOptions(recipe: Recipe): StreamOptions {
  const { batch, labelSmoothing, mixup, cutmix } = recipe;
  return { batch, augment: true, labelSmoothing, mixing: { mixup, cutmix } };
}
