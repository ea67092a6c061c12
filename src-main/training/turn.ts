/**
 * Called between two pieces of a long piece of work, no further apart than a training step: gives the event loop a turn
 * and throws when the work is to end here.
 */
export type Turn = () => Promise<void>;

/** For work that nobody stops. */
export const NO_TURN: Turn = () => Promise.resolve();
