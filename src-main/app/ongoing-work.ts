/** What quitting would stop: names of runs and of models that are being exported. */
export interface OngoingWork {
  readonly runs: readonly string[];
  readonly exports: readonly string[];
}
