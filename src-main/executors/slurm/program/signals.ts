/** Why Slurm stops a job: its time is over and it may come back, or it is ended. */
export type Stop = 'requeue' | 'end';

/** Signals that were received since this was made. */
export class Signals {
  #stop: Stop | null = null;

  constructor() {
    process.on('SIGUSR1', () => (this.#stop ??= 'requeue'));
    // Of two, the last word counts: at the limit SIGTERM comes after SIGUSR1, and there is no time for a queue any more.
    process.on('SIGTERM', () => (this.#stop = 'end'));
    process.on('SIGINT', () => (this.#stop = 'end'));
  }

  get stop(): Stop | null {
    return this.#stop;
  }
}
