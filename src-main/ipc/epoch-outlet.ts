import type { Push } from './push.js';

/**
 * The one outlet of epochs: whoever writes them, this process or another, the window is told up to which position a run has
 * them in the history, and reads them there. So a message that is lost, comes twice or late loses and doubles nothing.
 */
export class EpochOutlet {
  /** Position up to which the window was told of a run, or that it finds when it opens it. */
  readonly #told = new Map<number, number>();

  constructor(private readonly push: Push) {}

  /** The window is being sent the run as it is, or reads it when it opens it. */
  known(run: number, position: number): void {
    this.#told.set(run, position);
  }

  /** The history has the epochs of a run up to `position` now. */
  written(run: number, position: number): void {
    const told = this.#told.get(run) ?? 0;
    if (position === told) return;
    this.#told.set(run, position);
    this.push.epochs(run, position, position < told);
  }

  forget(run: number): void {
    this.#told.delete(run);
  }
}
