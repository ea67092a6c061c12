import { nextTurn } from '../next-turn.js';

/**
 * Called between two pieces of a long piece of work, no further apart than a training step: gives the event loop a turn
 * and throws when the work is to end here.
 */
export type Turn = () => Promise<void>;

/** Ends work with the reason of a signal. */
export function turnOf(signal: AbortSignal | undefined): Turn {
  return async () => {
    // A message to this process is heard in a turn of the event loop, and in none of its microtasks.
    await nextTurn();
    signal?.throwIfAborted();
  };
}

/** For work that nobody stops. */
export const NO_TURN: Turn = () => Promise.resolve();
