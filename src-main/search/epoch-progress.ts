import { z } from 'zod';
import type { Batch } from '../learning/batch-stream.js';
import { requireFinite } from '../learning/finite.js';
import type { EpochReport } from '../vocabulary/trace.js';
import { EpochTally, tallyState } from './epoch-tally.js';
import type { BatchOutcome } from './learner.js';
import { learningRateAt } from './weight-schedule.js';

export const progressState = z.strictObject({ epoch: z.int().min(0), step: z.int().min(0), tally: tallyState });
export type ProgressState = z.infer<typeof progressState>;

/** Where a search over a supernet stands, and the sums of the epoch that is running. */
export class EpochProgress {
  private position: { readonly epoch: number; readonly step: number };
  private tally: EpochTally;

  constructor(
    private readonly epochs: number,
    readonly stepsPerEpoch: number,
    state: ProgressState | null,
  ) {
    this.position = state ? { epoch: state.epoch, step: state.step } : { epoch: 0, step: 0 };
    this.tally = state ? EpochTally.restore(state.tally) : new EpochTally();
  }

  /** Finished epochs. */
  get epoch(): number {
    return this.position.epoch;
  }

  /** Finished steps of the epoch that is running. */
  get step(): number {
    return this.position.step;
  }

  get finished(): boolean {
    return this.epoch >= this.epochs;
  }

  /** Epochs that are done, with fraction. */
  get done(): number {
    return this.epoch + this.step / this.stepsPerEpoch;
  }

  /** Where the last step was taken; where the first one will be when there was none. */
  get last(): { readonly epoch: number; readonly step: number } {
    const { epoch, step } = this.position;
    if (step > 0) return { epoch, step: step - 1 };
    return epoch === 0 ? this.position : { epoch: epoch - 1, step: this.stepsPerEpoch - 1 };
  }

  get learningRate(): number {
    return learningRateAt(this.epoch, this.epochs);
  }

  /** @throws UserError `loss-not-finite` */
  requireFinite(loss: number): void {
    requireFinite(loss, 'loss', this.position, 'check the images of the dataset or try another seed');
  }

  /** @param half on which the batch was computed */
  add(half: 'weights' | 'architecture', outcome: BatchOutcome, targets: Float32Array, task: Batch['task']): void {
    this.tally.add(half, outcome, targets, task);
  }

  /** Counts a step that was taken. @returns the report of the epoch when it was its last one */
  count(): EpochReport | null {
    const { epoch, step } = this.position;
    if (step + 1 < this.stepsPerEpoch) {
      this.position = { epoch, step: step + 1 };
      return null;
    }
    const { learningRate } = this;
    const report = { epoch: epoch + 1, ...this.tally.means(), validationAuc: null, learningRate };
    this.position = { epoch: epoch + 1, step: 0 };
    this.tally = new EpochTally();
    return report;
  }

  state(): ProgressState {
    return { ...this.position, tally: this.tally.state() };
  }
}
