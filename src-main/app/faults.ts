import { windowText } from '../errors.js';
import type { PushChannels } from '../ipc/contract.js';
import type { ProgramLog } from './log.js';

export type Problem = PushChannels['app:problem'];

/**
 * What fails where nobody waits for an answer: timers, events of the system, the end of a run. It is logged, and told to the
 * user once; never a box of Electron's own, never the end of the program. Told again when it worked in between or failed
 * differently, so that a look twice a second at a history that cannot be read is one message and not thousands.
 */
export class Faults {
  readonly #last = new Map<string, string>();
  #show: ((problem: Problem) => void) | null = null;

  constructor(private readonly log: Pick<ProgramLog, 'write'>) {}

  /** Where problems are told from here on. */
  reportTo(show: (problem: Problem) => void): void {
    this.#show = show;
  }

  /** The same action, for where nobody catches. @param title of the problem when it fails, for the user */
  guard<A extends readonly unknown[]>(
    title: string,
    action: (...values: A) => void | Promise<void>,
  ): (...values: A) => void {
    return (...values) => {
      const worked = (): void => void this.#last.delete(title);
      try {
        const going = action(...values);
        if (going) going.then(worked, (error: unknown) => this.report(title, error));
        else worked();
      } catch (error) {
        this.report(title, error);
      }
    };
  }

  report(title: string, error: unknown): void {
    const message = windowText(error);
    if (this.#last.get(title) === message) return;
    this.#last.set(title, message);
    this.log.write(title, error);
    this.#show?.({ title, message });
  }

  /** The last resort: faults of the program that no other place expected. Without it Electron shows a box for each. */
  watch(process: Pick<NodeJS.Process, 'on'>): void {
    const title = 'Internal error';
    process.on('uncaughtException', (error) => this.report(title, error));
    process.on('unhandledRejection', (reason) => this.report(title, reason));
  }
}
