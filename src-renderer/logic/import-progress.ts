import type { ExportProgress } from '../../src-main/ipc/contract.js';
import { duration, integer } from './format.js';

/** Since when work goes on, and how much was done then. */
export interface ProgressStart {
  readonly step: string;
  readonly done: number;
  /** Milliseconds of some clock. */
  readonly at: number;
}

/** Seconds before a speed says anything. */
const FIRST_SECONDS = 1;

/** Where a step began: that of before, as long as the step is the same. */
export const startOf = (before: ProgressStart | null, progress: ExportProgress, now: number): ProgressStart =>
  before?.step === progress.step && before.done <= progress.done
    ? before
    : { step: progress.step, done: progress.done, at: now };

/** "Reading the images: 412 of 1,000, 420 per second, 1 s left". */
export function progressText({ step, done, total }: ExportProgress, start: ProgressStart, now: number): string {
  const what = `${step.charAt(0).toUpperCase()}${step.slice(1)}: ${integer(done)} of ${integer(total)}`;
  const seconds = (now - start.at) / 1000;
  if (seconds < FIRST_SECONDS || done <= start.done) return what;
  const perSecond = (done - start.done) / seconds;
  return `${what}, ${integer(Math.max(1, perSecond))} per second, ${duration(Math.ceil((total - done) / perSecond))} left`;
}
