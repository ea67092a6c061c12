import { movingAverageUpdate } from '../compute/operations/moving-average-update.js';
import { sgdUpdate } from '../compute/operations/sgd-update.js';
import { createRandom, restoreRandom, type Random, type RandomState } from '../compute/random.js';
import type { Snapshot, SnapshotArray } from '../compute/snapshot.js';
import { tf } from '../compute/tensorflow.js';
import { augmentBatch, DEFAULT_PADDING } from '../datasets/augmentation.js';
import { BatchSampler } from '../datasets/batches.js';
import type { Dataset } from '../datasets/dataset.js';
import { UserError } from '../errors.js';
import { classify, crossEntropy } from './classify.js';
import type { WeightArrays } from './folding.js';
import { InferenceNetwork } from './inference-network.js';
import { taskLoss } from './loss.js';
import { accuracy } from './metrics/accuracy.js';
import { auc } from './metrics/auc.js';
import { isMultiLabel, type ScoredPart } from './metrics/scores.js';
import { mixBatch } from './mixing.js';
import type { NetworkPlan } from '../space/network-plan.js';
import { learningRateAt, movingAverageDecay } from './schedule.js';
import { classWeights, softTargets } from './targets.js';
import { TrainingNetwork, type TrainingForward } from './training-network.js';

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

/** SGD as in the search: Nesterov momentum 0.9, global gradient norm clipped to 5. */
const MOMENTUM = 0.9;
const CLIP_NORM = 5;

