import { z } from 'zod';
import { nextTurn } from '../next-turn.js';
import type { Json, Snapshot } from '../compute/snapshot.js';
import type { Dataset } from '../datasets/dataset.js';
import { mean, standardDeviation } from '../statistics/moments.js';
import { evaluateModel, predictionsOf } from '../training/evaluate.js';
import { countMultiplyAccumulates, countParameters } from '../space/parameter-count.js';
import type { Model } from '../training/model-file.js';
import { exportedWeightBytes, planNetwork, type NetworkPlan } from '../space/network-plan.js';
import { Trainer, type TrainingReport } from '../training/trainer.js';
import type { Turn } from '../training/turn.js';
import { PROGRAM_VERSION } from '../version.js';
import type { CheckpointStore, Job, JobContext, JobOutcome } from './job.js';
import type { EpochRecord } from '../vocabulary/events.js';
import type { RetrainConfig } from '../vocabulary/run-config.js';
import { trainedModelSchema, type RetrainResult, type TrainedModel } from '../vocabulary/results.js';
import { checkpointValues } from './checkpoint-values.js';
import { Pace, paceStateSchema } from './pace.js';
import { Stopped } from './stopped.js';

/** The retraining as a job: one network per seed, one after the other; pause, cancel and resume as a search has them. */
export const retrainJob: Job<RetrainConfig> = async (config, context) => {
  const backend = await context.host.useBackend(config);
  const saved = await context.checkpoints.latest(backend.arithmetic);
  const dataset = await context.dataset();
  await context.host.requireWhatItNeeds(config, dataset.size, backend.name);
  const run = new Retraining(config, context, dataset, saved);
  context.emit({
    type: 'started',
    backend: backend.name,
    device: backend.device,
    threads: backend.threads,
    epochs: config.epochs * config.seeds.length,
    stepsPerEpoch: run.stepsPerEpoch,
    epoch: run.epoch + 1,
    trace: null,
  });
  try {
    return await run.toEnd();
  } finally {
    run.dispose();
  }
};

/** What a checkpoint of a retraining keeps beside the arrays. */
const retrainingSchema = z.object({
  models: z.array(trainedModelSchema),
  /** The trainer's own. */
  trainer: z.record(z.string(), z.custom<Json>()),
  pace: paceStateSchema,
});

class Retraining {
  private readonly plan: NetworkPlan;
  private readonly models: TrainedModel[];
  private readonly pace: Pace;
  private trainer: Trainer;
  private testTwins: Uint8Array | null = null;

  constructor(
    private readonly config: RetrainConfig,
    private readonly context: JobContext,
    private readonly dataset: Dataset,
    saved: Awaited<ReturnType<CheckpointStore['latest']>>,
  ) {
    this.plan = planNetwork(config.space, config.genotype);
    const kept = saved && checkpointValues(retrainingSchema, saved.snapshot.values, saved.file);
    this.models = kept ? [...kept.models] : [];
    this.trainer =
      saved && kept
        ? Trainer.restore(dataset, this.plan, config, { ...saved.snapshot, values: kept.trainer })
        : this.nextTrainer();
    const { stepsPerEpoch, batch } = this.trainer;
    const totalSteps = config.seeds.length * config.epochs * stepsPerEpoch;
    this.pace = Pace.restore(kept?.pace ?? null, { totalSteps, stepsPerEpoch, imagesPerStep: batch });
  }

  get stepsPerEpoch(): number {
    return this.trainer.stepsPerEpoch;
  }

  /** Finished epochs over all seeds. */
  get epoch(): number {
    return this.models.length * this.config.epochs + this.trainer.epoch;
  }

  async toEnd(): Promise<JobOutcome> {
    try {
      for (;;) {
        while (!this.trainer.finished) await this.advance();
        this.models.push(await this.keep());
        if (this.models.length === this.config.seeds.length) return { state: 'finished', result: this.result() };
        this.trainer.dispose();
        this.trainer = this.nextTrainer();
        this.pace.pause();
      }
    } catch (error) {
      if (!(error instanceof Stopped)) throw error;
      // what was cut short, a validation or the measurement of a model, is done again from its beginning
      if (error.control === 'pause') await this.context.checkpoints.save(this.epoch, await this.snapshot());
      return { state: error.control === 'pause' ? 'paused' : 'cancelled', epoch: this.epoch };
    }
  }

  dispose(): void {
    this.trainer.dispose();
  }

  private get seed(): number {
    return this.config.seeds[this.models.length]!;
  }

  private nextTrainer(): Trainer {
    return Trainer.create(this.dataset, this.plan, this.config, this.seed);
  }

