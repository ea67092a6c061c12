import type { JobConfig } from '../vocabulary/run-config.js';

/**
 * How long runs will take, as it was measured on this machine since the program was started. What was measured for one
 * configuration says nothing of any other, so each is kept by all that it holds.
 */
export class MeasuredTimes {
  readonly #seconds = new Map<string, number>();

  remember(config: JobConfig, seconds: number): void {
    this.#seconds.set(JSON.stringify(config), seconds);
  }

  /** Null where exactly this was not measured. */
  of(config: JobConfig): number | null {
    return this.#seconds.get(JSON.stringify(config)) ?? null;
  }
}
