import { z } from 'zod';

/** Rounds whose estimates say what is usual. */
const WINDOW = 20;
/** An estimate this many times longer than usual counts as that long. */
const LONGEST = 3;
/** Length that passes while nothing is known yet. */
const FIRST_LONGEST = 1;

/** `recent`: lengths of the last estimates, oldest first. */
export const outlierCutState = z.strictObject({ rounds: z.int().min(0), recent: z.array(z.number()) });
export type OutlierCutState = z.infer<typeof outlierCutState>;

/**
 * Keeps outliers among the estimates of the rounds from ruling Adam. Ten steps from random weights part net and twin by
 * chance, so the first round measures slopes of hundreds where later ones measure hundredths; Adam's second moment
 * (β₂ = 0.999) would remember that for all of the hundred rounds of a search, and the loss would no longer move the
 * architecture. So the first round's estimate counts nothing (Adam still takes the decay's step), and later ones are cut to
 * three times the median of the last twenty. The published code does neither.
 */
export class OutlierCut {
  private constructor(
    private rounds: number,
    private readonly recent: number[],
  ) {}

  static create(): OutlierCut {
    return new OutlierCut(0, []);
  }

  static restore(state: OutlierCutState): OutlierCut {
    return new OutlierCut(state.rounds, [...state.recent]);
  }

  /**
   * Takes note of the length of one round's estimate.
   * @returns the factor in 0..1 by which it counts
   */
  factor(length: number): number {
    this.rounds++;
    if (this.rounds === 1) return 0;
    const longest = this.recent.length === 0 ? FIRST_LONGEST : LONGEST * median(this.recent);
    this.recent.push(length);
    if (this.recent.length > WINDOW) this.recent.shift();
    return length > longest ? longest / length : 1;
  }

  state(): OutlierCutState {
    return { rounds: this.rounds, recent: [...this.recent] };
  }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
