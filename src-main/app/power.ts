import { powerMonitor, powerSaveBlocker } from 'electron';

/** Keeps the machine awake while `keepAwake(true)` holds, and tells of sleep. */
export class Power {
  #blocker: number | null = null;

  /**
   * @param suspended the machine is about to sleep
   * @param resumed it woke up
   */
  constructor(suspended: () => void, resumed: () => void) {
    powerMonitor.on('suspend', suspended);
    powerMonitor.on('resume', resumed);
  }

  keepAwake(awake: boolean): void {
    if (awake && this.#blocker === null) this.#blocker = powerSaveBlocker.start('prevent-app-suspension');
    else if (!awake && this.#blocker !== null) {
      powerSaveBlocker.stop(this.#blocker);
      this.#blocker = null;
    }
  }
}
