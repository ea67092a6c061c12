import { countCorrect, type SearchTask } from './search-task.js';

interface Sums {
  readonly batches: number;
  readonly loss: number;
  readonly correct: number;
  readonly answers: number;
}

/** The sums of an epoch so far, as plain JSON. */
export interface TallyState {
  readonly weights: Sums;
  readonly architecture: Sums;
}

const NOTHING: Sums = { batches: 0, loss: 0, correct: 0, answers: 0 };

/** Adds up losses and right answers over the batches of one epoch. */
export class EpochTally {
  private sums: TallyState = { weights: NOTHING, architecture: NOTHING };

  static restore(state: TallyState): EpochTally {
    const tally = new EpochTally();
    tally.sums = state;
    return tally;
  }

  add(
    half: keyof TallyState,
    outcome: { loss: number; logits: Float32Array },
    labels: Int32Array,
    task: SearchTask,
  ): void {
    const { correct, answers } = countCorrect(task, outcome.logits, labels);
    const sums = this.sums[half];
    this.sums = {
      ...this.sums,
      [half]: {
        batches: sums.batches + 1,
        loss: sums.loss + outcome.loss,
        correct: sums.correct + correct,
        answers: sums.answers + answers,
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
