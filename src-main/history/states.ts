import type { RunState } from '../vocabulary/run.js';

/** Which state may follow which. `running` follows a stopped one by resuming. */
export const NEXT_STATES: { readonly [state in RunState]: readonly RunState[] } = {
  queued: ['running', 'cancelled', 'failed'],
  running: ['paused', 'finished', 'failed', 'cancelled', 'interrupted'],
  paused: ['running', 'queued', 'cancelled'],
  interrupted: ['running', 'queued', 'cancelled'],
  failed: ['running', 'queued', 'cancelled'],
  finished: [],
  cancelled: [],
};

export const RUN_STATES = Object.keys(NEXT_STATES) as readonly RunState[];

export function mayFollow(from: RunState, to: RunState): boolean {
  return NEXT_STATES[from].includes(to);
}
