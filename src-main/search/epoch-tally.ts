import { z } from 'zod';
import type { Task } from '../datasets/dataset.js';
import { countCorrect } from '../learning/task-head.js';
import type { BatchOutcome } from './learner.js';

const sums = z.strictObject({
  batches: z.int().min(0),
  loss: z.number(),
  correct: z.int().min(0),
  answers: z.int().min(0),
});

/** The sums of an epoch so far, as plain JSON. */
export const tallyState = z.strictObject({ weights: sums, architecture: sums });
export type TallyState = z.infer<typeof tallyState>;

const NOTHING = { batches: 0, loss: 0, correct: 0, answers: 0 };

/** Adds up losses and right answers over the batches of one epoch. */
export class EpochTally {
  private sums: TallyState = { weights: NOTHING, architecture: NOTHING };

  static restore(state: TallyState): EpochTally {
    const tally = new EpochTally();
    tally.sums = state;
    return tally;
  }

  /** @param targets row-major N × classes */
  add(half: keyof TallyState, outcome: BatchOutcome, targets: Float32Array, task: Task): void {
    const { loss, logits } = outcome;
    const { batches, loss: lossSum, correct, answers } = this.sums[half];
    const counted = countCorrect(task, logits, targets, outcome.outputs);
    this.sums = {
      ...this.sums,
      [half]: {
        batches: batches + 1,
        loss: lossSum + loss,
        correct: correct + counted.correct,
        answers: answers + counted.answers,
      },
    };
  }

  means(): { loss: number; accuracy: number; validationLoss: number | null; validationAccuracy: number | null } {
    const { weights, architecture } = this.sums;
    return {
      loss: weights.loss / weights.batches,
      accuracy: weights.correct / weights.answers,
      validationLoss: architecture.batches ? architecture.loss / architecture.batches : null,
      validationAccuracy: architecture.batches ? architecture.correct / architecture.answers : null,
    };
  }

  state(): TallyState {
    return this.sums;
  }
}
