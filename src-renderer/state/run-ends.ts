import type { RunSummary } from '../../src-main/ipc/contract.js';
import { isActive } from '../logic/run-table.js';
import { main } from './main-state.svelte.js';
import { messages, type Offer } from './problems.svelte.js';
import { studies } from './studies.svelte.js';
import { view } from './view.svelte.js';

/** What is said of an end; null for ends that the user asked for, and for runs that go on. */
export function endOf({ name, kind, state, error }: RunSummary): Pick<Offer, 'text' | 'tone' | 'action'> | null {
  switch (state) {
    case 'finished':
      return kind === 'search'
        ? { text: `“${name}” has finished: see the architecture and retrain it`, tone: 'done', action: 'Open result' }
        : { text: `“${name}” has finished: see its test results and export it`, tone: 'done', action: 'Open model' };
    case 'failed':
      return { text: `“${name}” failed. ${error ?? ''}`.trim(), tone: 'bad', action: 'Open run' };
    case 'interrupted':
      return { text: `“${name}” was interrupted and can be resumed`, tone: 'bad', action: 'Open run' };
    case 'cancelled':
    case 'paused':
    case 'queued':
    case 'running':
      return null;
  }
}

/** Messages of ends that are on the screen, by run. */
const told = new Map<number, () => void>();

/** Says, wherever the user is, that a run has ended, with the next step; not where the user looks at that run. */
export function tellEnds(changed: readonly RunSummary[]): void {
  for (const run of changed) {
    const before = main.runsByNumber.get(run.run);
    if (before?.state !== 'running' || isActive(run.state)) continue;
    const end = endOf(run);
    // A study has hundreds of them, and shows how each ended.
    if (!end || view.run === run.run || studies.hasRun(run.run)) continue;
    told.set(run.run, messages.offer({ ...end, act: () => open(run) }));
  }
}

/** Who looks at a run, or at a model of it, knows that it has ended. */
export function endSeen(run: number): void {
  told.get(run)?.();
  told.delete(run);
}

function open({ run, kind, state }: RunSummary): void {
  const model = kind === 'retrain' && state === 'finished' ? main.models.find((one) => one.run === run) : undefined;
  if (model) view.openModel(model.model);
  else view.go('history', run);
}
