import type { RunSummary } from '../ipc/contract.js';
import { percent } from '../number-text.js';
import { isRequestedPause } from '../jobs/pause-reasons.js';

/** What the task bar shows: nothing, a share of the work, or that something needs a look. */
export interface TaskBarProgress {
  /** 0..1, or -1 for none. */
  readonly progress: number;
  readonly mode: 'none' | 'normal' | 'paused' | 'error';
}

/** Progress of the run that is going: whole epochs, and the steps of the one that is under way. */
export function taskBarProgress(
  run: Pick<RunSummary, 'state' | 'epoch' | 'epochs'> | null,
  stepShare: number,
): TaskBarProgress {
  if (!run || run.state !== 'running' || run.epochs === 0) return { progress: -1, mode: 'none' };
  return { progress: Math.min(1, (run.epoch + stepShare) / run.epochs), mode: 'normal' };
}

/** The notification at the end of a run; null for ends that the user asked for. */
export function endNotification(run: RunSummary): { readonly title: string; readonly body: string } | null {
  switch (run.state) {
    case 'finished': {
      const parameters = run.parameters === null ? '' : `${run.parameters.toLocaleString('en')} parameters`;
      const { value = NaN } = run.test?.balancedAccuracy ?? {};
      const reached = Number.isNaN(value) ? '' : `test balanced accuracy ${percent(value)}`;
      const facts = [parameters, reached].filter((fact) => fact !== '').join(', ');
      return { title: `${run.name} has finished`, body: facts === '' ? run.dataset : `${run.dataset}: ${facts}` };
    }
    case 'failed':
      return { title: `${run.name} failed`, body: run.error ?? 'The reason is in its log.' };
    case 'interrupted':
      return { title: `${run.name} was interrupted`, body: run.error ?? 'It can be resumed from its last checkpoint.' };
    case 'paused':
      return isRequestedPause(run.error) ? null : { title: `${run.name} was paused`, body: run.error ?? '' };
    case 'queued':
    case 'running':
    case 'cancelled':
      return null;
  }
}
