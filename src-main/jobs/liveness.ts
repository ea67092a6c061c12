/** Seconds without a sign of life that are no hang before the first step has ended: modules and data are loaded, kernels made. */
const START_SECONDS = 300;
/** Shortest silence that is taken for a hang. */
const SHORTEST_SECONDS = 60;
/** A step that takes long is no hang: this many times the longest silence seen so far must pass. */
const FACTOR = 20;

/**
 * Tells a worker that hangs from one that computes. It counts our own ticks, one a second, and not the clock: when the
 * machine slept or the whole program was stopped, no ticks came either, and nothing is declared dead.
 */
export class Liveness {
  #silence = 0;
  #longest: number | null = null;

  /** @param fixed seconds of silence that are a hang, whatever was seen before; default: found out as it goes */
  constructor(private readonly fixed: number | null = null) {}

  /** The worker gave a sign of life. @param computing it has ended a step; before the first one nothing is known of them */
  beat(computing: boolean): void {
    if (this.#longest !== null) this.#longest = Math.max(this.#longest, this.#silence);
    else if (computing) this.#longest = this.#silence;
    this.#silence = 0;
  }

  /** A second of our own has passed. @returns true when the worker hangs */
  tick(): boolean {
    this.#silence += 1;
    return this.#silence > this.limit;
  }

  /** Seconds of silence that are still no hang. */
  get limit(): number {
    if (this.#longest === null) return START_SECONDS;
    return this.fixed ?? Math.max(SHORTEST_SECONDS, FACTOR * this.#longest);
  }
}
