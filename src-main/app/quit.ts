import { app, powerMonitor } from 'electron';
import type { WritableHistory } from '../history/interface.js';
import type { BackgroundServices } from './background-services.js';
import { confirmQuit } from './dialogs.js';
import type { HistoryWatch } from './history-watch.js';
import { isWorking, NO_WORK, type OngoingWork } from './ongoing-work.js';
import type { StartContext } from './start-context.js';

/** The orderly end: ask while something is going, write its checkpoint, end the processes, close the history. */
export class Quit {
  #state: 'running' | 'asking' | 'leaving' | 'done' = 'running';

  #services: BackgroundServices | null = null;
  readonly #lastActions: (() => void)[] = [];

  constructor(
    private readonly history: Pick<WritableHistory, 'close'>,
    private readonly watch: HistoryWatch,
    private readonly context: StartContext,
  ) {
    app.on('window-all-closed', () => {
      if (process.platform !== 'darwin') void this.leave();
    });
    app.on('before-quit', (event) => {
      if (this.#state === 'done') return;
      event.preventDefault();
      void this.ask();
    });
    // The system ends the session or a terminal its program: no time for questions.
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void this.leave());
    // Linux and macOS wait for who takes this event.
    powerMonitor.on('shutdown', (event?: { preventDefault(): void }) => {
      event?.preventDefault();
      void this.leave();
    });
  }

  /** Does this when the end begins, while the history is still open. */
  beforeEnd(action: () => void): void {
    this.#lastActions.push(action);
  }

  /** Runs can be going from here on. */
  guard(services: BackgroundServices): void {
    this.#services = services;
  }

  /** The end has begun: nothing more may be opened. */
  get begun(): boolean {
    return this.#state === 'leaving' || this.done;
  }

  get done(): boolean {
    return this.#state === 'done';
  }

  /** The window may close when nothing is lost by it. */
  mayClose(): boolean {
    return this.begun || !this.#isWorking;
  }

  get #isWorking(): boolean {
    return isWorking(this.#services?.ongoingWork() ?? NO_WORK);
  }

  /** Ends the program, after a question when a run is going, or something is being written. */
  async ask(): Promise<void> {
    if (this.#state !== 'running') return;
    if (this.#services && this.#isWorking) {
      this.#state = 'asking';
      const go = await this.#confirm(this.#services.ongoingWork());
      if (!this.#answered() || !go) return;
    }
    await this.leave();
  }

  /** A question that cannot be asked is no reason to stay: nothing is lost by the end. */
  async #confirm(ongoingWork: OngoingWork): Promise<boolean> {
    try {
      return await confirmQuit(ongoingWork);
    } catch (error) {
      this.context.log.write('asking before quitting', error);
      return true;
    }
  }

  /** False when a signal ended the program while the question stood. */
  #answered(): boolean {
    if (this.#state !== 'asking') return false;
    this.#state = 'running';
    return true;
  }

  /** Ends the program without a question. */
  async leave(): Promise<void> {
    if (this.begun) return;
    this.#state = 'leaving';
    try {
      for (const action of this.#lastActions) action();
      await this.#services?.shutDown();
      this.watch.stop();
      this.context.starts.succeeded();
      this.history.close();
    } catch (error) {
      this.context.log.write('while quitting', error);
    }
    this.#state = 'done';
    app.quit();
  }
}