  /** Lets signals and messages in. @throws Stopped when the job is to pause or to end */
  private readonly turn: Turn = async () => {
    await nextTurn();
    const control = this.context.control();
    if (control !== 'continue') throw new Stopped(control);
  };

  /** A step of the current network, with all that ends its epoch when it was the last one. */
  private async advance(): Promise<void> {
    const { context, trainer, pace } = this;
    await this.turn();
    const epoch = this.epoch + 1;
    const step = trainer.step + 1;
    const { loss, report } = await trainer.advance(this.turn);
    pace.step(report !== null);
    if (report) {
      const record = this.record(report);
      const trace = null;
      const checkpoint = await context.checkpoints.save(epoch, await this.snapshot(), { record, trace });
      context.emit({ type: 'epoch', record, trace, checkpoint });
      pace.pause();
    } else if (pace.due()) {
      const { stepsPerEpoch } = trainer;
      const { imagesPerSecond, secondsLeft } = pace;
      context.emit({ type: 'progress', epoch, step, stepsPerEpoch, loss, imagesPerSecond, secondsLeft });
    }
  }

  private record(report: TrainingReport): EpochRecord {
    return {
      seed: this.seed,
      epoch: report.epoch,
      loss: report.loss,
      accuracy: report.accuracy,
      validationLoss: report.validationLoss,
      validationAccuracy: report.validationAccuracy,
      validationAuc: report.validationAuc,
      learningRate: report.learningRate,
      ...this.pace.endEpoch(),
    };
  }

  /** Writes the network that the finished training keeps, and measures it on validation and test part. */
  private async keep(): Promise<TrainedModel> {
    const { config, dataset, plan, seed } = this;
    const { weights, epoch, rule } = await this.trainer.selected();
    const parameters = countParameters(config.space, config.genotype);
    const { name, sha256, catalogueId, identity, licence, synthetic, parts, pixelRule } = dataset;
    const samples = { train: parts.train.images.count, val: parts.val.images.count, test: parts.test.images.count };
    const model: Model = {
      plan,
      weights,
      description: {
        space: { ...config.space, inputChannels: dataset.channels },
        genotype: config.genotype,
        task: dataset.task,
        labels: [...dataset.labels],
        size: dataset.size,
        ...(pixelRule ? { pixelRule } : {}),
        dataset: { name, sha256, catalogueId, identity, licence, synthetic, samples },
        seed,
        selectedEpoch: epoch,
        selectionRule: rule,
        recipe: recipeOf(config),
        parameters,
        program: PROGRAM_VERSION,
      },
    };
    const file = `model-seed-${String(seed)}.safetensors`;
    const { host } = this.context;
    await host.writeModel(file, model);
    const validation = await evaluateModel(model, dataset, 'val', this.turn);
    const test = await evaluateModel(model, dataset, 'test', this.turn);
    this.testTwins ??= await host.testTwins(dataset, this.turn);
    await host.writePredictions(file, predictionsOf(dataset, validation, test, this.testTwins));
    return {
      seed,
      file,
      selectedEpoch: epoch,
      selectionRule: rule,
      parameters,
      multiplyAccumulates: countMultiplyAccumulates(config.space, config.genotype, dataset.size),
      weightBytes: exportedWeightBytes(plan),
      metrics: { validation: validation.metrics, test: test.metrics },
    };
  }

  private async snapshot(): Promise<Snapshot> {
    const { values, arrays } = await this.trainer.snapshot();
    return { values: { trainer: values, models: this.models, pace: this.pace.state() }, arrays };
  }

  private result(): RetrainResult {
    const test = this.models.map(({ metrics }) => metrics.test);
    const accuracies = test.map(({ accuracy }) => accuracy);
    const aucs = test.map(({ auc }) => auc);
    return {
      kind: 'retrain',
      models: this.models,
      summary: {
        accuracyMean: mean(accuracies),
        accuracyDeviation: standardDeviation(accuracies),
        aucMean: mean(aucs),
        aucDeviation: standardDeviation(aucs),
      },
      seconds: this.pace.totalSeconds,
    };
  }
}

function recipeOf(config: RetrainConfig): Model['description']['recipe'] {
  const { epochs, batch, learningRate, warmupEpochs, weightDecay, labelSmoothing } = config;
  const { mixup, cutmix, movingAverage, classWeighting, selection } = config;
  return {
    epochs,
    batch,
    learningRate,
    warmupEpochs,
    weightDecay,
    labelSmoothing,
    mixup,
    cutmix,
    movingAverage,
    classWeighting,
    selection,
  };
}
