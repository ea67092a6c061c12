import { UserError } from '../errors.js';

/** Where a search or a training stands. Both count from 0. */
export interface Position {
  readonly epoch: number;
  readonly step: number;
}

/**
 * @param what for people: `loss`  @param advice what to do, an imperative
 * @throws UserError `loss-not-finite`
 */
export function requireFinite(value: number, what: string, position: Position, advice: string): void {
  if (Number.isFinite(value)) return;
  throw new UserError(
    'loss-not-finite',
    `the ${what} became ${String(value)} in epoch ${position.epoch + 1}, step ${position.step + 1}; ` +
      `the last checkpoint is kept: ${advice}`,
  );
}