/** Means over one epoch; validation is measured on the network that would be kept (the moving average where it is on). */
export interface TrainingReport {
  /** 1-based. */
  readonly epoch: number;
  readonly loss: number;
  /** On the augmented images, against the class with the largest share of the mixed target. */
  readonly accuracy: number;
  readonly validationLoss: number;
  readonly validationAccuracy: number;
  readonly validationAuc: number;
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

interface Best {
  readonly epoch: number;
  readonly score: number;
  readonly loss: number;
}

interface TrainerValues {
  readonly epoch: number;
  readonly step: number;
  readonly sums: { readonly loss: number; readonly right: number; readonly answers: number };
  readonly sampler: { readonly position: number; readonly random: RandomState };
  readonly augmentation: RandomState;
  readonly mixing: RandomState;
  readonly best: Best | null;
}

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
    private readonly dataset: Dataset,
    private readonly plan: NetworkPlan,
    readonly recipe: Recipe,
    private readonly network: TrainingNetwork,
    private readonly average: TrainingNetwork | null,
    private readonly momenta: ReadonlyMap<string, tf.Variable>,
    private readonly sampler: BatchSampler,
    private readonly augmentation: Random,
    private readonly mixing: Random,
  ) {
    const { task, classes, parts } = dataset;
    this.weighting = recipe.classWeighting ? tf.tensor1d(classWeights(task, parts.train.labels, classes)) : null;
  }

  static create(dataset: Dataset, plan: NetworkPlan, recipe: Recipe, seed: number): Trainer {
    const draw = (): TrainingNetwork => TrainingNetwork.create(plan, createRandom(seed, 'training/weights'));
    const network = draw();
    const images = Uint32Array.from({ length: dataset.parts.train.images.count }, (_, i) => i);
    return new Trainer(
      dataset,
      plan,
      recipe,
      network,
      recipe.movingAverage === null ? null : draw(),
      new Map([...network.weights].map(([name, weight]) => [name, tf.tidy(() => tf.variable(tf.zeros(weight.shape)))])),
      BatchSampler.create(images, recipe.batch, createRandom(seed, 'training/order')),
      createRandom(seed, 'training/augmentation'),
      createRandom(seed, 'training/mixing'),
    );
  }

  /** The trainer whose `snapshot()` this was. */
  static restore(dataset: Dataset, plan: NetworkPlan, recipe: Recipe, snapshot: Snapshot): Trainer {
    const values = snapshot.values as unknown as TrainerValues;
    const network = TrainingNetwork.fromArrays(plan, withPrefix(snapshot, 'network/'));
    const momenta = withPrefix(snapshot, 'momenta/');
    const trainer = new Trainer(
      dataset,
      plan,
      recipe,
      network,
      recipe.movingAverage === null ? null : TrainingNetwork.fromArrays(plan, withPrefix(snapshot, 'average/')),
      new Map(
        [...network.weights].map(([name, weight]) => [
          name,
          tf.tidy(() => tf.variable(tf.tensor(Float32Array.from(momenta[name]!), weight.shape))),
        ]),
      ),
      BatchSampler.restore({ order: snapshot.arrays['order'] as Uint32Array, ...values.sampler }, recipe.batch),
      restoreRandom(values.augmentation),
      restoreRandom(values.mixing),
    );
    trainer.position = { epoch: values.epoch, step: values.step };
    trainer.sums = { ...values.sums };
    trainer.best = values.best;
    trainer.bestWeights = withPrefix(snapshot, 'best/');
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
    return this.sampler.stepsPerEpoch;
  }

  /** Images of one step. */
  get batch(): number {
    return this.sampler.batch;
  }

  get finished(): boolean {
    return this.epoch >= this.recipe.epochs;
  }

  /**
   * One step of the weights; the last step of an epoch also validates.
   * @returns the loss, and the report of the epoch when this was its last step
   * @throws UserError `loss-not-finite` before anything non-finite is kept
   */
  async advance(): Promise<{ loss: number; report: TrainingReport | null }> {
    const learningRate = this.learningRate();
    const loss = await this.learn(learningRate);
    this.position.step++;
    const report = this.position.step < this.stepsPerEpoch ? null : await this.endEpoch(learningRate);
    return { loss, report };
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
      rule: `last epoch of the ${what}, fixed beforehand`,
    };
  }

  async snapshot(): Promise<Snapshot> {
    const { order, position, random } = this.sampler.state();
    const arrays: Record<string, SnapshotArray> = { order };
    const add = (prefix: string, group: WeightArrays): void => {
      for (const [name, values] of Object.entries(group)) arrays[`${prefix}${name}`] = values;
    };
    add('network/', await this.network.arrays());
    if (this.average) add('average/', await this.average.arrays());
    add('best/', this.bestWeights);
    for (const [name, momentum] of this.momenta) {
      arrays[`momenta/${name}`] = Float32Array.from(await momentum.data<'float32'>());
    }
    const values: TrainerValues = {
      ...this.position,
      sums: { ...this.sums },
      sampler: { position, random },
      augmentation: this.augmentation.state(),
      mixing: this.mixing.state(),
      best: this.best,
    };
    return { values: values as unknown as Snapshot['values'], arrays };
  }

  dispose(): void {
    this.network.dispose();
    this.average?.dispose();
    this.weighting?.dispose();
    for (const momentum of this.momenta.values()) momentum.dispose();
  }

  private nextBatch(): { pixels: Float32Array; targets: Float32Array } {
    const { task, classes, size, channels, horizontalFlip, parts } = this.dataset;
    const { images, labels } = parts.train;
    const indices = this.sampler.next();
    const pixels = augmentBatch(images, indices, { padding: DEFAULT_PADDING, horizontalFlip }, this.augmentation);
    const { labelsPerImage, values } = labels;
    const truth = new Uint8Array(indices.length * labelsPerImage);
    indices.forEach((image, i) => {
      truth.set(values.subarray(image * labelsPerImage, (image + 1) * labelsPerImage), i * labelsPerImage);
    });
    const targets = softTargets(task, truth, classes, this.recipe.labelSmoothing);
    const batch = { count: indices.length, size, channels, pixels, outputs: classes, targets };
    mixBatch(batch, this.recipe, this.mixing);
    return { pixels, targets };
  }

  /** @returns the loss on the batch */
  private async learn(learningRate: number): Promise<number> {
    const { size, channels, classes, task } = this.dataset;
    const { pixels, targets } = this.nextBatch();
    const x = tf.tensor4d(pixels, [this.batch, size, size, channels], 'float32');
    const wanted = tf.tensor2d(targets, [this.batch, classes], 'float32');
    const weights = [...this.network.weights.values()];
    let forward!: TrainingForward;
    const { value, grads } = tf.engine().gradients(
      () => {
        const { logits, means, variances } = this.network.forward(x);
        forward = { logits: tf.keep(logits), means: tf.keep(means), variances: tf.keep(variances) };
        return taskLoss(task, logits, wanted, this.weighting);
      },
      weights,
      null as unknown as tf.Tensor,
      true,
    );
    const { logits, means, variances } = forward;
    const gradients = grads.map((gradient) => (gradient as tf.Tensor | undefined) ?? null);
    try {
      const loss = (await value.data<'float32'>())[0]!;
      this.checkFinite(loss, 'loss');
      this.network.updateRunning(means, variances, this.batch, size);
      const { weightDecay } = this.recipe;
      const rule = { learningRate, momentum: MOMENTUM, weightDecay, clipNorm: CLIP_NORM };
      sgdUpdate(weights, [...this.momenta.values()], gradients, rule);
      this.updateAverage();
      this.count(loss, await logits.data<'float32'>(), targets);
      return loss;
    } finally {
      tf.dispose([x, wanted, value, logits, means, variances, ...gradients.filter((gradient) => gradient !== null)]);
    }
  }

  private learningRate(): number {
    const progress = this.position.epoch + (this.position.step + 1) / this.stepsPerEpoch;
    return learningRateAt(this.recipe, progress);
  }

  private checkFinite(value: number, what: string): void {
    if (Number.isFinite(value)) return;
    throw new UserError(
      'loss-not-finite',
      `the ${what} became ${String(value)} in epoch ${String(this.epoch + 1)}, step ${String(Math.min(this.step + 1, this.stepsPerEpoch))}; the last checkpoint is kept: ` +
        'train with a lower learning rate or another seed',
    );
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
    const outputs = this.dataset.classes;
    this.sums.loss += loss;
    if (isMultiLabel(this.dataset.task)) {
      logits.forEach((logit, i) => (this.sums.right += Number(logit > 0 === targets[i]! > 0.5)));
      this.sums.answers += logits.length;
    } else {
      for (let row = 0; row < logits.length; row += outputs) {
        this.sums.right += Number(largest(logits, row, outputs) === largest(targets, row, outputs));
      }
      this.sums.answers += logits.length / outputs;
    }
  }

  private async endEpoch(learningRate: number): Promise<TrainingReport> {
    const part = this.dataset.parts.val;
    const weights = await (this.average ?? this.network).arrays();
    const { task } = this.dataset;
    const network = new InferenceNetwork(this.plan, weights);
    const scores = await classify(network, part.images, task);
    network.dispose();
    this.checkFinite(scores.values.find((score) => !Number.isFinite(score)) ?? 0, 'validation score');
    const scored: ScoredPart = { task, scores, truth: part.labels };
    const report: TrainingReport = {
      epoch: this.epoch + 1,
      loss: this.sums.loss / this.stepsPerEpoch,
      accuracy: this.sums.right / this.sums.answers,
      validationLoss: crossEntropy(scores, part.labels.values, isMultiLabel(task)),
      validationAccuracy: accuracy(scored),
      validationAuc: auc(scored),
      learningRate,
    };
    if (this.recipe.selection === 'best-validation') this.considerBest(report, weights);
    this.position = { epoch: this.epoch + 1, step: 0 };
    this.sums = { loss: 0, right: 0, answers: 0 };
    return report;
  }

  /** Larger AUC is better (accuracy where the part has no AUC), then smaller loss, then the earlier epoch. */
  private considerBest(report: TrainingReport, weights: WeightArrays): void {
    const score = Number.isNaN(report.validationAuc) ? report.validationAccuracy : report.validationAuc;
    const loss = report.validationLoss;
    const { best } = this;
    if (best && (score < best.score || (score === best.score && !(loss < best.loss)))) return;
    this.best = { epoch: report.epoch, score, loss };
    this.bestWeights = weights;
  }
}

function largest(values: Float32Array, row: number, outputs: number): number {
  let best = 0;
  for (let k = 1; k < outputs; k++) if (values[row + k]! > values[row + best]!) best = k;
  return best;
}

function withPrefix(snapshot: Snapshot, prefix: string): Record<string, Float32Array> {
  return Object.fromEntries(
    Object.entries(snapshot.arrays)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, values]) => [name.slice(prefix.length), values as Float32Array]),
  );
}
