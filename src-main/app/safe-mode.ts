import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Starts that never became interactive, one after the other, until the next one is a safe one. */
export const FAILED_STARTS = 2;

/**
 * Counts starts that did not end well. After two, the program starts without what it remembered (view and window bounds)
 * and without hardware drawing, so that a bad setting or a broken graphics driver cannot lock the user out.
 */
export class StartCounter {
  readonly #file: string;

  constructor(home: string) {
    this.#file = join(home, 'window', 'starts');
  }

  /** Counts this start. @returns true when it should be a safe one */
  begin(): boolean {
    const failed = this.#read();
    try {
      mkdirSync(join(this.#file, '..'), { recursive: true });
      writeFileSync(this.#file, String(failed + 1));
    } catch {
      // Without the counter the program starts all the same, and says itself what is wrong with the disk.
    }
    return failed >= FAILED_STARTS;
  }

  /** The program has become interactive, or was closed in an orderly way. */
  succeeded(): void {
    try {
      rmSync(this.#file, { force: true });
    } catch {
      // A start too many is counted; the worst that follows is one start with defaults.
    }
  }

  #read(): number {
    try {
      return Number(readFileSync(this.#file, 'utf8')) || 0;
    } catch {
      return 0;
    }
  }
}
