import type { Faults } from './faults.js';
import type { ProgramLog } from './log.js';
import type { StartCounter } from './safe-mode.js';

/** What is known and open before the first window: everything of the start works with it. */
export interface StartContext {
  readonly home: string;
  readonly dev: boolean;
  /** Two starts in a row did not succeed: nothing that was remembered is used. */
  readonly safe: boolean;
  readonly log: ProgramLog;
  readonly faults: Faults;
  readonly starts: StartCounter;
}
