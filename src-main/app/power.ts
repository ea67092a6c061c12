import { powerMonitor, powerSaveBlocker } from 'electron';

/** Keeps the machine awake while `keepAwake(true)` holds, and tells of sleep and shutdown. */
export class Power {
  #blocker: number | null = null;

  /**
   * @param suspended the machine is about to sleep
   * @param resumed it woke up
   * @param ending it is about to be switched off
   */
  constructor(suspended: () => void, resumed: () => void, ending: () => void) {
    powerMonitor.on('suspend', suspended);
    powerMonitor.on('resume', resumed);
    if (process.platform !== 'win32') {
      // Linux and macOS wait for us when the event is taken.
      powerMonitor.on('shutdown', ((event?: { preventDefault(): void }) => {
        event?.preventDefault();
        ending();
      }) as () => void);
    }
  }

  keepAwake(awake: boolean): void {
    if (awake && this.#blocker === null) this.#blocker = powerSaveBlocker.start('prevent-app-suspension');
    else if (!awake && this.#blocker !== null) {
      powerSaveBlocker.stop(this.#blocker);
      this.#blocker = null;
    }
  }

  get isAwake(): boolean {
    return this.#blocker !== null;
  }
}
