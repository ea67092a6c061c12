/** Where the tasks of a study run. It starts and follows runs; what became of one is in the history. */
export interface Executor {
  /** What will make the study slow or keep it from running here, in words. */
  check(): Promise<readonly string[]>;
  /** How many runs may be submitted now. */
  room(): number;
  /**
   * Starts a queued run, or goes on with one that stopped.
   * @throws UserError `run-busy` while an earlier process of it is still ending, and as `RunRecorder.begin`
   */
  submit(run: number): Promise<void>;
  /** The runs that were submitted and have not ended. */
  poll(): Promise<ReadonlySet<number>>;
  cancel(run: number): Promise<void>;
  /**
   * This process ends: runs that cannot go on without it write a checkpoint and stop. Settles when they have, in bounded time.
   * @param reason why, for these runs
   */
  leave(reason: string): Promise<void>;
}
